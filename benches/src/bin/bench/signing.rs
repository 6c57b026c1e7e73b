//! Measures the signing of many deliveries at once.

use std::{hint::black_box, time::Instant};

use hooksig::{
    Key,
    drone::{self, Outgoing, SignedHeaders},
};
use hooksig_bench::delivery::SECRETS;

use crate::median::median;

/// Signatures of a batch of calls, about 100 µs.
const SIGNATURES: usize = 384;

const BODY: [u8; 358] = [b' '; 358];

/// The cost of one signature when `count` are made at once.
pub struct Batch {
    pub count: usize,
    /// Nanoseconds.
    pub time: f64,
    /// The time divided by that of a signature alone, of the same round.
    pub ratio: f64,
}

/// Measures batches of some sizes. This thread must stay on one core.
pub fn batches(rounds: usize, now: i64) -> Vec<Batch> {
    const COUNTS: [usize; 3] = [3, 8, 64];
    let key = Key::new(SECRETS[0]).expect("the secret is not empty");
    let mut times = [const { vec![] }; COUNTS.len()];
    for _ in 0..rounds {
        let alone = time(&key, 1, now);
        for (count, times) in COUNTS.into_iter().zip(&mut times) {
            let time = time(&key, count, now);
            times.push((time, time / alone));
        }
    }
    let batch = |(count, times): (usize, Vec<(f64, f64)>)| {
        let time = median(times.iter().map(|(time, _)| *time));
        Batch { count, time, ratio: median(times.iter().map(|(_, ratio)| *ratio)) }
    };
    COUNTS.into_iter().zip(times).map(batch).collect()
}

/// Returns the nanoseconds of one signature.
fn time(key: &Key, count: usize, now: i64) -> f64 {
    let deliveries = vec![Outgoing { body: &BODY, now }; count];
    let mut signed: Vec<Option<SignedHeaders>> = vec![None; count];
    let calls = SIGNATURES / count;
    let start = Instant::now();
    for _ in 0..calls {
        drone::sign_many(black_box(key), black_box(&deliveries), &mut signed)
            .expect("the deliveries can be signed");
        black_box(&signed);
    }
    start.elapsed().as_nanos() as f64 / (calls * count) as f64
}
