//! All ways to verify a raw request give the same verdict as the model.
#![no_main]

use hooksig::{Clock, Error, Head, Headers, Verified, Verifier, date};
use hooksig_fuzz::{judge, key, split};
use libfuzzer_sys::fuzz_target;

/// Returns a clock one minute ahead of the sender's.
fn clock(head: &Head<'_>) -> Clock {
    let mut fields = head.fields();
    let date = fields.find(|(name, _)| name.eq_ignore_ascii_case(b"date"));
    let sent = date.and_then(|(_, value)| date::parse(value.trim_ascii(), 0).ok());
    Clock::At(sent.unwrap_or(0) + 60)
}

fn seen(verified: Verified<'_>) -> (usize, [u8; 32], Option<i64>) {
    (verified.key_index(), *verified.tag(), verified.date())
}

fuzz_target!(|raw: &[u8]| {
    let (head, body) = split(raw);
    let Ok(head) = Head::parse(head) else { return };
    let (request, keys) = (head.request(), [key()]);
    let verifier = Verifier::new(&keys).expect("there is a key");
    let in_two_phases = |clock, body: &[&[u8]]| -> Result<_, Error> {
        let mut pending = verifier.begin(&request, clock)?;
        body.iter().for_each(|chunk| pending.update(chunk));
        pending.finish().map(seen)
    };
    for clock in [clock(&head), Clock::None] {
        let verdict = verifier.verify(&request, body, clock).map(seen);
        let now = if let Clock::At(now) = clock { Some(now) } else { None };
        let fields = head.fields().map(|(name, value)| (name.into(), value.into())).collect();
        let expected = judge([head.method(), head.target()], fields, body, now);
        assert_eq!(verdict.map(|seen| seen.0).map_err(|error| error.reason()), expected);
        let (start, end) = body.split_at(body.len() / 3);
        assert_eq!(in_two_phases(clock, &[start, end]), verdict);
        if verdict.is_ok() {
            assert!(verifier.verify(&request, body, Clock::None).is_ok());
            assert_eq!(in_two_phases(clock, &[body, b"\n"]), Err(Error::DigestMismatch));
        }
    }
});
