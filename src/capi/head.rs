use core::ffi::c_char;

use super::{
    hooksig_status::{self, IncompleteHead, MalformedLength},
    memory::{not_null, status, store, text},
};
use crate::Head;

/// Finds the end of a raw HTTP/1.1 (or 1.0) head and the length of the body after it.
///
/// received, received_len  the bytes received so far, from the request line on; may include body
///                         bytes
/// head_len                receives the length of the head and its empty line; the body follows
/// body_len                receives Content-Length, or 0 without that field; at most PTRDIFF_MAX.
///                         Compare it with a limit before you add to it or allocate
///
/// Returns HOOKSIG_STATUS_OK, which is not a verdict; _INCOMPLETE_HEAD if CR LF CR LF has not
/// arrived yet; _MALFORMED_HEAD; _MALFORMED_LENGTH if there is a Transfer-Encoding field, more than
/// one Content-Length, or one that is not a number or does not fit into memory.
///
/// On _INCOMPLETE_HEAD receive more and call again, or refuse the head if the input ends or your
/// buffer is full. Nothing else was checked yet, each call searches from the start, and a head with
/// bare LF stays incomplete. After any other error close the connection, because the start of the
/// next request is uncertain.
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
