//! A signed request is accepted only if its `Digest` field has the body's hash.
#![no_main]

use hooksig::{Request, Signer, digest};
use hooksig_fuzz::{delivery, key, verdict};
use libfuzzer_sys::fuzz_target;

const BODY: &[u8] = b"{}";

fuzz_target!(|value: &[u8]| {
    let mut fields = delivery(BODY);
    fields[1].1 = value.to_vec();
    let key = key();
    let signer = Signer::new(&key, "k").expect("the keyId is fit");
    let mut out = [0; 200];
    let request = Request::new("POST", "/", fields.as_slice());
    let Ok(signature) = signer.sign(&request, &["date", "digest"], &mut out) else { return };
    fields[2].1 = signature.to_vec();
    let verdict = verdict(&fields, BODY);
    let right = digest::field(BODY);
    let hash = &right.as_bytes()["SHA-256".len()..];
    let named = value.windows(hash.len()).any(|window| window == hash);
    assert!(verdict.is_err() || named);
});
