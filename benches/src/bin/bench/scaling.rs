//! Measures how the cost of a verification grows, and the gain of more cores.

use std::{
    hint::black_box,
    iter::successors,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use hooksig::{Clock, Key, MAX_NAMES, Request, Signer, Verifier};
use hooksig_bench::delivery::{Delivery, SECRETS};
use rustix::thread::CpuSet;

use crate::{cores, median::median};

/// Length of a batch in nanoseconds.
const BATCH: f64 = 200_000.0;

/// Time that all cores verify in one go. It is short so that some slices are undisturbed.
const SLICE: Duration = Duration::from_millis(2);

/// Bytes of a delivery's body where its size does not matter.
const BODY: usize = 358;

/// The cost of a verification for several sizes of one quantity.
pub struct Growth {
    pub of: &'static str,
    /// The name of one unit.
    pub one: &'static str,
    /// The size, and nanoseconds.
    pub points: Vec<(usize, f64)>,
}

impl Growth {
    /// Returns the cost of one more unit between neighbouring points, in nanoseconds.
    pub fn slopes(&self) -> Vec<f64> {
        let slope =
            |pair: &[(usize, f64)]| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0) as f64;
        self.points.windows(2).map(slope).collect()
    }
}

/// Deliveries of 358 bytes per second that `count` cores verify, with one key and one verifier.
pub struct Cores {
    pub count: usize,
    pub per_second: f64,
}

/// A quantity of a delivery.
struct Quantity {
    of: &'static str,
    one: &'static str,
    sizes: &'static [usize],
    /// Makes a delivery with this much of it.
    make: fn(usize, i64) -> Delivery,
}

const QUANTITIES: [Quantity; 4] = [
    Quantity { of: "header fields", one: "field", sizes: &[10, 100, 1000], make: with_fields },
    Quantity { of: "parameters", one: "parameter", sizes: &[10, 100, 1000], make: with_params },
    Quantity {
        of: "covered headers",
        one: "header",
        sizes: &[10, 32, MAX_NAMES],
        make: with_covered,
    },
    Quantity {
        of: "bytes of body",
        one: "byte",
        sizes: &[1 << 10, 1 << 14, 1 << 17, 1 << 20],
        make: with_body,
    },
];

/// Measures the growth of the cost. This thread must stay on one core.
pub fn growth(rounds: usize, now: i64) -> Vec<Growth> {
    QUANTITIES.iter().map(|quantity| measure(quantity, rounds, now)).collect()
}

fn measure(quantity: &Quantity, rounds: usize, now: i64) -> Growth {
    let Quantity { of, one, sizes, make } = *quantity;
    let keys = [key()];
    let verifier = Verifier::new(&keys).expect("there is a key");
    let deliveries: Vec<_> = sizes.iter().map(|&size| make(size, now)).collect();
    let calls: Vec<_> = deliveries.iter().map(|it| calibrate(&verifier, it, now)).collect();
    let mut times = vec![vec![]; sizes.len()];
    for _ in 0..rounds {
        for ((delivery, &calls), times) in deliveries.iter().zip(&calls).zip(&mut times) {
            times.push(time(&verifier, delivery, now, calls));
        }
    }
    Growth { of, one, points: sizes.iter().copied().zip(times.into_iter().map(median)).collect() }
}

fn calibrate(verifier: &Verifier<'_>, delivery: &Delivery, now: i64) -> u32 {
    let mut calls = 1;
    while time(verifier, delivery, now, calls) * f64::from(calls) < BATCH {
        calls *= 2;
    }
    calls
}

