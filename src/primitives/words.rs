//! Texts that are compared ignoring ASCII case, a word of eight bytes at a time.

use core::cmp::Ordering;

/// Returns the first and the last four bytes, or all bytes twice if there are fewer.
pub(crate) fn ends(text: &[u8]) -> u64 {
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => join(u32::from_be_bytes(*first), u32::from_be_bytes(*last)),
        _ => ends_of(text.iter().copied()),
    }
}

/// Does the same as [`ends`], for the bytes of a text.
pub(crate) fn ends_of(text: impl Iterator<Item = u8> + Clone) -> u64 {
    let push = |number, byte| number << 8 | u32::from(byte);
    join(text.clone().take(4).fold(0, push), text.fold(0, push))
}

const fn join(first: u32, last: u32) -> u64 {
    (first as u64) << 32 | last as u64
}

/// Returns a hash of the [ends](ends()) of a text, ignoring case, and of its length.
pub(crate) const fn fingerprint(ends: u64, len: usize) -> u8 {
    let folded = ends | 0x2020_2020_2020_2020;
    // The upper bits of the product depend on every bit.
    ((folded ^ len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8
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
    fn ends_are_those_of_the_bytes() {
        let text = *b"a text of more than eight bytes";
        for len in 0..text.len() {
            let text = text.get(..len).unwrap_or_default();
            assert_eq!(ends(text), ends_of(text.iter().copied()), "{text:?}");
        }
    }
}
