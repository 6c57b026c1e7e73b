//! Keys, and which of them made a signature.

use core::fmt;

use ctutils::{CtAssign, CtEq};

use crate::{
    Error, Headers, Name, SMALL,
    crypto::{self, HASH_LEN, HashText, Midstates},
    signing_string::{DroneString, SigningString, Writer},
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
    /// [`Error::EmptySecret`] if `secret` has no bytes.
    pub fn new(secret: &(impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        match secret.as_ref() {
            [] => Err(Error::EmptySecret),
            secret => Midstates::new(secret).map(Self).ok_or(Error::EmptySecret),
        }
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
const SHORT: usize = 256;

/// The index of the key whose MAC of `string` is `signature`, and in `found` the MAC; `drones` is
/// the string if it is one of Drone's.
///
/// Every key is computed and compared, and the choice among them is made without a branch: time
/// does not tell which key fitted, nor how nearly one did.
pub(crate) fn find_key<'n, K, H, I>(
    keys: &[K],
    string: &SigningString<'_, '_, H, I>,
    drones: Option<&DroneString>,
    signature: &HashText,
    found: &mut Tag,
) -> Result<usize, Error>
where
    K: AsRef<Key>,
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    let mut room;
    let whole = match drones {
        Some(string) => Some(string.as_slice()),
        None if SMALL => None,
        None => {
            room = [0; SHORT];
            let mut writer = Writer::new(&mut room);
            string.stream(&mut |octets| writer.push(octets))?;
            writer.finish().ok()
        }
    };
    let mut matched = usize::MAX;
    for (index, key) in keys.iter().enumerate() {
        let key = key.as_ref();
        let mut tag = [0; TAG_LEN];
        match whole {
            Some(string) => tag = key.0.mac(string),
            None => key.mac(string, &mut tag)?,
        }
        // The first key that fits wins, should the same secret be there twice.
        let fits = crypto::is_text_of(signature, &tag) & matched.ct_eq(&usize::MAX);
        matched.ct_assign(&index, fits);
        found.ct_assign(&tag, fits);
    }
    match matched {
        usize::MAX => Err(Error::SignatureMismatch),
        index => Ok(index),
    }
}
