use core::ffi::c_char;

use super::{
    hooksig_status::{self, IncompleteHead, MalformedLength},
    memory::{not_null, status, store, text},
};
use crate::Head;

/// Finds the end of a raw HTTP/1.1 (or 1.0) head and the length of the body after it.
///
/// received, received_len  the bytes received so far, from the request line; may include body bytes
/// head_len                receives the length of the head and its empty line; the body follows
/// body_len                receives Content-Length, or 0 without that field
///
/// Returns HOOKSIG_STATUS_OK, which is not a verdict; _NULL_POINTER, _INVALID_LENGTH;
/// _INCOMPLETE_HEAD if the empty line has not arrived yet: receive more, up to a limit of yours;
/// _MALFORMED_HEAD; _MALFORMED_LENGTH if there is a Transfer-Encoding field, more than one
/// Content-Length, or one that is not a number or does not fit into memory: answer with 400 or 411
/// and close the connection, because the start of the next request is uncertain.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_head_body_len(
    received: *const c_char,
    received_len: usize,
    head_len: *mut usize,
    body_len: *mut usize,
) -> hooksig_status {
    status(|| {
        not_null(head_len)?;
        not_null(body_len)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let head = Head::find(unsafe { text(received, received_len) }?).ok_or(IncompleteHead)?;
        let len = Head::parse(head)?.body_len().ok_or(MalformedLength)?;
        // SAFETY: as above, and outputs overlap nothing else.
        unsafe {
            store(head_len, head.len())?;
            store(body_len, len)
        }
    })
}
