use core::ffi::c_char;

use super::{
    handle, hooksig_key, hooksig_request, hooksig_status,
    memory::{fill, reference, status, text},
    request::CheckedRequest,
};
use crate::{HeaderList, Signer, signing_string};

/// The length of the value of a Signature field apart from keyId and list of names, in bytes: a
/// buffer of HOOKSIG_SIGNATURE_BASE_LEN + key_id_len + list_len bytes always suffices.
pub const HOOKSIG_SIGNATURE_BASE_LEN: usize = 100;

/// Writes the value of the Signature field of a request: text without a NUL, its parameters in the
/// order in which Drone writes them. Authorization takes the same after "Signature ".
///
/// The body is covered only through a Digest field (hooksig_digest_field) that is in the request and
/// in the list; a receiver for Drone demands "date digest". For a whole Drone delivery see
/// hooksig_delivery_sign.
///
/// key           the key; not changed
/// key_id        names the key to the receiver; without quotes, backslashes and control bytes
/// key_id_len    its length in bytes, at least 1
/// request       the head; read only, nothing is kept
/// list          the names to cover separated by single spaces, such as "date digest"
/// list_len      its length in bytes
/// out           room for out_capacity bytes; must not overlap the inputs
/// out_capacity  HOOKSIG_SIGNATURE_BASE_LEN + key_id_len + list_len always suffices
/// out_len       receives the length written, or the length needed on HOOKSIG_STATUS_BUFFER_TOO_SMALL
///
/// Returns HOOKSIG_STATUS_OK; _INVALID_KEY_ID; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST,
/// _REPEATED_NAME or _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER if a name is not in
/// the request; _CONTROL_BYTE if a covered value, the method or the target holds one;
/// _BUFFER_TOO_SMALL; _NULL_POINTER, _INVALID_LENGTH, or _WRONG_STATE if the key was not made. On any
/// other than HOOKSIG_STATUS_OK nothing is written to out.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_sign(
    key: *const hooksig_key,
    key_id: *const c_char,
    key_id_len: usize,
    request: *const hooksig_request,
    list: *const c_char,
    list_len: usize,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and
        // outputs overlap nothing else.
        unsafe {
            let key = handle::get(key)?;
            let key_id = text(key_id, key_id_len)?;
            let request = CheckedRequest::new(reference(request)?)?;
            let list = HeaderList::new(text(list, list_len)?);
            fill(out, out_capacity, out_len, |out| {
                let signer = Signer::new(key, key_id)?;
                signer.sign(&request.request(), &list, out).map(<[u8]>::len)
            })
        }
    })
}

/// Writes the signing string of a request (draft 10, section 2.3), for diagnostics and for other
/// algorithms; signing and verifying do not need it.
///
/// For each name of the list a line "name: value", joined by LF and without one at the end.
///
/// request       the head; read only, nothing is kept
/// list          the names to cover separated by single spaces
/// list_len      its length in bytes
/// out           room for out_capacity bytes; receives octets without a NUL; must not overlap the inputs
/// out_capacity  how many; a first call with NULL and 0 tells how many are needed
/// out_len       receives the length written, or the length needed on HOOKSIG_STATUS_BUFFER_TOO_SMALL
///
/// Returns HOOKSIG_STATUS_OK; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST, _REPEATED_NAME or
/// _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER; _CONTROL_BYTE; _BUFFER_TOO_SMALL;
/// _NULL_POINTER or _INVALID_LENGTH. On any other than HOOKSIG_STATUS_OK nothing is written to out.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_signing_string(
    request: *const hooksig_request,
    list: *const c_char,
    list_len: usize,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and
        // outputs overlap nothing else.
        unsafe {
            let request = CheckedRequest::new(reference(request)?)?;
            let list = HeaderList::new(text(list, list_len)?);
            fill(out, out_capacity, out_len, |out| {
                signing_string(&request.request(), &list, out).map(<[u8]>::len)
            })
        }
    })
}
