//! Texts of a fixed length, held by value.

use core::{fmt, ops::Deref};

/// An ASCII text of `N` bytes, held by value. The header values that the crate writes have this type.
///
/// It dereferences to `str`, and [`AsRef<[u8]>`](AsRef) returns its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldValue<const N: usize>([u8; N]);

impl<const N: usize> FieldValue<N> {
    /// Creates a value from `bytes`, which must be ASCII. If they are not UTF-8, its text is empty.
    pub(crate) const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> Deref for FieldValue<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> AsRef<[u8]> for FieldValue<N> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> fmt::Display for FieldValue<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl<const N: usize> fmt::Debug for FieldValue<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
