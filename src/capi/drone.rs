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

/// The subject of a delivery: the event in its body, such as "user".
#[allow(missing_docs)] // The names say it.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_event {
    /// The body has no event: older servers do not send it, and the X-Drone-Event field, which
    /// anyone could change on the way, is all there is.
    Absent = 0,
    User = 1,
    Repo = 2,
    Build = 3,
    /// Another one: see the text.
    Unknown = 99,
}

/// The change: the action in the body, such as "created".
#[allow(missing_docs)] // The names say it.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_action {
    /// The body has no action.
    Absent = 0,
    Created = 1,
    Updated = 2,
    Deleted = 3,
    Enabled = 4,
    Disabled = 5,
    /// Another one: see the text.
    Unknown = 99,
}

/// The event and the action of a delivery. Test for _ABSENT, because an empty text also has length
/// 0.
///
/// The texts are positions in the body and lengths in bytes, between the quotes. Escapes are
/// resolved for event and action, but not in the texts, so a text may be longer than its word. It
/// has no byte below 0x20. Otherwise it is any UTF-8, which can disturb a terminal.
#[allow(missing_docs)] // The names say it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_delivery {
    pub event: hooksig_event,
    pub action: hooksig_action,
    pub event_at: usize,
    pub event_len: usize,
    pub action_at: usize,
    pub action_len: usize,
}

/// The header values of a delivery as Drone sends it, each with a NUL. Also send Content-Type:
/// application/json, and X-Drone-Event, which is not signed, with the event of
/// hooksig_delivery_read.
#[allow(missing_docs)] // The names say it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_delivery_headers {
    pub date: [c_char; 30],
    pub digest: [c_char; 53],
    pub signature: [c_char; 120],
}

// Plain numbers, which cbindgen can show; the header's generator puts the sums in their place.
const _: () = assert!(HOOKSIG_DATE_LEN + 1 == 30);
const _: () = assert!(HOOKSIG_DIGEST_FIELD_LEN + 1 == 53);
const _: () = assert!(HOOKSIG_DELIVERY_SIGNATURE_LEN + 1 == 120);

/// Reads the event and action from a body, for a sender. A receiver uses hooksig_receive or
/// hooksig_pending_body_finish_delivery, which also compare X-Drone-Event: anyone can change that.
///
/// body, body_len  the body, or a beginning of it that has both; reading stops when both are known
/// delivery        receives the event and action
///
/// Returns HOOKSIG_STATUS_OK; _MALFORMED_BODY, also if the beginning ends before both are known.
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
/// Returns HOOKSIG_STATUS_OK or _TIME_OUT_OF_RANGE.
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
