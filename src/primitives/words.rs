//! Texts that are compared ignoring ASCII case, a word of eight bytes at a time.

use core::cmp::Ordering;

use super::version::Fingerprint;

/// Returns a hash of a text, ignoring case. Different texts can have the same one.
pub(crate) fn fingerprint(text: &[u8]) -> Fingerprint {
    let (words, rest) = text.as_chunks();
    finish(words.iter().fold(0, |hash, word| mix(hash, u64::from_be_bytes(*word))), rest)
}

/// Does the same as [`fingerprint`], for the bytes of a text.
pub(crate) fn fingerprint_of(mut text: impl Iterator<Item = u8>) -> Fingerprint {
    let (mut hash, mut word) = (0, [0; 8]);
    loop {
        let filled = word.iter_mut().zip(&mut text).map(|(to, byte)| *to = byte).count();
        match word.get(..filled) {
            Some(rest) if filled < word.len() => return finish(hash, rest),
            _ => hash = mix(hash, u64::from_be_bytes(word)),
        }
    }
}

fn finish(hash: u64, rest: &[u8]) -> Fingerprint {
    // The upper bits depend on every bit.
    let hash = mix(hash, ends(rest) ^ rest.len() as u64);
    (hash >> const { u64::BITS - Fingerprint::BITS }) as Fingerprint
}

const fn mix(hash: u64, word: u64) -> u64 {
    const CASE: u64 = u64::from_ne_bytes([0x20; 8]);
    (hash.rotate_left(23) ^ (word | CASE)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Returns the first and the last four bytes, or all bytes twice if there are fewer.
pub(super) fn ends(text: &[u8]) -> u64 {
    let join = |first: u32, last: u32| u64::from(first) << 32 | u64::from(last);
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => join(u32::from_be_bytes(*first), u32::from_be_bytes(*last)),
        _ => {
            let all = text.iter().fold(0, |number, &byte| number << 8 | u32::from(byte));
            join(all, all)
        }
    }
}

/// Returns eight bytes in lower case.
pub(super) const fn lower(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    let low = word & !TOPS;
    // The top bit of a byte tells in `from_a` whether the byte is at least 'A', and in `after_z`
    // whether it is greater than 'Z'. No sum carries into the next byte.
    let from_a = low.wrapping_add(ONES.wrapping_mul(const { (0x80 - b'A') as u64 }));
    let after_z = low.wrapping_add(ONES.wrapping_mul(const { (0x7f - b'Z') as u64 }));
    // Upper and lower case differ in the bit 0x20, which is the top bit shifted by two.
    word | ((from_a ^ after_z) & !word & TOPS) >> 2
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
    fn fingerprints_are_those_of_the_bytes_in_any_case() {
        let text = *b"A text of more than SIXTEEN bytes";
        for len in 0..text.len() {
            let text = text.get(..len).unwrap_or_default();
            let expected = fingerprint(text);
            assert_eq!(fingerprint_of(text.iter().copied()), expected, "{text:?}");
            let lower = text.iter().map(u8::to_ascii_lowercase);
            assert_eq!(fingerprint_of(lower), expected, "{text:?}");
        }
    }
}
