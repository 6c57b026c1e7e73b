//! One table of refusals: the fault in the request, and its one error.

use std::collections::BTreeSet;

use crate::{
    arguments::{CALLS, require_list},
    common::{BODY, NOW, SECRET, Sent, all_reasons, key},
};
use hooksig::{Clock, Error, HeaderList, Param, Policy, Verifier, date};

/// Spoils a genuine request.
type Edit = fn(&mut Sent);

/// (the fault, the edit of a genuine Drone request, the error of the default policy)
#[rustfmt::skip] // One row a line.
const REQUESTS: &[(&str, Edit, Error)] = &[
    ("no signature", |sent| sent.remove("Signature"), Error::MissingSignature),
    ("only another scheme", only_basic, Error::MissingSignature),
    ("a scheme that only begins alike", only_signatures, Error::MissingSignature),
    ("two Signature fields", |sent| sent.add("signature", sent.text("Signature")), REPEATED),
    ("Signature beside Authorization", beside_authorization, REPEATED),
    ("RFC 9421", rfc9421, Error::Rfc9421Signature),
    ("the documentation's example", as_in_the_documentation, Error::MissingSignature),
    ("an empty field", |sent| sent.set("Signature", ""), Error::MissingParam(Param::KeyId)),
    ("a scheme alone", only_scheme, Error::MissingParam(Param::KeyId)),
    ("a comma behind the scheme", comma_behind_scheme, Error::MissingSignature),
    ("a tab behind the scheme", tab_behind_scheme, Error::MissingSignature),
    ("no comma", |sent| sent.edit_signature("\",", "\" "), malformed_params(17)),
    ("no equals sign", |sent| sent.edit_signature("keyId=", "keyId:"), malformed_params(5)),
    ("no name", |sent| sent.edit_signature("keyId", ""), malformed_params(0)),
    ("no value", |sent| sent.edit_signature("\"hmac-key\"", ""), malformed_params(6)),
    ("a name that is no token", |sent| sent.edit_signature("keyId", "key@"), malformed_params(3)),
    ("a value that is no token", |sent| sent.edit_signature("\"hmac-key\"", "hmac/key"), malformed_params(10)),
    ("an unterminated string", |sent| sent.set("Signature", "keyId=\"hmac-key"), malformed_params(15)),
    ("a backslash at the end", |sent| sent.set("Signature", "keyId=\"hmac-key\\"), malformed_params(16)),
    ("a control byte", |sent| sent.edit_signature("hmac-key", "hmac\0key"), malformed_params(11)),
    ("an escaped control byte", |sent| sent.edit_signature("hmac-key", "hmac\\\0key"), malformed_params(12)),
    ("DEL", |sent| sent.edit_signature("hmac-key", "\x7f"), malformed_params(7)),
    ("junk behind the list", |sent| sent.set("Signature", "a=b, c"), malformed_params(6)),
    ("a semicolon", |sent| sent.set("Signature", "a=b; c=d"), malformed_params(3)),
    ("keyId twice", |sent| sent.edit_signature("keyId", "KEYID=a,keyId"), repeated_param(Param::KeyId)),
    ("algorithm twice", |sent| sent.edit_signature("algorithm", "Algorithm=a,algorithm"), repeated_param(Param::Algorithm)),
    ("signature twice", |sent| sent.edit_signature("signature", "signature=a,signature"), repeated_param(Param::Signature)),
    ("headers twice", |sent| sent.edit_signature("headers", "headers=\"\",headers"), repeated_param(Param::Headers)),
    ("an unknown parameter twice", |sent| sent.edit_signature("keyId", "v=1,V=2,keyId"), repeated_param(Param::Unknown)),
    ("no keyId", |sent| sent.edit_signature("keyId", "key"), Error::MissingParam(Param::KeyId)),
    ("no algorithm", |sent| sent.edit_signature("algorithm", "alg"), Error::MissingParam(Param::Algorithm)),
    ("no signature parameter", |sent| sent.edit_signature("signature", "sig"), Error::MissingParam(Param::Signature)),
    ("no headers parameter", |sent| sent.edit_signature("headers", "head"), Error::MissingParam(Param::Headers)),
    ("an empty keyId", |sent| sent.edit_signature("hmac-key", ""), Error::MissingParam(Param::KeyId)),
    ("an empty algorithm", |sent| sent.edit_signature("hmac-sha256", ""), Error::MissingParam(Param::Algorithm)),
    ("an empty list", |sent| sent.edit_signature("date digest", ""), Error::MissingParam(Param::Headers)),
    ("an empty signature", without_mac, Error::MissingParam(Param::Signature)),
    ("a leading space in the list", |sent| sent.edit_signature("date", " date"), malformed_list(0)),
    ("a double space in the list", |sent| sent.edit_signature("date ", "date  "), malformed_list(1)),
    ("a trailing space in the list", |sent| sent.edit_signature("digest\"", "digest \""), malformed_list(2)),
    ("a tab in the list", |sent| sent.edit_signature("date ", "date\t"), malformed_list(0)),
    ("a comma in the list", |sent| sent.edit_signature("date ", "date, "), malformed_list(0)),
    ("a colon in the list", |sent| sent.edit_signature("date digest", "date digest:"), malformed_list(1)),
    ("bytes above 127 in the list", |sent| sent.edit_signature("digest\"", "digest\u{e9}\""), malformed_list(1)),
    ("another name in brackets", |sent| sent.edit_signature("date ", "(date) "), malformed_list(0)),
    ("a name twice", |sent| sent.edit_signature("digest\"", "digest date\""), Error::RepeatedName { index: 2 }),
    ("a name twice in another case", |sent| sent.edit_signature("date ", "date DATE "), Error::RepeatedName { index: 1 }),
    ("a name twice, once escaped", |sent| sent.edit_signature("date ", "date \\date "), Error::RepeatedName { index: 1 }),
    ("129 names", |sent| list_names(sent, 129), Error::TooManyNames),
    ("(created)", |sent| sent.edit_signature("date ", "date (created) "), Error::UnsupportedName { index: 1 }),
    ("(expires)", |sent| sent.edit_signature("date ", "(Expires) date "), Error::UnsupportedName { index: 0 }),
    ("hs2019", |sent| sent.edit_signature("hmac-sha256", "hs2019"), Error::UnsupportedAlgorithm),
    ("another algorithm", |sent| sent.edit_signature("hmac-sha256", "hmac-sha512"), Error::UnsupportedAlgorithm),
    ("the algorithm in capitals", |sent| sent.edit_signature("hmac-sha256", "HMAC-SHA256"), Error::UnsupportedAlgorithm),
    ("the digest not covered", |sent| sent.sign(SECRET, &["date"]), Error::NotCovered { index: 1 }),
    ("the date not covered", |sent| sent.sign(SECRET, &["digest"]), Error::NotCovered { index: 0 }),
    ("a signature that is no base64", |sent| sent.edit_signature("=\",headers", "-\",headers"), Error::MalformedSignature),
    ("a signature without its padding", |sent| sent.edit_signature("=\",headers", "\",headers"), Error::MalformedSignature),
    ("a signature that is too long", |sent| sent.edit_signature("=\",headers", "==\",headers"), Error::MalformedSignature),
    ("white space in the signature", |sent| sent.edit_signature("signature=\"", "signature=\" "), Error::MalformedSignature),
    ("stray pad bits", stray_pad_bits, Error::MalformedSignature),
    ("no Date", |sent| sent.remove("Date"), Error::MissingDate),
    ("two Dates", |sent| sent.add("DATE", sent.text("Date")), Error::RepeatedDate),
    ("a Date that is none", |sent| sent.set("Date", "2020-01-01T00:00:00Z"), Error::MalformedDate),
    ("an empty Date", |sent| sent.set("Date", ""), Error::MalformedDate),
    ("a Date too old", |sent| sent.set("Date", "Tue, 31 Dec 2019 23:54:59 GMT"), Error::DateTooOld),
    ("a Date too new", |sent| sent.set("Date", "Wed, 01 Jan 2020 00:05:01 GMT"), Error::DateTooNew),
    ("no Digest", |sent| sent.remove("Digest"), Error::MissingDigest),
    ("Content-Digest instead", |sent| rename(sent, "Digest", "Content-Digest"), Error::MissingDigest),
    ("two Digests", |sent| sent.add("digest", sent.text("Digest")), Error::RepeatedDigest),
    ("an empty Digest", |sent| sent.set("Digest", ""), Error::UnsupportedDigest),
    ("a Digest of commas", |sent| sent.set("Digest", ", ,\t,"), Error::UnsupportedDigest),
    ("a space in a Digest", |sent| sent.set("Digest", "a b=c"), Error::MalformedDigest),
    ("a Digest without =", |sent| sent.set("Digest", "SHA-256"), Error::MalformedDigest),
    ("another Digest of more elements", |sent| extend(sent, "Digest", ", ,id=x"), Error::SignatureMismatch),
    ("a Digest in quotes", |sent| sent.set("Digest", "SHA-256=\"\""), Error::MalformedDigest),
    ("a Digest of three bytes", |sent| sent.set("Digest", "SHA-256=AAAA"), Error::MalformedDigest),
    ("a Digest of another length, once more", |sent| extend(sent, "Digest", ",sha-256=AAAA"), Error::MalformedDigest),
    ("a Digest without a name", |sent| extend(sent, "Digest", ",=AAAA"), Error::MalformedDigest),
    ("a Digest without SHA-256", |sent| sent.set("Digest", "MD5=CoOeVZ52mLmjcBTDcAtlMg=="), Error::UnsupportedDigest),
    ("two SHA-256 that differ", |sent| extend(sent, "Digest", &format!(",{}", digest_of(""))), Error::DigestMismatch),
    ("a listed header that is not there", |sent| sent.edit_signature("digest\"", "digest x-a\""), Error::MissingHeader { index: 2 }),
    ("a line break in a covered value", |sent| cover(sent, "a\r\nb"), Error::ControlByte { index: 2 }),
    ("NUL in a covered value", |sent| cover(sent, "\0"), Error::ControlByte { index: 2 }),
    ("DEL in the second of two values", |sent| { cover(sent, ""); sent.add("X-A", "\x7f") }, Error::ControlByte { index: 2 }),
    ("a control byte in the method", |sent| cover_target(sent, "PO\nST", "/"), Error::ControlByte { index: 0 }),
    ("a control byte in the target", |sent| cover_target(sent, "POST", "/\t\x0b"), Error::ControlByte { index: 0 }),
    ("a space in the method", |sent| cover_target(sent, "PO ST", "/"), Error::ControlByte { index: 0 }),
    ("a space in the target", |sent| cover_target(sent, "POST", "/ "), Error::ControlByte { index: 0 }),
    ("a tab in the target", |sent| cover_target(sent, "POST", "/\ta"), Error::ControlByte { index: 0 }),
    ("no Host, covered", |sent| sent.edit_signature("digest\"", "digest host\""), Error::MissingHeader { index: 2 }),
    ("two Hosts, covered", |sent| { cover_host(sent, "a", "/"); sent.add("host", "a") }, Error::HostMismatch),
    ("another Host than the target's", |sent| cover_host(sent, "a", "http://b/"), Error::HostMismatch),
    ("a Host without the target's port", |sent| cover_host(sent, "a", "http://a:80"), Error::HostMismatch),
    ("a Host without the target's user", |sent| cover_host(sent, "a", "http://u@a"), Error::HostMismatch),
    ("an empty Host, and one in the target", |sent| cover_host(sent, "", "http://a"), Error::HostMismatch),
    ("an byte behind an escaped signature", |sent| edit_mac(sent, |mac| format!("\\{mac}A")), Error::MalformedSignature),
    ("an escaped signature without its end", |sent| edit_mac(sent, |mac| format!("\\{}", &mac[..43])), Error::MalformedSignature),
    ("a signing string that is too long", |sent| cover(sent, &"a".repeat(4096)), Error::SigningStringTooLong),
    ("a control byte in one that is too long", |sent| cover(sent, &("a".repeat(4096) + "\n")), Error::ControlByte { index: 2 }),
    ("a name that is too long, and not there", |sent| sent.edit_signature("digest\"", &format!("digest {}\"", "a".repeat(4096))), Error::MissingHeader { index: 2 }),
    ("another Date", |sent| sent.set("Date", "Wed, 01 Jan 2020 00:00:01 GMT"), Error::SignatureMismatch),
    ("another Digest", |sent| sent.set("Digest", digest_of("")), Error::SignatureMismatch),
    ("another secret", |sent| sent.sign("another", &["date", "digest"]), Error::SignatureMismatch),
    ("another order of names", |sent| sent.edit_signature("date digest", "digest date"), Error::SignatureMismatch),
    ("another body", |sent| sent.body = b"{}".to_vec(), Error::DigestMismatch),
    ("no body", |sent| sent.body.clear(), Error::DigestMismatch),
];

