//! Octets: their classes, and scanning that looks at many at a time.

use crate::SMALL;

/// Whether `octet` may stand in a token (RFC 9110, section 5.6.2).
pub(crate) fn is_token(octet: u8) -> bool {
    static TOKEN: Set =
        set(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    is_in(&TOKEN, octet)
}

/// A bit for each octet: looking it up costs less than comparing with ranges.
pub(crate) type Set = [u32; 8];

pub(crate) fn is_in(set: &Set, octet: u8) -> bool {
    set.get(usize::from(octet / 32)).is_some_and(|bits| bits >> (octet % 32) & 1 == 1)
}

#[allow(clippy::indexing_slicing)] // The compiler does it.
pub(crate) const fn set(mut octets: &[u8]) -> Set {
    let mut set = [0; 8];
    while let [octet, behind @ ..] = octets {
        set[*octet as usize / 32] |= 1 << (*octet % 32);
        octets = behind;
    }
    set
}

/// A control byte other than HTAB: no header value, method or target may hold one.
pub(crate) const fn is_control(octet: u8) -> bool {
    (octet < b' ') & (octet != b'\t') | (octet == 127)
}

/// What may stand in a quoted-string as it is (RFC 9110, section 5.6.4).
const fn is_qdtext(octet: u8) -> bool {
    (octet != b'"') & (octet != b'\\') & !is_control(octet)
}

/// Whether `word` is `lower` in any case, where `lower` is lower-case letters, digits and hyphens
/// and `word` a token.
///
/// The bit that tells the cases apart is set in all of a token's digits and hyphens, so that no
/// octet has to be looked at for being a letter.
pub(crate) fn is_word<const N: usize>(word: &[u8], lower: &[u8; N]) -> bool {
    if word.len() != N {
        return false;
    }
    // Two loads that overlap see every octet of as many as twice what one holds.
    match N {
        4..=8 if !SMALL => {
            ends(word).map(|end| u32::from_ne_bytes(end) | 0x2020_2020)
                == ends(lower).map(u32::from_ne_bytes)
        }
        9..=16 if !SMALL => {
            ends(word).map(|end| u64::from_ne_bytes(end) | 0x2020_2020_2020_2020)
                == ends(lower).map(u64::from_ne_bytes)
        }
        _ => is_same_word(word, lower),
    }
}

/// Eight bytes as a number that orders them, letters in lower case.
pub(crate) const fn lower_word(bytes: [u8; 8]) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    let word = u64::from_be_bytes(bytes);
    let low = word & !TOPS;
    // The top bit of a byte tells, in the one, whether it is at least 'A', and in the other, whether
    // it comes after 'Z'. No sum reaches the next byte.
    let from_a = low.wrapping_add(ONES.wrapping_mul(const { (0x80 - b'A') as u64 }));
    let after_z = low.wrapping_add(ONES.wrapping_mul(const { (0x7f - b'Z') as u64 }));
    // What sets an upper-case letter apart from the lower-case one is a fourth of the top bit.
    word | ((from_a ^ after_z) & !word & TOPS) >> 2
}

/// The first and the last `N` octets, zeros where there are less.
#[inline(always)]
pub(crate) fn ends<const N: usize>(octets: &[u8]) -> [[u8; N]; 2] {
    [octets.first_chunk(), octets.last_chunk()].map(|end| end.copied().unwrap_or([0; N]))
}

/// As [`is_word`], once for all lengths.
#[inline(never)]
fn is_same_word(word: &[u8], lower: &[u8]) -> bool {
    word.len() == lower.len() && word.iter().zip(lower).all(|(octet, lower)| octet | 0x20 == *lower)
}

/// `octets` without the SP and HTAB around them (OWS of RFC 9110, section 5.6.3).
pub(crate) fn trim(mut octets: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = octets {
        octets = rest;
    }
    octets
}

/// Splits in front of the first octet that does not fit.
pub(crate) fn split(octets: &[u8], fits: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = octets.iter().position(|&octet| !fits(octet)).unwrap_or(octets.len());
    octets.split_at_checked(end).unwrap_or_default()
}

/// Splits in front of the first octet that may not stand in a quoted-string as it is.
pub(crate) fn split_qdtext(octets: &[u8]) -> (&[u8], &[u8]) {
    let may_end =
        |word| may_be_control(word) | below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1);
    split_by_words(octets, may_end, is_qdtext)
}

