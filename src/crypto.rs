//! The primitives: the only file that names `hmac`, `sha2` and `base64ct`.

use base64ct::{Base64, Encoding};
use ctutils::CtEq;
use hmac::{KeyInit, block_api::HmacCore};
use sha2::{
    Digest, Sha256,
    digest::{
        array::Array,
        block_api::{Buffer, FixedOutputCore, UpdateCore},
    },
};

/// The length of a SHA-256 hash and of an HMAC-SHA-256, in bytes.
pub(crate) const HASH_LEN: usize = 32;

/// The length of the base64 text of a hash.
pub(crate) const BASE64_LEN: usize = 44;

/// The two HMAC-SHA-256 midstates of a secret: what is left of it once the padded secret has been
/// compressed. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct Midstates(HmacCore<Sha256>);

impl Midstates {
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        HmacCore::new_from_slice(secret).ok().map(Self)
    }

    /// A MAC over a message that comes in pieces.
    pub(crate) fn stream(&self) -> MacStream {
        MacStream { core: self.0.clone(), buffer: Buffer::<HmacCore<Sha256>>::default() }
    }
}

/// An HMAC-SHA-256 in the making.
pub(crate) struct MacStream {
    core: HmacCore<Sha256>,
    buffer: Buffer<HmacCore<Sha256>>,
}

impl MacStream {
    pub(crate) fn update(&mut self, octets: &[u8]) {
        let core = &mut self.core;
        self.buffer.digest_blocks(octets, |blocks| core.update_blocks(blocks));
    }

    pub(crate) fn finish(mut self) -> [u8; HASH_LEN] {
        let mut mac = Array::default();
        self.core.finalize_fixed_core(&mut self.buffer, &mut mac);
        mac.into()
    }
}

/// A SHA-256 in the making.
#[derive(Clone, Default)]
pub(crate) struct HashStream(Sha256);

impl HashStream {
    pub(crate) fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    pub(crate) fn finish(self) -> [u8; HASH_LEN] {
        self.0.finalize().into()
    }
}

/// The canonical, padded, standard base64 of 32 bytes (RFC 4648, section 4).
///
/// Hashes are compared in this form: one hash has exactly one such text, and encoding the
/// computed one costs less than decoding the received one.
#[derive(Clone, Copy)]
pub(crate) struct HashText([u8; BASE64_LEN]);

impl HashText {
    pub(crate) fn encode(hash: &[u8; HASH_LEN]) -> Self {
        let mut text = [0; BASE64_LEN];
        // The room is exact, so that this cannot fail; were it to, the zeros match no text.
        let _ = Base64::encode(hash, &mut text);
        Self(text)
    }

    /// Takes received text, if it is canonical.
    pub(crate) fn parse(text: [u8; BASE64_LEN]) -> Option<Self> {
        let [digits @ .., last, pad] = &text;
        // 32 bytes end in two octets of the last group: its third digit has two bits to spare,
        // which must be zero.
        let last_fits = matches!(
            last,
            b'A' | b'E'
                | b'I'
                | b'M'
                | b'Q'
                | b'U'
                | b'Y'
                | b'c'
                | b'g'
                | b'k'
                | b'o'
                | b's'
                | b'w'
                | b'0'
                | b'4'
                | b'8'
        );
        let canonical = digits.iter().all(|&octet| is_base64_digit(octet));
        (canonical && last_fits && *pad == b'=').then_some(Self(text))
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    pub(crate) fn ct_eq(&self, other: &Self) -> ctutils::Choice {
        self.0.ct_eq(&other.0)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; BASE64_LEN] {
        &self.0
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

const fn is_base64_digit(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/')
}
