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

/// Signing strings up to this length are built once for all keys; longer ones are streamed to
/// [`TOGETHER`] keys at a time.
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
    let mut first = FirstFit::NONE;
    for keys in keys.chunks(TOGETHER) {
        let mut streams = heapless::Vec::<_, TOGETHER>::new();
        for key in keys {
            let _ = streams.push(key.as_ref().0.stream());
        }
        string.stream(&mut |bytes| streams.iter_mut().for_each(|stream| stream.update(bytes)))?;
        for stream in &mut streams {
            first.add(crypto::is_same(&stream.finish(), signature));
        }
    }
    first.index()
}

/// How many keys a long string is given to in one go: the fields of a request are looked through
/// once for all of them.
const TOGETHER: usize = if SMALL { 1 } else { 16 };

/// As [`find_key`], of a string that is held whole.
#[inline]
pub(crate) fn find_key_of_whole<K: AsRef<Key>>(
    keys: &[K],
    string: &Message<'_>,
    signature: &Tag,
) -> Result<usize, Error> {
    let expected = Expected::new(signature);
    let mut first = FirstFit::NONE;
    for key in keys {
        first.add(key.as_ref().0.fits(string, &expected));
    }
    first.index()
}

/// The index of the first key that fits.
///
/// Every key is asked, and the choice among them is made without a branch: time does not tell
/// which key fitted, nor how nearly one did.
struct FirstFit {
    matched: usize,
    next: usize,
}

impl FirstFit {
    const NONE: Self = Self { matched: usize::MAX, next: 0 };

    /// Adds what came of the next key.
    #[inline(always)]
    fn add(&mut self, fits: Choice) {
        // The first wins, should the same secret be there twice.
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
