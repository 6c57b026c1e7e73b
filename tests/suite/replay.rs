//! The replay guard: its entries, their lifetime, and its behaviour when full.

use crate::common::{NOW, SECRET, Sent, key};
use hooksig::{
    Clock, Error, Policy, Verifier, drone,
    replay::{Entry, Guard},
};

/// Acts as a receiver: verifies at `clock`, then claims.
fn receive(
    sent: &Sent,
    policy: Policy<'_>,
    entries: &mut [Entry],
    clock: Clock,
) -> Result<(), Error> {
    let keys = [key(SECRET)];
    let verifier = Verifier::with_policy(&keys, policy)?;
    let request = sent.request();
    let verified = verifier.verify(&request, &sent.body, clock)?;
    Guard::new(entries).max_skew(policy.skew()).claim(&verified, clock)
}

fn receive_at(sent: &Sent, entries: &mut [Entry], now: i64) -> Result<(), Error> {
    receive(sent, Policy::DRONE, entries, Clock::At(now))
}

/// Returns another delivery of the second `date`, with a different body.
fn delivery(date: i64, number: usize) -> Sent {
    let mut sent = Sent::by_drone();
    sent.body = format!("{{\"number\":{number}}}").into_bytes();
    let signed = drone::sign(&key(SECRET), &sent.body, date).expect("the date can be written");
    sent.set("Date", signed.date());
    sent.set("Digest", signed.digest());
    sent.set("Signature", signed.signature());
    sent
}

#[test]
fn a_delivery_is_accepted_once() {
    let mut entries = [Entry::EMPTY; 2];
    let sent = delivery(NOW, 0);
    assert_eq!(receive_at(&sent, &mut entries, NOW), Ok(()));
    assert_eq!(receive_at(&sent, &mut entries, NOW), Err(Error::Replayed));
    assert_eq!(receive_at(&delivery(NOW, 1), &mut entries, NOW), Ok(()));
    assert_eq!(receive_at(&delivery(NOW + 1, 0), &mut [Entry::EMPTY], NOW), Ok(()));
}

#[test]
fn another_form_of_the_same_signature_is_the_same_delivery() {
    let mut entries = [Entry::EMPTY; 4];
    let mut sent = delivery(NOW, 0);
    assert_eq!(receive_at(&sent, &mut entries, NOW), Ok(()));
    sent.edit_signature("keyId=\"hmac-key\"", "x=y, KEYID=\"\\another\"");
    sent.edit_signature("date digest", "DATE digest");
    sent.add("X-Uncovered", "a");
    assert_eq!(receive_at(&sent, &mut entries, NOW), Err(Error::Replayed));
}

#[test]
fn what_was_refused_is_not_remembered() {
    let mut entries = [Entry::EMPTY; 1];
    let mut spoilt = delivery(NOW, 0);
    spoilt.body.push(b' ');
    assert_eq!(receive_at(&spoilt, &mut entries, NOW), Err(Error::DigestMismatch));
    assert_eq!(receive_at(&delivery(NOW, 0), &mut entries, NOW), Ok(()));
}

#[test]
fn a_full_guard_refuses_rather_than_forgets() {
    let mut entries = [Entry::EMPTY; 3];
    for number in 0..3 {
        assert_eq!(receive_at(&delivery(NOW, number), &mut entries, NOW), Ok(()));
    }
    assert_eq!(receive_at(&delivery(NOW, 3), &mut entries, NOW), Err(Error::ReplayGuardFull));
    for number in 0..3 {
        let verdict = receive_at(&delivery(NOW, number), &mut entries, NOW);
        assert_eq!(verdict, Err(Error::Replayed), "{number}");
    }
}

#[test]
fn a_guard_without_room_is_full() {
    assert_eq!(receive_at(&delivery(NOW, 0), &mut [], NOW), Err(Error::ReplayGuardFull));
}

/// Whatever the skew and the time of arrival, a delivery is remembered in every second of its
/// window and two more. Its entry is free in the next.
#[test]
fn a_delivery_is_remembered_for_a_margin_longer_than_it_could_be_accepted() {
    for skew in [0, 1, 300, u32::MAX] {
        let policy = Policy::DRONE.max_skew(skew);
        let skew = i64::from(skew);
        for first in [NOW - skew, NOW, NOW + skew] {
            let mut entries = [Entry::EMPTY; 1];
            let mut receive_at =
                |sent: &Sent, now| receive(sent, policy, &mut entries, Clock::At(now));
            let sent = delivery(NOW, 0);
            assert_eq!(receive_at(&sent, NOW - skew - 1), Err(Error::DateTooNew));
            assert_eq!(receive_at(&sent, first), Ok(()));
            let last = NOW + skew;
            assert_eq!(receive_at(&sent, last), Err(Error::Replayed));
            assert_eq!(receive_at(&sent, last + 1), Err(Error::DateTooOld));
            assert_eq!(
                receive_at(&delivery(last, 1), last + 2),
                Err(if skew < 2 { Error::DateTooOld } else { Error::ReplayGuardFull })
            );
            assert_eq!(receive_at(&delivery(last + 3, 2), last + 3), Ok(()));
        }
    }
}

