//! The primitives: the only file that names `hmac`, `sha2` and `base64ct`.

use core::mem::ManuallyDrop;

use base64ct::{Base64, Encoding};
use ctutils::{Choice, CtEq};
use hmac::{KeyInit, block_api::HmacCore};
use sha2::{
    Sha256,
    block_api::compress256,
    digest::{
        array::Array,
        block_api::{Buffer, BufferKindUser, EagerHash, FixedOutputCore, UpdateCore},
        typenum::U32,
        zeroize::Zeroizing,
    },
};

use crate::{SMALL, base64, octets::VECTORS};

/// The length of a SHA-256 hash and of an HMAC-SHA-256, in bytes.
pub(crate) const HASH_LEN: usize = 32;

/// The length of the base64 text of a hash.
pub(crate) const BASE64_LEN: usize = 44;

/// A hash or a MAC.
pub(crate) type Hash = [u8; HASH_LEN];

/// What SHA-256 compresses at a time.
pub(crate) type Block = [u8; BLOCK_LEN];
pub(crate) const BLOCK_LEN: usize = 64;

/// What padding takes at least: one octet and the length of the message in eight.
pub(crate) const PADDING_LEN: usize = 9;

/// The state of SHA-256 between blocks; at the end its words are the hash.
type State = [u32; 8];

/// The state before the first block (FIPS 180-4, section 5.3.3).
const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The two HMAC-SHA-256 midstates of a secret: what is left of it once the padded secret has been
/// compressed. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct Midstates {
    /// For a message that comes in pieces.
    hmac: HmacCore<Sha256>,
    /// The same, inner and outer, for a message that is held whole: `hmac` moves it through a
    /// buffer and wipes what it leaves, which takes half as long as the three compressions of a
    /// Drone delivery. Not there where little flash counts more.
    states: Zeroizing<[State; if SMALL { 0 } else { 2 }]>,
}

impl Midstates {
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        // A secret as long as a block needs no hashing; longer ones are hashed here, with what
        // hashes bodies.
        let mut block = Zeroizing::new([0; BLOCK_LEN]);
        match block.get_mut(..secret.len()) {
            Some(room) => room.copy_from_slice(secret),
            None => *block.first_chunk_mut()? = hash(secret),
        }
        let hmac = HmacCore::new_from_slice(block.as_slice()).ok()?;
        let mut states = Zeroizing::new([INITIAL; _]);
        // What the block is XORed with, and what turns the first into the second (RFC 2104).
        for (state, pad) in states.iter_mut().zip([0x36, 0x36 ^ 0x5c]) {
            block.iter_mut().for_each(|octet| *octet ^= pad);
            compress256(state, core::slice::from_ref(&*block));
        }
        Some(Self { hmac, states })
    }

    /// A MAC in the making.
    pub(crate) fn stream(&self) -> Stream<HmacCore<Sha256>> {
        Stream { core: self.hmac.clone(), buffer: ManuallyDrop::default() }
    }

    /// The MAC of a message that is held whole.
    pub(crate) fn mac(&self, message: &Message<'_>) -> Hash {
        if SMALL {
            let mut stream = self.stream();
            stream.update(message.octets());
            return stream.finish();
        }
        hash_of(&self.final_state(message))
    }

    /// Whether the MAC of a message is `expected`, in a time that depends on neither.
    #[inline]
    pub(crate) fn fits(&self, message: &Message<'_>, expected: &Expected) -> Choice {
        if SMALL {
            return is_same(&self.mac(message), &hash_of(&expected.0));
        }
        let mut differ = 0;
        for (word, expected) in self.final_state(message).iter().zip(expected.0) {
            differ |= word ^ expected;
        }
        differ.ct_eq(&0)
    }

    fn final_state(&self, message: &Message<'_>) -> State {
        let &[mut inner, mut outer] = self.states.as_slice() else { return INITIAL };
        compress256(&mut inner, message.blocks);
        let mut block = const { padded([0; HASH_LEN]) };
        if let Some(room) = block.first_chunk_mut() {
            *room = hash_of(&inner);
        }
        compress256(&mut outer, &[block]);
        outer
    }
}

/// A message that is held whole, with the padding of an HMAC's inner hash behind it.
pub(crate) struct Message<'m> {
    blocks: &'m [Block],
    len: usize,
}

impl<'m> Message<'m> {
    /// The message of `len` octets at the start of `room`, which must have room for [`PADDING_LEN`]
    /// more, up to a whole number of blocks, and zeros there.
    pub(crate) fn new(room: &'m mut [u8], len: usize) -> Self {
        // The secret's block comes before it.
        Self { blocks: pad(room, len, (len as u64).saturating_add(BLOCK_LEN as u64)), len }
    }

    /// The message of `len` octets that was [`padded`].
    pub(crate) fn of_padded(room: &'m [u8], len: usize) -> Self {
        Self { blocks: room.as_chunks().0, len }
    }

