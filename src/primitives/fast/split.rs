//! A list split at its spaces, eight bytes at a time.

use crate::primitives::{
    plain,
    words::{each, zeros},
};

/// Does the same as [`plain::split_at_spaces`].
pub(crate) fn split_at_spaces(
    text: &[u8],
    escapes: usize,
) -> impl Iterator<Item = (&[u8], usize)> + Clone {
    let mut by_words = (escapes == 0).then(|| Split::new(text));
    let mut by_bytes = plain::split_at_spaces(text, escapes);
    core::iter::from_fn(move || match &mut by_words {
        Some(parts) => parts.next().map(|part| (part, 0)),
        None => by_bytes.next(),
    })
}

/// The parts of a text without escapes.
#[derive(Clone)]
struct Split<'a> {
    text: &'a [u8],
    /// Where the next part begins. After the last part, one more than the length of the text.
    start: usize,
    /// The number of bytes that were searched for spaces.
    searched: usize,
    /// The spaces among the last eight of these bytes, without those before `start`: the top bit of each.
    spaces: u64,
}

impl<'a> Split<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, start: usize::from(text.is_empty()), searched: 0, spaces: 0 }
    }

    // No load waits for the length of a part.
    #[inline(always)]
    fn next(&mut self) -> Option<&'a [u8]> {
        while self.spaces == 0 {
            let Some(rest @ [_, ..]) = self.text.get(self.searched..) else {
                let last = self.text.get(self.start..);
                self.start = self.text.len().wrapping_add(1);
                return last;
            };
            self.spaces = zeros(first_word(rest) ^ each(b' '));
            self.searched = self.searched.wrapping_add(8);
        }
        let behind = self.spaces.trailing_zeros() / 8;
        let end = self.searched.wrapping_sub(8).wrapping_add(behind as usize);
        self.spaces &= self.spaces.wrapping_sub(1);
        let part = self.text.get(self.start..end);
        self.start = end.wrapping_add(1);
        part
    }
}

/// Returns the first eight bytes of a text. Bytes that it lacks are zero.
fn first_word(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => text.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}
