//! Visible behaviour: threads, debug output, words, and the memory of a dropped key.
#![allow(unsafe_code)] // To look at the bytes of a key that was dropped.

use std::{
    mem::{MaybeUninit, needs_drop, size_of},
    thread,
};

use crate::common::{BODY, NOW, SECRET, Sent, key};
use hooksig::{
    Clock, Error, Key, Param, Params, PendingBody, Policy, Request, Signer, Verified, Verifier,
    drone, replay,
};

const fn is_shareable<T: Send + Sync>() {}

const _: () = {
    is_shareable::<Key>();
    is_shareable::<Policy<'_>>();
    is_shareable::<Verifier<'_>>();
    is_shareable::<PendingBody<'_>>();
    is_shareable::<Verified<'_>>();
    is_shareable::<Signer<'_>>();
    is_shareable::<Params<'_>>();
    is_shareable::<drone::Delivery<'_>>();
    is_shareable::<drone::SignedHeaders>();
    is_shareable::<replay::Guard<Vec<replay::Entry>>>();
    is_shareable::<Error>();
};

#[test]
fn one_key_serves_many_threads() {
    let keys = [key(SECRET)];
    let verifier = Verifier::new(&keys).unwrap();
    let sent = Sent::by_drone();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let pending = verifier.begin(&sent.request(), Clock::At(NOW)).unwrap();
                // The body may arrive on another thread than the head.
                let body = &sent.body;
                scope.spawn(move || {
                    let mut pending = pending;
                    pending.update(body);
                    assert!(pending.finish().is_ok());
                });
            });
        }
    });
}

