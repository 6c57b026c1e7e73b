//! Hashes, MACs, base64 and scanners. Only this code has more than one version.
//!
//! - `plain` is a simple version over the crates `hmac`, `sha2` and `base64ct`, for builds with the
//!   feature `plain`. The tests of this folder compare the other versions with it.
//! - `fast` is for 64-bit processors and WebAssembly.
//! - `narrow` is for other processors: `plain` with a faster base64 decoder.
//! - `small` is for builds with the feature `small`. In WebAssembly it decodes base64 with `wide`.
//!
//! With the feature `lanes`, the fast version uses instructions that not every processor has: `lanes`
//! hashes several streams at once, and `vectors` decodes base64.
//!
//! Setting both `plain` and `small`, as `--all-features` does, has no effect. Every build compiles every version,
//! and the linker drops the unused ones.

#[allow(dead_code)]
mod alone;
#[allow(dead_code)]
mod alphabet;
#[allow(dead_code)]
mod compress;
#[allow(dead_code, unused_imports)]
mod fast;
#[cfg(feature = "lanes")]
#[allow(dead_code)]
mod lanes;
mod macs;
#[allow(dead_code, unused_imports)]
mod narrow;
#[allow(dead_code, unused_imports)]
mod plain;
#[allow(dead_code, unused_imports)]
mod small;
#[allow(dead_code)]
mod stream;
#[cfg(all(feature = "lanes", target_arch = "x86_64"))]
#[allow(dead_code)]
mod vectors;
#[allow(dead_code)]
mod wide;
pub(crate) mod words;

#[cfg(all(feature = "plain", not(feature = "small")))]
use plain as version;
#[cfg(all(feature = "small", not(feature = "plain")))]
use small as version;
#[cfg(any(
    all(feature = "plain", feature = "small"),
    not(any(feature = "plain", feature = "small"))
))]
use unchosen as version;

#[allow(unused_imports)]
#[cfg(any(target_pointer_width = "64", target_family = "wasm"))]
use fast as unchosen;
#[allow(unused_imports)]
#[cfg(not(any(target_pointer_width = "64", target_family = "wasm")))]
use narrow as unchosen;

use crate::bytes::Class;

pub(crate) use macs::{Pieces, for_each_mac, mac_of_pieces};
pub(crate) use version::{
    Fingerprint, HELD_NAMES, HmacKey, Sha256, WholeBody, ct_eq, decode, decode_escaped, encode,
    eq_ignore_case, has_control, is_canonical, is_word, mac_beside, mac_many, out_of_line, sha256,
    split_at, split_at_spaces, start, take_first, take_qdtext, take_while,
};

/// The largest number of names of a list that are compared one after the other. More are searched by
/// fingerprint.
pub(crate) const FEW_NAMES: usize = 5;

/// Returns the usual form of an input if this build has a fast path for it, and `None` otherwise. The
/// general code gives the same result.
pub(crate) fn usual<T>(input: Option<T>) -> Option<T> {
    if version::SHORTCUTS { input } else { None }
}

/// Removes the bytes up to the first `end`. Returns those before it, or `None` if there is no `end`.
#[cfg_attr(feature = "small", inline(never))]
pub(crate) fn take_part<'a>(bytes: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let (part, behind) = split_at(bytes, end);
    *bytes = behind.get(1..)?;
    Some(part)
}

/// Returns the position of a word among others, ignoring ASCII case.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn position(words: &[&[u8]], word: &[u8]) -> Option<usize> {
    words.iter().position(|other| eq_ignore_case(other, word))
}

impl Class {
    /// Returns whether every byte is in the class.
    pub(crate) fn has_all(self, mut bytes: &[u8]) -> bool {
        take_while(&mut bytes, self);
        bytes.is_empty()
    }
}

/// The length of a SHA-256 hash and of an HMAC-SHA-256, in bytes.
pub(crate) const HASH_LEN: usize = 32;

/// A hash or a MAC.
pub(crate) type Hash = [u8; HASH_LEN];

/// The length of the base64 of a hash, in bytes.
pub(crate) const BASE64_LEN: usize = 44;

/// The canonical, padded, standard base64 (RFC 4648, section 4) of a hash.
pub(crate) type HashText = [u8; BASE64_LEN];

#[cfg(test)]
mod tests;
