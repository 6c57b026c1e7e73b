//! The one place through which the fast and the small version compress SHA-256 blocks.

/// The state between blocks; at the end its words are the hash.
pub(super) type State = [u32; 8];

/// The input of one compression.
pub(super) type Block = [u8; BLOCK_LEN];
pub(super) const BLOCK_LEN: usize = 64;

/// Compresses `blocks` into `state` (FIPS 180-4, section 6.2.2).
pub(super) fn compress(state: &mut State, blocks: &[Block]) {
    sha2::block_api::compress256(state, blocks);
}
