use core::ffi::{c_char, c_void};

use super::{
    hooksig_receiver, hooksig_request, hooksig_status, hooksig_verified,
    memory::{body, not_null, reference, status, store},
    request::{CheckedHead, checked_request, raw_head},
};

/// The maximum number of names that a signature may cover.
pub const HOOKSIG_MAX_NAMES: usize = 128;

/// The maximum length of a signing string, in bytes.
pub const HOOKSIG_MAX_SIGNING_STRING_LEN: usize = 4096;

const _: () = assert!(HOOKSIG_MAX_NAMES == crate::MAX_NAMES);
const _: () = assert!(HOOKSIG_MAX_SIGNING_STRING_LEN == crate::MAX_SIGNING_STRING_LEN);

/// Does the work of hooksig_verify for a head in either form.
///
/// SAFETY: each pointer is NULL or points to as many elements as its length says, and `verified`
/// overlaps nothing else.
unsafe fn verify(
    receiver: *const hooksig_receiver,
    head: Result<impl CheckedHead, hooksig_status>,
    (body, body_len): (*const c_void, usize),
    verified: *mut hooksig_verified,
) -> hooksig_status {
    status(|| {
        not_null(verified)?;
        let head = head?;
        // SAFETY: the caller's contract covers every pointer.
        unsafe {
            let body = self::body(body, body_len)?;
            let request = head.request();
            store(verified, reference(receiver)?.verify(&request, body)?)
        }
    })
}

/// Verifies a request whose body is in one buffer: signature, policy, date and body. For a Drone
/// delivery prefer hooksig_receive, which also compares the event and refuses a replay. If the MAC
/// is wrong, at most as many blocks of the body were hashed as the MAC has.
///
/// receiver, request, body, body_len  as for hooksig_receive; the guard is not used
/// verified                           receives the key, date and tag
///
/// Returns HOOKSIG_STATUS_OK if and only if the request is genuine. Otherwise an error of
/// hooksig_begin, or _DIGEST_MISMATCH if the body is not the one that was signed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_verify(
    receiver: *const hooksig_receiver,
    request: *const hooksig_request,
    body: *const c_void,
    body_len: usize,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
    // overlap nothing else.
    unsafe { verify(receiver, checked_request(request), (body, body_len), verified) }
}

/// As hooksig_verify, with a raw head.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_verify_head(
    receiver: *const hooksig_receiver,
    head: *const c_char,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    // SAFETY: as in `hooksig_verify`.
    unsafe { verify(receiver, raw_head(head, head_len), (body, body_len), verified) }
}
