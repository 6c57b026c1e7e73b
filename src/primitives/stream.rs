//! SHA-256 (FIPS 180-4) and HMAC (RFC 2104) over one compression function, for fast and small builds.

use core::slice::from_ref;

use sha2::digest::zeroize::{Zeroize, Zeroizing};

use crate::bytes::in_bounds;

use super::{
    HASH_LEN, Hash,
    compress::{BLOCK_LEN, Block, State, compress},
    version::SHORTCUTS,
};

/// The state before the first block (FIPS 180-4, section 5.3.3).
pub(super) const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Returns the SHA-256 of a whole message.
pub(crate) fn sha256(message: &[u8]) -> Hash {
    if SHORTCUTS {
        // Copying a short message takes longer than a second call of `compress`, except in Go.
        let is_copied = cfg!(target_family = "wasm");
        let parts = if is_copied { split_end(message) } else { message.as_chunks() };
        return hash_rest(INITIAL, parts, message.len());
    }
    let mut stream = Sha256::default();
    stream.update(message);
    stream.finish()
}

/// Returns the hash of a message of `len` bytes, which was compressed up to `blocks`. Does the same as a
/// stream, without a buffer between its calls.
#[inline(always)]
fn hash_rest(mut state: State, (blocks, end): (&[Block], &[u8]), len: usize) -> Hash {
    compress(&mut state, blocks);
    hash_end(state, end, len)
}

/// Splits off the end of a message, for [`pad`]. A short message is all end, which saves a call of
/// `compress`: 12 ns, and 36 ns in Go.
#[inline(always)]
pub(super) fn split_end(message: &[u8]) -> (&[Block], &[u8]) {
    if message.len() <= MAX_END_LEN { (&[], message) } else { message.as_chunks() }
}

/// Does the same as [`hash_rest`] if all of the rest fits into the last call.
#[inline(always)]
pub(super) fn hash_end(mut state: State, end: &[u8], len: usize) -> Hash {
    let mut padded = [[0; BLOCK_LEN]; 2];
    compress(&mut state, pad(&mut padded, end, len));
    bytes_of(&state)
}

/// Writes the end of a message of `len` bytes to `zeros`, and pads it. Returns its blocks. The end has
/// at most [`MAX_END_LEN`] bytes.
#[inline(always)]
pub(super) fn pad<'p>(zeros: &'p mut [Block; 2], end: &[u8], len: usize) -> &'p [Block] {
    let bytes = zeros.as_flattened_mut();
    copy_to_start(bytes, end);
    if let Some(first) = bytes.get_mut(end.len()) {
        *first = 0x80;
    }
    let count = if end.len() < TWO_BLOCKS_FROM { 1 } else { 2 };
    let blocks = in_bounds(zeros.get_mut(..count));
    if let Some(end) = blocks.as_flattened_mut().last_chunk_mut() {
        *end = bits(len as u64);
    }
    blocks
}

/// An incremental SHA-256.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: State,
    /// The length of the message so far, in bytes.
    len: u64,
    /// Begins with the bytes that do not fill a block yet.
    block: Block,
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::after(INITIAL, 0)
    }
}

impl Sha256 {
    /// Continues from `state`, after whole blocks of `len` bytes in total.
    fn after(state: State, len: usize) -> Self {
        Self { state, len: len as u64, block: [0; BLOCK_LEN] }
    }

    /// Takes the next bytes of the message.
    #[cfg_attr(feature = "small", inline(never))]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let used = self.used();
        self.len = self.len.wrapping_add(bytes.len() as u64);
        let mut rest = bytes;
        if used > 0 {
            let free = in_bounds(self.block.get_mut(used..));
            let Some((start, behind)) = bytes.split_at_checked(free.len()) else {
                return copy_to_start(free, bytes);
            };
            copy_to_start(free, start);
            compress(&mut self.state, from_ref(&self.block));
            rest = behind;
        }
        let (blocks, tail) = rest.as_chunks();
        compress(&mut self.state, blocks);
        copy_to_start(&mut self.block, tail);
    }

    /// Returns the hash. Call it once.
    #[cfg_attr(feature = "small", inline(never))]
    pub(crate) fn finish(&mut self) -> Hash {
        let (mut end, mut padding) = (self.used(), 0x80);
        if end >= TWO_BLOCKS_FROM {
            self.pad(end, padding);
            compress(&mut self.state, from_ref(&self.block));
            (end, padding) = (0, 0);
        }
        self.pad(end, padding);
        if let Some(len) = self.block.last_chunk_mut() {
            *len = bits(self.len);
        }
        compress(&mut self.state, from_ref(&self.block));
        bytes_of(&self.state)
    }

    /// Fills the block after its first `used` bytes with `padding` and zeros.
    fn pad(&mut self, used: usize, padding: u8) {
        if let Some([first, rest @ ..]) = self.block.get_mut(used..) {
            *first = padding;
            rest.fill(0);
        }
    }

    /// Returns the number of bytes that do not fill a block yet, which is less than [`BLOCK_LEN`].
    const fn used(&self) -> usize {
        self.len as usize % BLOCK_LEN
    }
}

