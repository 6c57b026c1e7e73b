//! What hooksig costs beyond the SHA-256 compressions that nobody can spare.
//!
//! Each operation is timed in turn with its floor: the same number of compressions, alone.
//! `cargo bench` prints the table, `cargo bench -- --quick` a rougher one.
//!
//! The loop is our own because only the ratio of two figures taken at the same moment holds on a
//! busy machine: criterion and divan measure one function after the other, and tango pairs two
//! builds of one function.

use std::{hint::black_box, time::Instant};

use hooksig::{Clock, Error, Key, Request, Verifier, drone};
use sha2::block_api::compress256;

const NOW: i64 = 1_795_419_691;
const LATER: Clock = Clock::At(NOW + 1);

/// A batch lasts at least this long, so that reading the clock costs nothing beside it.
const BATCH_NS: f64 = 50_000.0;

/// The inner hash's two blocks and the outer one's: the MAC of Drone's 96 bytes from midstates.
const MAC: [usize; 2] = [2, 1];

/// The headers of a delivery as a Drone server sends them.
type Head = [(&'static str, String); 9];

fn main() {
    let given = |flag: &str| std::env::args().any(|arg| arg == flag);
    // Only `cargo bench` gives `--bench`; `cargo test` has to see no more than that all runs.
    let rounds = match (given("--bench"), given("--quick")) {
        (false, _) => 1,
        (true, true) => 50,
        (true, false) => 1000,
    };
    println!("operation                      ns  floor ns  ratio  compressions");
    bench(rounds);
}

fn bench(rounds: usize) {
    let keys = [Key::new("bea26a2221fd8090ea38720fc445eca6").expect("the secret is not empty")];
    let verifier = Verifier::new(&keys).expect("there is a key");
    let body = vec![b' '; 1 << 20];
    let begin = |head: &Head, clock| {
        let request = Request::new("POST", "/hooks/drone?src=ci", black_box(head));
        black_box(verifier.begin(&request, clock)).map(drop)
    };

    let small = &body[..358];
    let floor = [MAC.as_slice(), &[body_blocks(small)]].concat();
    let sign = || black_box(drone::sign(&keys[0], black_box(small), NOW)).map(drop);
    compare("sign 358 B", rounds, &floor, Ok(()), sign);

    let head = signed_head(&keys[0], small);
    compare("verify headers only", rounds, &MAC, Ok(()), || begin(&head, LATER));

    for (name, len) in [
        ("verify with digest 358 B", 358),
        ("verify with digest 4 KiB", 1 << 12),
        ("verify with digest 64 KiB", 1 << 16),
        ("verify with digest 1 MiB", 1 << 20),
    ] {
        let body = &body[..len];
        let head = signed_head(&keys[0], body);
        let floor = [MAC.as_slice(), &[body_blocks(body)]].concat();
        let verify = || {
            let request = Request::new("POST", "/hooks/drone?src=ci", black_box(&head));
            black_box(verifier.verify(&request, black_box(body), LATER)).map(drop)
        };
        compare(name, rounds, &floor, Ok(()), verify);
    }

    let mut garbage = head.clone();
    garbage[6].1 = r#"keyId="hmac-key",algorithm="hmac-sha256",signature="huzpVb"#.into();
    let error = Err(Error::MalformedParams { at: 58 });
    compare("refuse garbage", rounds, &[], error, || begin(&garbage, LATER));

    let stale = Clock::At(NOW + 301);
    compare("refuse stale date", rounds, &[], Err(Error::DateTooOld), || begin(&head, stale));

    let other = signed_head(&Key::new("other").expect("the secret is not empty"), small);
    let error = Err(Error::SignatureMismatch);
    compare("refuse wrong MAC", rounds, &MAC, error, || begin(&other, LATER));
}

fn signed_head(key: &Key, body: &[u8]) -> Head {
    let sent = drone::sign(key, body, NOW).expect("the time has a date");
    [
        ("Host", "receiver.test".into()),
        ("User-Agent", "Go-http-client/1.1".into()),
        ("Content-Length", body.len().to_string()),
        ("Content-Type", "application/json".into()),
        ("Date", sent.date().into()),
        ("Digest", sent.digest().into()),
        ("Signature", sent.signature().into()),
        ("X-Drone-Event", "user".into()),
        ("Accept-Encoding", "gzip".into()),
    ]
}

/// How many blocks SHA-256 makes of `body` and its padding: one octet and a length of eight.
fn body_blocks(body: &[u8]) -> usize {
    (body.len() + 9).div_ceil(64)
}

/// Prints the row of `operation`, which must come out as `expected`; `floor` holds the number of
/// blocks of each hash in it.
fn compare(
    name: &str,
    rounds: usize,
    floor: &[usize],
    expected: Result<(), Error>,
    operation: impl Fn() -> Result<(), Error>,
) {
    assert_eq!(operation(), expected, "{name}");
    let blocks = vec![[0x5c; 64]; floor.iter().copied().max().unwrap_or_default()];
    let compress = || floor.iter().for_each(|&len| hash(&blocks[..len]));

    let batch = batch_size(&operation);
    let floor_batch = batch_size(compress);
    let (mut times, mut floors, mut ratios) = (vec![], vec![], vec![]);
    for _ in 0..rounds {
        let floor = time(floor_batch, compress);
        let time = time(batch, &operation);
        floors.push(floor);
        times.push(time);
        ratios.push(time / floor);
    }
    let (time, count) = (median(times), floor.iter().sum::<usize>());
    match count {
        0 => println!("{name:<26} {time:>7.0}         -      -             0"),
        _ => {
            let (floor, ratio) = (median(floors), median(ratios));
            println!("{name:<26} {time:>7.0} {floor:>9.0} {ratio:>6.2} {count:>13}");
        }
    }
}

fn hash(blocks: &[[u8; 64]]) {
    let mut state = black_box([0; 8]);
    compress256(&mut state, black_box(blocks));
    black_box(state);
}

/// How often to call `work` between two looks at the clock.
fn batch_size<T>(work: impl Fn() -> T) -> u32 {
    let mut calls = 1;
    while time(calls, &work) * f64::from(calls) < BATCH_NS {
        calls *= 2;
    }
    calls
}

/// Nanoseconds that a call takes.
fn time<T>(calls: u32, work: impl Fn() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        let _ = black_box(work());
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
