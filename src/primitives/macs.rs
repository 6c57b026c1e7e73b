//! The MACs of one message under many keys.

use super::{HELD_NAMES, Hash, version::HmacKey};
use crate::{Error, MAX_SIGNING_STRING_LEN};

/// The capacity, on the stack, of the buffer for a message. Where even names are not held, there is no
/// memory for it.
const HELD_BYTES: usize = if HELD_NAMES == 0 { 0 } else { MAX_SIGNING_STRING_LEN };

/// A message that is written in pieces.
pub(crate) trait Pieces {
    /// Passes the message to `sink`, piece by piece. Every call writes the same message.
    fn write(&self, sink: &mut impl FnMut(&[u8])) -> Result<(), Error>;
}

/// Passes the MAC of `message` under each key to `found`, in the order of the keys.
///
/// # Errors
///
/// The errors of writing the message, then [`Error::SigningStringTooLong`].
pub(crate) fn for_each_mac<'k>(
    keys: impl IntoIterator<Item = &'k HmacKey>,
    message: &impl Pieces,
    mut found: impl FnMut(&Hash),
) -> Result<(), Error> {
    if HELD_BYTES != 0 {
        let mut held = heapless::Vec::<u8, HELD_BYTES>::new();
        let mut fits = true;
        message.write(&mut |piece| fits &= held.extend_from_slice(piece).is_ok())?;
        if !fits {
            return Err(Error::SigningStringTooLong);
        }
        keys.into_iter().for_each(|key| found(&key.mac(&held)));
        return Ok(());
    }
    for key in keys {
        let mut stream = key.start();
        message.write(&mut |piece| stream.update(piece))?;
        if stream.len() > MAX_SIGNING_STRING_LEN {
            return Err(Error::SigningStringTooLong);
        }
        found(&stream.finish());
    }
    Ok(())
}
