//! The canonical, padded, standard base64 (RFC 4648, section 4) of a hash, each step made for many
//! digits at a time: this becomes vector instructions, which take a sixth of the time that it takes
//! digit by digit.

use crate::{
    crypto::{BASE64_LEN, HASH_LEN, Hash, HashText},
    octets::{self, Set, is_in},
};

/// Whether every octet is a digit.
pub(crate) fn are_digits(octets: &[u8]) -> bool {
    // The digits follow upon the slash; the letters' cases differ in one bit.
    octets::all(octets, |octet| {
        ((octet | 0x20).wrapping_sub(b'a') < 26) | (octet.wrapping_sub(b'/') < 11) | (octet == b'+')
    })
}

/// Whether an octet is a digit whose value is a multiple of four.
pub(crate) fn is_fourth_digit(octet: u8) -> bool {
    static FOURTHS: Set = octets::set(b"AEIMQUYcgkosw048");
    is_in(&FOURTHS, octet)
}

/// The hash whose text this is, if it is one.
#[inline(always)]
pub(crate) fn decode(text: &HashText) -> Option<Hash> {
    let [digits @ .., b'='] = text else { return None };
    // Filled up to six groups of eight with zeros.
    let mut sextets = [b'A'; 48];
    for (to, digit) in sextets.iter_mut().zip(digits) {
        *to = *digit;
    }
    let mut all_fit = true;
    for sextet in &mut sextets {
        let step = step_from_digit(*sextet);
        *sextet = sextet.wrapping_add(step);
        all_fit &= step != 0;
    }
    let mut groups = [0; 6];
    for (to, group) in groups.iter_mut().zip(sextets.as_chunks().0) {
        *to = join(*group);
    }
    let [a, b, c, d, e, f] = groups;
    let words = [a << 16 | b >> 32, b << 32 | c >> 16, c << 48 | d, e << 16 | f >> 32];
    let mut hash = [0; HASH_LEN];
    for (to, word) in hash.as_chunks_mut().0.iter_mut().zip(words) {
        *to = word.to_be_bytes();
    }
    // Of the last digit's six bits the hash has no use for two, which must be zero.
    (all_fit && f & 0xffff_ffff == 0).then_some(hash)
}

/// As [`decode`], digit by digit, for processors that have no better way.
pub(crate) fn decode_by_digits(text: &HashText) -> Option<Hash> {
    let [digits @ .., b'='] = text else { return None };
    let mut hash = [0; HASH_LEN];
    let mut octets = hash.iter_mut();
    let (mut bits, mut len) = (0u32, 0u32);
    for digit in digits {
        let value = *VALUES.get(usize::from(digit.wrapping_sub(b'+')))?;
        if value > 63 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        len = len.wrapping_add(6);
        if len >= 8 {
            len = len.wrapping_sub(8);
            *octets.next()? = (bits >> len) as u8;
        }
    }
    // Of the last digit's six bits the hash has no use for two, which must be zero.
    (bits & 0x3 == 0).then_some(hash)
}

/// The values of the octets from the first digit to the last, 64 where one is none.
static VALUES: [u8; 80] = {
    let mut values = [64; 80];
    let mut at = 0;
    while let Some((to, _)) = values.split_at_mut(at).1.split_first_mut() {
        let digit = b'+'.wrapping_add(at as u8);
        let step = step_from_digit(digit);
        if step != 0 {
            *to = digit.wrapping_add(step);
        }
        at = at.wrapping_add(1);
    }
    values
};

/// What leads from a digit to its value, 0 if it is none. The ranges of the alphabet are apart, so
/// that at most one of the steps is taken.
const fn step_from_digit(digit: u8) -> u8 {
    const fn step(is_taken: bool, from: u8, to: u8) -> u8 {
        if is_taken { to.wrapping_sub(from) } else { 0 }
    }
    step(digit.wrapping_sub(b'A') < 26, b'A', 0)
        | step(digit.wrapping_sub(b'a') < 26, b'a', 26)
        | step(digit.wrapping_sub(b'0') < 10, b'0', 52)
        | step(digit == b'+', b'+', 62)
        | step(digit == b'/', b'/', 63)
}

/// The 48 bits in eight times six.
const fn join(sextets: [u8; 8]) -> u64 {
    let ones = u64::from_be_bytes(sextets);
    let pairs = (ones & 0x3f00_3f00_3f00_3f00) >> 2 | ones & 0x003f_003f_003f_003f;
    let fours = (pairs & 0x0fff_0000_0fff_0000) >> 4 | pairs & 0x0000_0fff_0000_0fff;
    (fours & 0x00ff_ffff_0000_0000) >> 8 | fours & 0x00ff_ffff
}

/// The text of a hash, in a time that does not depend on it.
pub(crate) fn encode(hash: &Hash) -> HashText {
    let mut words = [0; 4];
    for (to, octets) in words.iter_mut().zip(hash.as_chunks().0) {
        *to = u64::from_be_bytes(*octets);
    }
    let [a, b, c, d] = words;
    let groups = [a >> 16, a << 32 | b >> 32, b << 16 | c >> 48, c, d >> 16, d << 32];
    let mut digits = [0; 48];
    for (to, group) in digits.as_chunks_mut().0.iter_mut().zip(groups) {
        *to = split(group);
    }
    for value in &mut digits {
        *value = value.wrapping_add(step_to_digit(*value));
    }
    let [digits @ .., _, _, _, _, _] = digits;
    let mut text = [b'='; BASE64_LEN];
    for (to, digit) in text.iter_mut().zip(digits) {
        *to = digit;
    }
    text
}

/// The lower 48 bits, six in each octet.
const fn split(bits: u64) -> [u8; 8] {
    let fours = (bits & 0xffff_ff00_0000) << 8 | bits & 0x00ff_ffff;
    let pairs = (fours & 0x00ff_f000_00ff_f000) << 4 | fours & 0x0000_0fff_0000_0fff;
    ((pairs & 0x0fc0_0fc0_0fc0_0fc0) << 2 | pairs & 0x003f_003f_003f_003f).to_be_bytes()
}

/// What leads from a value to its digit: the steps between the ranges of the alphabet add up.
const fn step_to_digit(value: u8) -> u8 {
    const fn step(is_taken: bool, step: u8) -> u8 {
        if is_taken { step } else { 0 }
    }
    b'A'.wrapping_add(step(value > 25, b'a' - b'A' - 26))
        .wrapping_add(step(value > 51, b'0'.wrapping_sub(b'a').wrapping_sub(26)))
        .wrapping_add(step(value > 61, b'+'.wrapping_sub(b'0').wrapping_sub(10)))
        .wrapping_add(step(value > 62, b'/' - b'+' - 1))
}
