use core::ffi::{c_char, c_void};

use super::{
    hooksig_status,
    memory::{body, fill, status},
};
use crate::digest;

/// The length of the value of a Digest field with one SHA-256, in bytes without a NUL.
pub const HOOKSIG_DIGEST_FIELD_LEN: usize = 52;

const _: () = assert!(HOOKSIG_DIGEST_FIELD_LEN == digest::LEN);

/// Writes the value of the Digest field for a body: "SHA-256=" and base64, without a NUL.
///
/// body          the body; NULL with 0 is an empty one
/// body_len      its length in bytes
/// out           room for out_capacity bytes; must not overlap the body
/// out_capacity  at least HOOKSIG_DIGEST_FIELD_LEN
/// out_len       receives HOOKSIG_DIGEST_FIELD_LEN, written or needed
///
/// Returns HOOKSIG_STATUS_OK, _BUFFER_TOO_SMALL, _NULL_POINTER or _INVALID_LENGTH. On any other than
/// HOOKSIG_STATUS_OK nothing is written to out.
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