const REPEATED: Error = Error::RepeatedSignature;

const fn malformed_params(at: usize) -> Error {
    Error::MalformedParams { at }
}

const fn malformed_list(index: usize) -> Error {
    Error::MalformedList { index }
}

const fn repeated_param(param: Param) -> Error {
    Error::RepeatedParam(param)
}

fn only_basic(sent: &mut Sent) {
    sent.remove("Signature");
    sent.add("Authorization", "Basic b2N0b2NhdDpwYXNz");
}

fn only_signatures(sent: &mut Sent) {
    sent.add("Authorization", format!("Signatures {}", sent.text("Signature")));
    sent.remove("Signature");
}

fn authorize(sent: &mut Sent, scheme: &str) {
    sent.add("Authorization", format!("{scheme}{}", sent.text("Signature")));
}

fn beside_authorization(sent: &mut Sent) {
    authorize(sent, "sIGNATURE ");
}

fn only_scheme(sent: &mut Sent) {
    sent.remove("Signature");
    sent.add("Authorization", "Signature ");
}

fn comma_behind_scheme(sent: &mut Sent) {
    authorize(sent, "Signature,");
    sent.remove("Signature");
}

fn tab_behind_scheme(sent: &mut Sent) {
    authorize(sent, "Signature\t");
    sent.remove("Signature");
}

