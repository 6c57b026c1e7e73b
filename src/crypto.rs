//! The primitives: the only file that names `hmac`, `sha2` and `base64ct`.

use core::mem::ManuallyDrop;

use base64ct::{Base64, Encoding};
use ctutils::{Choice, CtEq};
use hmac::{KeyInit, block_api::HmacCore};
use sha2::{
    Sha256,
    digest::{
        array::Array,
        block_api::{Block, Buffer, BufferKindUser, EagerHash, FixedOutputCore, UpdateCore},
        typenum::U32,
    },
};

use crate::octets::{self, VECTORS};

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
        // A key that is as long as a block needs no hashing: that of longer ones is done here, with
        // the code that hashes bodies.
        let mut block = Block::<HmacCore<Sha256>>::default();
        match block.get_mut(..secret.len()) {
            Some(room) => room.copy_from_slice(secret),
            None => {
                let mut hash = HashStream::default();
                hash.update(secret);
                block.iter_mut().zip(hash.finish()).for_each(|(to, octet)| *to = octet);
            }
        }
        HmacCore::new_from_slice(&block).ok().map(Self)
    }

    /// The MAC of a message that is held whole: only its last block goes through a buffer.
    pub(crate) fn mac(&self, message: &[u8]) -> Hash {
        let (blocks, tail) = Array::slice_as_chunks(message);
        let mut core = self.0.clone();
        core.update_blocks(blocks);
        let buffer = Buffer::<HmacCore<Sha256>>::try_new(tail).unwrap_or_default();
        Stream { core, buffer: ManuallyDrop::new(buffer) }.finish()
    }

    /// A MAC in the making.
    pub(crate) fn stream(&self) -> Stream<HmacCore<Sha256>> {
        Stream { core: self.0.clone(), buffer: ManuallyDrop::default() }
    }
}

/// A SHA-256 in the making.
pub(crate) type HashStream = Stream<<Sha256 as EagerHash>::Core>;

/// A hash or a MAC in the making, of a message that comes in pieces.
///
/// Its state is wiped when dropped. Its buffer is not: that costs as much as a compression and
/// would hide nothing but the end of the message, or the inner hash, of which without the outer
/// midstate no MAC can be made.
#[derive(Clone, Default)]
pub(crate) struct Stream<C: BufferKindUser> {
    core: C,
    buffer: ManuallyDrop<Buffer<C>>,
}

impl<C: UpdateCore + FixedOutputCore<OutputSize = U32>> Stream<C> {
    #[inline]
    pub(crate) fn update(&mut self, octets: &[u8]) {
        let core = &mut self.core;
        self.buffer.digest_blocks(octets, |blocks| core.update_blocks(blocks));
    }

    /// The hash of all that was given; the stream is then used up.
    #[inline]
    pub(crate) fn finish(&mut self) -> Hash {
        let mut hash = Array::default();
        self.core.finalize_fixed_core(&mut self.buffer, &mut hash);
        hash.into()
    }
}

/// A hash or a MAC.
pub(crate) type Hash = [u8; HASH_LEN];

/// The text of a hash: its canonical, padded, standard base64 (RFC 4648, section 4).
///
/// Hashes are compared in this form: one hash has exactly one such text.
pub(crate) type HashText = [u8; BASE64_LEN];

/// Whether `text` is the text of any hash.
pub(crate) fn is_text(text: &HashText) -> bool {
    let [digits @ .., last, b'='] = text else { return false };
    // Of the last digit's six bits the hash has no use for two, which must be zero.
    #[rustfmt::skip]
    let last_fits = matches!(
        last,
        b'A' | b'E' | b'I' | b'M' | b'Q' | b'U' | b'Y' | b'c'
        | b'g' | b'k' | b'o' | b's' | b'w' | b'0' | b'4' | b'8'
    );
    last_fits && octets::all_base64(digits)
}

/// Whether `text` is the text of `hash`, in a time that depends on neither.
pub(crate) fn is_text_of(text: &HashText, hash: &Hash) -> Choice {
    let expected = if VECTORS { encode_by_steps(hash) } else { to_text(hash) };
    let words = text.as_chunks().0.iter().zip(expected.as_chunks().0);
    let differ = words
        .fold(0, |any, (one, other)| any | u32::from_ne_bytes(*one) ^ u32::from_ne_bytes(*other));
    differ.ct_eq(&0)
}

