use core::ffi::c_void;

use super::{
    handle::{self, Handle, fits},
    hooksig_status,
    memory::{body, not_null, status, view},
};
use crate::Key;

/// The size of a hooksig_key in 64-bit words, the same on every target: 160 bytes.
pub const HOOKSIG_KEY_WORDS: usize = 20;

/// A key: the HMAC-SHA-256 midstates of a secret, not the secret itself. Initialise it with
/// hooksig_key_init; it never changes afterwards. You may copy or move it with memcpy. Wipe every
/// copy when it is no longer needed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_key {
    opaque: [u64; HOOKSIG_KEY_WORDS],
}

// SAFETY: an array of integers; the size is asserted.
unsafe impl Handle for hooksig_key {
    type Value = Key;
    const MARK: u64 = u64::from_be_bytes(*b"HSkey\x01\xA5\x5A");
}
const _: () = assert!(fits::<hooksig_key>());

/// A [`hooksig_key`] that is known to be initialised.
#[repr(transparent)]
pub(super) struct MadeKey(hooksig_key);

impl AsRef<Key> for MadeKey {
    fn as_ref(&self) -> &Key {
        // SAFETY: a `MadeKey` is a handle that `get` found to be a key, and no thread writes to an
        // input during the call.
        unsafe { handle::get_made(&raw const self.0) }
    }
}

/// SAFETY: as for `view`.
pub(super) unsafe fn made_keys<'a>(
    keys: *const hooksig_key,
    keys_len: usize,
) -> Result<&'a [MadeKey], hooksig_status> {
    // SAFETY: passed on.
    let handles = unsafe { view(keys, keys_len) }?;
    for key in handles {
        // SAFETY: `key` is a reference.
        unsafe { handle::get(key) }?;
    }
    // SAFETY: every key was checked; the pointer and the length are those of a slice, and
    // `MadeKey` has the layout of `hooksig_key`.
    Ok(unsafe { core::slice::from_raw_parts(handles.as_ptr().cast::<MadeKey>(), handles.len()) })
}

/// Initialises a key from a secret.
///
/// key                 receives the key; its previous contents do not matter
/// secret, secret_len  the secret, at least one byte, exactly as the Drone server has it: nothing
///                     is trimmed or decoded, so drop the newline at the end of a file. It is not
///                     kept, but a copy may remain on the stack until the stack is reused
///
/// Returns HOOKSIG_STATUS_OK; _EMPTY_SECRET if secret_len is 0 or every byte is NUL, which HMAC
/// cannot tell from an empty secret.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_key_init(
    key: *mut hooksig_key,
    secret: *const c_void,
    secret_len: usize,
) -> hooksig_status {
    status(|| {
        not_null(key)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let made = Key::new(unsafe { body(secret, secret_len) }?)?;
        // SAFETY: as above, and outputs overlap nothing else.
        unsafe { handle::make(key, made) }
    })
}

/// Overwrites a key with zeros. Does nothing if key is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_key_wipe(key: *mut hooksig_key) {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    unsafe { handle::wipe(key) }
}
