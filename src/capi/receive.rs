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

/// A Drone delivery that is genuine, and new if there is a replay guard.
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

/// Receives a Drone delivery whose body is in one buffer. Verifies signature, policy, date and body,
/// reads the event, compares every X-Drone-Event field with it and, if there is a guard, claims the
/// delivery, so that it is accepted once.
///
/// A server with several threads holds a lock around the call, and reads the time for receiver->now
/// inside it: times out of order let a delivery be claimed twice. To hash bodies outside the lock, call it
/// without a guard, then hooksig_replay_claim under the lock. A server answers anything but POST with
/// 405 before the call.
///
/// receiver  the settings
/// request   the head
/// body      the body as received, before any decompression; NULL with 0 is an empty one
/// body_len  its length in bytes
/// received  receives key, date, tag, event and action
///
/// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new. Otherwise
/// a status of hooksig_verify, then of hooksig_delivery_read, _EVENT_MISMATCH if a field contradicts
/// the body, then a status of hooksig_replay_claim. The guard is changed only on HOOKSIG_STATUS_OK.
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

/// As hooksig_receive, with one raw HTTP/1.1 head as for hooksig_verify_head.
///
/// receiver  the settings
/// head      the head and nothing after it; every line ends in CRLF
/// head_len  its length in bytes
/// body      the body, with any transfer coding removed; NULL with 0 is an empty one
/// body_len  its length in bytes
/// received  receives key, date, tag, event and action
///
/// Returns a status of hooksig_receive, or HOOKSIG_STATUS_MALFORMED_HEAD.
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

/// Ends hooksig_begin as hooksig_receive ends: gives the verdict, reads the event, compares the
/// fields, and claims the delivery.
///
/// pending   the state; wiped if it was initialised and the other arguments can be used
/// receiver  the settings; only guard and now are used. Set now to the time at which the guard's lock
///           is held, not to that of hooksig_begin
/// request   the head that was given to hooksig_begin
/// body      the whole body, which is hashed here; NULL with 0 is an empty one
/// body_len  its length in bytes
/// received  receives key, date, tag, event and action
///
/// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new;
/// _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if pending was not initialised, is finished, or
/// got bytes from hooksig_pending_body_update, which need not be those of body; _DIGEST_MISMATCH if the
/// body is not the one that was signed; then as hooksig_receive.
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

/// As hooksig_pending_body_receive, with the raw head that was given to hooksig_begin_head.
///
/// pending   the state; wiped if it was initialised and the other arguments can be used
/// receiver  the settings; only guard and now are used, as in hooksig_pending_body_receive
/// head      the head
/// head_len  its length in bytes
/// body      the whole body, as in hooksig_pending_body_receive
/// body_len  its length in bytes
/// received  receives key, date, tag, event and action
///
/// Returns a status of hooksig_pending_body_receive, or HOOKSIG_STATUS_MALFORMED_HEAD.
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
