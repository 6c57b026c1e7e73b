//! Hashes of several messages, one after another.

use super::{
    Hash,
    version::{HmacKey, sha256},
};

/// Hashes each body, turns the hash and the body's value into a string with `string`, and passes the
/// index of the body, the string and its MAC to `done`.
pub(crate) fn mac_many<'b, T: Copy, const S: usize>(
    key: &HmacKey,
    bodies: impl Iterator<Item = (&'b [u8], T)>,
    mut string: impl FnMut(T, &Hash) -> [u8; S],
    mut done: impl FnMut(usize, &[u8; S], &Hash),
) {
    for (index, (body, value)) in bodies.enumerate() {
        let string = string(value, &sha256(body));
        done(index, &string, &key.mac(&string));
    }
}

/// A body in one buffer.
pub(crate) struct WholeBody<'b>(&'b [u8]);

impl<'b> WholeBody<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// Returns the hash of the body.
    pub(crate) fn hash(self) -> Hash {
        sha256(self.0)
    }
}

/// Returns the MAC of a whole message.
#[inline(always)]
pub(crate) fn mac_beside(key: &HmacKey, message: &[u8], _: &mut WholeBody<'_>) -> Hash {
    key.mac(message)
}
