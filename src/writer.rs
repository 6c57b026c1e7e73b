//! Writing into a caller's buffer.

use crate::Error;

/// Writes pieces into a caller's buffer and counts the length needed.
pub(crate) struct Writer<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl<'o> Writer<'o> {
    pub(crate) fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Creates a writer into `out`, or fails if `out` is shorter than `needed` bytes.
    pub(crate) fn exact(out: &'o mut [u8], needed: usize) -> Result<Self, Error> {
        if out.len() < needed {
            return Err(Error::BufferTooSmall { needed });
        }
        Ok(Self::new(out))
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if let Some(to) = self.out.get_mut(self.len..).and_then(|rest| rest.get_mut(..bytes.len()))
        {
            to.copy_from_slice(bytes);
        }
        self.len = self.len.saturating_add(bytes.len());
    }

    /// Returns the length of all pieces, even if the buffer is too small for them.
    pub(crate) fn needed(&self) -> usize {
        self.len
    }

    /// Returns the written part, or an error with the length needed.
    pub(crate) fn finish(self) -> Result<&'o [u8], Error> {
        let out: &'o [u8] = self.out;
        out.get(..self.len).ok_or(Error::BufferTooSmall { needed: self.len })
    }
}