/// Splits in front of the first `end`.
#[cfg_attr(sha2_backend_soft = "compact", inline(never))]
pub(crate) fn split_at(octets: &[u8], end: u8) -> (&[u8], &[u8]) {
    split_by_words(octets, |word| below(word ^ each(end), 1), |octet| octet != end)
}

/// As [`split`], with as many octets looked at together as a word holds: only where one of them is
/// marked they are looked at one by one.
fn split_by_words(
    octets: &[u8],
    mark: impl Fn(usize) -> usize,
    fits: impl Fn(u8) -> bool,
) -> (&[u8], &[u8]) {
    let mut rest = octets;
    while let (Some((word, behind)), false) = (rest.split_first_chunk(), SMALL) {
        if mark(usize::from_le_bytes(*word)) != 0 && !word.iter().all(|&octet| fits(octet)) {
            break;
        }
        rest = behind;
    }
    let (_, behind) = split(rest, fits);
    octets.split_at_checked(octets.len().saturating_sub(behind.len())).unwrap_or_default()
}

const fn may_be_control(word: usize) -> usize {
    below(word, b' ') | below(word ^ each(127), 1)
}

/// Marks the octets of `word` that are less than `limit`, itself at most 128; it may mark others
/// too if there is one.
///
/// Subtracting sets the top bit of such an octet; `!word` passes over those that had it before.
const fn below(word: usize, limit: u8) -> usize {
    word.wrapping_sub(each(limit)) & !word & each(0x80)
}

const fn each(octet: u8) -> usize {
    usize::from_le_bytes([octet; size_of::<usize>()])
}

/// Whether no octet is a control byte.
#[cfg_attr(sha2_backend_soft = "compact", inline(never))]
pub(crate) fn without_control(octets: &[u8]) -> bool {
    match VECTORS {
        true => all(octets, |octet| !is_control(octet)),
        false => split_by_words(octets, may_be_control, |octet| !is_control(octet)).1.is_empty(),
    }
}

/// Whether the processor is taken to have instructions for sixteen octets at a time.
pub(crate) const VECTORS: bool = cfg!(target_pointer_width = "64") && !SMALL;

/// Whether every octet fits.
///
/// Sixteen are looked at without a branch between them, which becomes vector instructions; the
/// last sixteen overlap those before, so that none is left to be looked at alone.
#[inline]
pub(crate) fn all(octets: &[u8], fits: impl Fn(u8) -> bool) -> bool {
    let all_fit = |chunk: &[u8; 16]| chunk.iter().fold(true, |all, &octet| all & fits(octet));
    match octets.last_chunk() {
        Some(last) => octets.as_chunks().0.iter().all(all_fit) && all_fit(last),
        None => octets.iter().copied().all(fits),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Each octet, at one and at two places of texts of each length up to four words, among plain
    /// ones, and everywhere.
    fn for_each_text(test: impl Fn(&[u8])) {
        for (len, octet) in (0..=32).flat_map(|len| (0..=255).map(move |octet| (len, octet))) {
            test(&[octet; 32][..len]);
            for at in 0..len {
                let mut text = [b'a'; 32];
                text[at] = octet;
                test(&text[..len]);
                text[at / 2] = octet;
                test(&text[..len]);
            }
        }
    }

    #[test]
    fn texts_end_where_octet_by_octet_they_do() {
        for_each_text(|text| {
            assert_eq!(split_qdtext(text), split(text, is_qdtext));
            assert_eq!(split_at(text, b':'), split(text, |octet| octet != b':'));
        });
    }

    #[test]
    fn words_are_lowered_as_byte_by_byte() {
        for (one, other) in (0..=255).flat_map(|one| (0..=255).map(move |other| (one, other))) {
            let bytes = [one, other, b'A', one, b'Z', other, other, one];
            let lower = bytes.map(|byte: u8| byte.to_ascii_lowercase());
            assert_eq!(lower_word(bytes), u64::from_be_bytes(lower), "{bytes:?}");
        }
    }

    #[test]
    fn all_octets_are_looked_at_as_one_by_one() {
        for_each_text(|text| {
            assert_eq!(without_control(text), !text.iter().copied().any(is_control));
        });
    }
}
