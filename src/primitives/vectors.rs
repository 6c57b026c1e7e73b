//! Decodes base64 in vectors of sixteen digits, with SSSE3 and SSE4.1 of x86-64 (feature `lanes`).
//!
//! One text takes 5 ns; [`fast`](super::fast) takes 14 ns with the instructions of every x86-64. A
//! verification decodes three times: the signature once and the digest twice.
#![allow(unsafe_code)]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)] // Only constants are computed so.

use core::arch::x86_64::*;

use super::{Hash, HashText, alphabet};

cpufeatures::new!(instructions, "ssse3", "sse4.1");

/// Returns whether the processor has SSSE3 and SSE4.1.
pub(super) fn is_supported() -> bool {
    instructions::get()
}

/// Decodes the canonical base64 of a hash to `hash`. Returns `false` for any other text, and `None` if
/// the processor does not have the instructions.
pub(super) fn decode(text: &HashText, hash: &mut Hash) -> Option<bool> {
    if !is_supported() {
        return None;
    }
    // SAFETY: the processor has the instructions of both features.
    Some(unsafe { decode_vectors(text, hash) })
}

#[target_feature(enable = "ssse3,sse4.1")]
fn decode_vectors(text: &HashText, hash: &mut Hash) -> bool {
    let ([first, second], [.., b'=']) = text.as_chunks() else { return false };
    let Some(last) = text.last_chunk() else { return false };
    // Removes the digits that `second` has too, and replaces the padding with zeros.
    let end = u128::from_le_bytes(*b"\0\0\0\0\0\0\0\0\0\0\0|AAAA");
    let digits =
        [load(first), load(second), _mm_xor_si128(_mm_srli_si128::<4>(load(last)), vector(end))];
    let [x_is_digit, y_is_digit, z_is_digit] = digits.map(|digits| are_digits(digits));
    let [x, y, z] = digits.map(|digits| join(values(digits)));
    let halves = [
        _mm_or_si128(x, _mm_slli_si128::<12>(y)),
        _mm_or_si128(_mm_srli_si128::<4>(y), _mm_slli_si128::<8>(z)),
    ];
    for (to, half) in hash.as_chunks_mut().0.iter_mut().zip(halves) {
        *to = bytes(half);
    }
    let are_digits = _mm_and_si128(_mm_and_si128(x_is_digit, y_is_digit), z_is_digit);
    // The last digit has two surplus bits, which must be zero.
    (_mm_movemask_epi8(are_digits) == 0xffff) & (_mm_extract_epi64::<1>(z) == 0)
}

#[target_feature(enable = "sse2")]
fn vector(bytes: u128) -> __m128i {
    _mm_set_epi64x((bytes >> 64) as i64, bytes as i64)
}

#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    vector(u128::from_le_bytes(*bytes))
}

#[target_feature(enable = "sse4.1")]
fn bytes(vector: __m128i) -> [u8; 16] {
    let [low, high] = [_mm_cvtsi128_si64(vector), _mm_extract_epi64::<1>(vector)];
    (u128::from(high as u64) << 64 | u128::from(low as u64)).to_le_bytes()
}

/// Returns the upper four bits of each byte.
#[target_feature(enable = "sse2")]
fn upper(bytes: __m128i) -> __m128i {
    _mm_and_si128(_mm_srli_epi16::<4>(bytes), _mm_set1_epi8(0xf))
}

/// Sets every bit of each byte that is a digit.
#[target_feature(enable = "ssse3")]
fn are_digits(bytes: __m128i) -> __m128i {
    // A byte whose top bit is set finds 0.
    let uppers = _mm_shuffle_epi8(load(&UPPERS), bytes);
    let bit = _mm_shuffle_epi8(load(&BITS), upper(bytes));
    _mm_cmpeq_epi8(_mm_and_si128(uppers, bit), bit)
}

/// Returns the values of digits.
#[target_feature(enable = "ssse3")]
fn values(digits: __m128i) -> __m128i {
    // The slash is the only digit whose step is not that of its upper bits. It takes the place before.
    let is_slash = _mm_cmpeq_epi8(digits, _mm_set1_epi8(b'/' as i8));
    let place = _mm_add_epi8(upper(digits), is_slash);
    _mm_add_epi8(digits, _mm_shuffle_epi8(load(&STEPS), place))
}

/// Joins sixteen values of six bits to twelve bytes. The other four are zero.
#[target_feature(enable = "ssse3")]
fn join(values: __m128i) -> __m128i {
    // Each product is a shift: of the first of two values by 6, and of the first of two pairs by 12.
    let pairs = _mm_maddubs_epi16(values, _mm_set1_epi16(0x0140));
    let triples = _mm_madd_epi16(pairs, _mm_set1_epi32(0x0001_1000));
    let reversed = [2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0x80, 0x80, 0x80, 0x80];
    _mm_shuffle_epi8(triples, load(&reversed))
}

/// For the lower four bits of a byte, a bit for each upper four bits with which the byte is a digit.
static UPPERS: [u8; 16] = tables().0;

/// For the upper four bits of a digit, the step from a digit to its value. That of the slash comes
/// before that of the plus.
static STEPS: [u8; 16] = tables().1;

/// For the upper four bits of a byte, their bit in [`UPPERS`]. Bytes whose top bit is set have a bit that
/// no digit has.
static BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 1, 1, 1, 1, 1, 1, 1];

const fn tables() -> ([u8; 16], [u8; 16]) {
    let (mut uppers, mut steps) = ([0; 16], [0; 16]);
    let mut byte = 0;
    while byte < 0x80 {
        let step = alphabet::step_from_digit(byte);
        let (upper, lower) = (byte >> 4, (byte & 0xf) as usize);
        if step != 0 {
            uppers[lower] |= 1 << upper;
            steps[(if byte == b'/' { upper - 1 } else { upper }) as usize] = step;
        }
        byte += 1;
    }
    (uppers, steps)
}
