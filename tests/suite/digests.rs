//! The `Digest` field compared with a plain implementation of RFC 3230 and the rules.

use crate::common::{BODY, NOW, SECRET, Sent};
use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{Clock, Error, Policy, digest};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use sha2::{Digest, Sha256};

/// Returns the verdict on a signed request with this `Digest` field.
fn verdict(field: &[u8]) -> Result<(), Error> {
    let mut sent = Sent::by_drone();
    sent.set("Digest", field);
    sent.sign(SECRET, &["date", "digest"]);
    sent.verdict(Policy::DRONE, Clock::At(NOW))
}

/// Returns the verdict by the rules.
fn plain_verdict(field: &[u8]) -> Result<(), Error> {
    let mut hashes = Vec::new();
    for element in field.split(|byte| *byte == b',') {
        let text = trim(element);
        if text.is_empty() {
            continue;
        }
        let equals = text.iter().position(|byte| *byte == b'=').ok_or(Error::MalformedDigest)?;
        let name = String::from_utf8_lossy(&text[..equals]).to_ascii_uppercase();
        let token = |byte: char| byte.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(byte);
        if name.is_empty() || !name.chars().all(token) {
            return Err(Error::MalformedDigest);
        }
        if name == "SHA-256" {
            let hash = BASE64_STANDARD.decode(&text[equals + 1..]);
            let hash = hash.ok().filter(|hash| hash.len() == 32).ok_or(Error::MalformedDigest)?;
            if hashes.first().is_some_and(|first| *first != hash) {
                return Err(Error::DigestMismatch);
            }
            hashes.push(hash);
        }
    }
    match hashes.first() {
        None => Err(Error::UnsupportedDigest),
        Some(hash) if *hash == Sha256::digest(BODY).as_slice() => Ok(()),
        Some(_) => Err(Error::DigestMismatch),
    }
}

fn trim(text: &[u8]) -> &[u8] {
    let inner = |byte: &u8| !matches!(byte, b' ' | b'\t');
    match (text.iter().position(inner), text.iter().rposition(inner)) {
        (Some(first), Some(last)) => &text[first..=last],
        _ => b"",
    }
}

fn element() -> impl Strategy<Value = String> {
    let right = digest::field(BODY).to_string();
    let wrong = digest::field("").to_string();
    let lower = right.replacen("SHA-256", "sha-256", 1);
    let unpadded = right.trim_end_matches('=').to_owned();
    let others =
        vec!["MD5=abc", "SHA-512=", "unixsum=30637", "SHA-256=AAAA", "SHA-256", "=", "", "a b=c"];
    prop_oneof![
        6 => Just(right),
        2 => Just(lower),
        1 => Just(wrong),
        1 => Just(unpadded),
        6 => select(others).prop_map(str::to_owned),
    ]
}

fn near_field() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => select(b"=, \t-+/AQ".to_vec()), 1 => 33..=126u8, 1 => 128..=255u8];
    let edits = vec((any::<Index>(), any::<bool>(), byte), 0..2);
    (vec((element(), "[ \t]?,[ \t]{0,2}"), 1..4), edits).prop_map(|(elements, edits)| {
        let texts: Vec<_> =
            elements.iter().flat_map(|(element, comma)| [element.as_str(), comma]).collect();
        let mut field = texts[..texts.len() - 1].concat().into_bytes();
        for (index, insert, byte) in edits {
            let at = index.index(field.len() + 1);
            let end = if insert { at } else { (at + 1).min(field.len()) };
            drop(field.splice(at..end, [byte]));
        }
        field
    })
}

proptest! {
    #![proptest_config(crate::common::cases(2048))]

    #[test]
    fn every_field_gets_the_plain_verdict(field in near_field()) {
        // Control bytes belong to another rule.
        prop_assert_eq!(verdict(&field), plain_verdict(&field));
    }

    #[test]
    fn what_is_written_is_the_hash_in_base64(body in vec(any::<u8>(), 0..300)) {
        let hash = BASE64_STANDARD.encode(Sha256::digest(&body));
        let field = digest::field(&body);
        prop_assert_eq!(field.as_str(), format!("SHA-256={hash}"));
    }
}

#[test]
fn every_other_byte_in_the_base64_is_refused() {
    let right = digest::field(BODY);
    for at in "SHA-256=".len()..digest::LEN {
        for byte in (32..=255).filter(|byte| *byte != 127) {
            let mut field = right.as_bytes().to_vec();
            field[at] = byte;
            assert_eq!(verdict(&field), plain_verdict(&field), "{byte} at {at}");
        }
    }
}
