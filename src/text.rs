//! Short texts of a known largest length.

use core::{fmt, ops::Deref};

use crate::Error;

/// Text of at most `N` bytes that holds its own room.
///
/// It dereferences to `str`; the header values that the crate writes have this type.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<const N: usize>(heapless::String<N>);

impl<const N: usize> Text<N> {
    pub(crate) const fn new() -> Self {
        Self(heapless::String::new())
    }

    /// Appends `text` whole or not at all.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), Error> {
        let needed = self.0.len().saturating_add(text.len());
        self.0.push_str(text).map_err(|_| Error::BufferTooSmall { needed })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
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
        self.as_bytes()
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
