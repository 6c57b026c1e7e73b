//! The layer in an axum server, over real connections.

#[cfg(feature = "redis")]
mod arguments;
mod cases;
mod claims;
mod deliveries;
mod drain;
mod example;
mod heads;
mod http2;
mod limits;
#[cfg(feature = "redis")]
mod redis;
mod server;
mod services;
mod stacks;

use std::time::UNIX_EPOCH;

use hooksig::{Key, drone};
use hooksig_vectors::SECRET;

pub(crate) use server::{Server, send};

pub(crate) fn key(secret: &str) -> Key {
    Key::new(secret).expect("the secret is not empty")
}

pub(crate) fn now() -> i64 {
    let now = UNIX_EPOCH.elapsed().expect("it is past 1970").as_secs();
    i64::try_from(now).expect("it is not far past 1970")
}

/// Returns the request that a Drone server with `secret` sends at `time`, with `framing` before the
/// other fields.
pub(crate) fn signed_at(time: i64, secret: &str, framing: &str, body: &str) -> String {
    let headers = drone::sign(&key(secret), body, time).expect("the time has a date");
    format!(
        "POST /hook HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{framing}\r\n\
         Content-Type: application/json\r\nDate: {}\r\nDigest: {}\r\nSignature: {}\r\n\r\n",
        headers.date(),
        headers.digest(),
        headers.signature(),
    )
}

/// Returns a current request with this body.
pub(crate) fn signed_with(secret: &str, body: &str) -> String {
    let length = format!("Content-Length: {}", body.len());
    signed_at(now(), secret, &length, body) + body
}

pub(crate) fn signed(body: &str) -> String {
    signed_with(SECRET, body)
}

/// Returns a JSON object of `length` bytes, at least 8.
pub(crate) fn object(length: usize) -> String {
    format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8))
}

/// Replaces the only occurrence of `from` in `text`.
#[track_caller]
pub(crate) fn edit(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}
