//! Nothing allocates: neither valid requests nor refused or large ones.
#![allow(unsafe_code)] // A global allocator cannot be written without.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
};

use crate::common::{NOW, SECRET, Sent, key};
use hooksig::{
    Clock, Error, Key, Params, Policy, Signer, Verifier, date, digest,
    drone::{self, Delivery},
    replay::{Entry, Guard},
    signature_len, signing_string,
};

thread_local! {
    /// Each test has its own thread, so other tests are not counted.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: Every call is passed to the system's allocator unchanged. Counting uses a thread-local
// cell that needs neither allocation nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: The caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: The caller keeps `dealloc`'s contract, and `pointer` is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Returns the result of `work`, and asserts that it did not allocate.
fn without_allocation<T>(work: impl FnOnce() -> T) -> T {
    let before = COUNT.get();
    let result = work();
    assert_eq!(COUNT.get() - before, 0, "allocations");
    result
}

fn verify_all_ways(sent: &Sent, policy: Policy<'_>) -> Result<(), Error> {
    without_allocation(|| {
        let keys = [Key::new("an older secret")?, Key::new(SECRET)?];
        let verifier = Verifier::with_policy(&keys, policy)?;
        let mut pending = verifier.begin(&sent.request(), Clock::At(NOW))?;
        sent.body.chunks(100).for_each(|chunk| pending.update(chunk));
        let mut entries = [Entry::EMPTY; 4];
        Guard::new(&mut entries).claim(&pending.finish()?, Clock::At(NOW))?;
        let verified = verifier.verify(&sent.request(), &sent.body, Clock::At(NOW))?;
        assert_eq!(verified.key_index(), 1);
        Guard::new(&mut entries).claim(&verified, Clock::At(NOW))
    })
}

#[test]
fn an_allocation_is_counted() {
    let before = COUNT.get();
    drop(black_box(Box::new(1)));
    assert_eq!(COUNT.get() - before, 1);
}

#[test]
fn verifying_allocates_nothing() {
    assert_eq!(verify_all_ways(&Sent::by_drone(), Policy::DRONE), Err(Error::Replayed));
}

#[test]
fn refusing_allocates_nothing() {
    for (from, to, reason) in [
        ("keyId", "", "malformed-params"),
        ("date", "date date", "repeated-name"),
        ("hmac-sha256", "hs2019", "unsupported-algorithm"),
        ("date digest", "digest date", "signature-mismatch"),
    ] {
        let mut sent = Sent::by_drone();
        sent.edit_signature(from, to);
        let error = verify_all_ways(&sent, Policy::DRONE).unwrap_err();
        assert_eq!(without_allocation(|| error.reason()), reason);
    }
    let mut sent = Sent::by_drone();
    sent.body.push(b' ');
    assert_eq!(verify_all_ways(&sent, Policy::DRONE), Err(Error::DigestMismatch));
}

#[test]
fn large_requests_allocate_nothing() {
    let mut sent = Sent::by_drone();
    let names: Vec<_> = (0..126).map(|index| format!("x-{index}")).collect();
    names.iter().for_each(|name| sent.add(name, "a".repeat(16)));
    let names: Vec<_> =
        ["date", "digest"].into_iter().chain(names.iter().map(String::as_str)).collect();
    sent.body = vec![b'a'; 1 << 20];
    sent.set("Digest", digest::field(&sent.body));
    sent.sign(SECRET, &names);
    let unknown: String = (0..10_000).map(|index| format!("x{index}=\"y\",")).collect();
    let key_id = "k".repeat(100 << 10);
    sent.edit_signature("keyId=\"hmac-key\"", &format!("{unknown}keyId=\"{key_id}\""));
    assert_eq!(verify_all_ways(&sent, Policy::DRONE), Err(Error::Replayed));
    let policy = Policy::DRONE.expect_key_id(b"k");
    assert_eq!(verify_all_ways(&sent, policy), Err(Error::UnexpectedKeyId));
}

#[test]
fn escaped_parameters_allocate_nothing() {
    let mut sent = Sent::by_drone();
    sent.edit_signature("hmac-key", "\\h\\m\\a\\c");
    sent.edit_signature("date digest", "\\D\\a\\t\\e\\ \\digest");
    assert_eq!(verify_all_ways(&sent, Policy::DRONE.expect_key_id(b"hmac")), Err(Error::Replayed));
}

#[test]
fn signing_allocates_nothing() {
    let sent = Sent::by_drone();
    let names = ["(request-target)", "date", "digest", "x-drone-event"];
    let mut out = [0; 400];
    without_allocation(|| {
        let key = key(SECRET);
        assert!(drone::sign(&key, &sent.body, NOW).is_ok());
        assert_eq!(drone::sign(&key, &sent.body, i64::MAX).err(), Some(Error::TimeOutOfRange));
        let outgoing = [drone::Outgoing { body: &sent.body, now: NOW }; 5];
        assert!(drone::sign_many(&key, &outgoing, &mut [const { None }; 5]).is_ok());
        let signer = Signer::new(&key, "k").unwrap();
        assert!(signer.sign(&sent.request(), &names, &mut out).is_ok());
        assert!(signer.sign(&sent.request(), &["x-a"], &mut out).is_err());
        assert!(signing_string(&sent.request(), &names, &mut out).is_ok());
        assert!(signing_string(&sent.request(), &names, &mut []).is_err());
        assert!(signature_len("k", &names) > 100);
    });
}

#[test]
fn reading_allocates_nothing() {
    let delivery = Sent::by_drone();
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    without_allocation(|| {
        let read = Delivery::read(&delivery.body).unwrap();
        assert_eq!(read.check_event_field(&delivery.request()), Ok(()));
        assert!(Delivery::read(&deep).is_err());
        assert!(drone::selects(&["*:[a-d]*"], read.event().unwrap(), read.action()));
        assert!(Params::parse(delivery.value("Signature")).is_ok());
        assert!(date::parse(delivery.value("Date"), NOW).is_ok());
    });
}
