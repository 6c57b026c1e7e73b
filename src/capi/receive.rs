use core::ffi::{c_char, c_void};

use super::{
    drone::translate,
    hooksig_delivery, hooksig_pending_body, hooksig_receiver, hooksig_request, hooksig_status,
    hooksig_verified,
    memory::{body, not_null, reference, status, store, text},
    pending::finish_whole,
    replay::Guard,
    request::CheckedRequest,
    verify::verify,
};
use crate::{Head, Headers, Request, drone::Delivery};

/// A Drone delivery that is genuine and, if there is a replay guard, new.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_received {
    /// Key, date and tag.
    pub verified: hooksig_verified,
    /// Event and action.
    pub delivery: hooksig_delivery,
}

/// Reads the event of a verified delivery, compares the fields with it, and claims it.
///
/// SAFETY: unless it is NULL, `received` points to memory that nothing else uses.
unsafe fn accept<H: Headers>(
    guard: Guard<'_>,
    request: &Request<'_, H>,
    body: &[u8],
    verified: hooksig_verified,
    received: *mut hooksig_received,
) -> Result<(), hooksig_status> {
    let read = Delivery::read(body)?;
    read.check_event_field(request)?;
    guard.claim(&verified)?;
    // SAFETY: passed on.
    unsafe { store(received, hooksig_received { verified, delivery: translate(read, body) }) }
}

/// SAFETY: as for [`verify`] and [`accept`], and for the guard of `receiver`.
unsafe fn receive<H: Headers>(
    receiver: *const hooksig_receiver,
    request: &Request<'_, H>,
    body: (*const c_void, usize),
    received: *mut hooksig_received,
) -> Result<(), hooksig_status> {
    // SAFETY: passed on.
    unsafe {
        let body = self::body(body.0, body.1)?;
        let receiver = reference(receiver)?;
        let guard = Guard::of(receiver)?;
        verify(receiver, request, body, |verified| accept(guard, request, body, verified, received))
    }
}

/// SAFETY: as for [`finish_whole`] and [`accept`], and for the guard of `receiver`.
unsafe fn end<H: Headers>(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    request: &Request<'_, H>,
    body: (*const c_void, usize),
    received: *mut hooksig_received,
) -> Result<(), hooksig_status> {
    // SAFETY: passed on.
    unsafe {
        let body = self::body(body.0, body.1)?;
        let guard = Guard::of(reference(receiver)?)?;
        accept(guard, request, body, finish_whole(pending, body)?, received)
    }
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
    status(|| {
        not_null(received)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
        // overlap nothing else.
        unsafe {
            let request = CheckedRequest::new(reference(request)?)?;
            receive(receiver, &request.request(), (body, body_len), received)
        }
    })
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
    status(|| {
        not_null(received)?;
        // SAFETY: as in `hooksig_receive`.
        unsafe {
            let head = Head::parse(text(head, head_len)?)?;
            receive(receiver, &head.request(), (body, body_len), received)
        }
    })
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
    status(|| {
        not_null(received)?;
        // SAFETY: as in `hooksig_receive`.
        unsafe {
            let request = CheckedRequest::new(reference(request)?)?;
            end(pending, receiver, &request.request(), (body, body_len), received)
        }
    })
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
    status(|| {
        not_null(received)?;
        // SAFETY: as in `hooksig_receive`.
        unsafe {
            let head = Head::parse(text(head, head_len)?)?;
            end(pending, receiver, &head.request(), (body, body_len), received)
        }
    })
}
