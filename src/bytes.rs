//! Classes of bytes, trimming, and checked indexes.

/// Returns the value at an index that is within its bounds by design.
///
/// A wrong index panics in tests, and finds an empty value in release builds, which must not panic.
pub(crate) fn in_bounds<T: Default>(found: Option<T>) -> T {
    debug_assert!(found.is_some(), "an index is out of bounds");
    found.unwrap_or_default()
}

/// A class of bytes. All classes share one table, because a function for each takes more flash.
#[derive(Clone, Copy)]
pub(crate) struct Class(u8);

impl Class {
    /// The bytes of a token (RFC 9110, section 5.6.2).
    pub(crate) const TOKEN: Self = Self(1);
    /// The bytes of a quoted-string that need no escape.
    pub(crate) const QDTEXT: Self = Self(1 << 1);
    /// The bytes of a header value, with the white space in it.
    pub(crate) const TEXT: Self = Self(1 << 2);
    /// The bytes of a method and a target: neither white space nor a control byte.
    pub(crate) const VISIBLE: Self = Self(1 << 3);
    /// SP and HTAB.
    pub(crate) const SPACE: Self = Self(1 << 4);
    /// The bytes of a list's element, which a comma ends.
    pub(crate) const ELEMENT: Self = Self(1 << 5);
    /// The bytes of a URI's scheme (RFC 3986, section 3.1).
    pub(crate) const SCHEME: Self = Self(1 << 6);
    /// The bytes of a URI's authority, which one of `/?#` ends.
    pub(crate) const AUTHORITY: Self = Self(1 << 7);

    /// Returns whether `byte` is in the class.
    pub(crate) fn has(self, byte: u8) -> bool {
        self.is_among(in_bounds(CLASSES.get(usize::from(byte.min(0x80))).copied()))
    }

    /// Returns whether the class is among the [classes of a byte](classes_of).
    pub(crate) const fn is_among(self, classes: u8) -> bool {
        classes & self.0 != 0
    }
}

/// The classes of each byte up to 0x80, whose classes are those of all bytes above.
static CLASSES: [u8; 0x81] = {
    let mut classes = [0; 0x81];
    let mut byte = 0;
    while let Some((to, _)) = classes.split_at_mut(byte as usize).1.split_first_mut() {
        *to = classes_of(byte);
        byte = byte.wrapping_add(1);
    }
    classes
};

/// Returns the classes of a byte, as one bit for each.
pub(crate) const fn classes_of(byte: u8) -> u8 {
    const fn when(is_in_class: bool, class: Class) -> u8 {
        if is_in_class { class.0 } else { 0 }
    }
    let is_space = matches!(byte, b' ' | b'\t');
    when(is_token(byte), Class::TOKEN)
        | when(is_qdtext(byte), Class::QDTEXT)
        | when(!is_control(byte), Class::TEXT)
        | when(!is_control(byte) && !is_space, Class::VISIBLE)
        | when(is_space, Class::SPACE)
        | when(byte != b',', Class::ELEMENT)
        | when(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'), Class::SCHEME)
        | when(!matches!(byte, b'/' | b'?' | b'#'), Class::AUTHORITY)
}

const fn is_token(byte: u8) -> bool {
    let is_mark = matches!(
        byte,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
    );
    is_mark || byte.is_ascii_alphanumeric()
}

/// Returns whether `byte` is a control byte other than HTAB, which no header value, method or target
/// may hold.
pub(crate) const fn is_control(byte: u8) -> bool {
    (byte < b' ') & (byte != b'\t') | (byte == 127)
}

/// Returns whether a quoted-string may hold `byte` unescaped (RFC 9110, section 5.6.4).
const fn is_qdtext(byte: u8) -> bool {
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