    fn octets(&self) -> &[u8] {
        self.blocks.as_flattened().get(..self.len).unwrap_or_default()
    }
}

/// As [`Message::new`] pads, of a message of a known length: other octets can then be put in the
/// place of its own.
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)] // The compiler does it.
pub(crate) const fn padded<const LEN: usize, const PADDED: usize>(
    message: [u8; LEN],
) -> [u8; PADDED] {
    assert!(PADDED == (LEN + PADDING_LEN).next_multiple_of(BLOCK_LEN));
    let mut padded = [0; PADDED];
    padded.split_at_mut(LEN).0.copy_from_slice(&message);
    padded[LEN] = 0x80;
    let bits = 8 * (LEN + BLOCK_LEN) as u64;
    padded.split_at_mut(PADDED - 8).1.copy_from_slice(&bits.to_be_bytes());
    padded
}

/// Pads the last `len` octets of a message of `total`, which stand at the start of `room` with zeros
/// behind them (FIPS 180-4, section 5.1.1), and gives the blocks that they then are: none where
/// `room` is too small.
fn pad(room: &mut [u8], len: usize, total: u64) -> &[Block] {
    let padded_len = len.saturating_add(PADDING_LEN).next_multiple_of(BLOCK_LEN);
    let Some(padded) = room.get_mut(..padded_len) else { return &[] };
    if let Some(first) = padded.get_mut(len) {
        *first = 0x80;
    }
    if let Some(end) = padded.last_chunk_mut() {
        *end = total.wrapping_mul(8).to_be_bytes();
    }
    padded.as_chunks().0
}

/// The SHA-256 of a message that is held whole: only its last octets are copied.
pub(crate) fn hash(message: &[u8]) -> Hash {
    if SMALL {
        let mut stream = HashStream::default();
        stream.update(message);
        return stream.finish();
    }
    let (blocks, tail) = message.as_chunks();
    let mut state = INITIAL;
    compress256(&mut state, blocks);
    let mut room = [0; 2 * BLOCK_LEN];
    if let Some(to) = room.get_mut(..tail.len()) {
        to.copy_from_slice(tail);
    }
    compress256(&mut state, pad(&mut room, tail.len(), message.len() as u64));
    hash_of(&state)
}

fn hash_of(state: &State) -> Hash {
    let mut hash = [0; HASH_LEN];
    for (to, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    hash
}

/// A MAC to compare others with, in words, as they come out.
pub(crate) struct Expected(State);

impl Expected {
    pub(crate) fn new(mac: &Hash) -> Self {
        let mut words = [0; 8];
        for (word, octets) in words.iter_mut().zip(mac.as_chunks().0) {
            *word = u32::from_be_bytes(*octets);
        }
        Self(words)
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

/// The text of a hash: its canonical, padded, standard base64 (RFC 4648, section 4).
pub(crate) type HashText = [u8; BASE64_LEN];

/// Whether `hash` is `expected`, in a time that depends on neither.
pub(crate) fn is_same(hash: &Hash, expected: &Hash) -> Choice {
    let mut differ = 0;
    for (word, expected) in hash.as_chunks().0.iter().zip(expected.as_chunks().0) {
        differ |= u64::from_ne_bytes(*word) ^ u64::from_ne_bytes(*expected);
    }
    differ.ct_eq(&0)
}

/// Whether `text` is the text of any hash.
pub(crate) fn is_text(text: &HashText) -> bool {
    if !VECTORS {
        return from_text(text).is_some();
    }
    let [digits @ .., last, b'='] = text else { return false };
    // Of the last digit's six bits the hash has no use for two, which must be zero.
    base64::are_digits(digits) && base64::is_fourth_digit(*last)
}

/// The hash whose text this is, if it is one. What was received is no secret.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) fn from_text(text: &HashText) -> Option<Hash> {
    if VECTORS { base64::decode(text) } else { base64::decode_by_digits(text) }
}

/// The text of a hash, in a time that does not depend on it.
pub(crate) fn to_text(hash: &Hash) -> HashText {
    if VECTORS {
        return base64::encode(hash);
    }
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

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use ::base64::{Engine, prelude::BASE64_STANDARD};

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
            assert_eq!(base64::encode(&hash), text);
            assert_eq!(to_text(&hash), text);
        }
    }

    #[test]
    fn text_is_taken_where_the_base64_crate_decodes_it() {
        for (octet, hash) in (0..=255).zip(hashes()) {
            for at in 0..BASE64_LEN {
                let mut text = to_text(&hash);
                text[at] = octet;
                let decoded = BASE64_STANDARD.decode(text).ok().and_then(|it| it.try_into().ok());
                assert_eq!(base64::decode(&text), decoded);
                assert_eq!(base64::decode_by_digits(&text), decoded);
                assert_eq!(from_text(&text), decoded);
                assert_eq!(is_text(&text), decoded.is_some());
            }
        }
    }
}
