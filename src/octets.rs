//! Octets: their classes, and scanning that looks at many at a time.

use crate::SMALL;

/// Whether `octet` may stand in a token (RFC 9110, section 5.6.2).
pub(crate) fn is_token(octet: u8) -> bool {
    TOKEN.get(usize::from(octet / 32)).is_some_and(|bits| bits >> (octet % 32) & 1 == 1)
}

/// A bit for each octet: looking it up costs less than comparing with the ranges.
#[allow(clippy::indexing_slicing)] // The compiler does it.
static TOKEN: [u32; 8] = {
    let mut bits = [0; 8];
    let mut rest: &[u8] = b"!#$%&'*+-.^_`|~0123456789\
        abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    while let [octet, behind @ ..] = rest {
        bits[*octet as usize / 32] |= 1 << (*octet % 32);
        rest = behind;
    }
    bits
};

/// A control octet other than HTAB: no header value, method or target may hold one.
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
    if SMALL {
        return is_same_word(word, lower);
    }
    let word: Result<&[u8; N], _> = word.try_into();
    word.is_ok_and(|word| {
        word.iter().zip(lower).fold(0, |differ, (octet, lower)| differ | (octet | 0x20) ^ lower)
            == 0
    })
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
///
/// Eight octets are looked at in one word: most of a request's parameters are quoted text.
pub(crate) fn split_qdtext(octets: &[u8]) -> (&[u8], &[u8]) {
    if SMALL {
        return split(octets, is_qdtext);
    }
    let mut rest = octets;
    while let Some((word, behind)) = rest.split_first_chunk() {
        match may_end_qdtext(u64::from_le_bytes(*word)) {
            0 => rest = behind,
            found => {
                rest = rest.get(found.trailing_zeros() as usize / 8..).unwrap_or_default();
                break;
            }
        }
    }
    let (_, behind) = split(rest, is_qdtext);
    octets.split_at_checked(octets.len().saturating_sub(behind.len())).unwrap_or_default()
}

/// Marks, with the lowest bit that is set, the first of eight octets that is a quote, a
/// backslash, DEL or below SP.
const fn may_end_qdtext(word: u64) -> u64 {
    below(word, b' ')
        | below(word ^ each(b'"'), 1)
        | below(word ^ each(b'\\'), 1)
        | below(word ^ each(127), 1)
}

/// Marks, with the lowest bit that is set, the first of the eight octets of `word` that is less
/// than `limit`, itself at most 128. Bits above that one mean nothing.
///
/// Subtracting sets the top bit of that octet; `!word` passes over octets that had it before.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(each(limit)) & !word & each(0x80)
}

const fn each(octet: u8) -> u64 {
    u64::from_le_bytes([octet; 8])
}

/// Whether no octet is a control octet.
pub(crate) fn without_control(octets: &[u8]) -> bool {
    all(octets, |octet| !is_control(octet))
}

/// Whether every octet may stand in a quoted-string as it is.
pub(crate) fn all_qdtext(octets: &[u8]) -> bool {
    all(octets, is_qdtext)
}

/// Whether every octet is a digit of standard base64.
pub(crate) fn all_base64(octets: &[u8]) -> bool {
    all(octets, |octet| {
        octet.is_ascii_uppercase()
            | octet.is_ascii_lowercase()
            | octet.is_ascii_digit()
            | (octet == b'+')
            | (octet == b'/')
    })
}

/// Whether every octet fits.
///
/// Sixteen are looked at without a branch between them, which becomes vector instructions; the
/// last sixteen overlap those before, so that none is left to be looked at alone.
#[inline]
fn all(octets: &[u8], fits: impl Fn(u8) -> bool) -> bool {
    let all_fit = |chunk: &[u8; 16]| chunk.iter().fold(true, |all, &octet| all & fits(octet));
    match octets.last_chunk() {
        Some(last) if !SMALL => octets.as_chunks().0.iter().all(all_fit) && all_fit(last),
        _ => octets.iter().copied().all(fits),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Each octet, at each place of texts of each length up to four words, among plain ones.
    fn for_each_text(test: impl Fn(&[u8])) {
        for len in 0..=32 {
            for at in 0..len {
                for octet in 0..=255 {
                    let mut text = [b'a'; 32];
                    text[at] = octet;
                    test(&text[..len]);
                }
            }
        }
    }

    #[test]
    fn qdtext_ends_where_octet_by_octet_it_does() {
        for_each_text(|text| assert_eq!(split_qdtext(text), split(text, is_qdtext)));
    }

    #[test]
    fn all_octets_are_looked_at_as_one_by_one() {
        for_each_text(|text| {
            assert_eq!(without_control(text), !text.iter().copied().any(is_control));
            assert_eq!(all_qdtext(text), text.iter().copied().all(is_qdtext));
        });
    }
}