/// The padding is at least one byte and the length, so a block with more bytes needs another block.
const TWO_BLOCKS_FROM: usize = BLOCK_LEN - size_of::<u64>();

/// The longest end of a message that [`pad`] takes.
const MAX_END_LEN: usize = BLOCK_LEN + TWO_BLOCKS_FROM - 1;

/// Returns the length of a message as its padding holds it, in bits.
const fn bits(len: u64) -> [u8; 8] {
    len.wrapping_mul(8).to_be_bytes()
}

pub(super) fn bytes_of(state: &State) -> Hash {
    let mut hash = [0; HASH_LEN];
    for (to, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    hash
}

/// Copies `from` to the start of `to`, which must not be shorter.
fn copy_to_start(to: &mut [u8], from: &[u8]) {
    debug_assert!(from.len() <= to.len());
    if let Some(start) = to.get_mut(..from.len()) {
        start.copy_from_slice(from);
    }
}

/// The length of the outer hash's message, which is a block of the padded secret and the inner hash.
pub(super) const MAC_INPUT_LEN: usize = BLOCK_LEN + HASH_LEN;

/// The inner and the outer midstate of a secret, wiped when dropped. The secret itself is not kept.
#[derive(Clone)]
pub(crate) struct HmacKey {
    midstates: Zeroizing<[State; 2]>,
}

impl HmacKey {
    /// Creates a key from a secret. Never returns `None`; the type is that of `plain`.
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        #[cfg(feature = "lanes")]
        super::lanes::detect();
        let mut block = Zeroizing::new([0; BLOCK_LEN]);
        if secret.len() > BLOCK_LEN {
            copy_to_start(&mut *block, &*Zeroizing::new(sha256(secret)));
        } else {
            copy_to_start(&mut *block, secret);
        }
        let mut midstates = Zeroizing::new([INITIAL; 2]);
        // The second value removes the first pad and applies the second.
        for (state, pad) in midstates.iter_mut().zip([0x36, 0x36 ^ 0x5c]) {
            block.iter_mut().for_each(|byte| *byte ^= pad);
            compress(state, from_ref(&block));
        }
        Some(Self { midstates })
    }

    /// Returns the MAC of a whole message.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn mac(&self, message: &[u8]) -> Hash {
        if SHORTCUTS {
            let [inner, outer] = *self.midstates;
            let len = message.len().wrapping_add(BLOCK_LEN);
            return hash_end(outer, &hash_rest(inner, split_end(message), len), MAC_INPUT_LEN);
        }
        let mut stream = self.start();
        stream.update(message);
        stream.finish()
    }

    /// Returns the state after the padded secret, for the inner hash.
    pub(super) fn inner(&self) -> &State {
        let [inner, _] = &*self.midstates;
        inner
    }

    /// Returns the state after the padded secret, for the outer hash.
    pub(super) fn outer(&self) -> &State {
        let [_, outer] = &*self.midstates;
        outer
    }

    /// Starts an incremental MAC.
    pub(crate) fn start(&self) -> Hmac<'_> {
        let [inner, outer] = &*self.midstates;
        Hmac { stream: Sha256::after(*inner, BLOCK_LEN), outer }
    }
}

/// An incremental HMAC-SHA-256.
///
/// The state is wiped when dropped. The buffer is not wiped, because it holds only the end of the
/// message or the inner hash. No MAC can be computed from either without the outer midstate.
#[derive(Clone)]
pub(crate) struct Hmac<'k> {
    stream: Sha256,
    outer: &'k State,
}

impl Hmac<'_> {
    /// Takes the next bytes of the message.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.stream.update(bytes);
    }

    /// Returns the MAC. Call it once.
    pub(crate) fn finish(&mut self) -> Hash {
        let inner = self.stream.finish();
        (self.stream.state, self.stream.len) = (*self.outer, BLOCK_LEN as u64);
        self.stream.update(&inner);
        self.stream.finish()
    }
}

impl Drop for Hmac<'_> {
    fn drop(&mut self) {
        self.stream.state.zeroize();
    }
}
