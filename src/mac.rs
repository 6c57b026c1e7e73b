//! Keys, and which of them made a signature.

use core::fmt;

use ctutils::{Choice, CtAssign, CtEq};

use crate::{
    Error, Headers, Name, SMALL,
    crypto::{self, BLOCK_LEN, Expected, HASH_LEN, Message, Midstates, PADDING_LEN},
    signing_string::{SigningString, Writer},
};

/// The length of a [`Tag`], in bytes.
pub const TAG_LEN: usize = HASH_LEN;

/// The MAC of a delivery that was found valid: 32 bytes that identify it.
///
/// It is the decoded `signature` parameter, thus known to whoever saw the request, and may be
/// stored and sent to other receivers to find replays.
pub type Tag = [u8; TAG_LEN];

/// An HMAC-SHA-256 key, ready for use.
///
/// It holds the two midstates of the secret, not the secret. It never changes, may be shared
/// between threads, and is wiped when dropped.
#[derive(Clone)]
pub struct Key(Midstates);

impl Key {
    /// Makes a key from the secret's bytes exactly as they are: nothing is trimmed or decoded.
    ///
    /// # Errors
    ///
    /// [`Error::EmptySecret`] if `secret` has no bytes, or only NUL bytes: HMAC fills a secret up
    /// with NUL, so that it cannot tell one from the other.
    pub fn new(secret: &(impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let secret = secret.as_ref();
        // Every byte is looked at, so that time does not tell where the first other one is.
        if secret.iter().fold(0, |all, byte| all | byte) == 0 {
            return Err(Error::EmptySecret);
        }
        Midstates::new(secret).map(Self).ok_or(Error::EmptySecret)
    }

    /// The MAC of a string that is held whole.
    pub(crate) fn mac_of_whole(&self, string: &Message<'_>) -> Tag {
        self.0.mac(string)
    }

    /// Makes `tag` the MAC of `string`, piece by piece.
    pub(crate) fn mac<'n, H, I>(
        &self,
        string: &SigningString<'_, '_, H, I>,
        tag: &mut Tag,
    ) -> Result<(), Error>
    where
        H: Headers + ?Sized,
        I: Iterator<Item = Name<'n>> + Clone,
    {
        let mut stream = self.0.stream();
        string.stream(&mut |octets| stream.update(octets))?;
        *tag = stream.finish();
        Ok(())
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

/// Signing strings up to this length are built once for all keys; longer ones are streamed for
/// each.
const SHORT: usize = 4 * BLOCK_LEN - PADDING_LEN;

/// The index of the key whose MAC of `string` is `signature`.
pub(crate) fn find_key<'n, K, H, I>(
    keys: &[K],
    string: &SigningString<'_, '_, H, I>,
    signature: &Tag,
) -> Result<usize, Error>
where
    K: AsRef<Key>,
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    if !SMALL {
        let mut room = [0; 4 * BLOCK_LEN];
        let mut writer = Writer::new(&mut room);
        string.stream(&mut |octets| writer.push(octets))?;
        let len = writer.needed();
        if len <= SHORT {
            return find_key_of_whole(keys, &Message::new(&mut room, len), signature);
        }
    }
    first_fit(keys, |key| {
        let mut tag = [0; TAG_LEN];
        key.mac(string, &mut tag)?;
        Ok(crypto::is_same(&tag, signature))
    })
}

/// As [`find_key`], of a string that is held whole.
#[inline]
pub(crate) fn find_key_of_whole<K: AsRef<Key>>(
    keys: &[K],
    string: &Message<'_>,
    signature: &Tag,
) -> Result<usize, Error> {
    let expected = Expected::new(signature);
    first_fit(keys, |key| Ok(key.0.fits(string, &expected)))
}

/// The index of the first key that fits.
///
/// Every key is asked, and the choice among them is made without a branch: time does not tell
/// which key fitted, nor how nearly one did.
#[inline(always)]
fn first_fit<K: AsRef<Key>>(
    keys: &[K],
    mut fits: impl FnMut(&Key) -> Result<Choice, Error>,
) -> Result<usize, Error> {
    let mut matched = usize::MAX;
    for (index, key) in keys.iter().enumerate() {
        // The first wins, should the same secret be there twice.
        let fits = fits(key.as_ref())? & matched.ct_eq(&usize::MAX);
        matched.ct_assign(&index, fits);
    }
    match matched {
        usize::MAX => Err(Error::SignatureMismatch),
        index => Ok(index),
    }
}