/// Returns the nanoseconds of a verification.
fn time(verifier: &Verifier<'_>, delivery: &Delivery, now: i64, calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        verify(verifier, delivery, now);
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn verify(verifier: &Verifier<'_>, delivery: &Delivery, now: i64) {
    let headers = black_box(delivery.headers.as_slice());
    let request = Request::new("POST", "/hooks/drone?src=ci", headers);
    let verified = verifier.verify(&request, &delivery.body, Clock::At(now));
    black_box(verified.expect("the delivery is genuine"));
}

/// Measures the rates of one core, two, four and so on: the best of all rounds, because other
/// programs only slow it down.
pub fn cores(rounds: usize, now: i64, all: &CpuSet) -> Vec<Cores> {
    let all = cores::list(all);
    let keys = [key()];
    let verifier = Verifier::new(&keys).expect("there is a key");
    let delivery = with_body(BODY, now);
    let doubled = successors(Some(1), |count| Some(count * 2));
    let counts: Vec<_> = doubled.take_while(|&count| count <= all.len()).collect();
    let mut best: Vec<_> = counts.iter().map(|&count| Cores { count, per_second: 0.0 }).collect();
    for _ in 0..rounds {
        for cores in &mut best {
            let rate = rate(&verifier, &delivery, now, &all[..cores.count]);
            cores.per_second = cores.per_second.max(rate);
        }
    }
    best
}

/// Returns deliveries per second, from the first thread's start to the last one's end.
fn rate(verifier: &Verifier<'_>, delivery: &Delivery, now: i64, cores: &[usize]) -> f64 {
    const CALLS: u32 = 50;
    let barrier = Barrier::new(cores.len());
    let work = &|core: usize| {
        cores::pin(core).expect("the core is there");
        barrier.wait();
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < SLICE {
            for _ in 0..CALLS {
                verify(verifier, delivery, now);
            }
            done += CALLS;
        }
        (start, Instant::now(), done)
    };
    let all: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = cores.iter().map(|&core| scope.spawn(move || work(core))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let start = all.iter().map(|&(start, ..)| start).min();
    let end = all.iter().map(|&(_, end, _)| end).max();
    let took = start.zip(end).map(|(start, end)| end - start).expect("there is a core");
    f64::from(all.iter().map(|&(.., done)| done).sum::<u32>()) / took.as_secs_f64()
}

fn key() -> Key {
    Key::new(secret()).expect("the secret is not empty")
}

fn secret() -> &'static str {
    SECRETS[SECRETS.len() - 1]
}

fn with_body(len: usize, now: i64) -> Delivery {
    Delivery::signed(secret(), vec![b' '; len], now)
}

/// Returns a delivery with `count` header fields; the required ones come last.
fn with_fields(count: usize, now: i64) -> Delivery {
    let mut delivery = with_body(BODY, now);
    let more = count - delivery.headers.len();
    delivery.headers.splice(0..0, (0..more).map(other_field));
    delivery
}

fn other_field(number: usize) -> (String, String) {
    (format!("X-Other-{number}"), "some value".to_owned())
}

/// Returns a delivery whose signature has `count` parameters; four of them matter.
fn with_params(count: usize, now: i64) -> Delivery {
    let delivery = with_body(BODY, now);
    let others: String = (4..count).map(|number| format!(r#",other{number}="value""#)).collect();
    let field = delivery.header("Signature").to_owned() + &others;
    delivery.with_header("Signature", &field)
}

/// Returns a delivery whose signature covers `count` headers.
fn with_covered(count: usize, now: i64) -> Delivery {
    let mut delivery = with_body(BODY, now);
    delivery.headers.extend((2..count).map(other_field));
    let others = (2..count).map(|number| other_field(number).0);
    let names: Vec<_> = ["date", "digest"].map(str::to_owned).into_iter().chain(others).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let key = key();
    let signer = Signer::new(&key, "hmac-key").expect("the keyId is fit");
    let mut out = vec![0; hooksig::signature_len("hmac-key", &names[..])];
    let request = Request::from_headers(delivery.headers.as_slice());
    let signature = signer.sign(&request, &names[..], &mut out).expect("the headers are there");
    let signature = str::from_utf8(signature).expect("it is text").to_owned();
    delivery.with_header("Signature", &signature)
}
