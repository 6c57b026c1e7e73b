//! The reference implementation of the rules, written only from their text and without regard to
//! speed or memory: `rules.rs`, with `params.rs` for rule 2 and `dates.rs` for rule 7. Read it
//! first.
//!
//! The core is compared with it, first on the shared cases, then on random requests at the edges of
//! every rule.
//!
//! `HOOKSIG_MODEL_CASES` sets the number of random requests.

mod date_forms;
mod dates;
mod dice;
mod draft;
mod edits;
mod params;
mod rules;
mod signature_edits;

use std::collections::BTreeMap;

use dice::Dice;
use draft::Case;
use hooksig::{Clock, Error, Key, Request, Verifier};
use hooksig_vectors::{Bytes, VerifyCase, cases};
use rules::{Message, Word, judge};

/// Default number of random requests.
const CASES: usize = 15_000;

/// All reasons of the default policy to refuse a request or its keys.
const WORDS: [Word; 30] = [
    "no-keys",
    "empty-secret",
    "missing-signature",
    "repeated-signature",
    "rfc9421-signature",
    "malformed-params",
    "repeated-param",
    "missing-param",
    "malformed-list",
    "unsupported-name",
    "repeated-name",
    "too-many-names",
    "unsupported-algorithm",
    "not-covered",
    "malformed-signature",
    "missing-date",
    "repeated-date",
    "malformed-date",
    "date-too-old",
    "date-too-new",
    "missing-digest",
    "repeated-digest",
    "malformed-digest",
    "unsupported-digest",
    "missing-header",
    "control-byte",
    "host-mismatch",
    "signing-string-too-long",
    "signature-mismatch",
    "digest-mismatch",
];

fn bytes(bytes: &Bytes) -> Vec<u8> {
    bytes.0.clone()
}

fn case(case: &VerifyCase) -> Case {
    let fields = case.head.headers.iter();
    Case {
        message: Message {
            method: bytes(&case.head.method),
            target: bytes(&case.head.target),
            headers: fields.map(|(name, value)| (bytes(name), bytes(value))).collect(),
            body: case.body.clone(),
        },
        secrets: case.secrets.iter().map(bytes).collect(),
        now: case.now,
    }
}

fn model(case: &Case) -> Result<usize, Word> {
    judge(&case.message, &case.secrets, case.now)
}

fn core(case: &Case) -> Result<usize, Word> {
    let Message { method, target, headers, body } = &case.message;
    let request = Request::new(method, target, headers.as_slice());
    let clock = case.now.map_or(Clock::None, Clock::At);
    let verify = || {
        let keys = case.secrets.iter().map(Key::new).collect::<Result<Vec<_>, Error>>()?;
        Ok(Verifier::new(&keys)?.verify(&request, body, clock)?.key_index())
    };
    verify().map_err(|error: Error| error.reason())
}

/// Formats the request for people.
fn show(case: &Case) -> String {
    let Message { method, target, headers, body } = &case.message;
    let mut text = format!("{} {}\n", method.escape_ascii(), target.escape_ascii());
    for (name, value) in headers {
        text += &format!("{}: {}\n", name.escape_ascii(), value.escape_ascii());
    }
    let secrets: Vec<_> =
        case.secrets.iter().map(|secret| secret.escape_ascii().to_string()).collect();
    text + &format!("\n{}\nsecrets {secrets:?}, now {:?}", body.escape_ascii(), case.now)
}

#[test]
fn the_model_gives_the_shared_cases_their_verdicts() {
    for name in ["verify", "rules", "rotation", "server-2.28.1", "peers/verify"] {
        for found in &cases(name) {
            let hooksig_vectors::Case::Verify(found) = found else { panic!("{name} is mixed") };
            let verdict = model(&case(found));
            assert_eq!(verdict.is_ok(), found.valid, "{}: {verdict:?}", found.id);
            assert!(verdict.err().is_none_or(|word| WORDS.contains(&word)), "{}", found.id);
            assert!(found.matched.is_none_or(|index| verdict == Ok(index)), "{}", found.id);
        }
    }
}

#[test]
fn the_core_agrees_with_the_model_on_the_shared_cases() {
    for name in ["verify", "rules", "rotation", "server-2.28.1", "peers/verify"] {
        for found in &cases(name) {
            let hooksig_vectors::Case::Verify(found) = found else { panic!("{name} is mixed") };
            assert_eq!(core(&case(found)), model(&case(found)), "{}", found.id);
        }
    }
}

#[test]
fn the_core_agrees_with_the_model_at_the_edges_of_every_rule() {
    let count = std::env::var("HOOKSIG_MODEL_CASES").ok();
    let count = count.map_or(CASES, |count| count.parse().expect("it is a number"));
    let mut seen: BTreeMap<Word, usize> = BTreeMap::new();
    for seed in 0..count {
        let case = draft::roll(&mut Dice(seed as u64));
        let verdict = model(&case);
        assert_eq!(core(&case), verdict, "core and model differ on {seed}:\n{}", show(&case));
        *seen.entry(verdict.err().unwrap_or("valid")).or_default() += 1;
    }
    println!("{count} requests: {seen:?}");
    if count >= CASES {
        let unseen: Vec<_> = WORDS.iter().filter(|word| !seen.contains_key(*word)).collect();
        assert!(unseen.is_empty(), "no request was refused for {unseen:?}");
        assert!(seen["valid"] > count / 5, "only {} were valid", seen["valid"]);
    }
}
