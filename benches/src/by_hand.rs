//! A careful hand-written receiver and sender for exactly the requests that Drone sends, on any
//! implementation of HMAC and SHA-256. Compares instead of parsing, and reuses buffers.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

use crate::{
    contestant::{Call, Material},
    delivery::Delivery,
    operation::{Kind, Operation},
};

/// HMAC and SHA-256 of a library.
pub trait Primitives: 'static {
    /// A prepared key.
    type Key;

    fn key(secret: &str) -> Self::Key;
    fn mac(key: &Self::Key, message: &[u8]) -> [u8; 32];
    fn sha256(body: &[u8]) -> [u8; 32];
}

const BEFORE_SIGNATURE: &str = r#"keyId="hmac-key",algorithm="hmac-sha256",signature=""#;
const AFTER_SIGNATURE: &str = r#"",headers="date digest""#;
const BEFORE_DIGEST: &str = "SHA-256=";

/// Largest difference between the date and the clock, in seconds.
const MAX_SKEW: u64 = 300;

/// Prepares an operation on the primitives of `P`.
pub fn prepare<P: Primitives>(material: &Material, operation: &Operation) -> Call {
    let keys = material.secrets(operation).iter().map(|secret| P::key(secret)).collect();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(material.now.unsigned_abs());
    let mut receiver = Receiver::<P> { keys, now, message: Vec::with_capacity(128) };
    let Delivery { headers, body } = material.delivery(operation);
    match operation.kind {
        Kind::Sign => Box::new(move || receiver.sign(&body).is_some()),
        Kind::Head => Box::new(move || receiver.verify_head(&headers).is_some()),
        Kind::Verify => Box::new(move || receiver.verify(&headers, &body).is_some()),
    }
}

struct Receiver<P: Primitives> {
    keys: Vec<P::Key>,
    now: SystemTime,
    message: Vec<u8>,
}

impl<P: Primitives> Receiver<P> {
    fn verify(&mut self, headers: &[(String, String)], body: &[u8]) -> Option<()> {
        let digest = self.verify_head(headers)?.strip_prefix(BEFORE_DIGEST)?;
        is_base64_of(digest, &P::sha256(body)).then_some(())
    }

    /// Checks the date and the MAC, and returns the digest field.
    fn verify_head<'h>(&mut self, headers: &'h [(String, String)]) -> Option<&'h str> {
        let (mut signature, mut date, mut digest) = (None, None, None);
        for (name, value) in headers {
            let seen = match name.as_str() {
                name if name.eq_ignore_ascii_case("signature") => &mut signature,
                name if name.eq_ignore_ascii_case("date") => &mut date,
                name if name.eq_ignore_ascii_case("digest") => &mut digest,
                name if name.eq_ignore_ascii_case("authorization") => return None,
                _ => continue,
            };
            if seen.replace(value.as_str()).is_some() {
                return None;
            }
        }
        let (date, digest) = (date?, digest?);
        let encoded = signature?.strip_prefix(BEFORE_SIGNATURE)?.strip_suffix(AFTER_SIGNATURE)?;
        self.check_date(date)?;
        self.write_message(date, digest);
        let fits = |key| is_base64_of(encoded, &P::mac(key, &self.message));
        self.keys.iter().any(fits).then_some(digest)
    }

    fn check_date(&self, date: &str) -> Option<()> {
        let date = httpdate::parse_http_date(date).ok()?;
        let skew = match self.now.duration_since(date) {
            Ok(age) => age,
            Err(ahead) => ahead.duration(),
        };
        (skew.as_secs() <= MAX_SKEW).then_some(())
    }

    fn write_message(&mut self, date: &str, digest: &str) {
        self.message.clear();
        for part in ["date: ", date, "\ndigest: ", digest] {
            self.message.extend_from_slice(part.as_bytes());
        }
    }

    /// Returns the values of Date, Digest and Signature.
    fn sign(&mut self, body: &[u8]) -> Option<[String; 3]> {
        let date = httpdate::fmt_http_date(self.now);
        let mut digest = BEFORE_DIGEST.to_owned();
        STANDARD.encode_string(P::sha256(body), &mut digest);
        self.write_message(&date, &digest);
        let mut signature = BEFORE_SIGNATURE.to_owned();
        STANDARD.encode_string(P::mac(self.keys.first()?, &self.message), &mut signature);
        signature.push_str(AFTER_SIGNATURE);
        Some([date, digest, signature])
    }
}

fn is_base64_of(encoded: &str, sum: &[u8; 32]) -> bool {
    let mut expected = [0; 44];
    STANDARD.encode_slice(sum, &mut expected).is_ok() && encoded.as_bytes().ct_eq(&expected).into()
}
