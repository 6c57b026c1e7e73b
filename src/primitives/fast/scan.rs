//! Scanners that check many bytes at a time.

use crate::{
    bytes::{Class, classes_of, in_bounds, is_control},
    primitives::{plain::take_before, words},
};

/// The classes of each byte. The table of [`Class`] has one entry for all bytes from 0x80, so its users
/// compare each byte with 0x80 first.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while let Some((to, _)) = classes.split_at_mut(byte).1.split_first_mut() {
        *to = classes_of(byte as u8);
        byte = byte.wrapping_add(1);
    }
    classes
};

fn is_in(class: Class, byte: u8) -> bool {
    class.is_among(in_bounds(CLASSES.get(usize::from(byte)).copied()))
}

/// Removes and returns the bytes before the first one that is not in a class.
pub(crate) fn take_while<'a>(bytes: &mut &'a [u8], class: Class) -> &'a [u8] {
    take_before(bytes, |byte| !is_in(class, byte))
}

/// Compares a word with one in lower case, ignoring ASCII case.
pub(crate) fn is_word<const N: usize>(word: &[u8], lower: &[u8; N]) -> bool {
    if word.len() != N {
        return false;
    }
    // Two overlapping N-byte loads cover any length from N to 2N.
    match N {
        4..=8 => {
            let masks = ends(lower).map(|end| u32::from_ne_bytes(end) >> 1 & 0x2020_2020);
            let [first, last] = ends(word).map(u32::from_ne_bytes);
            [first | masks[0], last | masks[1]] == ends(lower).map(u32::from_ne_bytes)
        }
        9..=16 => {
            let masks = ends(lower).map(|end| u64::from_ne_bytes(end) >> 1 & 0x2020_2020_2020_2020);
            let [first, last] = ends(word).map(u64::from_ne_bytes);
            [first | masks[0], last | masks[1]] == ends(lower).map(u64::from_ne_bytes)
        }
        _ => word.eq_ignore_ascii_case(lower),
    }
}

/// Compares two words, ignoring ASCII case.
#[inline(always)]
pub(crate) fn eq_ignore_case(word: &[u8], other: &[u8]) -> bool {
    word.len() == other.len() && eq_of_same_len(word, other)
}

fn eq_of_same_len(word: &[u8], other: &[u8]) -> bool {
    let eq = |(one, other): (&[u8; 8], &[u8; 8])| {
        words::eq_ignore_case(u64::from_ne_bytes(*one), u64::from_ne_bytes(*other))
    };
    match (word.last_chunk(), other.last_chunk()) {
        (Some(last), Some(other_last)) => {
            // The ends rule out most words.
            let mut words = word.as_chunks().0.iter().zip(other.as_chunks().0);
            eq((last, other_last)) && words.all(eq)
        }
        _ => words::eq_ignore_case(words::ends(word), words::ends(other)),
    }
}

/// Returns the first and the last `N` bytes, or zeros if there are fewer.
fn ends<const N: usize>(bytes: &[u8]) -> [[u8; N]; 2] {
    [bytes.first_chunk(), bytes.last_chunk()].map(|end| end.copied().unwrap_or([0; N]))
}

/// Removes and returns the bytes before the first one that a quoted-string cannot hold unescaped.
pub(crate) fn take_qdtext<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let may_end =
        |word| may_be_control(word) | below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1);
    let taken;
    (taken, *bytes) = split_by_words(bytes, may_end, |byte| is_in(Class::QDTEXT, byte));
    taken
}

/// Splits before the first `end`.
pub(crate) fn split_at(bytes: &[u8], end: u8) -> (&[u8], &[u8]) {
    split_by_words(bytes, |word| below(word ^ each(end), 1), |byte| byte != end)
}

/// Splits before the first byte that is not in a class. `marks` must mark the first such byte of a machine
/// word, and may mark others. From the first mark on, each byte is checked.
#[inline(always)]
fn split_by_words(
    bytes: &[u8],
    marks: impl Fn(usize) -> usize,
    is_in_class: impl Fn(u8) -> bool,
) -> (&[u8], &[u8]) {
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk() {
        let marks = marks(usize::from_le_bytes(*word));
        if marks != 0 {
            let at = marks.trailing_zeros() / 8;
            rest = in_bounds(rest.get(at as usize..));
            break;
        }
        rest = behind;
    }
    let count = rest.iter().position(|&byte| !is_in_class(byte)).unwrap_or(rest.len());
    let clean = bytes.len().wrapping_sub(rest.len()).wrapping_add(count);
    in_bounds(bytes.split_at_checked(clean))
}

const fn may_be_control(word: usize) -> usize {
    below(word, b' ') | below(word ^ each(127), 1)
}

/// Marks the bytes of `word` that are less than `limit`, which must be at most 128. If there is such a
/// byte, others may be marked too.
///
/// The subtraction sets the top bit of such a byte, and `!word` excludes bytes that had it before.
const fn below(word: usize, limit: u8) -> usize {
    word.wrapping_sub(each(limit)) & !word & each(0x80)
}

const fn each(byte: u8) -> usize {
    usize::from_le_bytes([byte; size_of::<usize>()])
}

/// Returns whether any byte is a control byte other than HTAB.
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    !all(bytes, |byte| !is_control(byte))
}

/// Returns whether every byte is in a class.
///
/// Checks sixteen bytes at a time without branches, so that the compiler uses vector instructions. The
/// last sixteen overlap the ones before, so no byte has to be checked alone.
#[inline]
pub(super) fn all(bytes: &[u8], is_in_class: impl Fn(u8) -> bool) -> bool {
    let all_of = |chunk: &[u8; 16]| chunk.iter().fold(true, |all, &byte| all & is_in_class(byte));
    match bytes.last_chunk() {
        Some(last) => bytes.as_chunks().0.iter().all(all_of) && all_of(last),
        None => bytes.iter().copied().all(is_in_class),
    }
}
