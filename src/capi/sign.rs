use core::ffi::c_char;

use super::{
    handle, hooksig_key, hooksig_request, hooksig_status,
    memory::{fill, status, text},
    request::{CheckedHead, checked_request},
};
use crate::{HeaderList, Signer, signing_string};

/// The length of a Signature value without keyId and list, in bytes, for hooksig_sign.
pub const HOOKSIG_SIGNATURE_BASE_LEN: usize = 100;

/// Writes the value of a request's Signature field, with the parameters in Drone's order. For an
/// Authorization field, put "Signature " before it. For a whole Drone delivery see
/// hooksig_delivery_sign.
///
/// The body is covered only if the list has digest and the request a Digest field
/// (hooksig_digest_field). Receivers for Drone require "date digest".
///
/// key                 the key
/// key_id, key_id_len  the key's name; at least one byte; no quotes, backslashes, control bytes
/// request             the head
/// list, list_len      the names to cover, separated by single spaces, such as "date digest"
/// out, out_capacity   the buffer; HOOKSIG_SIGNATURE_BASE_LEN + key_id_len + list_len bytes suffice
/// out_len             receives the length written, or the length needed on _BUFFER_TOO_SMALL
///
/// Returns HOOKSIG_STATUS_OK; _INVALID_KEY_ID; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST,
/// _REPEATED_NAME or _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER if a name is
/// not in the request; _CONTROL_BYTE; _HOST_MISMATCH; _SIGNING_STRING_TOO_LONG, because no receiver
/// would accept the signature; _BUFFER_TOO_SMALL.
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
            let request = checked_request(request)?;
            let list = HeaderList::new(text(list, list_len)?);
            fill(out, out_capacity, out_len, |out| {
                let signer = Signer::new(key, key_id)?;
                signer.sign(&request.request(), &list, out).map(<[u8]>::len)
            })
        }
    })
}

/// Writes the signing string of a request (draft 10, section 2.3): for each name of the list a line
/// "name: value", joined by LF. Use it for diagnostics or for other algorithms; hooksig_sign does
/// not need it.
///
/// request, list, list_len  as for hooksig_sign
/// out, out_capacity        the buffer; NULL with 0 asks for the length, which is at most
///                          HOOKSIG_MAX_SIGNING_STRING_LEN
/// out_len                  receives the length written, or the length needed on _BUFFER_TOO_SMALL
///
/// Returns the statuses of hooksig_sign, except those about key and keyId.
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
            let request = checked_request(request)?;
            let list = HeaderList::new(text(list, list_len)?);
            fill(out, out_capacity, out_len, |out| {
                signing_string(&request.request(), &list, out).map(<[u8]>::len)
            })
        }
    })
}
