use core::ffi::{c_char, c_void};

use super::{
    drone::translate,
    hooksig_delivery, hooksig_pending_body, hooksig_receiver, hooksig_request, hooksig_status,
    hooksig_status::DigestMismatch,
    hooksig_verified,
    memory::{body, not_null, reference, status, store},
    pending::finish_whole,
    replay::Guard,
    request::{CheckedHead, checked_request, raw_head},
};
use crate::{digest, drone::Delivery};

/// A Drone delivery that is genuine and, if there is a replay guard, new.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_received {
    /// Key, date and tag.
    pub verified: hooksig_verified,
    /// Event and action.
    pub delivery: hooksig_delivery,
}

/// Runs every check on the head and the body.
///
/// SAFETY: as for [`hooksig_receiver::head`].
unsafe fn verify_whole(
    receiver: &hooksig_receiver,
    head: &impl CheckedHead,
    body: &[u8],
) -> Result<hooksig_verified, hooksig_status> {
    let request = head.request();
    // SAFETY: the caller's contract is that of `head`.
    let (expected, verified) = unsafe { receiver.head(&request) }?;
    if digest::is_body(body, expected) { Ok(verified) } else { Err(DigestMismatch) }
}

/// Makes a call that receives a delivery, with the head in either form. `verify` gives the verdict
/// on the request; then the event is read, the fields are compared with it, and the delivery is
/// claimed.
///
/// SAFETY: each pointer is NULL or points to as many elements as its length says, and neither the
/// guard nor `received` overlaps anything else.
unsafe fn receive<H: CheckedHead>(
    receiver: *const hooksig_receiver,
    head: Result<H, hooksig_status>,
    (body, body_len): (*const c_void, usize),
    received: *mut hooksig_received,
    verify: impl FnOnce(&hooksig_receiver, &H, &[u8]) -> Result<hooksig_verified, hooksig_status>,
) -> hooksig_status {
    status(|| {
        not_null(received)?;
        let head = head?;
        // SAFETY: the caller's contract covers every pointer.
        let (body, receiver) = unsafe { (self::body(body, body_len)?, reference(receiver)?) };
        // SAFETY: the caller's contract covers the guard.
        let guard = unsafe { Guard::of(receiver) }?;
        let verified = verify(receiver, &head, body)?;
        let read = Delivery::read(body)?;
        read.check_event_field(&head.request())?;
        guard.claim(&verified)?;
        let delivery = translate(read, body);
        // SAFETY: the caller's contract covers the output.
        unsafe { store(received, hooksig_received { verified, delivery }) }
    })
}

/// Receives a Drone delivery whose body is in one buffer: verifies signature, policy, date and body,
/// reads the event, compares every X-Drone-Event field with it and, if there is a guard, claims the
/// delivery, so that it is accepted once.
///
/// A server with several threads holds a lock around the call and reads the time for receiver->now
/// inside it, because times out of order let a delivery be claimed twice. To hash bodies outside the
/// lock, call it without a guard, then hooksig_replay_claim under the lock. Answer any method but
/// POST with 405 before the call.
///
/// receiver        the settings
/// request         the head
/// body, body_len  the body as received, before any decompression; NULL with 0 is an empty body
/// received        receives key, date, tag, event and action
///
/// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
/// Otherwise a status of hooksig_verify; then of hooksig_delivery_read; _EVENT_MISMATCH if a field
/// contradicts the body; then, with a guard, of hooksig_replay_claim. The guard changes only on
/// success.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_receive(
    receiver: *const hooksig_receiver,
    request: *const hooksig_request,
    body: *const c_void,
    body_len: usize,
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
    // overlap nothing else.
    unsafe {
        let request = checked_request(request);
        receive(receiver, request, (body, body_len), received, |receiver, request, body| {
            verify_whole(receiver, request, body)
        })
    }
}

/// As hooksig_receive, with a raw head; also returns _MALFORMED_HEAD.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_receive_head(
    receiver: *const hooksig_receiver,
    head: *const c_char,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: as in `hooksig_receive`.
    unsafe {
        let head = raw_head(head, head_len);
        receive(receiver, head, (body, body_len), received, |receiver, head, body| {
            verify_whole(receiver, head, body)
        })
    }
}

/// Finishes hooksig_begin in the way hooksig_receive finishes: checks the body, reads the event,
/// compares the X-Drone-Event fields, and claims the delivery if there is a guard.
///
/// pending         the state; wiped, except on _NULL_POINTER, _INVALID_LENGTH and _WRONG_STATE
/// receiver        the settings; only now and the guard's are used. Read the time for now while
///                 holding the lock of the guard, not before hooksig_begin
/// request         the head that was passed to hooksig_begin
/// body, body_len  the whole body, which is hashed here; NULL with 0 is an empty body
/// received        receives key, date, tag, event and action
///
/// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
/// Otherwise _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if pending was not initialised, is
/// finished, or got bytes from hooksig_pending_body_update, which may differ from body;
/// _DIGEST_MISMATCH if the body is not the one that was signed; then as hooksig_receive.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_receive(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    request: *const hooksig_request,
    body: *const c_void,
    body_len: usize,
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: as in `hooksig_receive`.
    unsafe {
        let request = checked_request(request);
        receive(receiver, request, (body, body_len), received, |_, _, body| {
            finish_whole(pending, body)
        })
    }
}

/// As hooksig_pending_body_receive, with the raw head that was passed to hooksig_begin_head; also
/// returns _MALFORMED_HEAD, which leaves pending as it is.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_receive_head(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    head: *const c_char,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: as in `hooksig_receive`.
    unsafe {
        let head = raw_head(head, head_len);
        receive(receiver, head, (body, body_len), received, |_, _, body| {
            finish_whole(pending, body)
        })
    }
}
