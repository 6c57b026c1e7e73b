//! Tests if the time of a call depends on secrets, as dudect does: times calls of two classes in
//! random order and compares them with Welch's t-test.
//!
//! `hooksig-constant-time [CALLS]`: calls per check, a million by default. A t of up to 4.5 shows
//! no difference; from 10 on there is one.

mod welch;

use std::{hint::black_box, time::Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{Clock, Error, Key, Request, Signer, Verifier, date, digest};

/// From this t on, a difference is certain.
const LEAK: f64 = 10.0;

/// Calls whose inputs are made before the first of them is timed.
const BATCH: usize = 20_000;

const NOW: i64 = 1_577_836_800;
const SECRETS: [&str; 4] = ["first", "second", "third", "fourth"];
const COVERED: [&str; 2] = ["date", "digest"];

/// The three fields of a request.
struct Sent {
    date: String,
    digest: String,
    signature: String,
}

impl Sent {
    /// Signs with one of the secrets.
    fn new(secret: usize, body: &[u8]) -> Self {
        let date = date::format(NOW).unwrap().to_string();
        let digest = digest::field(body).to_string();
        let headers = [("date", date.as_str()), ("digest", digest.as_str())];
        let key = Key::new(SECRETS[secret]).unwrap();
        let mut out = [0; 200];
        let signer = Signer::new(&key, "hmac-key").unwrap();
        let field = signer.sign(&Request::from_headers(&headers), &COVERED, &mut out).unwrap();
        let signature = String::from_utf8(field.to_vec()).unwrap();
        Self { date, digest, signature }
    }

    /// Returns the range of the MAC in the Signature field.
    fn mac(&self) -> std::ops::Range<usize> {
        let start = self.signature.find("signature=\"").unwrap() + "signature=\"".len();
        start..start + 44
    }

    fn begin(&self, verifier: &Verifier<'_>) -> Result<(), Error> {
        let headers = [
            ("Date", self.date.as_str()),
            ("Digest", self.digest.as_str()),
            ("Signature", self.signature.as_str()),
        ];
        let request = Request::from_headers(&headers);
        black_box(verifier.begin(&request, Clock::None)).map(drop)
    }
}

/// Returns a new body each time, and thus a new MAC, so that field contents do not give a class
/// away.
fn any_body() -> [u8; 16] {
    fastrand::u128(..).to_le_bytes()
}

/// Returns a wrong signature: either only one byte is wrong, or nearly all are.
fn nearly_or_not_at_all(other: bool) -> Sent {
    let mut sent = Sent::new(0, &any_body());
    let mac = sent.mac();
    let text = sent.signature[mac.clone()].to_owned();
    let mut hash: [u8; 32] = BASE64_STANDARD.decode(&text).unwrap().try_into().unwrap();
    match other {
        true => fastrand::fill(&mut hash),
        false => hash[31] ^= 1 + fastrand::u8(..255),
    }
    sent.signature.replace_range(mac, &BASE64_STANDARD.encode(hash));
    sent
}

/// Signs with the first key or the last.
fn first_or_last(last: bool) -> Sent {
    Sent::new(if last { SECRETS.len() - 1 } else { 0 }, &any_body())
}

/// Returns one fixed body with its MAC, or a new one each time.
fn fixed_or_random(random: bool) -> Sent {
    Sent::new(0, &if random { any_body() } else { [0; 16] })
}

/// Signs a sent request again: computes the MAC and encodes it.
fn sign(signer: &Signer<'_>, sent: &Sent) {
    let headers = [("date", sent.date.as_str()), ("digest", sent.digest.as_str())];
    let mut out = [0; 200];
    let _ = black_box(signer.sign(&Request::from_headers(&headers), &COVERED, &mut out));
}

/// A faulty comparison that ends at the first different byte.
fn sign_and_compare(signer: &Signer<'_>, sent: &Sent) -> bool {
    let headers = [("date", sent.date.as_str()), ("digest", sent.digest.as_str())];
    let mut out = [0; 200];
    let field = signer.sign(&Request::from_headers(&headers), &COVERED, &mut out).unwrap();
    let range = sent.mac();
    let pairs = field[range.clone()].iter().zip(&sent.signature.as_bytes()[range]);
    pairs.into_iter().all(|(one, other)| black_box(one) == black_box(other))
}

/// Times calls with inputs of both classes and prints the result. Returns the largest t.
fn check(calls: usize, name: &str, make: fn(bool) -> Sent, mut call: impl FnMut(&Sent)) -> f64 {
    let mut times = Vec::with_capacity(calls);
    while times.len() < calls {
        let batch: Vec<_> = (0..BATCH)
            .map(|_| {
                let class = fastrand::bool();
                (class, make(class))
            })
            .collect();
        for (class, sent) in &batch {
            let start = Instant::now();
            call(sent);
            let time = start.elapsed().as_nanos();
            times.push((*class, time.try_into().unwrap_or(u32::MAX)));
        }
    }
    let (t, difference) = welch::largest_t(&times);
    let word = match t.abs() {
        ..4.5 => "no difference was found",
        4.5..LEAK => "undecided: try more calls",
        _ => "the time tells",
    };
    println!("{name:<44} t {t:>9.2}  {difference:>7.2} ns  {word}");
    t.abs()
}

fn main() {
    let calls = std::env::args().nth(1).map_or(1_000_000, |calls| calls.parse().unwrap());
    let keys = SECRETS.map(|secret| Key::new(secret).unwrap());
    let signer = Signer::new(&keys[0], "hmac-key").unwrap();
    let one = Verifier::new(&keys[..1]).unwrap();
    let all = Verifier::new(&keys).unwrap();
    let found = [
        check(calls, "comparing the MAC: nearly right or not", nearly_or_not_at_all, |sent| {
            assert!(sent.begin(&one) == Err(Error::SignatureMismatch));
        }),
        check(calls, "choosing a key: the first of four or the last", first_or_last, |sent| {
            assert!(sent.begin(&all).is_ok());
        }),
        check(calls, "base64 of the MAC: one MAC or any", fixed_or_random, |sent| {
            sign(&signer, sent);
        }),
    ];
    // The planted fault proves that the check can find one.
    let planted =
        check(calls, "a planted comparison that ends early", nearly_or_not_at_all, |sent| {
            assert!(!sign_and_compare(&signer, sent));
        });
    let passed = found.iter().all(|t| *t < LEAK) && planted >= LEAK;
    std::process::exit(i32::from(!passed));
}
