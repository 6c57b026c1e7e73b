//! A hand-written receiver on `ring`.

use hooksig_bench::{
    by_hand::{Primitives, prepare},
    contestant::serve,
    versions::of_crate,
};
use ring::{digest, hmac};

struct Ring;

impl Primitives for Ring {
    type Key = hmac::Key;

    fn key(secret: &str) -> Self::Key {
        hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
    }

    fn mac(key: &Self::Key, message: &[u8]) -> [u8; 32] {
        hmac::sign(key, message).as_ref().try_into().expect("32 bytes")
    }

    fn sha256(body: &[u8]) -> [u8; 32] {
        digest::digest(&digest::SHA256, body).as_ref().try_into().expect("32 bytes")
    }
}

fn main() {
    let title = format!("by hand, Rust, {}", of_crate("ring"));
    serve(&title, |material, operation| Some(prepare::<Ring>(material, operation)));
}
