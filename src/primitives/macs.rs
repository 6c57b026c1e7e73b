//! The MACs of one message under many keys.

use super::{
    Hash,
    version::{HELD_BYTES, HmacKey, STREAMS},
};
use crate::Error;

/// A message that is written in pieces.
pub(crate) trait Pieces {
    /// Passes the message to `sink`, piece by piece. Every call writes the same message.
    fn write(&self, sink: &mut impl FnMut(&[u8])) -> Result<(), Error>;
}

/// Passes the MAC of `message` under each key to `found`, in the order of the keys.
///
/// A short message is assembled once. A longer message is written to several MACs in one pass.
///
/// # Errors
///
/// The errors of writing the message.
pub(crate) fn for_each_mac<'k>(
    keys: impl IntoIterator<Item = &'k HmacKey>,
    message: &impl Pieces,
    mut found: impl FnMut(&Hash),
) -> Result<(), Error> {
    let mut keys = keys.into_iter();
    if HELD_BYTES != 0 {
        let mut held = heapless::Vec::<u8, HELD_BYTES>::new();
        let mut is_held = true;
        message.write(&mut |piece| is_held &= held.extend_from_slice(piece).is_ok())?;
        if is_held {
            keys.for_each(|key| found(&key.mac(&held)));
            return Ok(());
        }
    }
    if STREAMS == 1 {
        for key in keys {
            let mut stream = key.start();
            message.write(&mut |piece| stream.update(piece))?;
            found(&stream.finish());
        }
        return Ok(());
    }
    loop {
        let mut streams = heapless::Vec::<_, STREAMS>::new();
        for key in keys.by_ref().take(STREAMS) {
            let _ = streams.push(key.start());
        }
        if streams.is_empty() {
            return Ok(());
        }
        message.write(&mut |piece| streams.iter_mut().for_each(|stream| stream.update(piece)))?;
        for stream in &mut streams {
            found(&stream.finish());
        }
    }
}
