//! The canonical, padded, standard base64 (RFC 4648, section 4) of a hash.
//!
//! Each step handles many digits, so that the compiler uses vector instructions. One text takes 14 ns.

use super::scan::all;
#[cfg(all(feature = "lanes", target_arch = "x86_64"))]
use crate::primitives::vectors;
use crate::primitives::{BASE64_LEN, Hash, HashText, alphabet};

/// Returns whether `text` is the canonical base64 of a hash.
pub(crate) fn is_canonical(text: &HashText) -> bool {
    #[cfg(all(feature = "lanes", target_arch = "x86_64"))]
    if let Some(is_canonical) = vectors::decode(text, &mut Hash::default()) {
        return is_canonical;
    }
    is_canonical_digits(text)
}

/// Does the same as [`is_canonical`] on every processor.
pub(in crate::primitives) fn is_canonical_digits(text: &HashText) -> bool {
    // The last digit before the padding has two surplus bits, which must be zero.
    let [digits @ .., last, b'='] = text else { return false };
    are_digits(digits)
        && matches!(
            last,
            b'A' | b'E'
                | b'I'
                | b'M'
                | b'Q'
                | b'U'
                | b'Y'
                | b'c'
                | b'g'
                | b'k'
                | b'o'
                | b's'
                | b'w'
                | b'0'
                | b'4'
                | b'8'
        )
}

/// Returns whether every byte is a digit.
fn are_digits(bytes: &[u8]) -> bool {
    // The digits 0 to 9 follow the slash in ASCII, and the cases of a letter differ in one bit.
    all(bytes, |byte| {
        ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'/') < 11) | (byte == b'+')
    })
}

/// Decodes the canonical base64 of a hash to `hash`. Returns `false` for any other text.
#[inline(always)]
pub(crate) fn decode(text: &HashText, hash: &mut Hash) -> bool {
    #[cfg(all(feature = "lanes", target_arch = "x86_64"))]
    if let Some(is_canonical) = vectors::decode(text, hash) {
        return is_canonical;
    }
    decode_groups(text, hash)
}

/// Does the same as [`decode`] on every processor.
pub(in crate::primitives) fn decode_groups(text: &HashText, hash: &mut Hash) -> bool {
    let [digits @ .., b'='] = text else { return false };
    // Padded with zeros to six groups of eight.
    let mut sextets = [b'A'; 48];
    for (to, digit) in sextets.iter_mut().zip(digits) {
        *to = *digit;
    }
    let mut all_valid = true;
    for sextet in &mut sextets {
        let step = alphabet::step_from_digit(*sextet);
        *sextet = sextet.wrapping_add(step);
        all_valid &= step != 0;
    }
    let mut groups = [0; 6];
    for (to, group) in groups.iter_mut().zip(sextets.as_chunks().0) {
        *to = join(*group);
    }
    let [a, b, c, d, e, f] = groups;
    let words = [a << 16 | b >> 32, b << 32 | c >> 16, c << 48 | d, e << 16 | f >> 32];
    for (to, word) in hash.as_chunks_mut().0.iter_mut().zip(words) {
        *to = word.to_be_bytes();
    }
    // The last digit has two surplus bits, which must be zero.
    all_valid && f & 0xffff_ffff == 0
}

/// Joins eight values of six bits.
const fn join(sextets: [u8; 8]) -> u64 {
    let ones = u64::from_be_bytes(sextets);
    let pairs = (ones & 0x3f00_3f00_3f00_3f00) >> 2 | ones & 0x003f_003f_003f_003f;
    let fours = (pairs & 0x0fff_0000_0fff_0000) >> 4 | pairs & 0x0000_0fff_0000_0fff;
    (fours & 0x00ff_ffff_0000_0000) >> 8 | fours & 0x00ff_ffff
}

/// Returns the base64 of a hash, in constant time.
pub(crate) fn encode(hash: &Hash) -> HashText {
    let mut words = [0; 4];
    for (to, bytes) in words.iter_mut().zip(hash.as_chunks().0) {
        *to = u64::from_be_bytes(*bytes);
    }
    let [a, b, c, d] = words;
    let groups = [a >> 16, a << 32 | b >> 32, b << 16 | c >> 48, c, d >> 16, d << 32];
    let mut digits = [0; 48];
    for (to, group) in digits.as_chunks_mut().0.iter_mut().zip(groups) {
        *to = split(group);
    }
    for value in &mut digits {
        *value = value.wrapping_add(alphabet::step_to_digit(*value));
    }
    let [digits @ .., _, _, _, _, _] = digits;
    let mut text = [b'='; BASE64_LEN];
    for (to, digit) in text.iter_mut().zip(digits) {
        *to = digit;
    }
    text
}

/// Splits the lower 48 bits into eight values of six bits.
const fn split(bits: u64) -> [u8; 8] {
    let fours = (bits & 0xffff_ff00_0000) << 8 | bits & 0x00ff_ffff;
    let pairs = (fours & 0x00ff_f000_00ff_f000) << 4 | fours & 0x0000_0fff_0000_0fff;
    ((pairs & 0x0fc0_0fc0_0fc0_0fc0) << 2 | pairs & 0x003f_003f_003f_003f).to_be_bytes()
}
