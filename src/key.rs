//! Keys, and the search for the key that made a signature.

use core::fmt;

use ctutils::{Choice, CtAssign, CtEq};

use crate::{
    Error,
    primitives::{
        HASH_LEN, HmacKey, Pieces, WholeBody, ct_eq, for_each_mac, mac_beside, mac_many,
        mac_of_pieces,
    },
};

/// The length of a [`Tag`], in bytes.
pub const TAG_LEN: usize = HASH_LEN;

/// The MAC of a verified delivery: 32 bytes that identify it.
///
/// It is the decoded `signature` parameter, so every observer of the request knows it. It may be
/// stored and sent to other receivers to detect replays.
pub type Tag = [u8; TAG_LEN];

/// An HMAC-SHA-256 key.
///
/// Holds the two midstates of the secret, not the secret itself. It never changes, may be shared
/// between threads, and is wiped when dropped.
///
/// # Examples
///
/// ```
/// use hooksig::{Error, Key};
///
/// assert!(Key::new("bea26a2221fd8090ea38720fc445eca6").is_ok());
/// assert_eq!(Key::new("").err(), Some(Error::EmptySecret));
/// ```
#[derive(Clone)]
pub struct Key(HmacKey);

impl Key {
    /// Creates a key from the bytes of a secret. Nothing is trimmed or decoded.
    ///
    /// # Errors
    ///
    /// [`Error::EmptySecret`] if `secret` is empty or holds only NUL bytes. Both give the same key,
    /// because HMAC pads a secret with NUL bytes.
    pub fn new(secret: &(impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let secret = secret.as_ref();
        // Reads every byte, so that the time does not reveal the first one that is not NUL.
        if secret.iter().fold(0, |all, byte| all | byte) == 0 {
            return Err(Error::EmptySecret);
        }
        HmacKey::new(secret).map(Self).ok_or(Error::EmptySecret)
    }

    /// Returns the MAC of a string in one buffer.
    pub(crate) fn mac_of_whole(&self, string: &[u8]) -> Tag {
        self.0.mac(string)
    }

    /// Hashes each body, turns the hash and the body's value into a string with `string`, and passes the
    /// index of the body, the string and its MAC to `done`.
    pub(crate) fn mac_many<'b, T: Copy, const S: usize>(
        &self,
        bodies: impl Iterator<Item = (&'b [u8], T)>,
        string: impl FnMut(T, &Tag) -> [u8; S],
        done: impl FnMut(usize, &[u8; S], &Tag),
    ) {
        mac_many(&self.0, bodies, string, done);
    }

    /// Returns the MAC of a string that is written piece by piece.
    pub(crate) fn mac(&self, string: &impl Pieces) -> Tag {
        mac_of_pieces(&self.0, string)
    }
}

impl AsRef<Key> for Key {
    fn as_ref(&self) -> &Key {
        self
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Tries every key. Returns the index of the first one whose MAC of `string` is `signature`. Some blocks
/// of the body may be hashed beside the MACs.
pub(crate) fn find_key<K: AsRef<Key>>(
    keys: &[K],
    string: &impl Pieces,
    signature: &Tag,
    body: &mut WholeBody<'_>,
) -> Result<usize, Error> {
    let mut first = FirstFit::NONE;
    let keys = keys.iter().map(|key| &key.as_ref().0);
    for_each_mac(keys, string, body, |mac| first.add(ct_eq(mac, signature)));
    first.index()
}

/// Does the same as [`find_key`], for a string in one buffer.
pub(crate) fn find_key_of_whole<K: AsRef<Key>, const N: usize>(
    keys: &[K],
    string: &[u8; N],
    signature: &Tag,
    body: &mut WholeBody<'_>,
) -> Result<usize, Error> {
    let mut first = FirstFit::NONE;
    for key in keys {
        first.add(ct_eq(&mac_beside(&key.as_ref().0, string, body), signature));
    }
    first.index()
}

/// The index of the first key that fits.
///
/// Every key is tried, and the index is chosen without a branch. So the time does not reveal which
/// key fits, or how many bytes of a MAC are right.
struct FirstFit {
    matched: usize,
    next: usize,
}

impl FirstFit {
    const NONE: Self = Self { matched: usize::MAX, next: 0 };

    /// Adds the result of the next key.
    fn add(&mut self, fits: Choice) {
        // The first one wins if two keys have the same secret.
        let fits = fits & self.matched.ct_eq(&usize::MAX);
        self.matched.ct_assign(&self.next, fits);
        self.next = self.next.wrapping_add(1);
    }

    fn index(self) -> Result<usize, Error> {
        match self.matched {
            usize::MAX => Err(Error::SignatureMismatch),
            index => Ok(index),
        }
    }
}
