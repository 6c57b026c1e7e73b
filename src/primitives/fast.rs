//! The version for speed, on 64-bit processors and in WebAssembly.

mod base64;
mod scan;

use ctutils::{Choice, CtEq};

use super::Hash;

pub(crate) use super::{
    plain::{PIECE_LEN, SHORTCUTS, start, take_first},
    stream::{HmacKey, Sha256, sha256},
};
pub(crate) use base64::{decode, encode, is_canonical};
pub(crate) use scan::{eq_ignore_case, has_control, is_word, split_at, split_qdtext};

/// The largest message, in bytes, that is assembled in a buffer before its MAC is computed.
pub(super) const HELD_BYTES: usize = 256;

/// The number of MACs of a longer message that are computed in one pass.
pub(super) const STREAMS: usize = 16;

/// The capacity, on the stack, of the index of a list of names. If it is 0, lists are searched from the
/// start.
pub(crate) const HELD_NAMES: usize = 128;

/// Compares two hashes in constant time.
pub(crate) fn ct_eq(hash: &Hash, other: &Hash) -> Choice {
    let mut differ = 0;
    for (word, other) in hash.as_chunks().0.iter().zip(other.as_chunks().0) {
        differ |= u64::from_ne_bytes(*word) ^ u64::from_ne_bytes(*other);
    }
    differ.ct_eq(&0)
}
