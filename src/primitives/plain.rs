//! The version over the crates `hmac`, `sha2` and `base64ct`, with scanners that go byte by byte.

use base64ct::{Base64, Encoding};
use ctutils::{Choice, CtEq};
use hmac::{KeyInit, Mac, block_api::HmacCore};
use sha2::{Digest, digest::block_api::CoreProxy};

pub(crate) use super::alone::{WholeBody, mac_beside, mac_many};
use super::{BASE64_LEN, HASH_LEN, Hash, HashText};
use crate::bytes::{Class, in_bounds, is_control};

/// The capacity, on the stack, of the index of a list of names. If it is 0, lists are searched from the
/// start, and the MACs of a message are computed one after the other.
pub(crate) const HELD_NAMES: usize = if cfg!(target_os = "none") { 0 } else { 128 };

/// A hash of a name in the index of a list. Long, so that no two names of a list have the same one by chance.
pub(crate) type Fingerprint = u64;

/// The number of MACs that are computed at once, on the stack, so that a message is written once for
/// all of them.
pub(crate) const MACS_AT_ONCE: usize = 16;

/// If `true`, usual inputs take a fast path. The general code gives the same result.
pub(crate) const SHORTCUTS: bool = true;

/// Calls a function, which may be inlined.
pub(crate) fn out_of_line<A, R>(function: impl Fn(A) -> R, argument: A) -> R {
    function(argument)
}

/// Returns the SHA-256 of a whole message.
pub(crate) fn sha256(message: &[u8]) -> Hash {
    sha2::Sha256::digest(message).into()
}

/// An incremental SHA-256.
#[derive(Clone, Default)]
pub(crate) struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Takes the next bytes of the message.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        Digest::update(&mut self.0, bytes);
    }

    /// Returns the hash. Call it once.
    pub(crate) fn finish(&mut self) -> Hash {
        self.0.finalize_reset().into()
    }
}

/// The midstates of an HMAC-SHA-256 key, wiped when dropped.
#[derive(Clone)]
pub(crate) struct HmacKey(HmacCore<sha2::Sha256>);

impl HmacKey {
    /// Creates a key from a secret. Never returns `None`, because HMAC takes any length.
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        HmacCore::new_from_slice(secret).ok().map(Self)
    }

    /// Returns the MAC of a whole message.
    pub(crate) fn mac(&self, message: &[u8]) -> Hash {
        let mut stream = self.start();
        stream.update(message);
        stream.finish()
    }

    /// Starts an incremental MAC.
    pub(crate) fn start(&self) -> Hmac {
        Hmac(CoreProxy::compose(self.0.clone(), Default::default()))
    }
}

/// An incremental HMAC-SHA-256.
#[derive(Clone)]
pub(crate) struct Hmac(hmac::Hmac<sha2::Sha256>);

impl Hmac {
    /// Takes the next bytes of the message.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        Mac::update(&mut self.0, bytes);
    }

    /// Returns the MAC. Call it once.
    pub(crate) fn finish(&mut self) -> Hash {
        self.0.clone().finalize().into_bytes().into()
    }
}

/// Compares two hashes in constant time.
pub(crate) fn ct_eq(hash: &Hash, other: &Hash) -> Choice {
    hash.ct_eq(other)
}

/// Returns the base64 of a hash, in constant time.
pub(crate) fn encode(hash: &Hash) -> HashText {
    let mut text = [0; BASE64_LEN];
    let written = Base64::encode(hash, &mut text);
    debug_assert!(written.is_ok_and(|written| written.len() == BASE64_LEN));
    text
}

/// Decodes the canonical base64 of a hash to `hash`. Returns `false` for any other text.
pub(crate) fn decode(text: &HashText, hash: &mut Hash) -> bool {
    // One byte longer than a hash, because 44 digits without padding decode to 33 bytes.
    let mut decoded = [0; HASH_LEN + 1];
    let Ok(decoded) = Base64::decode(text, &mut decoded) else { return false };
    decoded.try_into().map(|decoded| *hash = decoded).is_ok()
}