/// A delivery accepted by a strict receiver is still remembered when only a lenient one would
/// accept it.
#[test]
fn a_guard_remembers_for_the_largest_skew_of_its_receivers() {
    let mut entries = [Entry::EMPTY; 1];
    let (sent, other) = (delivery(NOW, 0), delivery(NOW + 300, 1));
    let mut receive_under = |sent: &Sent, skew, now| {
        let keys = [key(SECRET)];
        let verifier = Verifier::with_policy(&keys, Policy::DRONE.max_skew(skew))?;
        let verified = verifier.verify(&sent.request(), &sent.body, Clock::At(now))?;
        Guard::new(&mut entries).claim(&verified, Clock::At(now))
    };
    assert_eq!(receive_under(&sent, 10, NOW), Ok(()));
    assert_eq!(receive_under(&other, 300, NOW + 302), Err(Error::ReplayGuardFull));
    assert_eq!(receive_under(&sent, 300, NOW + 300), Err(Error::Replayed));
    assert_eq!(receive_under(&sent, 301, NOW), Err(Error::SkewTooLarge));
    assert_eq!(receive_under(&other, 300, NOW + 303), Ok(()));
}

#[test]
fn the_verdict_says_until_when_to_remember() {
    let sent = delivery(NOW, 0);
    let keys = [key(SECRET)];
    let request = sent.request();
    let verifier = Verifier::with_policy(&keys, Policy::DRONE.max_skew(7)).unwrap();
    let verified = verifier.verify(&request, &sent.body, Clock::At(NOW + 3)).unwrap();
    assert_eq!((verified.date(), verified.expires()), (Some(NOW), Some(NOW + 7)));
    let verified = verifier.verify(&request, &sent.body, Clock::None).unwrap();
    assert_eq!((verified.date(), verified.expires()), (None, None));
}

#[test]
fn without_a_clock_nothing_is_ever_forgotten() {
    let mut entries = [Entry::EMPTY; 1];
    let receive = |number, entries: &mut [Entry], clock| {
        receive(&delivery(NOW, number), Policy::DRONE.max_skew(u32::MAX), entries, clock)
    };
    assert_eq!(receive(0, &mut entries, Clock::None), Ok(()));
    assert_eq!(receive(0, &mut entries, Clock::None), Err(Error::Replayed));
    assert_eq!(receive(1, &mut entries, Clock::None), Err(Error::ReplayGuardFull));
    let late = Clock::At(NOW + i64::from(u32::MAX));
    assert_eq!(receive(0, &mut entries, late), Err(Error::Replayed));
    assert_eq!(receive(1, &mut entries, late), Err(Error::ReplayGuardFull));
}

#[test]
fn an_entry_of_a_clock_is_kept_once_there_is_none() {
    let mut entries = [Entry::EMPTY; 1];
    assert_eq!(receive_at(&delivery(NOW, 0), &mut entries, NOW), Ok(()));
    let sent = delivery(NOW, 1);
    let verdict = receive(&sent, Policy::DRONE, &mut entries, Clock::None);
    assert_eq!(verdict, Err(Error::ReplayGuardFull));
}

#[test]
fn a_clock_that_is_set_back_does_not_reopen_what_is_still_there() {
    let mut entries = [Entry::EMPTY; 2];
    assert_eq!(receive_at(&delivery(NOW, 0), &mut entries, NOW), Ok(()));
    // Much later, another delivery gets the entry that was never used.
    let later = NOW + 10_000;
    assert_eq!(receive_at(&delivery(later, 1), &mut entries, later), Ok(()));
    assert_eq!(receive_at(&delivery(NOW, 0), &mut entries, NOW), Err(Error::Replayed));
}

#[test]
fn entries_can_be_kept_for_another_guard() {
    let mut entries = vec![Entry::EMPTY; 2];
    assert_eq!(receive_at(&delivery(NOW, 0), &mut entries, NOW), Ok(()));
    let mut kept = [entries[0], entries[1]];
    assert_eq!(receive_at(&delivery(NOW, 0), &mut kept, NOW + 1), Err(Error::Replayed));
}

/// The body took so long that the date, checked with the head, is now too old.
#[test]
fn a_delivery_that_ends_after_its_time_is_not_claimed() {
    let sent = delivery(NOW, 0);
    let keys = [key(SECRET)];
    let request = sent.request();
    let verified = Verifier::new(&keys).unwrap().verify(&request, &sent.body, Clock::At(NOW + 300));
    let verified = verified.unwrap();
    let mut guard = Guard::new([Entry::EMPTY; 1]);
    assert_eq!(guard.claim(&verified, Clock::At(NOW + 301)), Err(Error::DateTooOld));
    assert_eq!(guard.claim(&verified, Clock::At(NOW + 300)), Ok(()));
    assert_eq!(guard.claim(&verified, Clock::At(NOW + 301)), Err(Error::Replayed));
}

/// So that a lookup costs the same in a guard of any length.
#[test]
fn a_delivery_can_use_sixty_four_of_the_entries() {
    let mut entries = vec![Entry::EMPTY; 65];
    let mut claimed = 0;
    for number in 0.. {
        claimed += usize::from(receive_at(&delivery(NOW, number), &mut entries, NOW).is_ok());
        if claimed == 64 {
            break;
        }
    }
    // One entry is free, and each of 65 places is the one that a delivery cannot use.
    let verdicts =
        (1000..2000).map(|number| receive_at(&delivery(NOW, number), &mut entries.clone(), NOW));
    let (refused, taken): (Vec<_>, Vec<_>) = verdicts.partition(Result::is_err);
    assert_eq!(refused.first(), Some(&Err(Error::ReplayGuardFull)));
    assert!(refused.len() < 100, "{} of 1000 found no place", refused.len());
    assert!(!taken.is_empty());
}

#[test]
fn a_guard_of_twice_the_room_finds_room_for_all() {
    let mut entries = vec![Entry::EMPTY; 2048];
    for number in 0..1024 {
        assert_eq!(receive_at(&delivery(NOW, number), &mut entries, NOW), Ok(()), "{number}");
    }
    for number in 0..1024 {
        let verdict = receive_at(&delivery(NOW, number), &mut entries, NOW);
        assert_eq!(verdict, Err(Error::Replayed), "{number}");
    }
}
