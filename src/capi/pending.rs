use core::ffi::{c_char, c_void};

use super::{
    handle::{self, Handle, fits},
    hooksig_receiver, hooksig_request, hooksig_status,
    hooksig_status::DigestMismatch,
    hooksig_verified,
    memory::{body, not_null, pending, reference, status, store},
    request::{CheckedHead, checked_request, raw_head},
};
use crate::digest::BodyDigest;

/// The size of a hooksig_pending_body in 64-bit words, the same on every target: 256 bytes.
pub const HOOKSIG_PENDING_BODY_WORDS: usize = 32;

/// A request with a genuine head, whose body is not checked yet. hooksig_begin initialises it. It
/// is not a verdict.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_pending_body {
    opaque: [u64; HOOKSIG_PENDING_BODY_WORDS],
}

/// The contents of a [`hooksig_pending_body`].
pub(super) struct Pending {
    body: BodyDigest,
    /// Set if bytes of the body came in pieces.
    is_fed: bool,
    verified: hooksig_verified,
}

// SAFETY: an array of integers; the size is asserted.
unsafe impl Handle for hooksig_pending_body {
    type Value = Pending;
    const MARK: u64 = u64::from_be_bytes(*b"HSpend\xA5\x5A");
}
const _: () = assert!(fits::<hooksig_pending_body>());

/// Does the work of hooksig_begin for a head in either form.
///
/// SAFETY: each pointer is NULL or points to as many elements as its length says, and `pending`
/// overlaps nothing else.
unsafe fn begin(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    head: Result<impl CheckedHead, hooksig_status>,
) -> hooksig_status {
    self::pending(|| {
        not_null(pending)?;
        let head = head?;
        // SAFETY: the caller's contract covers every pointer.
        unsafe {
            let request = head.request();
            let (expected, verified) = reference(receiver)?.head(&request)?;
            let body = BodyDigest::new(expected);
            handle::make(pending, Pending { body, is_fed: false, verified })
        }
    })
}

/// Returns the verdict on `pending` and wipes it. Calls `take` with the facts if it is genuine.
///
/// SAFETY: unless it is NULL, `pending` points to a handle that nothing else uses.
unsafe fn finish<T>(
    pending: *mut hooksig_pending_body,
    take: impl FnOnce(&hooksig_verified) -> T,
) -> Result<T, hooksig_status> {
    // SAFETY: the caller's contract.
    unsafe {
        let made = handle::get_mut(pending)?;
        let taken = made.body.matches().then(|| take(&made.verified));
        handle::wipe(pending);
        taken.ok_or(DigestMismatch)
    }
}

/// Returns the verdict after hashing `whole`, or on a body that was hashed in pieces. A whole body
/// after pieces is refused, because the event must be read from the hashed bytes and a kept copy
/// may differ.
///
/// SAFETY: as for [`finish`].
pub(super) unsafe fn finish_delivery(
    pending: *mut hooksig_pending_body,
    whole: Option<&[u8]>,
) -> Result<hooksig_verified, hooksig_status> {
    // SAFETY: the caller's contract.
    unsafe {
        if let Some(body) = whole {
            let made = handle::get_mut(pending)?;
            if made.is_fed {
                return Err(hooksig_status::WrongState);
            }
            made.body.update(body);
        }
        finish(pending, |verified| *verified)
    }
}

/// Checks the head of a request before the body arrives: parameters, policy, date, then the MAC.
/// Nothing is hashed for a malformed or stale request.
///
/// Then receive the body, without interpreting it. If it is in one buffer, get the verdict on a
/// delivery from hooksig_pending_body_receive. If it comes in pieces, pass each to
/// hooksig_pending_body_update and get the verdict from hooksig_pending_body_finish_delivery. Both
/// compare X-Drone-Event and claim the delivery; hooksig_pending_body_finish does neither.
///
/// pending   receives the state; its previous contents do not matter
/// receiver  the settings; the guard is not used
/// request   the head
///
/// Returns HOOKSIG_STATUS_PENDING, which is not a verdict, if the head is genuine; never
/// HOOKSIG_STATUS_OK. Errors are checked in the order of these groups, and the first in a group to
/// be found is returned: _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE, _NO_KEYS;
/// _MISSING_SIGNATURE, _REPEATED_SIGNATURE; _MALFORMED_PARAMS, _RFC9421_SIGNATURE, _REPEATED_PARAM,
/// _MISSING_PARAM; _UNSUPPORTED_NAME, _MALFORMED_LIST, _REPEATED_NAME, _TOO_MANY_NAMES;
/// _UNSUPPORTED_ALGORITHM, or _MISSING_PARAM if algorithm is absent; _UNEXPECTED_KEY_ID;
/// _NOT_COVERED; _MALFORMED_SIGNATURE; _MISSING_DATE, _REPEATED_DATE, _MALFORMED_DATE,
/// _DATE_TOO_OLD, _DATE_TOO_NEW; _MISSING_DIGEST, _REPEATED_DIGEST, _MALFORMED_DIGEST,
/// _UNSUPPORTED_DIGEST, _DIGEST_MISMATCH if Digest has two different SHA-256 values;
/// _TOO_MANY_NAMES if more than 16 fields repeat a covered header; _MISSING_HEADER,
/// _CONTROL_BYTE, _HOST_MISMATCH; _SIGNING_STRING_TOO_LONG; _SIGNATURE_MISMATCH. pending is written
/// only on HOOKSIG_STATUS_PENDING.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_begin(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    request: *const hooksig_request,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
    // overlap nothing else.
    unsafe { begin(pending, receiver, checked_request(request)) }
}

/// As hooksig_begin, with a raw head: head_len bytes, as hooksig_head_body_len found them.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_begin_head(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    head: *const c_char,
    head_len: usize,
) -> hooksig_status {
    // SAFETY: as in `hooksig_begin`.
    unsafe { begin(pending, receiver, raw_head(head, head_len)) }
}

/// Hashes the next piece of a body. Pieces may have any size. After the last one, get the verdict
/// from hooksig_pending_body_finish_delivery.
///
/// pending           the state
/// chunk, chunk_len  the next bytes as received; NULL with 0 is an empty piece
///
/// Returns HOOKSIG_STATUS_PENDING.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_update(
    pending: *mut hooksig_pending_body,
    chunk: *const c_void,
    chunk_len: usize,
) -> hooksig_status {
    self::pending(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let (pending, chunk) = unsafe { (handle::get_mut(pending)?, body(chunk, chunk_len)?) };
        pending.body.update(chunk);
        pending.is_fed |= !chunk.is_empty();
        Ok(())
    })
}

/// Gives the verdict on a signed request that is not a Drone delivery, after its body was hashed in
/// pieces. For a delivery use hooksig_pending_body_finish_delivery, because this function accepts a
/// changed X-Drone-Event and a replay.
///
/// pending   the state; wiped, except on _NULL_POINTER and _WRONG_STATE
/// verified  receives the key, date and tag
///
/// Returns HOOKSIG_STATUS_OK if and only if the request is genuine; _DIGEST_MISMATCH if the body is
/// not the one that was signed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_finish(
    pending: *mut hooksig_pending_body,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    status(|| {
        not_null(verified)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
        // overlap nothing else.
        unsafe { finish(pending, |facts| store(verified, *facts))? }
    })
}