fn rfc9421(sent: &mut Sent) {
    sent.set("Signature", "sig1=:P8779Cd0fdnp4k29alT+tPWSdsKQEXheQAYZqobl8Lo=:");
    sent.add("Signature-Input", "sig1=(\"date\");alg=\"hmac-sha256\"");
}

fn as_in_the_documentation(sent: &mut Sent) {
    sent.remove("Signature");
    let mac = "QrS16+RlRsFjXn5IVW8tWz+3ZRAypjpNgzehEuvJksk=";
    let params = format!("hmac-key\",algorithm=\"hmac-sha256\",signature=\"{mac}");
    sent.add("Authorization", params);
}

fn edit_mac(sent: &mut Sent, edit: impl FnOnce(&str) -> String) {
    let mac = String::from_utf8(sent.mac_text()).unwrap();
    sent.edit_signature(&mac, &edit(&mac));
}

fn without_mac(sent: &mut Sent) {
    edit_mac(sent, |_| String::new());
}

/// Sets the two unused bits of the last digit: the same MAC in another text.
fn stray_pad_bits(sent: &mut Sent) {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mac = String::from_utf8(sent.mac_text()).unwrap();
    let last = DIGITS.find(&mac[42..43]).unwrap();
    sent.edit_signature(&mac, &format!("{}{}=", &mac[..42], &DIGITS[last + 3..last + 4]));
}