/// The text of `hash`, in a time that does not depend on it: a MAC may be secret.
pub(crate) fn to_text(hash: &Hash) -> HashText {
    let mut text = [b'='; BASE64_LEN];
    let (groups, rest) = hash.as_chunks();
    for (to, group) in text.as_chunks_mut().0.iter_mut().zip(groups) {
        *to = encode_group(group);
    }
    if let ([.., x, y, z, _], [a, b]) = (&mut text, rest) {
        [*x, *y, *z, _] = encode_group(&[*a, *b, 0]);
    }
    text
}

/// The four digits of three octets. Where little flash counts, this is all that is there of the
/// encoder, which would otherwise be there once more for the end of what is encoded.
fn encode_group(group: &[u8; 3]) -> [u8; 4] {
    let mut digits = [0; 4];
    // The room is exact, so that this cannot fail.
    let _ = Base64::encode(group, &mut digits);
    digits
}

/// As [`to_text`], each step made for all digits: this becomes vector instructions, which take a
/// third of the time.
fn encode_by_steps(hash: &Hash) -> HashText {
    // Filled up to six groups of six octets, which give eight digits each.
    let mut octets = [0; 36];
    octets.iter_mut().zip(hash).for_each(|(to, octet)| *to = *octet);
    let mut digits = [0; 48];
    for (to, group) in digits.as_chunks_mut().0.iter_mut().zip(octets.as_chunks().0) {
        let [a, b, c, d, e, f] = *group;
        *to = spread(u64::from_be_bytes([0, 0, a, b, c, d, e, f])).to_be_bytes();
    }
    digits.iter_mut().for_each(|sextet| *sextet = digit(*sextet));
    let mut text = [b'='; BASE64_LEN];
    text.iter_mut().zip(digits).take(BASE64_LEN - 1).for_each(|(to, digit)| *to = digit);
    text
}

/// The lower 48 bits, six in each octet.
const fn spread(bits: u64) -> u64 {
    let fours = (bits & 0xffff_ff00_0000) << 8 | bits & 0x00ff_ffff;
    let pairs = (fours & 0x00ff_f000_00ff_f000) << 4 | fours & 0x0000_0fff_0000_0fff;
    (pairs & 0x0fc0_0fc0_0fc0_0fc0) << 2 | pairs & 0x003f_003f_003f_003f
}

/// The base64 digit of six bits. The places of the alphabet's five ranges differ by these steps,
/// each taken or not by arithmetic: no branch may depend on a MAC, whatever the compiler makes of it.
const fn digit(sextet: u8) -> u8 {
    /// `step` where the sextet is above `last`, 0 elsewhere: the difference is then negative.
    const fn step(sextet: u8, last: u8, step: u8) -> u8 {
        (last.wrapping_sub(sextet) >> 7).wrapping_mul(step)
    }
    b'A'.wrapping_add(sextet)
        .wrapping_add(step(sextet, 25, b'a' - b'A' - 26))
        .wrapping_add(step(sextet, 51, b'0'.wrapping_sub(b'a').wrapping_sub(26)))
        .wrapping_add(step(sextet, 61, b'+'.wrapping_sub(b'0').wrapping_sub(10)))
        .wrapping_add(step(sextet, 62, b'/' - b'+' - 1))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};

    use super::*;

    /// Hashes in which each octet takes each value.
    fn hashes() -> impl Iterator<Item = Hash> {
        (0..=255u8)
            .map(|seed| core::array::from_fn(|at| seed.wrapping_add(37u8.wrapping_mul(at as u8))))
    }

    #[test]
    fn text_is_encoded_as_the_base64_crate_does() {
        for hash in hashes() {
            let mut text = [0; BASE64_LEN];
            assert_eq!(BASE64_STANDARD.encode_slice(hash, &mut text), Ok(BASE64_LEN));
            assert_eq!(encode_by_steps(&hash), text);
            assert_eq!(to_text(&hash), text);
        }
    }

    #[test]
    fn text_is_taken_where_the_base64_crate_decodes_it() {
        for (octet, hash) in (0..=255).zip(hashes()) {
            for at in 0..BASE64_LEN {
                let mut text = to_text(&hash);
                text[at] = octet;
                let decoded = BASE64_STANDARD
                    .decode_slice(text, &mut [0; 33])
                    .is_ok_and(|len| len == HASH_LEN);
                assert_eq!(is_text(&text), decoded);
            }
        }
    }
}
