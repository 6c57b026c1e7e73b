use core::ffi::{c_char, c_void};

use super::{
    drone::translate,
    hooksig_delivery, hooksig_pending_body, hooksig_receiver, hooksig_request, hooksig_status,
    hooksig_verified,
    memory::{body, not_null, reference, status, store},
    pending::finish_delivery,
    replay::Guard,
    request::{CheckedHead, checked_request, raw_head},
};
use crate::drone::Delivery;

/// A Drone delivery that is genuine and, if there is a replay guard, new.
#[allow(missing_docs)] // The names say it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_received {
    pub verified: hooksig_verified,
    pub delivery: hooksig_delivery,
}

/// Runs every check on the head and the body.
///
/// SAFETY: as for [`hooksig_receiver::verify`].
unsafe fn verify_whole(
    receiver: &hooksig_receiver,
    head: &impl CheckedHead,
    body: &[u8],
) -> Result<hooksig_verified, hooksig_status> {
    let request = head.request();
    // SAFETY: the caller's contract is that of `verify`.
    unsafe { receiver.verify(&request, body) }
}

/// Receives a delivery whose head is in either form. `verify` returns the verdict on the request;
/// then the event is read, the fields are compared with it, and the delivery is claimed.
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

/// Does the same as [`receive`] after hooksig_begin. `is_hashed` is true if the body was hashed in
/// pieces.
///
/// SAFETY: as for [`receive`]; unless it is NULL, `pending` points to a handle that nothing else uses.
unsafe fn receive_pending(
    pending: *mut hooksig_pending_body,
    is_hashed: bool,
    receiver: *const hooksig_receiver,
    head: Result<impl CheckedHead, hooksig_status>,
    body: (*const c_void, usize),
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: the caller's contract.
    unsafe {
        receive(receiver, head, body, received, |_, _, body| {
            finish_delivery(pending, (!is_hashed).then_some(body))
        })
    }
}

/// Receives a Drone delivery whose body is in one buffer: verifies signature, policy, date and
/// body, reads the event, compares every X-Drone-Event field with it and, if there is a guard,
/// claims the delivery, so that it is accepted once.
///
/// receiver        the settings
/// request         the head
/// body, body_len  the body as received, before any decompression; NULL with 0 is an empty body
/// received        receives the key, date, tag, event and action
///
/// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
/// Otherwise, in this order, a status of hooksig_verify; of hooksig_delivery_read; _EVENT_MISMATCH
/// if a field contradicts the body; with a guard, a status of hooksig_replay_claim. The guard
/// changes only on success.
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

/// As hooksig_receive, with a raw head.
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

/// Does the rest of hooksig_receive after hooksig_begin: checks the body, reads the event, compares
/// the X-Drone-Event fields, and claims the delivery if there is a guard.
///
/// pending         the state; wiped, except on _NULL_POINTER, _INVALID_LENGTH, _MALFORMED_HEAD and
///                 _WRONG_STATE
/// receiver        the settings; only now and the guard's are used. Without a guard, now is not
///                 used either; hooksig_replay_claim then checks whether the date has expired
/// request         the head that hooksig_begin got. Another head is not detected, and makes the
///                 comparison of the event worthless
/// body, body_len  the whole body, which is hashed here; NULL with 0 is an empty body
/// received        receives the key, date, tag, event and action
///
/// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
/// Otherwise _WRONG_STATE, also if hooksig_pending_body_update hashed bytes before;
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
        receive_pending(pending, false, receiver, request, (body, body_len), received)
    }
}

/// As hooksig_pending_body_receive, with the raw head that hooksig_begin_head got.
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
        receive_pending(pending, false, receiver, head, (body, body_len), received)
    }
}

/// Does the same as hooksig_pending_body_receive, for a body that hooksig_pending_body_update has
/// hashed.
///
/// pending, receiver, request  as for hooksig_pending_body_receive
/// start, start_len            the body, or enough of its beginning to contain event and action.
///                             Pass the bytes that were hashed, because others are not detected
/// received                    receives the key, date, tag, event and action; positions are
///                             relative to start
///
/// Returns the statuses of hooksig_pending_body_receive, without _WRONG_STATE for hashed bytes;
/// _MALFORMED_BODY also if start ends before both are known.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_finish_delivery(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    request: *const hooksig_request,
    start: *const c_void,
    start_len: usize,
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: as in `hooksig_receive`.
    unsafe {
        let request = checked_request(request);
        receive_pending(pending, true, receiver, request, (start, start_len), received)
    }
}

/// As hooksig_pending_body_finish_delivery, with the raw head that hooksig_begin_head got.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_finish_delivery_head(
    pending: *mut hooksig_pending_body,
    receiver: *const hooksig_receiver,
    head: *const c_char,
    head_len: usize,
    start: *const c_void,
    start_len: usize,
    received: *mut hooksig_received,
) -> hooksig_status {
    // SAFETY: as in `hooksig_receive`.
    unsafe {
        let head = raw_head(head, head_len);
        receive_pending(pending, true, receiver, head, (start, start_len), received)
    }
}