fn list_names(sent: &mut Sent, count: usize) {
    let names: Vec<_> = (0..count).map(|index| format!("x-{index}")).collect();
    sent.edit_signature("date digest", &names.join(" "));
}

fn rename(sent: &mut Sent, from: &str, to: &str) {
    sent.set(to, sent.text(from));
    sent.remove(from);
}

fn extend(sent: &mut Sent, name: &str, more: &str) {
    sent.set(name, sent.text(name) + more);
}

fn digest_of(body: &str) -> String {
    hooksig::digest::field(body).to_string()
}

fn cover(sent: &mut Sent, value: &str) {
    sent.add("X-A", value);
    sent.edit_signature("digest\"", "digest x-a\"");
}

fn cover_target(sent: &mut Sent, method: &str, target: &str) {
    (sent.method, sent.target) = (method.into(), target.into());
    sent.edit_signature("date ", "(request-target) date ");
}

fn cover_host(sent: &mut Sent, host: &str, target: &str) {
    sent.add("Host", host);
    sent.target = target.into();
    sent.edit_signature("digest\"", "digest host\"");
}

#[test]
fn names_are_told_apart_wherever_they_differ() {
    // Only in the middle; in the bit that differs between letter cases, in a character that is no
    // letter.
    for list in
        ["x-something-one-at-its-end x-something-two-at-its-end", "x-header^ x-header~", "a^ a~"]
    {
        assert_eq!(require_list(list), Ok(()), "{list}");
    }
    for list in
        ["x-something-one-at-its-end X-something-One-at-its-enD", "x-header^ X-Header^", "a^ A^"]
    {
        assert_eq!(require_list(list), Err(Error::RepeatedName { index: 1 }), "{list}");
    }
}

