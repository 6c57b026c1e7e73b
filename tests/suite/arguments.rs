//! Every public function of the crate with wrong arguments: the fault of the call, and its one error.

use std::{cell::Cell, collections::BTreeSet, path::Path};

use crate::common::{BODY, NOW, SECRET, Sent, key};
use hooksig::{
    Clock, Error, Head, HeaderList, Headers, Key, Param, Params, Policy, Request, Signer, Verifier,
    date, digest, drone, replay, signature_len, signing_string,
};
use hooksig_vectors::functions::public_functions;

/// A faulty call.
type Call = fn() -> Result<(), Error>;

/// (the function, the fault, a call that is refused, the error)
#[rustfmt::skip] // One row a line.
pub(crate) const CALLS: &[(&str, &str, Call, Error)] = &[
    ("Key::new", "an empty secret", || Key::new("").map(drop), Error::EmptySecret),
    ("Key::new", "a secret of one NUL", || Key::new("\0").map(drop), Error::EmptySecret),
    ("Key::new", "a secret of NUL bytes", || Key::new(&[0; 64]).map(drop), Error::EmptySecret),
    ("Key::new", "a long secret of NUL bytes", || Key::new(&[0; 65]).map(drop), Error::EmptySecret),
    ("Verifier::new", "no keys", || Verifier::<Key>::new(&[]).map(drop), Error::NoKeys),
    ("Verifier::with_policy", "no keys under a policy", || Verifier::<Key>::with_policy(&[], Policy::DRONE).map(drop), Error::NoKeys),
    ("Verifier::with_policy", "no keys and no names", || Verifier::<Key>::with_policy(&[], Policy::DRONE.require(&[])).map(drop), Error::NoKeys),
    ("Policy::require", "a verifier that requires no names", require_nothing, Error::EmptyList),
    ("Policy::require", "an empty name", || verdict(Policy::DRONE.require(&[""])), NOT_COVERED),
    ("Policy::require", "two names in one", || verdict(Policy::DRONE.require(&["date digest"])), NOT_COVERED),
    ("Policy::require", "a name with a line break", || verdict(Policy::DRONE.require(&["date\n"])), NOT_COVERED),
    ("Policy::require", "a name that nothing can cover", || verdict(Policy::DRONE.require(&["(created)"])), NOT_COVERED),
    ("Policy::require_list", "a policy of malformed names", || require_list("date  digest"), malformed_list(1)),
    ("Policy::require_list", "a policy of no names", || require_list(""), Error::EmptyList),
    ("Policy::require_list", "a policy of one space", || require_list(" "), malformed_list(0)),
    ("Policy::require_list", "a policy of a name twice", || require_list("date DATE"), Error::RepeatedName { index: 1 }),
    ("Policy::require_list", "a policy of (expires)", || require_list("date (expires)"), Error::UnsupportedName { index: 1 }),
    ("Policy::require_list", "a policy of 129 names", || require_list(&names(129).join(" ")), Error::TooManyNames),
    ("Policy::expect_key_id", "another keyId than the expected", || verdict(Policy::DRONE.expect_key_id(b"hmac")), Error::UnexpectedKeyId),
    ("Policy::expect_key_id", "an empty expected keyId", || verdict(Policy::DRONE.expect_key_id(b"")), Error::UnexpectedKeyId),
    ("Policy::expect_key_id", "an expected keyId with a NUL", || verdict(Policy::DRONE.expect_key_id(b"hmac-key\0")), Error::UnexpectedKeyId),
    ("Policy::max_skew", "no skew, a second later", || verdict_at(Policy::DRONE.max_skew(0), NOW + 1), Error::DateTooOld),
    ("Policy::max_skew", "no skew, a second earlier", || verdict_at(Policy::DRONE.max_skew(0), NOW - 1), Error::DateTooNew),
    ("Policy::max_skew", "the largest skew, a second too late", || verdict_at(Policy::DRONE.max_skew(u32::MAX), NOW + MAX_SKEW + 1), Error::DateTooOld),
    ("Policy::max_skew", "the largest skew, a second too early", || verdict_at(Policy::DRONE.max_skew(u32::MAX), NOW - MAX_SKEW - 1), Error::DateTooNew),
    ("Policy::allow_hs2019", "hs2019 without algorithm", || without_algorithm(Policy::DRONE.allow_hs2019(true)), Error::MissingParam(Param::Algorithm)),
    ("Policy::allow_missing_algorithm", "allowed, then not", || without_algorithm(Policy::DRONE.allow_missing_algorithm(true).allow_missing_algorithm(false)), Error::MissingParam(Param::Algorithm)),
    ("Verifier::begin", "the first second", || begin_at(i64::MIN), Error::DateTooNew),
    ("Verifier::begin", "the last second", || begin_at(i64::MAX), Error::DateTooOld),
    ("Verifier::begin", "a second before 1970", || begin_at(-1), Error::DateTooNew),
    ("Verifier::verify", "the year 10000", || verdict_at(Policy::DRONE, 253_402_300_800), Error::DateTooOld),
    ("Verifier::verify", "no headers", || verify_fields(&[]), Error::MissingSignature),
    ("Verifier::verify", "a field without name and value", || verify_fields(&[("", "")]), Error::MissingSignature),
    ("Verifier::verify", "an empty body", || verify_body(b""), Error::DigestMismatch),
    ("PendingBody::update", "no chunk", || finish(&[]), Error::DigestMismatch),
    ("PendingBody::update", "an empty chunk", || finish(&[""]), Error::DigestMismatch),
    ("PendingBody::update", "the body twice", || finish(&[BODY, BODY]), Error::DigestMismatch),
    ("Signer::new", "an empty keyId to sign with", || sign_as(b""), Error::InvalidKeyId),
    ("Signer::new", "a keyId with a quote", || sign_as(b"a\",b=\""), Error::InvalidKeyId),
    ("Signer::new", "a keyId with a backslash", || sign_as(b"\\"), Error::InvalidKeyId),
    ("Signer::new", "a keyId with a line break", || sign_as(b"\n"), Error::InvalidKeyId),
    ("Signer::new", "a keyId with a tab", || sign_as(b"\t"), Error::InvalidKeyId),
    ("Signer::new", "a keyId with a NUL at its end", || sign_as(b"hmac-key\0"), Error::InvalidKeyId),
    ("Signer::new", "a keyId with DEL", || sign_as(b"\x7f"), Error::InvalidKeyId),
    ("Signer::sign", "signing nothing", || sign(&[], 200), Error::EmptyList),
    ("Signer::sign", "signing an empty list", || sign_list(""), Error::EmptyList),
    ("Signer::sign", "signing a name twice", || sign(&["date", "Date"], 200), Error::RepeatedName { index: 1 }),
    ("Signer::sign", "signing a name that is none", || sign(&["date", "a b"], 200), malformed_list(1)),
    ("Signer::sign", "signing an empty name", || sign(&["", "date"], 200), malformed_list(0)),
    ("Signer::sign", "signing (created)", || sign(&["(created)"], 200), Error::UnsupportedName { index: 0 }),
    ("Signer::sign", "signing 129 names", || sign_many(129), Error::TooManyNames),
    ("Signer::sign", "signing a header that is not there", || sign(&["date", "x-a"], 200), Error::MissingHeader { index: 1 }),
    ("Signer::sign", "signing a line break", || sign(&["x-lf"], 200), Error::ControlByte { index: 0 }),
    ("Signer::sign", "signing a string that is too long", || sign(&["x-long"], 200), Error::SigningStringTooLong),
    ("Signer::sign", "signing into too small a buffer", || sign(&["date"], 111), Error::BufferTooSmall { needed: 112 }),
    ("Signer::sign", "signing into no buffer", || sign(&["date"], 0), Error::BufferTooSmall { needed: 112 }),
    ("signing_string::signing_string", "a string for too small a buffer", || string(&["date"], 34), Error::BufferTooSmall { needed: 35 }),
    ("signing_string::signing_string", "a string of two hosts", || string_of_hosts(&["a", "a"], "/"), Error::HostMismatch),
    ("signing_string::signing_string", "a string of a host and another", || string_of_hosts(&["a"], "http://b"), Error::HostMismatch),
    ("signing_string::signing_string", "a string that is too long", || string(&["x-long"], 8192), Error::SigningStringTooLong),
    ("signing_string::signing_string", "a string of nothing", || string(&[], 200), Error::EmptyList),
    ("signing_string::signing_string", "a string of an absent header", || string(&["x-a"], 200), Error::MissingHeader { index: 0 }),
    ("Request::new", "a string of a target with a space", || string_of_line("POST", "/ a"), Error::ControlByte { index: 0 }),
    ("Request::new", "a string of a method with a space", || string_of_line("POST /", "/"), Error::ControlByte { index: 0 }),
    ("Request::from_headers", "a string of (request-target) without a target", string_without_target, Error::MissingHeader { index: 0 }),
    ("HeaderList::new", "a list that ends with a space", || sign_list("date "), malformed_list(1)),
    ("HeaderList::new", "a list with a comma", || sign_list("date,digest"), malformed_list(0)),
    ("HeaderList::new", "a list with a NUL", || sign_list("date\0"), malformed_list(0)),
    ("drone::sign", "a time behind the year 9999", || sign_at(253_402_300_800), Error::TimeOutOfRange),
    ("drone::sign", "the last second to sign at", || sign_at(i64::MAX), Error::TimeOutOfRange),
    ("many::sign_many", "a time behind the year 9999 among others", || sign_at_times(&[NOW, 253_402_300_800, NOW], 3), Error::TimeOutOfRange),
    ("many::sign_many", "the last second alone", || sign_at_times(&[i64::MAX], 1), Error::TimeOutOfRange),
    ("many::sign_many", "fewer places than deliveries", || sign_at_times(&[NOW; 4], 3), Error::BufferTooSmall { needed: 4 }),
    ("many::sign_many", "no place", || sign_at_times(&[NOW], 0), Error::BufferTooSmall { needed: 1 }),
    ("date::format", "a time before the year 0", || date::format(-62_167_219_201).map(drop), Error::TimeOutOfRange),
    ("date::format", "the first second to write", || date::format(i64::MIN).map(drop), Error::TimeOutOfRange),
    ("date::parse", "a text that is no date", || date::parse("today", NOW).map(drop), Error::MalformedDate),
    ("date::parse", "an empty date", || date::parse("", i64::MIN).map(drop), Error::MalformedDate),
    ("date::parse", "a date that is short by one", || date::parse("Wed, 01 Jan 2020 00:00:00 GM", NOW).map(drop), Error::MalformedDate),
    ("Params::parse", "parameters that are none", || Params::parse(b" ").map(drop), malformed_params(0)),
    ("Params::parse", "no parameters", || Params::parse(b"").map(drop), Error::MissingParam(Param::KeyId)),
    ("Params::find", "parameters of no headers", || Params::find(&Request::from_headers(&NO_FIELDS)).map(drop), Error::MissingSignature),
    ("Head::parse", "a head that is none", || Head::parse("POST / HTTP/1.1\r\n").map(drop), Error::MalformedHead { at: 17 }),
    ("Head::parse", "an empty head", || Head::parse("").map(drop), Error::MalformedHead { at: 0 }),
    ("Delivery::read", "a body that is no JSON", || read(""), Error::MalformedBody),
    ("Delivery::read", "a body that is no object", || read("[]"), Error::MalformedBody),
    ("Delivery::read", "a body that breaks off", || read(r#"{"event":"user","#), Error::MalformedBody),
    ("Delivery::read", "a member without a value", || read(r#"{"a":,}"#), Error::MalformedBody),
    ("Delivery::read", "an event that is no string", || read(r#"{"event":1}"#), Error::MalformedBody),
    ("Delivery::read", "an action that is no string", || read(r#"{"event":"user","action":null}"#), Error::MalformedBody),
    ("Delivery::read", "an event twice", || read(r#"{"event":"user","event":"user"}"#), Error::MalformedBody),
    ("Delivery::read", "an action twice", || read(r#"{"action":"a","x":1,"action":"a"}"#), Error::MalformedBody),
    ("Delivery::read", "an event in capitals", || read(r#"{"EVENT":"user"}"#), Error::MalformedBody),
    ("Delivery::read", "an action in capitals, escaped", || read(r#"{"event":"user","\u0041ction":1}"#), Error::MalformedBody),
    ("Delivery::read", "a byte order mark", || read("\u{feff}{}"), Error::MalformedBody),
    ("Delivery::check_event_field", "an event field that contradicts", || check_event("USER"), Error::EventMismatch),
    ("Delivery::check_event_field", "an empty event field", || check_event(""), Error::EventMismatch),
    ("Guard::claim", "a delivery that came before", || claim_twice(2), Error::Replayed),
    ("Guard::new", "a guard without room", || claim_twice(0), Error::ReplayGuardFull),
    ("Guard::max_skew", "a guard for a smaller skew", || claim(301, 300, NOW), Error::SkewTooLarge),
    ("Guard::max_skew", "a guard for no skew", || claim(300, 0, NOW), Error::SkewTooLarge),
    ("Guard::claim", "a claim in the last second", || claim(300, 300, i64::MAX), Error::DateTooOld),
];

/// (the function, the extreme arguments that it takes, a call that asserts the documented result)
#[rustfmt::skip] // One row a line.
const TAKEN: &[(&str, &str, fn())] = &[
    ("digest::field", "an empty body", || assert!(digest::field("").as_str().starts_with("SHA-256="))),
    ("Signer::new", "a keyId that is not ASCII", || assert_eq!(sign_as(b"\xe9\xff"), Ok(()))),
    ("Signer::new", "a keyId of 64 KiB", || assert_eq!(sign_as(&vec![b'a'; 1 << 16]), Ok(()))),
    ("Signer::sign", "a buffer that just suffices", || assert_eq!(sign(&["date"], 112), Ok(()))),
    ("sign::signature_len", "no keyId and no names", || assert_eq!(signature_len("", NO_NAMES), LEN_OF_NOTHING)),
    ("many::sign_many", "no deliveries", || assert_eq!(sign_at_times(&[], 0), Ok(()))),
    ("many::sign_many", "more places than deliveries", || assert_eq!(sign_at_times(&[-1; 4], 9), Ok(()))),
    ("drone::sign", "a second before 1970", || assert_eq!(sign_at(-1), Ok(()))),
    ("Value::is", "an empty text", || assert!(!params().key_id().is(""))),
    ("Value::is", "a longer text", || assert!(!params().key_id().is("hmac-key\0"))),
    ("Name::is", "an empty name", || assert!(HeaderList::new("date").iter().all(|name| !name.is("")))),
    ("HeaderList::contains", "an empty name", || assert!(!HeaderList::new("date digest").contains(""))),
    ("HeaderList::contains", "an empty list", || assert!(!HeaderList::new("").contains(""))),
    ("HeaderList::contains", "two names in one", || assert!(!HeaderList::new("date digest").contains("date digest"))),
    ("Head::find", "nothing received", || assert_eq!(Head::find(""), None)),
    ("Head::find", "all but the last byte", || assert_eq!(Head::find("GET / HTTP/1.1\r\n\r"), None)),
    ("filter::selects", "no patterns", || assert!(drone::selects(&[], drone::Event::User, None))),
    ("filter::selects", "an empty pattern", || assert!(!drone::selects(&[""], drone::Event::User, None))),
    ("filter::selects", "a class that does not end", || assert!(!drone::selects(&["[", "\\", "[]"], drone::Event::User, None))),
    ("Guard::claim", "the largest skew, in its last second", || assert_eq!(claim(u32::MAX, u32::MAX, NOW + MAX_SKEW), Ok(()))),
    ("Policy::max_skew", "the largest skew", || assert_eq!(verdict_at(Policy::DRONE.max_skew(u32::MAX), NOW + MAX_SKEW), Ok(()))),
];

const NOT_COVERED: Error = Error::NotCovered { index: 0 };
const MAX_SKEW: i64 = u32::MAX as i64;
const NO_FIELDS: [(&str, &str); 0] = [];
const NO_NAMES: &[&str] = &[];
/// `keyId="",algorithm="hmac-sha256",signature="…",headers=""` with 44 digits.
const LEN_OF_NOTHING: usize = 100;

const fn malformed_params(at: usize) -> Error {
    Error::MalformedParams { at }
}

const fn malformed_list(index: usize) -> Error {
    Error::MalformedList { index }
}

pub(crate) fn require_list(list: &str) -> Result<(), Error> {
    Policy::DRONE.require_list(HeaderList::new(list)).map(drop)
}

fn require_nothing() -> Result<(), Error> {
    Verifier::with_policy(&[key(SECRET)], Policy::DRONE.require(&[])).map(drop)
}

fn sign_as(key_id: &[u8]) -> Result<(), Error> {
    Signer::new(&key(SECRET), key_id).map(drop)
}

const LONG: &str = match core::str::from_utf8(&[b'a'; 4096]) {
    Ok(long) => long,
    Err(_) => "",
};

/// A request with a `Date`, with a line break in `X-LF` and with a long field.
const TO_SIGN: [(&str, &str); 3] =
    [("Date", "Wed, 01 Jan 2020 00:00:00 GMT"), ("X-LF", "a\nb"), ("X-Long", LONG)];

fn sign(names: &[&str], room: usize) -> Result<(), Error> {
    let request = Request::new("POST", "/", &TO_SIGN);
    Signer::new(&key(SECRET), drone::KEY_ID)?.sign(&request, names, &mut vec![0; room]).map(drop)
}

fn sign_list(list: &str) -> Result<(), Error> {
    let request = Request::new("POST", "/", &TO_SIGN);
    let signer_key = key(SECRET);
    let signer = Signer::new(&signer_key, drone::KEY_ID)?;
    signer.sign(&request, &HeaderList::new(list), &mut [0; 200]).map(drop)
}

fn string(names: &[&str], room: usize) -> Result<(), Error> {
    signing_string(&Request::new("POST", "/", &TO_SIGN), names, &mut vec![0; room]).map(drop)
}

fn string_without_target() -> Result<(), Error> {
    signing_string(&Request::from_headers(&TO_SIGN), &["(request-target)"], &mut [0; 200]).map(drop)
}

fn string_of_hosts(hosts: &[&str], target: &str) -> Result<(), Error> {
    let headers: Vec<_> = hosts.iter().map(|host| ("Host", host)).collect();
    let request = Request::new("POST", target, headers.as_slice());
    signing_string(&request, &["host"], &mut [0; 200]).map(drop)
}

fn string_of_line(method: &str, target: &str) -> Result<(), Error> {
    signing_string(&Request::new(method, target, &TO_SIGN), &["(request-target)"], &mut [0; 200])
        .map(drop)
}

fn sign_at(now: i64) -> Result<(), Error> {
    drone::sign(&key(SECRET), BODY, now).map(drop)
}

/// Signs a delivery for each time. Asserts that the first places are written, or none if there is an error.
fn sign_at_times(times: &[i64], places: usize) -> Result<(), Error> {
    let deliveries: Vec<_> =
        times.iter().map(|&now| drone::Outgoing { body: BODY.as_bytes(), now }).collect();
    let mut signed = vec![None; places];
    let result = drone::sign_many(&key(SECRET), &deliveries, &mut signed);
    let written = signed.iter().take_while(|headers| headers.is_some()).count();
    assert_eq!(written, if result.is_ok() { times.len() } else { 0 });
    assert!(signed[written..].iter().all(Option::is_none));
    result
}

fn read(body: &str) -> Result<(), Error> {
    drone::Delivery::read(body).map(drop)
}

fn claim_twice(room: usize) -> Result<(), Error> {
    let sent = Sent::by_drone();
    let keys = [key(SECRET)];
    let clock = Clock::At(NOW);
    let verified = Verifier::new(&keys)?.verify(&sent.request(), &sent.body, clock)?;
    let mut guard = replay::Guard::new(vec![replay::Entry::EMPTY; room]);
    guard.claim(&verified, clock)?;
    guard.claim(&verified, clock)
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("x-{index}")).collect()
}

fn sign_many(count: usize) -> Result<(), Error> {
    let names = names(count);
    sign(&names.iter().map(String::as_str).collect::<Vec<_>>(), 200)
}

fn verdict(policy: Policy<'_>) -> Result<(), Error> {
    verdict_at(policy, NOW)
}

fn verdict_at(policy: Policy<'_>, now: i64) -> Result<(), Error> {
    Sent::by_drone().verdict(policy, Clock::At(now))
}

fn without_algorithm(policy: Policy<'_>) -> Result<(), Error> {
    let mut sent = Sent::by_drone();
    sent.edit_signature("algorithm=\"hmac-sha256\",", "");
    sent.verdict(policy, Clock::At(NOW))
}

fn begin_at(now: i64) -> Result<(), Error> {
    Verifier::new(&[key(SECRET)])?.begin(&Sent::by_drone().request(), Clock::At(now)).map(drop)
}

fn verify_fields(fields: &[(&str, &str)]) -> Result<(), Error> {
    let request = Request::new("", "", fields);
    Verifier::new(&[key(SECRET)])?.verify(&request, BODY, Clock::At(NOW)).map(drop)
}

fn verify_body(body: &[u8]) -> Result<(), Error> {
    let sent = Sent::by_drone();
    Verifier::new(&[key(SECRET)])?.verify(&sent.request(), body, Clock::At(NOW)).map(drop)
}

fn finish(chunks: &[&str]) -> Result<(), Error> {
    let sent = Sent::by_drone();
    let keys = [key(SECRET)];
    let mut pending = Verifier::new(&keys)?.begin(&sent.request(), Clock::At(NOW))?;
    chunks.iter().for_each(|chunk| pending.update(chunk.as_bytes()));
    pending.finish().map(drop)
}

fn params() -> Params<'static> {
    Params::parse(b"keyId=hmac-key,headers=date,signature=a").expect("they are well-formed")
}

fn check_event(event: &str) -> Result<(), Error> {
    let mut sent = Sent::by_drone();
    sent.set("X-Drone-Event", event);
    drone::Delivery::read(&sent.body)?.check_event_field(&sent.request())
}

/// Claims a delivery that was verified under a policy with `skew`.
fn claim(skew: u32, guard_skew: u32, now: i64) -> Result<(), Error> {
    let sent = Sent::by_drone();
    let keys = [key(SECRET)];
    let verifier = Verifier::with_policy(&keys, Policy::DRONE.max_skew(skew))?;
    let verified = verifier.verify(&sent.request(), &sent.body, Clock::At(NOW))?;
    let mut guard = replay::Guard::new([replay::Entry::EMPTY]).max_skew(guard_skew);
    guard.claim(&verified, Clock::At(now))
}

#[test]
fn every_wrong_call_gets_its_one_error() {
    for (function, fault, call, expected) in CALLS {
        assert_eq!(call(), Err(*expected), "{function}: {fault}");
    }
}

#[test]
fn every_extreme_argument_does_as_documented() {
    TAKEN.iter().for_each(|(.., call)| call());
}

/// Headers and names that are others in some of the passes over them.
struct Changing<'a> {
    /// A bit for each pass: whether it sees the second texts.
    passes: Cell<u32>,
    first: &'a Sent,
    second: &'a Sent,
}

impl Headers for Changing<'_> {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let bits = self.passes.get();
        self.passes.set(bits.rotate_right(1));
        let sent = if bits & 1 == 0 { self.first } else { self.second };
        sent.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }
}

#[test]
fn headers_that_change_between_two_passes_get_a_verdict() {
    let mut first = Sent::by_drone();
    first.add("X-A", "a");
    first.add("X-A", "b");
    let mut second = first.clone();
    second.set("X-A", "x".repeat(500));
    second.add("Date", "\n");
    let names = ["date", "x-a", "digest"];
    first.sign(SECRET, &names);
    let keys = [key(SECRET)];
    let verifier = Verifier::new(&keys).unwrap();
    let signer = Signer::new(&keys[0], drone::KEY_ID).unwrap();
    let mut verdicts = BTreeSet::new();
    for passes in 0..256 {
        let changing = || Changing { passes: Cell::new(passes), first: &first, second: &second };
        let verdict =
            verifier.verify(&Request::from_headers(&changing()), BODY, Clock::At(NOW)).map(drop);
        verdicts.insert(verdict.map_or_else(|error| error.reason(), |()| "ok"));
        let mut out = [0; 200];
        let _ = signer.sign(&Request::from_headers(&changing()), &names, &mut out);
        let _ = signing_string(&Request::from_headers(&changing()), &names, &mut out);
    }
    assert!(verdicts.contains("ok") && verdicts.len() > 2, "{verdicts:?}");
}

#[test]
fn every_public_function_is_given_wrong_arguments() {
    let public = public_functions(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        // Those of `payload` store texts, and no text is wrong.
        &["capi", "payload", "primitives"],
    );
    let called = CALLS.iter().map(|(function, ..)| *function);
    let called: BTreeSet<_> = called.chain(TAKEN.iter().map(|(function, ..)| *function)).collect();
    assert_eq!(public, called.into_iter().map(str::to_owned).collect());
}
