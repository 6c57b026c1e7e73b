//! The MACs of a message that is written in pieces.

use super::{
    HELD_NAMES, Hash,
    version::{HmacKey, MACS_AT_ONCE, WholeBody, mac_beside},
};

/// A message that is written in pieces.
pub(crate) trait Pieces {
    /// Passes the message to `sink`, piece by piece. Every call writes the same message.
    fn write(&self, sink: &mut impl FnMut(&[u8]));
}

/// Returns the MAC of `message`.
pub(crate) fn mac_of_pieces(key: &HmacKey, message: &impl Pieces) -> Hash {
    let mut mac = key.start();
    message.write(&mut |piece| mac.update(piece));
    mac.finish()
}

/// Passes the MAC of `message` under each key to `found`, in the order of the keys. Some blocks of the body
/// may be hashed beside the first one.
pub(crate) fn for_each_mac<'k>(
    keys: impl IntoIterator<Item = &'k HmacKey>,
    message: &impl Pieces,
    body: &mut WholeBody<'_>,
    mut found: impl FnMut(&Hash),
) {
    if HELD_NAMES == 0 {
        return keys.into_iter().for_each(|key| found(&mac_of_pieces(key, message)));
    }
    let mut keys = keys.into_iter().peekable();
    while keys.peek().is_some() {
        let mut macs = heapless::Vec::<_, MACS_AT_ONCE>::new();
        let mut chunk = Chunk::new();
        write_chunks(message, &mut chunk, &mut |chunk| {
            if macs.is_empty() {
                for key in keys.by_ref().take(MACS_AT_ONCE) {
                    let _ = macs.push(key.start());
                }
            }
            macs.iter_mut().for_each(|mac| mac.update(chunk));
        });
        if macs.is_empty() {
            return keys.for_each(|key| found(&mac_of_chunk(key, &chunk, body)));
        }
        for mac in &mut macs {
            mac.update(&chunk);
            found(&mac.finish());
        }
    }
}

/// Returns the MAC of a message of one chunk. Some blocks of the body may be hashed beside it.
// Inlined, this adds 5 KB to the C library.
#[inline(never)]
fn mac_of_chunk(key: &HmacKey, chunk: &Chunk, body: &mut WholeBody<'_>) -> Hash {
    mac_beside(key, chunk, body)
}

/// Writes a message to `chunk`. Passes the chunk to `full` and empties it each time that it is full.
fn write_chunks(message: &impl Pieces, chunk: &mut Chunk, full: &mut dyn FnMut(&[u8])) {
    message.write(&mut |piece| {
        if chunk.extend_from_slice(piece).is_err() {
            split(chunk, piece, full);
        }
    });
}

/// Pieces are joined, because each update takes a call for every MAC.
type Chunk = heapless::Vec<u8, 256>;

/// Adds a piece that does not fit in `chunk`.
#[inline(never)]
fn split(chunk: &mut Chunk, piece: &[u8], full: &mut dyn FnMut(&[u8])) {
    let mut rest = piece;
    while chunk.extend_from_slice(rest).is_err() {
        let free = chunk.capacity().saturating_sub(chunk.len());
        let (fitting, behind) = rest.split_at_checked(free).unwrap_or((rest, &[]));
        let _ = chunk.extend_from_slice(fitting);
        full(chunk);
        chunk.clear();
        rest = behind;
    }
}
