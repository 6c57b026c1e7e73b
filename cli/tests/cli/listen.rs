//! `hooksig listen`.
#![cfg(unix)]

use hooksig::{Key, drone};
use hooksig_vectors::SECRET;

use crate::{RECORDED, hooksig, sockets::Listener};

mod forwarding;
mod running;
mod saving;
mod strangers;
mod verdicts;

fn recorded() -> Listener {
    Listener::start(&["--now", RECORDED, "--json"])
}

#[track_caller]
pub(crate) fn trigger(listener: &Listener, secret: &str) -> i32 {
    hooksig(&["trigger", "--secret", secret, "user:created", &listener.url()], "").code
}

/// Returns a current request with this body.
fn signed(body: &str) -> String {
    signed_after(0, body)
}

/// Returns a request with a date `seconds` from now.
fn signed_after(seconds: i64, body: &str) -> String {
    let key = Key::new(SECRET).expect("the secret is not empty");
    let now = std::time::UNIX_EPOCH.elapsed().expect("it is past 1970").as_secs();
    let now = i64::try_from(now).expect("it is not far past 1970");
    let headers = drone::sign(&key, body, now + seconds).expect("it has a date");
    format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nDate: {}\r\nDigest: {}\r\nSignature: {}\r\n\r\n{body}",
        body.len(),
        headers.date(),
        headers.digest(),
        headers.signature(),
    )
}
