//! Classes of bytes, trimming, and checked indexes.

/// Returns what was found at an index that is within its bounds by design.
///
/// A wrong index panics in tests, and finds an empty value in release builds, which must not panic.
pub(crate) fn in_bounds<T: Default>(found: Option<T>) -> T {
    debug_assert!(found.is_some(), "an index is out of bounds");
    found.unwrap_or_default()
}

/// Returns whether `byte` may be in a token (RFC 9110, section 5.6.2).
pub(crate) fn is_token(byte: u8) -> bool {
    static TOKEN: Set =
        set(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    is_in(&TOKEN, byte)
}

/// A set of bytes, as one bit for each.
pub(crate) type Set = [u32; 8];

pub(crate) fn is_in(set: &Set, byte: u8) -> bool {
    set.get(usize::from(byte / 32)).is_some_and(|bits| bits >> (byte % 32) & 1 == 1)
}

#[allow(clippy::indexing_slicing)] // Evaluated by the compiler.
pub(crate) const fn set(mut bytes: &[u8]) -> Set {
    let mut set = [0; 8];
    while let [byte, rest @ ..] = bytes {
        set[*byte as usize / 32] |= 1 << (*byte % 32);
        bytes = rest;
    }
    set
}

/// Returns whether `byte` is a control byte other than HTAB, which no header value, method or target
/// may hold.
pub(crate) const fn is_control(byte: u8) -> bool {
    (byte < b' ') & (byte != b'\t') | (byte == 127)
}

/// Returns whether a quoted-string may hold `byte` unescaped (RFC 9110, section 5.6.4).
pub(crate) const fn is_qdtext(byte: u8) -> bool {
    !matches!(byte, b'"' | b'\\') && !is_control(byte)
}

/// Returns whether the bytes are the two cases of a letter.
pub(crate) const fn differs_in_case(one: u8, other: u8) -> bool {
    one ^ other == 0x20 && one.is_ascii_alphabetic()
}

/// Removes the SP and HTAB around `bytes` (OWS of RFC 9110, section 5.6.3).
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
