use core::ffi::{c_char, c_void};

use super::{
    handle, hooksig_key, hooksig_status,
    memory::{body, status, store},
};
use crate::drone::{self, Action, Delivery, Event};

use super::{HOOKSIG_DATE_LEN, HOOKSIG_DIGEST_FIELD_LEN};

/// The length of the Signature value of a Drone delivery, in bytes without a NUL.
pub const HOOKSIG_DELIVERY_SIGNATURE_LEN: usize = 119;

const _: () = assert!(HOOKSIG_DELIVERY_SIGNATURE_LEN == drone::SIGNATURE_LEN);

/// The subject of a delivery: the event in its body.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_event {
    /// The body has no event: older servers do not send it, and the X-Drone-Event field, which
    /// anyone could change on the way, is all there is.
    Absent = 0,
    /// user
    User = 1,
    /// repo
    Repo = 2,
    /// build
    Build = 3,
    /// Another one: see the text.
    Unknown = 99,
}

/// What happened: the action in the body.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_action {
    /// The body has no action.
    Absent = 0,
    /// created
    Created = 1,
    /// updated
    Updated = 2,
    /// deleted
    Deleted = 3,
    /// enabled
    Enabled = 4,
    /// disabled
    Disabled = 5,
    /// Another one: see the text.
    Unknown = 99,
}

/// The event and the action of a delivery. Their texts are given as positions in the body, between
/// the quotes: escapes are not resolved. An absent text has length 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_delivery {
    /// The event.
    pub event: hooksig_event,
    /// The action.
    pub action: hooksig_action,
    /// The position of the event's text in the body.
    pub event_at: usize,
    /// The length of the event's text in bytes.
    pub event_len: usize,
    /// The position of the action's text in the body.
    pub action_at: usize,
    /// The length of the action's text in bytes.
    pub action_len: usize,
}

/// The header values of a delivery as Drone sends it, each with a NUL. Drone also sends
/// X-Drone-Event (the event, not signed) and Content-Type: application/json.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_delivery_headers {
    /// The value of Date: HOOKSIG_DATE_LEN characters.
    pub date: [c_char; 30],
    /// The value of Digest: HOOKSIG_DIGEST_FIELD_LEN characters.
    pub digest: [c_char; 53],
    /// The value of Signature: HOOKSIG_DELIVERY_SIGNATURE_LEN characters.
    pub signature: [c_char; 120],
}

// Plain numbers, which cbindgen can show; the header's generator puts the sums in their place.
const _: () = assert!(HOOKSIG_DATE_LEN + 1 == 30);
const _: () = assert!(HOOKSIG_DIGEST_FIELD_LEN + 1 == 53);
const _: () = assert!(HOOKSIG_DELIVERY_SIGNATURE_LEN + 1 == 120);

/// Reads event and action from a body. Receivers use hooksig_receive instead, which also compares
/// the X-Drone-Event fields. A sender finds here the X-Drone-Event value for a body that it signs.
///
/// body, body_len  the body; reading stops when both are known
/// delivery        receives event and action
///
/// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _MALFORMED_BODY if the part that is
/// read is not a JSON object, its event or action is not a string or appears twice, or a name equals
/// one of them except for ASCII case.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_delivery_read(
    body: *const c_void,
    body_len: usize,
    delivery: *mut hooksig_delivery,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
        // overlap nothing else.
        unsafe {
            let body = self::body(body, body_len)?;
            store(delivery, translate(Delivery::read(body)?, body))
        }
    })
}

pub(super) fn translate(read: Delivery<'_>, body: &[u8]) -> hooksig_delivery {
    let event = match read.event() {
        None => hooksig_event::Absent,
        Some(Event::User) => hooksig_event::User,
        Some(Event::Repo) => hooksig_event::Repo,
        Some(Event::Build) => hooksig_event::Build,
        Some(Event::Unknown(_)) => hooksig_event::Unknown,
    };
    let action = match read.action() {
        None => hooksig_action::Absent,
        Some(Action::Created) => hooksig_action::Created,
        Some(Action::Updated) => hooksig_action::Updated,
        Some(Action::Deleted) => hooksig_action::Deleted,
        Some(Action::Enabled) => hooksig_action::Enabled,
        Some(Action::Disabled) => hooksig_action::Disabled,
        Some(Action::Unknown(_)) => hooksig_action::Unknown,
    };
    let [event_text, action_text] = read.texts();
    let (event_at, event_len) = place(event_text, body);
    let (action_at, action_len) = place(action_text, body);
    hooksig_delivery { event, action, event_at, event_len, action_at, action_len }
}

/// Where `part` of `body` stands in it.
fn place(part: Option<&str>, body: &[u8]) -> (usize, usize) {
    match part {
        Some(part) => (part.as_ptr().addr().wrapping_sub(body.as_ptr().addr()), part.len()),
        None => (0, 0),
    }
}

/// Signs a body as a Drone server does: Date, Digest, and Signature over both, keyId "hmac-key".
///
/// key             the key
/// body, body_len  the body; NULL with 0 is an empty body
/// now             the present time
/// headers         receives the header values
///
/// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if the key was not
/// initialised; _TIME_OUT_OF_RANGE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_delivery_sign(
    key: *const hooksig_key,
    body: *const c_void,
    body_len: usize,
    now: i64,
    headers: *mut hooksig_delivery_headers,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let (key, body) = unsafe { (handle::get(key)?, self::body(body, body_len)?) };
        let signed = drone::sign(key, body, now)?;
        let headers_signed = hooksig_delivery_headers {
            date: c_text(signed.date.as_ref()),
            digest: c_text(signed.digest.as_ref()),
            signature: c_text(signed.signature.as_ref()),
        };
        // SAFETY: as above.
        unsafe { store(headers, headers_signed) }
    })
}

/// `text` with NULs behind it, in an array that has room for one at least.
fn c_text<const N: usize>(text: &[u8]) -> [c_char; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(text) {
        *to = c_char::from_ne_bytes([*from]);
    }
    array
}
