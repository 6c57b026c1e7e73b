//! The version for small code (feature `small`).

use ctutils::{Choice, CtEq};

use super::{BASE64_LEN, HASH_LEN, Hash, HashText, alphabet, wide};
use crate::bytes::{Class, differs_in_case};

pub(crate) use super::{
    alone::{WholeBody, mac_beside, mac_many},
    plain::split_at_spaces,
    stream::{HmacKey, Sha256, sha256},
};

/// The capacity, on the stack, of the index of a list of names. If it is 0, lists are searched from the
/// start, and the MACs of a message are computed one after the other.
pub(crate) const HELD_NAMES: usize = if cfg!(target_family = "wasm") { 128 } else { 0 };

/// A hash of a name in the index of a list. Short, to save stack.
pub(crate) type Fingerprint = u8;

/// The number of MACs that are computed at once, on the stack, so that a message is written once for
/// all of them.
pub(crate) const MACS_AT_ONCE: usize = 2;

/// If `true`, usual inputs take a fast path. The general code gives the same result. WebAssembly has fast
/// paths because, translated to Go, they make a verification three times as fast.
pub(crate) const SHORTCUTS: bool = cfg!(target_family = "wasm");

/// Calls a function that is not inlined.
#[inline(never)]
pub(crate) fn out_of_line<A, R>(function: impl Fn(A) -> R, argument: A) -> R {
    function(argument)
}

/// Compares two hashes in constant time.
#[inline(never)]
pub(crate) fn ct_eq(hash: &Hash, other: &Hash) -> Choice {
    let mut differ = 0;
    for (word, other) in hash.as_chunks().0.iter().zip(other.as_chunks().0) {
        differ |= u32::from_ne_bytes(*word) ^ u32::from_ne_bytes(*other);
    }
    differ.ct_eq(&0)
}

/// Returns the base64 of a hash, in constant time.
pub(crate) fn encode(hash: &Hash) -> HashText {
    let mut text = [b'='; BASE64_LEN];
    let mut bytes = hash.iter();
    let (mut bits, mut len) = (0u32, 0u32);
    for digit in text.iter_mut().take(BASE64_LEN.saturating_sub(1)) {
        if len < 6 {
            bits = bits << 8 | bytes.next().copied().map_or(0, u32::from);
            len = len.wrapping_add(8);
        }
        len = len.wrapping_sub(6);
        let value = (bits >> len) as u8 & 63;
        *digit = value.wrapping_add(alphabet::step_to_digit(value));
    }
    text
}

/// Decodes the canonical base64 of a hash to `hash`. Returns `false` for any other text.
pub(crate) fn decode(text: &HashText, hash: &mut Hash) -> bool {
    decode_escaped(text, 0, hash)
}

/// Does the same as [`decode`], for a text with at most `escapes` quoted-pairs.
#[inline(never)]
pub(crate) fn decode_escaped(mut text: &[u8], escapes: usize, hash: &mut Hash) -> bool {
    if cfg!(target_family = "wasm") && escapes == 0 {
        return text.try_into().is_ok_and(|text| wide::decode(text, hash));
    }
    let mut next = || take_first(&mut text, escapes);
    let mut bytes = hash.iter_mut();
    let (mut bits, mut len) = (0u32, 0u32);
    for _ in 1..BASE64_LEN {
        let Some(digit) = next() else { return false };
        let value = value_of(digit);
        if value > 63 {
            return false;
        }
        bits = bits << 6 | u32::from(value);
        len = len.wrapping_add(6);
        if len >= 8 {
            len = len.wrapping_sub(8);
            if let Some(byte) = bytes.next() {
                *byte = (bits >> len) as u8;
            }
        }
    }
    // The last digit has two surplus bits, which must be zero.
    bits & 0x3 == 0 && next() == Some(b'=') && next().is_none()
}

/// Returns the value of a digit, or 64 for any other byte.
#[inline(always)]
pub(super) fn value_of(digit: u8) -> u8 {
    VALUES.get(usize::from(digit.wrapping_sub(b'+'))).map_or(64, |value| *value)
}

/// The values of the bytes from `+` to `z`. A byte that is not a digit has the value 64.
static VALUES: [u8; 80] = {
    let mut values = [64; 80];
    let mut at = 0;
    while let Some((to, _)) = values.split_at_mut(at).1.split_first_mut() {
        let digit = b'+'.wrapping_add(at as u8);
        let step = alphabet::step_from_digit(digit);
        if step != 0 {
            *to = digit.wrapping_add(step);
        }
        at = at.wrapping_add(1);
    }
    values
};

/// Returns whether `text` is the canonical base64 of a hash.
pub(crate) fn is_canonical(text: &HashText) -> bool {
    decode(text, &mut Hash::default())
}

/// Removes and returns the first byte, or the second if the first is a backslash and there are escapes.
#[inline(never)]
pub(crate) fn take_first(bytes: &mut &[u8], escapes: usize) -> Option<u8> {
    super::plain::take_first(bytes, escapes)
}

/// Returns 0, which rules out no word.
pub(crate) const fn start(_: &[u8]) -> u32 {
    0
}

/// Removes and returns the bytes before the first one that is not in a class.
#[inline(never)]
pub(crate) fn take_while<'a>(bytes: &mut &'a [u8], class: Class) -> &'a [u8] {
    super::plain::take_while(bytes, class)
}

/// Removes and returns the bytes before the first one that a quoted-string cannot hold unescaped.
pub(crate) fn take_qdtext<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    take_while(bytes, Class::QDTEXT)
}

/// Splits before the first `end`.
pub(crate) fn split_at(bytes: &[u8], end: u8) -> (&[u8], &[u8]) {
    super::plain::split_at(bytes, end)
}

/// Returns whether any byte is a control byte other than HTAB.
#[inline(never)]
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    !Class::TEXT.has_all(bytes)
}

/// Compares two words, ignoring ASCII case.
#[inline(never)]
pub(crate) fn eq_ignore_case(word: &[u8], other: &[u8]) -> bool {
    let mut pairs = word.iter().zip(other);
    word.len() == other.len()
        && pairs.all(|(&byte, &other)| byte == other || differs_in_case(byte, other))
}

/// Compares a word with one in lower case, ignoring ASCII case. Calls one function for all lengths.
pub(crate) fn is_word<const N: usize>(word: &[u8], lower: &[u8; N]) -> bool {
    eq_ignore_case(word, lower)
}
