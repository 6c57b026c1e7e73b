//! Genuine deliveries of now, in pieces that an attack can change.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use hooksig::date;
use sha2::{Digest, Sha256};

/// The first secret of every receiver, and the only one of Go's `Handler`.
pub(crate) const SECRET: &str = hooksig_vectors::SECRET;

/// The host of every delivery.
pub(crate) const HOST: &str = "receiver.test";

/// The path of every delivery: the axum example has no other.
pub(crate) const PATH: &str = "/hook";

/// The length of Drone's signing string.
pub(crate) const STRING_LEN: usize = 96;

/// Gives every body another number, so that no delivery is a replay of another.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A signed request: what an observer of one delivery can see.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) date: String,
    pub(crate) digest: String,
    /// The MAC as base64.
    pub(crate) mac: String,
    /// The names that the signature covers.
    pub(crate) covered: String,
    pub(crate) body: Vec<u8>,
}

impl Delivery {
    /// Signs a small `user:created` of this second.
    pub(crate) fn new() -> Self {
        Self::dated(0)
    }

    /// Signs one whose date is `seconds` from now.
    pub(crate) fn dated(seconds: i64) -> Self {
        Self::signed(body(), now() + seconds)
    }

    pub(crate) fn of(body: impl Into<Vec<u8>>) -> Self {
        Self::signed(body, now())
    }

    pub(crate) fn signed(body: impl Into<Vec<u8>>, seconds: i64) -> Self {
        let date = date::format(seconds).expect("the year has four digits").to_string();
        Self::with_date(body, date)
    }

    /// Signs `body` under any text as its date.
    pub(crate) fn with_date(body: impl Into<Vec<u8>>, date: String) -> Self {
        let body = body.into();
        let digest = digest(&body);
        Self::with_digest(body, date, digest)
    }

    pub(crate) fn with_digest(body: impl Into<Vec<u8>>, date: String, digest: String) -> Self {
        let mac = mac(&format!("date: {date}\ndigest: {digest}"));
        Self { date, digest, mac, covered: "date digest".into(), body: body.into() }
    }

    /// Covers more names; `lines` are their lines of the signing string.
    pub(crate) fn covering(mut self, names: &str, lines: &str) -> Self {
        self.mac = mac(&format!("date: {}\ndigest: {}\n{lines}", self.date, self.digest));
        self.covered = format!("date digest {names}");
        self
    }

    /// The value of the `Signature` field.
    pub(crate) fn signature(&self) -> String {
        let Self { mac, covered, .. } = self;
        format!(r#"keyId="hmac-key",algorithm="hmac-sha256",signature="{mac}",headers="{covered}""#)
    }

    /// The three signed fields, a line each.
    pub(crate) fn fields(&self) -> String {
        let (date, digest, signature) = (&self.date, &self.digest, self.signature());
        format!("Date: {date}\r\nDigest: {digest}\r\nSignature: {signature}\r\n")
    }

    /// The fields before the three: those of every HTTP client.
    pub(crate) fn first(&self) -> String {
        format!("POST {PATH} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n")
    }

    pub(crate) fn length(&self) -> String {
        format!("Content-Length: {}\r\n", self.body.len())
    }

    /// The request as Drone sends it.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.with("")
    }

    /// The request with more fields at the end of its head, each with its CRLF.
    pub(crate) fn with(&self, fields: impl AsRef<[u8]>) -> Vec<u8> {
        [self.head().as_bytes(), fields.as_ref(), b"\r\n", &self.body].concat()
    }

    /// The head without the empty line at its end.
    pub(crate) fn head(&self) -> String {
        self.first() + &self.length() + &self.fields()
    }

    /// The request with `old` replaced by `new` in its head.
    pub(crate) fn instead(&self, old: &str, new: impl AsRef<[u8]>) -> Vec<u8> {
        let raw = self.raw();
        let at = raw.windows(old.len()).position(|part| part == old.as_bytes());
        let at = at.unwrap_or_else(|| panic!("{old:?} is not in the request"));
        [&raw[..at], new.as_ref(), &raw[at + old.len()..]].concat()
    }

    /// The request with the body in chunks, as `chunks` gives them.
    pub(crate) fn chunked(&self, chunks: impl AsRef<[u8]>) -> Vec<u8> {
        let head = self.first() + &self.fields() + "Transfer-Encoding: chunked\r\n\r\n";
        [head.as_bytes(), chunks.as_ref()].concat()
    }

    /// The body as a single chunk, with the last one.
    pub(crate) fn chunks(&self) -> Vec<u8> {
        let size = format!("{:x}\r\n", self.body.len());
        [size.as_bytes(), &self.body, b"\r\n0\r\n\r\n"].concat()
    }
}

/// A body that no other delivery has.
pub(crate) fn body() -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!(r#"{{"event":"user","action":"created","user":{{"id":{number},"login":"octocat"}}}}"#)
}

/// A body of about `len` bytes that no other delivery has.
pub(crate) fn long_body(len: usize) -> String {
    let body = body();
    format!("{},\"text\":\"{}\"}}", &body[..body.len() - 1], "x".repeat(len))
}

/// The value of `Digest` for a body.
pub(crate) fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", BASE64_STANDARD.encode(Sha256::digest(body)))
}

/// Signs by itself, so that it can sign what hooksig refuses to.
pub(crate) fn mac(signing_string: &str) -> String {
    mac_under(SECRET.as_bytes(), signing_string)
}

pub(crate) fn mac_under(secret: &[u8], signing_string: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do");
    mac.update(signing_string.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// The time in Unix seconds.
pub(crate) fn now() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970");
    i64::try_from(since_1970.as_secs()).expect("it is not far past 1970")
}
