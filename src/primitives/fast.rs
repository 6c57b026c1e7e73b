//! The version for speed, on 64-bit processors and in WebAssembly.

pub(super) mod base64;
mod scan;
mod split;

use ctutils::{Choice, CtEq};

use super::Hash;

#[cfg(not(feature = "lanes"))]
pub(crate) use super::alone::{WholeBody, mac_beside, mac_many};
#[cfg(feature = "lanes")]
pub(crate) use super::lanes::{WholeBody, mac_beside, mac_many};
pub(crate) use super::{
    plain::{Fingerprint, SHORTCUTS, decode_escaped, out_of_line, start, take_first},
    stream::{HmacKey, Sha256, sha256},
};
pub(crate) use base64::{decode, encode, is_canonical};
pub(crate) use scan::{eq_ignore_case, has_control, is_word, split_at, take_qdtext, take_while};
pub(crate) use split::split_at_spaces;

/// The capacity, on the stack, of the index of a list of names. If it is 0, lists are searched from the
/// start, and the MACs of a message are computed one after the other.
pub(crate) const HELD_NAMES: usize = 128;

/// The number of MACs that are computed at once, on the stack, so that a message is written once for
/// all of them.
pub(crate) const MACS_AT_ONCE: usize = 16;

/// Compares two hashes in constant time.
pub(crate) fn ct_eq(hash: &Hash, other: &Hash) -> Choice {
    let mut differ = 0;
    for (word, other) in hash.as_chunks().0.iter().zip(other.as_chunks().0) {
        differ |= u64::from_ne_bytes(*word) ^ u64::from_ne_bytes(*other);
    }
    differ.ct_eq(&0)
}
