//! Hashes the first blocks of a body *beside* a MAC: in another lane, at the same time.

use super::{Block, State, compress, is_supported};
use crate::{
    bytes::in_bounds,
    primitives::{
        Hash,
        compress::{self as alone, BLOCK_LEN},
        stream::{HmacKey, INITIAL, MAC_INPUT_LEN, bytes_of, pad, split_end},
    },
};

/// The smallest number of whole blocks of a body that is hashed beside a MAC. With fewer blocks, little
/// is saved.
const MIN_BLOCKS: usize = 3;

/// A body in one buffer. Its first blocks may be hashed already.
pub(crate) struct WholeBody<'b> {
    bytes: &'b [u8],
    /// The whole blocks that are not hashed yet.
    blocks: &'b [Block],
    state: State,
    /// If set, some blocks are hashed beside the next MAC.
    is_beside: bool,
}

impl<'b> WholeBody<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        let (blocks, _) = bytes.as_chunks();
        let is_beside = blocks.len() >= MIN_BLOCKS && is_supported();
        Self { bytes, blocks, state: INITIAL, is_beside }
    }

    /// Compresses `blocks` into `state`, and beside them up to the same number of blocks of the body.
    fn compress_beside(&mut self, state: &mut State, blocks: &[Block]) {
        let mut states = [*state, self.state];
        let count = compress(&mut states, [blocks, self.blocks]);
        [*state, self.state] = states;
        self.blocks = in_bounds(self.blocks.get(count..));
        alone::compress(state, in_bounds(blocks.get(count..)));
    }

    /// Returns the hash of the body.
    pub(crate) fn hash(mut self) -> Hash {
        alone::compress(&mut self.state, self.blocks);
        let (_, end) = self.bytes.as_chunks::<BLOCK_LEN>();
        finish(self.state, end, self.bytes.len())
    }
}

/// Returns the MAC of a whole message. Hashes the first blocks of the body beside the first MAC, at most
/// as many as the padded message has. Hashes nothing of a short body.
// Inlined, so that the length of Drone's signing string is known: 18 ns of 371 (`make bench`).
#[inline(always)]
pub(crate) fn mac_beside(key: &HmacKey, message: &[u8], body: &mut WholeBody<'_>) -> Hash {
    if !core::mem::take(&mut body.is_beside) {
        return key.mac(message);
    }
    let mut state = *key.inner();
    let (blocks, end) = split_end(message);
    if !blocks.is_empty() {
        body.compress_beside(&mut state, blocks);
    }
    let mut padded = AtCacheLine([[0; BLOCK_LEN]; 2]);
    let end = pad(&mut padded.0, end, message.len().wrapping_add(BLOCK_LEN));
    body.compress_beside(&mut state, end);
    finish(*key.outer(), &bytes_of(&state), MAC_INPUT_LEN)
}

/// Begins at a cache line. Blocks that begin elsewhere take 2 % more time, and where the stack begins
/// differs from process to process.
#[repr(align(64))]
struct AtCacheLine<T>(T);

/// Does the same as `hash_end`, in blocks that begin at a cache line.
#[inline(always)]
fn finish(mut state: State, end: &[u8], len: usize) -> Hash {
    let mut padded = AtCacheLine([[0; BLOCK_LEN]; 2]);
    alone::compress(&mut state, pad(&mut padded.0, end, len));
    bytes_of(&state)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Returns the number of blocks that are hashed beside the MACs of two keys.
    fn blocks_beside(message_len: usize, body_len: usize) -> usize {
        let text = [b'a'; 1024];
        let key = HmacKey::new(b"secret").expect("the secret is not empty");
        let mut body = WholeBody::new(&text[..body_len]);
        for _ in 0..2 {
            mac_beside(&key, &text[..message_len], &mut body);
        }
        body_len / BLOCK_LEN - body.blocks.len()
    }

    #[test]
    fn at_most_as_many_blocks_of_a_body_are_hashed_as_the_first_mac_has() {
        for (message_len, body_len, expected) in [
            (96, 191, 0),
            (96, 192, 2),
            (96, 1024, 2),
            (0, 1024, 1),
            (119, 1024, 2),
            (120, 1024, 3),
            (500, 1024, 8),
            (500, 256, 4),
        ] {
            let expected = if is_supported() { expected } else { 0 };
            assert_eq!(blocks_beside(message_len, body_len), expected, "{message_len} {body_len}");
        }
    }
}