/// Does the same as [`decode`](super::decode), for a text with at most `escapes` quoted-pairs.
pub(crate) fn decode_escaped(mut text: &[u8], escapes: usize, hash: &mut Hash) -> bool {
    if let Ok(text) = text.try_into()
        && escapes == 0
    {
        return super::decode(text, hash);
    }
    let mut plain = [0; BASE64_LEN];
    let mut take = |to: &mut u8| take_first(&mut text, escapes).map(|byte| *to = byte).is_some();
    plain.iter_mut().all(&mut take) && text.is_empty() && super::decode(&plain, hash)
}

/// Returns whether `text` is the canonical base64 of a hash.
pub(crate) fn is_canonical(text: &HashText) -> bool {
    decode(text, &mut Hash::default())
}

/// Removes and returns the bytes before the first one that is not in a class.
pub(crate) fn take_while<'a>(bytes: &mut &'a [u8], class: Class) -> &'a [u8] {
    take_before(bytes, |byte| !class.has(byte))
}

/// Removes and returns the bytes before the first one that is an end.
pub(crate) fn take_before<'a>(bytes: &mut &'a [u8], is_end: impl Fn(u8) -> bool) -> &'a [u8] {
    let end = bytes.iter().position(|&byte| is_end(byte)).unwrap_or(bytes.len());
    let taken;
    (taken, *bytes) = in_bounds(bytes.split_at_checked(end));
    taken
}

/// Splits before the first `end`.
pub(crate) fn split_at(mut bytes: &[u8], end: u8) -> (&[u8], &[u8]) {
    (take_before(&mut bytes, |byte| byte == end), bytes)
}

/// Splits at each space. With escapes, a quoted-pair counts as the byte that it stands for. An empty text
/// has no parts. Returns `escapes` with each.
pub(crate) fn split_at_spaces(
    text: &[u8],
    escapes: usize,
) -> impl Iterator<Item = (&[u8], usize)> + Clone {
    let mut rest = (!text.is_empty()).then_some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let mut behind = text;
        loop {
            let len = text.len().wrapping_sub(behind.len());
            match take_first(&mut behind, escapes) {
                Some(byte) if byte != b' ' => {}
                found => {
                    rest = found.map(|_| behind);
                    return Some((in_bounds(text.get(..len)), escapes));
                }
            }
        }
    })
}

/// Removes and returns the bytes before the first one that a quoted-string cannot hold unescaped.
pub(crate) fn take_qdtext<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    take_while(bytes, Class::QDTEXT)
}

/// Removes and returns the first byte, or the second if the first is a backslash and there are escapes.
pub(crate) fn take_first(bytes: &mut &[u8], escapes: usize) -> Option<u8> {
    let (byte, rest) = match *bytes {
        [b'\\', byte, rest @ ..] if escapes > 0 => (byte, rest),
        [byte, rest @ ..] => (byte, rest),
        [] => return None,
    };
    *bytes = rest;
    Some(*byte)
}

/// Returns the first four bytes of a word in lower case, or 0 if there are fewer. They rule out most
/// other words.
pub(crate) const fn start(word: &[u8]) -> u32 {
    match word.first_chunk() {
        Some(start) => u32::from_le_bytes(*start) | 0x2020_2020,
        None => 0,
    }
}

/// Returns whether any byte is a control byte other than HTAB.
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    bytes.iter().copied().any(is_control)
}

/// Compares a word with one in lower case, ignoring ASCII case.
pub(crate) fn is_word<const N: usize>(word: &[u8], lower: &[u8; N]) -> bool {
    word.eq_ignore_ascii_case(lower)
}

/// Compares two words, ignoring ASCII case.
pub(crate) fn eq_ignore_case(word: &[u8], other: &[u8]) -> bool {
    word.eq_ignore_ascii_case(other)
}
