//! Texts that are compared ignoring ASCII case, a word of eight bytes at a time.

use core::cmp::Ordering;

use super::version::Fingerprint;

/// The length up to which the first and the last word hold every byte.
const TWO_WORDS: usize = 16;

/// Returns a hash of a text, ignoring case. Different texts can have the same one.
///
/// It depends on every bit but those of the case, because a search among names that have the same one is
/// slower.
pub(crate) fn fingerprint(text: &[u8]) -> Fingerprint {
    let mut hash = text.len() as u64;
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        if text.len() > TWO_WORDS {
            let mix = |hash, word: &[u8; 8]| mix(hash, u64::from_be_bytes(*word));
            hash = text.as_chunks().0.iter().fold(hash, mix);
        }
        hash = mix(mix(hash, u64::from_be_bytes(*first)), u64::from_be_bytes(*last));
    } else {
        hash = mix(hash, ends(text));
    }
    // The upper bits depend on every bit.
    (hash >> const { u64::BITS - Fingerprint::BITS }) as Fingerprint
}

const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ (word | CASE)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The bit of each byte in which the two cases of a letter differ.
const CASE: u64 = each(0x20);

/// Returns the first and the last four bytes, or all bytes of a shorter text.
pub(super) fn ends(text: &[u8]) -> u64 {
    let join = |first: u32, last: u32| u64::from(first) << 32 | u64::from(last);
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return join(u32::from_ne_bytes(*first), u32::from_ne_bytes(*last));
    }
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => {
            join(u16::from_ne_bytes(*first).into(), u16::from_ne_bytes(*last).into())
        }
        _ => text.first().copied().unwrap_or_default().into(),
    }
}

/// Returns eight bytes in lower case.
const fn lower(word: u64) -> u64 {
    // Upper and lower case differ in the bit 0x20, which is the top bit shifted by two.
    word | upper_case(word) >> 2
}

/// Returns whether eight bytes equal others, ignoring case.
pub(super) const fn eq_ignore_case(word: u64, other: u64) -> bool {
    let letters = upper_case(word & !CASE);
    (word ^ other) & !(letters >> 2) == 0
}

/// Returns whether any byte of a text is a letter in upper case.
pub(crate) fn has_upper_case(text: &[u8]) -> bool {
    let has = |word| upper_case(word) != 0;
    match text.last_chunk() {
        Some(last) => {
            let mut words = text.as_chunks().0.iter().chain([last]);
            words.any(|word| has(u64::from_be_bytes(*word)))
        }
        None => has(ends(text)),
    }
}

/// Returns whether a name of four bytes or more has only letters and hyphens, as almost all do.
pub(crate) fn is_usual_name(name: &[u8]) -> bool {
    let is = |word| upper_case(word & !CASE) | zeros(word ^ each(b'-')) == TOPS;
    match name.last_chunk() {
        Some(last) => {
            let mut words = name.as_chunks().0.iter().chain([last]);
            words.all(|word| is(u64::from_ne_bytes(*word)))
        }
        None => name.len() >= 4 && is(ends(name)),
    }
}

const TOPS: u64 = each(0x80);

/// Returns a word of eight times the same byte.
pub(super) const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Sets the top bit of each byte that is zero, and no others.
pub(super) const fn zeros(word: u64) -> u64 {
    // No sum carries into the next byte.
    !((word & !TOPS).wrapping_add(!TOPS) | word) & TOPS
}

/// Sets the top bit of each byte that is a letter in upper case.
const fn upper_case(word: u64) -> u64 {
    const ONES: u64 = each(1);
    let low = word & !TOPS;
    // The top bit of a byte tells in `from_a` whether the byte is at least 'A', and in `after_z`
    // whether it is greater than 'Z'. No sum carries into the next byte.
    let from_a = low.wrapping_add(ONES.wrapping_mul(const { (0x80 - b'A') as u64 }));
    let after_z = low.wrapping_add(ONES.wrapping_mul(const { (0x7f - b'Z') as u64 }));
    (from_a ^ after_z) & !word & TOPS
}

/// Orders two texts of the same length in lower case.
pub(crate) fn order_lower(one: &[u8], other: &[u8]) -> Ordering {
    let lower_word = |word: &[u8; 8]| lower(u64::from_be_bytes(*word));
    let (words, rest) = one.as_chunks();
    let (other_words, other_rest) = other.as_chunks();
    for (word, other) in words.iter().zip(other_words).filter(|(word, other)| word != other) {
        let order = lower_word(word).cmp(&lower_word(other));
        if order.is_ne() {
            return order;
        }
    }
    let lower_byte = |byte: &u8| byte.to_ascii_lowercase();
    rest.iter().map(lower_byte).cmp(other_rest.iter().map(lower_byte))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    #[test]
    fn words_are_lowered_as_byte_by_byte() {
        for (one, other) in (0..=255).flat_map(|one| (0..=255).map(move |other| (one, other))) {
            let bytes = [one, other, b'A', one, b'Z', other, other, one];
            let expected = bytes.map(|byte: u8| byte.to_ascii_lowercase());
            let lowered = lower(u64::from_be_bytes(bytes));
            assert_eq!(lowered, u64::from_be_bytes(expected), "{bytes:?}");
        }
    }

    #[test]
    fn words_are_compared_as_byte_by_byte() {
        for (one, other) in (0..=255).flat_map(|one| (0..=255).map(move |other| (one, other))) {
            let bytes = |byte: u8| [b'a', byte, b'Z', 0, 255, byte, b'@', b'{'];
            let (one, other) = (bytes(one), bytes(other));
            let is_equal = eq_ignore_case(u64::from_be_bytes(one), u64::from_be_bytes(other));
            assert_eq!(is_equal, one.eq_ignore_ascii_case(&other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn fingerprints_depend_on_every_byte_and_not_on_case() {
        let text = *b"A text of MORE than two words";
        for len in 0..=text.len() {
            let text = text.get(..len).unwrap_or_default();
            let expected = fingerprint(text);
            assert_eq!(fingerprint(&text.to_ascii_lowercase()), expected, "{text:?}");
            assert_eq!(fingerprint(&text.to_ascii_uppercase()), expected, "{text:?}");
            for at in 0..len {
                let other = |(place, byte): (usize, &u8)| byte ^ u8::from(place == at);
                let other: Vec<_> = text.iter().enumerate().map(other).collect();
                // A short one can be equal by chance.
                assert!(Fingerprint::BITS < 64 || fingerprint(&other) != expected, "{other:?}");
            }
        }
    }

    #[test]
    fn upper_case_is_found_as_byte_by_byte() {
        for (len, byte) in (0..20).flat_map(|len| (0..=255).map(move |byte| (len, byte))) {
            for at in 0..len {
                let mut text = [b'z'; 20];
                text.get_mut(at).into_iter().for_each(|to| *to = byte);
                let text = text.get(..len).unwrap_or_default();
                assert_eq!(
                    has_upper_case(text),
                    text.iter().any(u8::is_ascii_uppercase),
                    "{text:?}"
                );
            }
        }
    }
}