#[test]
fn debugging_output_holds_no_secret() {
    let keys = [key(SECRET)];
    let sent = Sent::by_drone();
    let request = sent.request();
    let verifier = Verifier::new(&keys).unwrap();
    let pending = verifier.begin(&request, Clock::At(NOW)).unwrap();
    assert_eq!(format!("{:?} {pending:?}", keys[0]), "Key(..) PendingBody(..)");
    let signer = Signer::new(&keys[0], "k").unwrap();
    for shown in [format!("{verifier:?}"), format!("{signer:?}")] {
        assert!(shown.contains("Key(..)"), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn debugging_output_holds_no_mac_and_no_digest() {
    let keys = [key(SECRET)];
    let sent = drone::sign(&keys[0], BODY, NOW).unwrap();
    let headers =
        [("Date", sent.date()), ("Digest", sent.digest()), ("Signature", sent.signature())];
    let request = Request::from_headers(&headers);
    let clock = Clock::At(NOW);
    let verified = Verifier::new(&keys).unwrap().verify(&request, BODY, clock).unwrap();
    let mut guard = replay::Guard::new([replay::Entry::EMPTY]);
    guard.claim(&verified, clock).unwrap();
    assert_eq!(format!("{sent:?}"), "SignedHeaders(..)");
    assert_eq!(format!("{guard:?}"), "Guard { entries: [Entry(..)], max_skew: 300 }");
    let shown = format!("{verified:?}");
    assert!(shown.contains("key_index: 0"), "{shown}");
    assert!(!shown.contains(&format!("{:?}", verified.tag())), "{shown}");
    assert!(!shown.contains("tag"), "{shown}");
}

/// Returns the bytes of the memory where a key is or was.
fn bytes_of(place: &MaybeUninit<Key>) -> Vec<u8> {
    // Two states of SHA-256, with counts of their blocks in the plain version: no padding.
    const { assert!(matches!(size_of::<Key>(), 64 | 80)) };
    let start = place.as_ptr().cast::<u8>();
    // SAFETY: A key was written to `place`. Its bytes are all initialised, as it has no padding,
    // and stay so when it is dropped.
    unsafe { std::slice::from_raw_parts(start, size_of::<Key>()) }.to_vec()
}

#[test]
fn a_dropped_key_leaves_nothing() {
    const { assert!(needs_drop::<Key>()) };
    let mut place = MaybeUninit::<Key>::zeroed();
    place.write(key(SECRET));
    let held = bytes_of(&place);
    assert!(held.chunks(8).filter(|bytes| *bytes != [0; 8]).count() >= 8);
    // SAFETY: A key was written to `place`, and is not used after this.
    unsafe { place.as_mut_ptr().drop_in_place() };
    let left = bytes_of(&place);
    for state in held.chunks(8).filter(|state| state.iter().any(|byte| *byte != 0)) {
        let small = state[1..].iter().all(|byte| *byte == 0);
        // The block count may remain, because it is the same for every key.
        assert!(small || !left.chunks(8).any(|found| found == state), "a midstate was left");
    }
}

#[test]
fn an_error_says_what_is_at_fault_in_one_line() {
    for (error, shown) in [
        (Error::BufferTooSmall { needed: 7 }, "(7 bytes are needed)"),
        (Error::MalformedParams { at: 8 }, "(at offset 8)"),
        (Error::MissingParam(Param::KeyId), "(keyId)"),
        (Error::RepeatedParam(Param::Headers), "(headers)"),
        (Error::MissingHeader { index: 3 }, "(name 3 of the list, from 0)"),
        (Error::NotCovered { index: 1 }, "(name 1 of the list, from 0)"),
    ] {
        let text = error.to_string();
        assert!(text.starts_with(error.text()) && text.ends_with(shown), "{text}");
        assert!(!text.contains('\n'));
    }
    let error: &dyn std::error::Error = &Error::Replayed;
    assert_eq!(error.to_string(), Error::Replayed.text());
}

#[test]
fn a_clone_of_a_pending_body_is_a_pending_body_of_its_own() {
    let keys = [key(SECRET)];
    let sent = Sent::by_drone();
    let request = sent.request();
    let pending = Verifier::new(&keys).unwrap().begin(&request, Clock::At(NOW)).unwrap();
    let mut whole = pending.clone();
    whole.update(&sent.body);
    assert!(whole.finish().is_ok());
    assert_eq!(pending.finish().err(), Some(Error::DigestMismatch));
}

#[test]
fn the_default_policy_is_drones() {
    let sent = Sent::by_drone();
    let keys = [key(SECRET)];
    for (now, expected) in [
        (NOW + 300, Ok(())),
        (NOW + 301, Err(Error::DateTooOld)),
        (NOW - 300, Ok(())),
        (NOW - 301, Err(Error::DateTooNew)),
    ] {
        let verifier = Verifier::with_policy(&keys, Policy::default()).unwrap();
        let verdict = verifier.verify(&sent.request(), &sent.body, Clock::At(now)).map(drop);
        assert_eq!(verdict, expected);
    }
}

/// Clones as a generic caller does, which does not know of `Copy`.
fn cloned<T: Clone>(value: &T) -> T {
    value.clone()
}

#[test]
fn a_clone_decides_as_what_it_was_cloned_from() {
    let keys = [key(SECRET)];
    let sent = Sent::by_drone();
    let (verifier, request) = (Verifier::new(&keys).unwrap(), sent.request());
    let verdict = cloned(&verifier).verify(&cloned(&request), &sent.body, Clock::At(NOW));
    assert_eq!(verdict.map(|verified| verified.key_index()), Ok(0));
}

#[test]
fn parameters_can_be_found_without_being_verified() {
    let sent = Sent::by_drone();
    let request = sent.request();
    let params = Params::find(&request).unwrap();
    assert!(params.key_id().is(drone::KEY_ID) && params.algorithm().unwrap().is("hmac-sha256"));
    assert!(params.headers().value().is("date digest"));
    assert_eq!(params.signature().as_slice(), Some(sent.mac_text().as_slice()));
    let unsigned = [("Date", sent.text("Date"))];
    let found = Params::find(&hooksig::Request::from_headers(&unsigned)).map(drop);
    assert_eq!(found, Err(Error::MissingSignature));
}

#[test]
fn a_text_is_shown_as_it_is_and_debugged_in_quotes() {
    let date = hooksig::date::format(0).unwrap();
    assert_eq!(date.to_string(), "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(format!("{date:?}"), "\"Thu, 01 Jan 1970 00:00:00 GMT\"");
    assert_eq!(AsRef::<[u8]>::as_ref(&date), date.as_bytes());
}
