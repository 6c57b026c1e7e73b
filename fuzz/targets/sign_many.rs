//! A batch gets the headers that each delivery gets alone.
#![no_main]

use arbitrary::Arbitrary;
use hooksig::{
    Key,
    drone::{self, Outgoing},
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    secret: Vec<u8>,
    now: i64,
    /// The length of each body, the byte that fills it, and the seconds after `now`.
    deliveries: Vec<(u16, u8, u8)>,
}

fuzz_target!(|input: Input| {
    let Ok(key) = Key::new(&input.secret) else { return };
    let bodies: Vec<_> = input
        .deliveries
        .iter()
        .map(|&(len, byte, later)| {
            (vec![byte; usize::from(len % 1024)], input.now.saturating_add(later.into()))
        })
        .collect();
    let deliveries: Vec<_> =
        bodies.iter().map(|(body, now)| Outgoing { body, now: *now }).collect();
    let mut signed = vec![None; deliveries.len()];
    let alone: Result<Vec<_>, _> =
        deliveries.iter().map(|delivery| drone::sign(&key, delivery.body, delivery.now)).collect();
    match (drone::sign_many(&key, &deliveries, &mut signed), alone) {
        (Ok(()), Ok(alone)) => {
            for (one, alone) in signed.iter().zip(&alone) {
                let one = one.as_ref().expect("every delivery is signed");
                assert_eq!(one.date(), alone.date());
                assert_eq!(one.digest(), alone.digest());
                assert_eq!(one.signature(), alone.signature());
            }
        }
        (result, alone) => {
            assert_eq!(result.err(), alone.err());
            assert!(signed.iter().all(Option::is_none));
        }
    }
});
