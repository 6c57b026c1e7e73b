//! Short texts of a known length.

use core::{fmt, ops::Deref};

/// Text of `N` bytes, all of them ASCII, that holds its own room.
///
/// It dereferences to `str`; the header values that the crate writes have this type. The bytes are
/// at hand as [`AsRef<[u8]>`](AsRef).
#[derive(Clone, PartialEq, Eq)]
pub struct Text<const N: usize>([u8; N]);

impl<const N: usize> Text<N> {
    /// What is written here is ASCII, without which there would be no text.
    pub(crate) const fn of(octets: [u8; N]) -> Self {
        Self(octets)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> AsRef<[u8]> for Text<N> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
