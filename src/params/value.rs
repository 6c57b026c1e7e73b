//! The value of a parameter, with its quoted-pairs.

use crate::{
    bytes::{Class, differs_in_case},
    primitives::{self, Hash},
};

/// The value of a parameter as received: a token, or the content of a quoted-string, which may
/// contain quoted-pairs.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    raw: &'a [u8],
    /// An upper bound of the number of quoted-pairs in `raw`. Not a `bool`, because the padding would
    /// make copies slow.
    escapes: usize,
}

impl<'a> Value<'a> {
    /// Creates a value without quoted-pairs.
    pub(crate) const fn plain(raw: &'a [u8]) -> Self {
        Self { raw, escapes: 0 }
    }

    /// Creates a value from the content of a quoted-string with at most `escapes` quoted-pairs.
    pub(super) const fn quoted(raw: &'a [u8], escapes: usize) -> Self {
        Self { raw, escapes }
    }

    /// Creates a value from the result of [`raw`](Self::raw).
    pub(crate) const fn from_raw(raw: &'a [u8], has_escapes: bool) -> Self {
        Self { raw, escapes: if has_escapes { raw.len() } else { 0 } }
    }

    /// Returns the bytes as received, and whether they contain a quoted-pair.
    pub(crate) const fn raw(&self) -> (&'a [u8], bool) {
        (self.raw, self.escapes != 0)
    }

    /// Returns the number of bytes with quoted-pairs resolved, or 0 if there are none.
    pub(super) const fn escaped_len(&self) -> usize {
        match self.escapes {
            0 => 0,
            escapes => self.raw.len().wrapping_sub(escapes),
        }
    }

    /// Returns the bytes of the value, with quoted-pairs resolved.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let mut rest = *self;
        core::iter::from_fn(move || rest.take_first())
    }

    /// Removes and returns the first byte, with quoted-pairs resolved.
    pub(crate) fn take_first(&mut self) -> Option<u8> {
        primitives::take_first(&mut self.raw, self.escapes)
    }

    /// Returns the bytes as received if a slice is handled faster than bytes, and there is no
    /// quoted-pair.
    pub(crate) fn plain_slice(&self) -> Option<&'a [u8]> {
        primitives::usual(self.as_slice())
    }

    /// Returns the bytes as received, or `None` if they contain a quoted-pair.
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        (self.escapes == 0).then_some(self.raw)
    }

    /// Returns whether the value, with quoted-pairs resolved, equals `bytes`.
    pub fn is(&self, bytes: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        match self.plain_slice() {
            Some(plain) => plain == bytes.as_ref(),
            None => self.equals(&Value::plain(bytes.as_ref()), false),
        }
    }

    /// Returns whether two values have the same bytes, with quoted-pairs resolved.
    pub(crate) fn equals(&self, other: &Value<'_>, ignores_case: bool) -> bool {
        let (mut one, mut other) = (*self, *other);
        loop {
            match (one.take_first(), other.take_first()) {
                (None, None) => return true,
                (Some(one), Some(other))
                    if one == other || ignores_case && differs_in_case(one, other) => {}
                _ => return false,
            }
        }
    }

    /// Returns whether every byte is in a class.
    pub(crate) fn all(&self, class: Class) -> bool {
        match self.plain_slice() {
            Some(plain) => class.has_all(plain),
            None => self.bytes().all(|byte| class.has(byte)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Decodes the canonical base64 of a hash. Returns `false` for any other value.
    pub(crate) fn decode(&self, hash: &mut Hash) -> bool {
        primitives::decode_escaped(self.raw, self.escapes, hash)
    }

    /// Splits at each space, with quoted-pairs resolved. An empty value has no parts.
    pub(crate) fn split_at_spaces(self) -> impl Iterator<Item = Self> + Clone + use<'a> {
        let parts = primitives::split_at_spaces(self.raw, self.escapes);
        parts.map(|(raw, escapes)| Self { raw, escapes })
    }
}
