//! A received request, kept to be saved or explained.

use std::borrow::Cow;

use hooksig::Clock;
use http::{HeaderMap, HeaderName, Version, header, request::Parts};
use httparse::Header;
use hyper::body::Bytes;

use crate::message::Message;

/// Parts of the names of fields that hold passwords.
const OF_PASSWORDS: [&str; 5] = ["cookie", "token", "password", "secret", "api-key"];

const REMOVED: &[u8] = b"removed-by-hooksig";

pub(super) struct Record {
    method: String,
    target: String,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
    /// The clock that judged it.
    pub(super) clock: Clock,
}

impl Record {
    pub(super) fn new(head: &Parts, target: &str, body: Bytes, clock: Clock) -> Self {
        let (method, target) = (head.method.as_str().to_owned(), target.to_owned());
        Self { method, target, version: head.version, headers: head.headers.clone(), body, clock }
    }

    pub(super) fn message(&self) -> Message<'_> {
        Message {
            method: &self.method,
            target: &self.target,
            fields: fields(&self.headers),
            body: Cow::from(self.body.as_ref()),
        }
    }

    /// Writes the request as `hooksig verify` reads it. Leaves out passwords.
    pub(super) fn text(&self) -> Vec<u8> {
        let version = if self.version == Version::HTTP_10 { "1.0" } else { "1.1" };
        let mut text = format!("{} {} HTTP/{version}\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            let value = without_password(name, value.as_bytes());
            text.extend([name.as_str().as_bytes(), b": ", &value, b"\r\n"].concat());
        }
        text.extend(b"\r\n");
        if self.headers.contains_key(header::TRANSFER_ENCODING) {
            text.extend(self.chunks());
        } else {
            text.extend_from_slice(&self.body);
        }
        text
    }

    /// Writes the body as chunks, because its fields may be signed and announce them.
    fn chunks(&self) -> Vec<u8> {
        let size = format!("{:x}\r\n", self.body.len()).into_bytes();
        let chunk = [&size, self.body.as_ref(), b"\r\n"].concat();
        let chunk = if self.body.is_empty() { vec![] } else { chunk };
        [chunk.as_slice(), b"0\r\n\r\n"].concat()
    }
}

/// Returns the fields in the parser's form.
pub(super) fn fields(headers: &HeaderMap) -> Vec<Header<'_>> {
    let fields = headers.iter();
    fields.map(|(name, value)| Header { name: name.as_str(), value: value.as_bytes() }).collect()
}

/// Returns the value, or its scheme only if it is a password. A signature is none.
fn without_password<'v>(name: &HeaderName, value: &'v [u8]) -> Cow<'v, [u8]> {
    let is_credential = [header::AUTHORIZATION, header::PROXY_AUTHORIZATION].contains(name);
    if is_credential {
        let scheme = value.split(|&byte| byte == b' ').next().unwrap_or_default();
        if scheme.eq_ignore_ascii_case(b"signature") {
            return value.into();
        }
        return [scheme, b" ", REMOVED].concat().into();
    }
    match OF_PASSWORDS.iter().any(|part| name.as_str().contains(part)) {
        true => REMOVED.into(),
        false => value.into(),
    }
}
