//! Measures a verification in Rust, as `c/cost.c` does in C: `cost DELIVERY.http` prints the median
//! in nanoseconds.

use std::{hint::black_box, time::Instant};

use hooksig::{Clock, Key, Request, Verifier, date};

const SECRET: &str = "bea26a2221fd8090ea38720fc445eca6";
const BATCHES: usize = 301;
const CALLS: u32 = 1000;

fn main() {
    let path = std::env::args().nth(1).expect("usage: cost DELIVERY.http");
    let text = std::fs::read_to_string(path).expect("the delivery can be read");
    let (head, body) = text.split_once("\r\n\r\n").expect("the delivery has an empty line");
    let headers: Vec<_> = head.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let (_, date) = headers.iter().find(|(name, _)| *name == "Date").expect("there is a date");
    let now = date::parse(date.as_bytes(), 0).expect("the date can be read");
    let keys = [Key::new(SECRET).expect("the secret is not empty")];

    let mut costs: Vec<_> = (0..BATCHES).map(|_| batch(&keys, &headers, body, now)).collect();
    costs.sort_by(f64::total_cmp);
    println!("{:.1}", costs[BATCHES / 2]);
}

fn batch(keys: &[Key], headers: &[(&str, &str)], body: &str, now: i64) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        let (keys, headers, body) = (black_box(keys), black_box(headers), black_box(body));
        let request = Request::new("POST", "/", headers);
        let verifier = Verifier::new(keys).expect("there is a key");
        let verified = verifier.verify(&request, body, Clock::At(now));
        black_box(verified.expect("the delivery is genuine"));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}
