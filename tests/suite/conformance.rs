//! The shared cases through the Rust API, with every kind of header container.

use hooksig::{
    Clock, Error, Headers, Key, MAX_SIGNING_STRING_LEN, Request, Signer, Verified, Verifier, date,
    signing_string,
};
use hooksig_vectors::{Case, DateCase, SignCase, VerifyCase, case_files, cases};

fn keys(case: &VerifyCase) -> Result<Vec<Key>, Error> {
    case.secrets.iter().map(Key::new).collect()
}

fn clock(case: &VerifyCase) -> Clock {
    case.now.map_or(Clock::None, Clock::At)
}

/// Verifies in one call and returns the index of the key.
fn one_shot<H: Headers + ?Sized>(case: &VerifyCase, headers: &H) -> Result<usize, Error> {
    let request = Request::new(&case.head.method, &case.head.target, headers);
    let verified = Verifier::new(&keys(case)?)?.verify(&request, &case.body, clock(case));
    verified.as_ref().map(Verified::key_index).map_err(|error| *error)
}

/// Verifies with the body in chunks of a few bytes.
fn chunked<H: Headers + ?Sized>(case: &VerifyCase, headers: &H) -> Result<usize, Error> {
    let request = Request::new(&case.head.method, &case.head.target, headers);
    let keys = keys(case)?;
    let mut pending = Verifier::new(&keys)?.begin(&request, clock(case))?;
    case.body.chunks(7).for_each(|chunk| pending.update(chunk));
    pending.finish().map(|verified| verified.key_index())
}

fn check_verify(case: &VerifyCase) {
    let verdict = one_shot(case, case.head.headers.as_slice());
    assert_eq!(verdict.is_ok(), case.valid, "{}: {verdict:?}", case.id);
    if let (Some(reason), Err(error)) = (&case.reason, verdict) {
        assert_eq!(error.reason(), reason, "{}", case.id);
    }
    if let (Some(matched), Ok(index)) = (case.matched, verdict) {
        assert_eq!(index, matched, "{}", case.id);
    }
    assert_eq!(chunked(case, case.head.headers.as_slice()), verdict, "{} in chunks", case.id);
}

fn sign(case: &SignCase) -> Result<Vec<u8>, Error> {
    let headers = case.head.headers.as_slice();
    let request = Request::new(&case.head.method, &case.head.target, headers);
    let key = Key::new(&case.secret)?;
    let mut string = [0; MAX_SIGNING_STRING_LEN];
    let string = signing_string(&request, case.list.as_slice(), &mut string)?;
    let mut out = [0; 1024];
    let field = Signer::new(&key, &case.key_id)?.sign(&request, case.list.as_slice(), &mut out)?;
    let expected = case.signed.as_ref().unwrap_or_else(|| panic!("{} was signed", case.id));
    assert_eq!(string, expected.signing_string, "{}", case.id);
    let signature = format!("signature=\"{}\"", expected.signature);
    assert!(String::from_utf8_lossy(field).contains(&signature), "{}", case.id);
    Ok(field.to_vec())
}

fn check_sign(case: &SignCase) {
    match (sign(case), &case.signed) {
        (Ok(field), Some(signed)) => {
            if let Some(expected) = &signed.signature_header {
                assert_eq!(field, expected.0, "{}", case.id);
            }
        }
        (result, signed) => assert_eq!(result.is_err(), signed.is_none(), "{}", case.id),
    }
}

fn check_date(case: &DateCase) {
    assert_eq!(date::parse(&case.text, case.now).ok(), case.unix, "{case:?}");
}

/// Number of cases in each file, to notice a lost case or an unlisted file.
const FILES: [(&str, usize); 8] = [
    ("peers/dates", 2988),
    ("peers/sign", 69),
    ("peers/verify", 536),
    ("rotation", 3),
    ("rules", 48),
    ("server-2.28.1", 24),
    ("sign", 29),
    ("verify", 141),
];

#[test]
fn every_case_of_every_file_comes_out_as_expected() {
    let found: Vec<_> = case_files().into_iter().map(|name| (cases(&name).len(), name)).collect();
    assert_eq!(found, FILES.map(|(name, count)| (count, name.into())));
    for case in found.iter().flat_map(|(_, name)| cases(name)) {
        match &case {
            Case::Verify(case) => check_verify(case),
            Case::Sign(case) => check_sign(case),
            Case::Date(case) => check_date(case),
        }
    }
}

/// A server with `http::HeaderMap` or `httparse::Header` refuses requests that those cannot hold
/// before a verifier sees them. All others get the same verdict and reason.
#[cfg(all(feature = "http", feature = "httparse"))]
#[test]
fn every_header_container_gives_the_same_verdict() {
    let mut compared = 0;
    for case in &cases("verify") {
        let Case::Verify(case) = case else { continue };
        let expected = one_shot(case, case.head.headers.as_slice());
        let Some(map) = header_map(case) else {
            continue;
        };
        assert_eq!(one_shot(case, &map), expected, "{} in a HeaderMap", case.id);
        let parsed: Vec<_> = map
            .iter()
            .map(|(name, value)| httparse::Header { name: name.as_str(), value: value.as_bytes() })
            .collect();
        assert_eq!(one_shot(case, parsed.as_slice()), expected, "{} in httparse", case.id);
        compared += 1;
    }
    assert!(compared > 120, "only {compared} cases fit a HeaderMap");
}

#[cfg(feature = "http")]
fn header_map(case: &VerifyCase) -> Option<http::HeaderMap> {
    let pairs = case.head.headers.iter().map(|(name, value)| {
        let name = http::HeaderName::from_bytes(name.as_ref()).ok()?;
        Some((name, http::HeaderValue::from_bytes(value.as_ref()).ok()?))
    });
    pairs.collect()
}
