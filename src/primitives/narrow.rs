//! The version for speed on 32-bit processors: `plain` with another base64 decoder.

pub(crate) use super::plain::{
    Fingerprint, HELD_NAMES, HmacKey, MACS_AT_ONCE, SHORTCUTS, Sha256, WholeBody, ct_eq,
    decode_escaped, encode, eq_ignore_case, has_control, is_word, mac_beside, mac_many,
    out_of_line, sha256, split_at, split_at_spaces, start, take_first, take_qdtext, take_while,
};
use super::{Hash, HashText, small::value_of};

/// Decodes the canonical base64 of a hash to `hash`. Returns `false` for any other text.
///
/// An address depends on each digit, which every observer of the request knows. On a Cortex-M4 this takes
/// a third of the instructions of `plain` (`make footprint`).
pub(crate) fn decode(text: &HashText, hash: &mut Hash) -> bool {
    let mut digits = *text;
    let [.., padding] = &mut digits;
    let is_padded = core::mem::replace(padding, b'A') == b'=';
    let (mut all, mut bits) = (0, 0);
    for (four, three) in digits.as_chunks::<4>().0.iter().zip(hash.chunks_mut(3)) {
        bits = 0;
        for digit in four {
            let value = value_of(*digit);
            all |= value;
            bits = bits << 6 | u32::from(value);
        }
        for (to, byte) in three.iter_mut().zip([bits >> 16, bits >> 8, bits]) {
            *to = byte as u8;
        }
    }
    // The last byte of the last group is surplus, and must be zero.
    is_padded && all < 64 && bits & 0xff == 0
}

/// Returns whether `text` is the canonical base64 of a hash.
pub(crate) fn is_canonical(text: &HashText) -> bool {
    decode(text, &mut Hash::default())
}
