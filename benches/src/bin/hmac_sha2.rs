//! A hand-written receiver on `hmac` and `sha2`, the crates that hooksig uses.

use hmac::{Hmac, KeyInit, Mac};
use hooksig_bench::{
    by_hand::{Primitives, prepare},
    contestant::serve,
    versions::of_crate,
};
use sha2::{Digest, Sha256};

struct HmacAndSha2;

impl Primitives for HmacAndSha2 {
    type Key = Hmac<Sha256>;

    fn key(secret: &str) -> Self::Key {
        Hmac::new_from_slice(secret.as_bytes()).expect("any length will do")
    }

    fn mac(key: &Self::Key, message: &[u8]) -> [u8; 32] {
        key.clone().chain_update(message).finalize().into_bytes().into()
    }

    fn sha256(body: &[u8]) -> [u8; 32] {
        Sha256::digest(body).into()
    }
}

fn main() {
    let title = format!("by hand, Rust, {} and {}", of_crate("hmac"), of_crate("sha2"));
    serve(&title, |material, operation| Some(prepare::<HmacAndSha2>(material, operation)));
}
