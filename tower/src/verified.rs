//! What is known of a delivery that was let through.

use hooksig::{TAG_LEN, Tag};

/// What is known of a delivery that was let through; among the extensions of its request.
///
/// There is no other way to come by one: where a handler finds it, the request was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    key_index: usize,
    tag: Tag,
    date: i64,
    expires: i64,
}

impl Verified {
    /// There is a clock, so that both times are there.
    pub(crate) fn new(verified: &hooksig::Verified<'_>) -> Self {
        Self {
            key_index: verified.key_index(),
            tag: *verified.tag(),
            date: verified.date().unwrap_or_default(),
            expires: verified.expires().unwrap_or(i64::MAX),
        }
    }

    /// The index of the key that made the signature, in the order in which they were given.
    ///
    /// Once no delivery comes with the old secret any more, its rotation is done.
    pub fn key_index(&self) -> usize {
        self.key_index
    }

    /// The MAC, 32 bytes: what to remember a delivery under in a store that several receivers
    /// share.
    pub fn tag(&self) -> &[u8; TAG_LEN] {
        &self.tag
    }

    /// `Date` in Unix seconds.
    pub fn date(&self) -> i64 {
        self.date
    }

    /// The last second (Unix) at which this delivery would be accepted: how long to remember it.
    pub fn expires(&self) -> i64 {
        self.expires
    }
}
