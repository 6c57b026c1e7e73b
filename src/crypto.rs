//! The primitives: the only file that names `hmac`, `sha2` and `base64ct`.

use base64ct::{Base64, Encoding};
use ctutils::{Choice, CtEq};
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

    pub(crate) fn finish(mut self) -> Hash {
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

    pub(crate) fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// A hash or a MAC.
pub(crate) type Hash = [u8; HASH_LEN];

/// Whether both are the same, in a time that does not depend on where they differ.
pub(crate) fn ct_eq(one: &Hash, other: &Hash) -> Choice {
    one.ct_eq(other)
}

/// The text of a hash: its canonical, padded, standard base64 (RFC 4648, section 4).
pub(crate) struct HashText([u8; BASE64_LEN]);

impl HashText {
    pub(crate) fn encode(hash: &Hash) -> Self {
        let mut text = [0; BASE64_LEN];
        // The room is exact, so that this cannot fail.
        let _ = Base64::encode(hash, &mut text);
        Self(text)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; BASE64_LEN] {
        &self.0
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The hash that `text` is the canonical text of.
///
/// `base64ct` decodes in a time that does not depend on the text. What was received is no secret,
/// so that a table may do it, in a tenth of the time.
pub(crate) fn decode(text: &[u8; BASE64_LEN]) -> Option<Hash> {
    let [digits @ .., b'='] = text else { return None };
    let mut padded = [b'A'; BASE64_LEN];
    for (to, from) in padded.iter_mut().zip(digits) {
        *to = *from;
    }
    let mut octets = [0; HASH_LEN + 1];
    let mut invalid = 0;
    for (to, group) in octets.as_chunks_mut().0.iter_mut().zip(padded.as_chunks::<4>().0) {
        let group = group.map(|digit| DIGITS.get(usize::from(digit)).copied().unwrap_or(INVALID));
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | u32::from(*digit));
        let [_, bits @ ..] = bits.to_be_bytes();
        *to = bits;
        invalid |= group.iter().fold(0, |all, digit| all | digit);
    }
    let [hash @ .., spare] = octets;
    (invalid & INVALID == 0 && spare == 0).then_some(hash)
}

const INVALID: u8 = 0x80;

/// The value of each base64 digit.
#[allow(clippy::indexing_slicing)] // The compiler does it.
static DIGITS: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut rest: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while let [behind @ .., digit] = rest {
        table[*digit as usize] = behind.len() as u8;
        rest = behind;
    }
    table
};

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn plain_decode(text: &[u8; BASE64_LEN]) -> Option<Hash> {
        let mut hash = [0; HASH_LEN];
        let len = Base64::decode(text, &mut hash).ok()?.len();
        (len == HASH_LEN).then_some(hash)
    }

    #[test]
    fn text_is_decoded_as_base64ct_does() {
        for seed in 0..=255 {
            let text = *HashText::encode(&[seed; HASH_LEN]).as_bytes();
            assert_eq!(decode(&text), Some([seed; HASH_LEN]));
            for at in 0..BASE64_LEN {
                let mut changed = text;
                changed[at] = seed;
                assert_eq!(decode(&changed), plain_decode(&changed));
            }
        }
    }
}
