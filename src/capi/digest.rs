use core::ffi::{c_char, c_void};

use super::{
    hooksig_status,
    memory::{body, fill, status},
};
use crate::digest;

/// The length of a Digest value with one SHA-256, in bytes without a NUL.
pub const HOOKSIG_DIGEST_FIELD_LEN: usize = 52;

const _: () = assert!(HOOKSIG_DIGEST_FIELD_LEN == digest::LEN);

/// Writes the value of the Digest field for a body: "SHA-256=" and base64.
///
/// body, body_len     the body; NULL with 0 is an empty body
/// out, out_capacity  the buffer, of at least HOOKSIG_DIGEST_FIELD_LEN bytes
/// out_len            receives HOOKSIG_DIGEST_FIELD_LEN, also on _BUFFER_TOO_SMALL
///
/// Returns HOOKSIG_STATUS_OK or _BUFFER_TOO_SMALL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_digest_field(
    body: *const c_void,
    body_len: usize,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and
        // outputs overlap nothing else.
        unsafe {
            let body = self::body(body, body_len)?;
            fill(out, out_capacity, out_len, |out| copy(digest::field(body).as_ref(), out))
        }
    })
}

/// Copies `text` to the start of `out`, whole or not at all.
pub(super) fn copy(text: &[u8], out: &mut [u8]) -> Result<usize, crate::Error> {
    let needed = text.len();
    let room = out.get_mut(..needed).ok_or(crate::Error::BufferTooSmall { needed })?;
    room.copy_from_slice(text);
    Ok(needed)
}