/// An error must not help to forge a request.
fn assert_tells_no_secret(error: Error, sent: &Sent) {
    let genuine = Sent::by_drone();
    let mac = String::from_utf8(genuine.mac_text()).unwrap();
    let said = format!("{error} {error:?}");
    for secret in [SECRET, &mac, &digest_of(BODY), &digest_of(&String::from_utf8_lossy(&sent.body))]
    {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn the_genuine_request_is_valid() {
    assert_eq!(Sent::by_drone().verdict(Policy::DRONE, Clock::At(NOW)), Ok(()));
}

#[test]
fn every_spoilt_request_gets_its_one_error() {
    for (name, edit, expected) in REQUESTS {
        let mut sent = Sent::by_drone();
        edit(&mut sent);
        let verdict = sent.verdict(Policy::DRONE, Clock::At(NOW));
        assert_eq!(verdict, Err(*expected), "{name}");
        assert_tells_no_secret(*expected, &sent);
    }
}

#[test]
fn every_reason_is_in_a_table_and_is_its_variants_name_in_kebab_case() {
    let requests = REQUESTS.iter().map(|(.., error)| error.reason().to_owned());
    let seen: BTreeSet<_> =
        requests.chain(CALLS.iter().map(|(.., error)| error.reason().to_owned())).collect();
    assert_eq!(seen, BTreeSet::from_iter(all_reasons()));
}

/// The lists in the documentation of `begin`, in Rust and in C.
#[test]
fn every_refusal_of_a_request_is_documented() {
    let between = |text: &'static str, start: &str, end: &str| {
        let (before, _) = text.split_once(end).expect("the function is there");
        before.rsplit_once(start).expect("its text is there").1
    };
    let rust = between(include_str!("../../src/verify.rs"), "/// Checks the head", "pub fn begin<");
    let header = include_str!("../../include/hooksig.h");
    let c = between(header, "// Checks the head", "hooksig_status hooksig_begin(");
    for error in REQUESTS.iter().map(|(.., error)| error) {
        let name = format!("{error:?}");
        let name = name.split(|letter: char| !letter.is_ascii_alphanumeric()).next().expect("one");
        assert!(rust.contains(&format!("[`Error::{name}`]")), "{name} in Verifier::begin");
        let word = error.reason().replace('-', "_").to_ascii_uppercase();
        assert!(c.contains(&format!("_{word}")), "{word} in hooksig_begin");
    }
}

#[test]
fn every_reason_has_a_sentence_of_its_own() {
    let errors = REQUESTS.iter().map(|(.., error)| error);
    let errors = errors.chain(CALLS.iter().map(|(.., error)| error));
    let told: BTreeSet<_> = errors.map(|error| (error.reason(), error.text())).collect();
    let texts: BTreeSet<_> = told.iter().map(|(_, text)| *text).collect();
    assert_eq!(texts.len(), told.len());
    assert!(!texts.contains(""));
}

#[test]
fn every_row_has_a_name_of_its_own() {
    let names = REQUESTS.iter().map(|(name, ..)| *name);
    let unique: BTreeSet<_> = names.chain(CALLS.iter().map(|(_, fault, ..)| *fault)).collect();
    assert_eq!(unique.len(), REQUESTS.len() + CALLS.len());
}

/// Simultaneous faults, in the order of precedence.
const ORDER: &[(Edit, &str)] = &[
    (beside_authorization, "repeated-signature"),
    (|sent| extend(sent, "Signature", " junk"), "malformed-params"),
    (|sent| extend(sent, "Signature", ",signature=a"), "repeated-param"),
    (|sent| sent.edit_signature("hmac-key", ""), "missing-param"),
    (|sent| sent.edit_signature("headers=\"", "headers=\"a a "), "repeated-name"),
    (|sent| sent.edit_signature("algorithm=\"rsa-sha256\",", ""), "missing-param"),
    (|sent| sent.edit_signature("hmac-sha256", "rsa-sha256"), "unsupported-algorithm"),
    (|sent| sent.edit_signature(" digest", " x-digest"), "not-covered"),
    (|sent| sent.edit_signature("signature=\"", "signature=\"="), "malformed-signature"),
    (|sent| sent.set("Date", "Tue, 31 Dec 2019 00:00:00 GMT"), "date-too-old"),
    (|sent| sent.set("Digest", "SHA-256"), "malformed-digest"),
    (|sent| sent.edit_signature("headers=\"", "headers=\"x-a "), "missing-header"),
    (|sent| sent.sign("another", &["date", "digest"]), "signature-mismatch"),
    (|sent| sent.body.clear(), "digest-mismatch"),
];

#[test]
fn garbage_is_told_before_staleness_before_the_mac_before_the_digest() {
    for (first, (_, expected)) in ORDER.iter().enumerate() {
        let mut sent = Sent::by_drone();
        ORDER[first..].iter().rev().for_each(|(edit, _)| edit(&mut sent));
        let error = sent.verdict(Policy::DRONE, Clock::At(NOW)).unwrap_err();
        assert_eq!(error.reason(), *expected);
    }
}

#[test]
fn a_head_is_refused_before_any_of_its_body_is_seen() {
    let keys = [key(SECRET)];
    let verifier = Verifier::new(&keys).unwrap();
    for (name, edit, expected) in REQUESTS {
        let mut sent = Sent::by_drone();
        edit(&mut sent);
        let begun = verifier.begin(&sent.request(), Clock::At(NOW)).map(drop);
        let body_alone = sent.body != BODY.as_bytes();
        assert_eq!(begun, if body_alone { Ok(()) } else { Err(*expected) }, "{name}");
    }
}

#[test]
fn a_policy_can_take_other_algorithms() {
    let lenient = Policy::DRONE.allow_hs2019(true).allow_missing_algorithm(true);
    for (from, to, policy, expected) in [
        ("hmac-sha256", "hs2019", lenient, Ok(())),
        ("algorithm=\"hmac-sha256\",", "", lenient, Ok(())),
        ("hmac-sha256", "hs2020", lenient, Err(Error::UnsupportedAlgorithm)),
        ("hmac-sha256", "", lenient, Err(Error::MissingParam(Param::Algorithm))),
        ("hmac-sha256", "hs2019", lenient.allow_hs2019(false), Err(Error::UnsupportedAlgorithm)),
        (
            "algorithm=\"hmac-sha256\",",
            "",
            lenient.allow_missing_algorithm(false),
            Err(Error::MissingParam(Param::Algorithm)),
        ),
    ] {
        let mut sent = Sent::by_drone();
        sent.edit_signature(from, to);
        assert_eq!(sent.verdict(policy, Clock::At(NOW)), expected, "{from} -> {to}");
    }
}

#[test]
fn a_policy_can_demand_more_or_less() {
    let mut sent = Sent::by_drone();
    sent.add("Host", "ci.example");
    sent.sign(SECRET, &["date", "host", "digest"]);
    let verdict = |policy: Policy<'_>| sent.verdict(policy, Clock::At(NOW + 1));
    assert_eq!(verdict(Policy::DRONE.require(&["HOST", "date"])), Ok(()));
    assert_eq!(
        verdict(Policy::DRONE.require(&["host", "x-a"])),
        Err(Error::NotCovered { index: 1 })
    );
    let list = Policy::DRONE.require_list(HeaderList::new("host (request-target)")).unwrap();
    assert_eq!(verdict(list), Err(Error::NotCovered { index: 1 }));
    assert_eq!(verdict(Policy::DRONE.expect_key_id(b"hmac-key")), Ok(()));
    // No signature has these: an empty setting is never "no check".
    assert_eq!(verdict(Policy::DRONE.expect_key_id(b"")), Err(Error::UnexpectedKeyId));
    for name in ["", "date digest", "date\n", "(created)"] {
        let names = [name];
        let expected = Err(Error::NotCovered { index: 0 });
        assert_eq!(verdict(Policy::DRONE.require(&names)), expected, "{name:?}");
    }
    assert_eq!(verdict(Policy::DRONE.max_skew(1)), Ok(()));
    assert_eq!(verdict(Policy::DRONE.max_skew(0)), Err(Error::DateTooOld));
}

#[test]
fn date_and_digest_must_be_right_even_if_they_are_not_covered() {
    let mut sent = Sent::by_drone();
    sent.add("Host", "ci.example");
    sent.sign(SECRET, &["host"]);
    let policy = Policy::DRONE.require(&["host"]);
    let changed = |name, value: Option<&str>| {
        let mut sent = sent.clone();
        sent.remove(name);
        value.into_iter().for_each(|value| sent.add(name, value));
        sent.verdict(policy, Clock::At(NOW))
    };
    assert_eq!(sent.verdict(policy, Clock::At(NOW)), Ok(()));
    assert_eq!(changed("Date", None), Err(Error::MissingDate));
    assert_eq!(changed("Date", Some("whenever")), Err(Error::MalformedDate));
    assert_eq!(changed("Date", Some("Sun, 06 Nov 1994 08:49:37 GMT")), Err(Error::DateTooOld));
    assert_eq!(changed("Digest", None), Err(Error::MissingDigest));
    assert_eq!(changed("Digest", Some("SHA-512=a")), Err(Error::UnsupportedDigest));
    let other = hooksig::digest::field("another body");
    assert_eq!(changed("Digest", Some(other.as_str())), Err(Error::DigestMismatch));
}

#[test]
fn without_a_clock_the_date_is_only_signed_text() {
    let mut sent = Sent::by_drone();
    sent.set("Date", "whenever");
    sent.sign(SECRET, &["date", "digest"]);
    assert_eq!(sent.verdict(Policy::DRONE, Clock::None), Ok(()));
    assert_eq!(sent.verdict(Policy::DRONE, Clock::At(NOW)), Err(Error::MalformedDate));
    sent.set("Date", "some day");
    assert_eq!(sent.verdict(Policy::DRONE, Clock::None), Err(Error::SignatureMismatch));
}

#[test]
fn signatures_are_found_in_either_field_beside_other_credentials() {
    let mut sent = Sent::by_drone();
    authorize(&mut sent, "SIGNATURE   ");
    sent.remove("Signature");
    sent.add("Authorization", "Basic b2N0b2NhdDpwYXNz");
    assert_eq!(sent.verdict(Policy::DRONE, Clock::At(NOW)), Ok(()));
    let mut sent = Sent::by_drone();
    sent.add("Authorization", "Bearer a");
    assert_eq!(sent.verdict(Policy::DRONE, Clock::At(NOW)), Ok(()));
}

#[test]
fn a_field_of_a_like_name_is_another() {
    let genuine = Sent::by_drone();
    for (name, value) in [
        ("Data", genuine.text("Date")),
        ("Digits", genuine.text("Digest")),
        ("Signatory", genuine.text("Signature")),
        ("Authorisation", format!("Signature {}", genuine.text("Signature"))),
    ] {
        let mut sent = genuine.clone();
        sent.add(name, value);
        assert_eq!(sent.verdict(Policy::DRONE, Clock::At(NOW)), Ok(()), "{name}");
    }
    let mut malformed = genuine;
    extend(&mut malformed, "Signature", " junk");
    let len = malformed.text("Signature").len();
    malformed.add("X-Forwarded-For", "sig1=(\"date\")");
    let verdict = malformed.verdict(Policy::DRONE, Clock::At(NOW));
    assert_eq!(verdict, Err(malformed_params(len - "junk".len())));
}

#[test]
fn without_a_clock_no_byte_of_the_date_is_a_control_byte() {
    let genuine = Sent::by_drone();
    for at in 0..date::LEN {
        for byte in [0, b'\n', b'\r', 0x1f, 0x7f] {
            let mut sent = genuine.clone();
            let mut date = sent.text("Date").into_bytes();
            date[at] = byte;
            sent.set("Date", date);
            let verdict = sent.verdict(Policy::DRONE, Clock::None);
            assert_eq!(verdict, Err(Error::ControlByte { index: 0 }), "{byte} at {at}");
        }
    }
}
