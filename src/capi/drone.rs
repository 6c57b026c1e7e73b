use core::{
    ffi::{c_char, c_void},
    mem::MaybeUninit,
};

use super::{
    handle, hooksig_key, hooksig_status,
    hooksig_status::BufferTooSmall,
    memory::{body, checked_body, status, store, view},
};
use crate::drone::{self, Action, Delivery, Event, Outgoing, SignedHeaders};

use super::{HOOKSIG_DATE_LEN, HOOKSIG_DIGEST_FIELD_LEN};

/// The length of the Signature value of a Drone delivery, in bytes without a NUL.
pub const HOOKSIG_DELIVERY_SIGNATURE_LEN: usize = 119;

const _: () = assert!(HOOKSIG_DELIVERY_SIGNATURE_LEN == drone::SIGNATURE_LEN);

/// The subject of a delivery: the event in its body, such as "user".
#[allow(missing_docs)] // The names say it.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_event {
    /// The body has no event. Older servers send it only in the X-Drone-Event field, which anyone
    /// could change on the way.
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

/// The event and the action of a delivery. To learn whether one is absent, test for _ABSENT, not
/// for length 0, because the text may be empty.
///
/// event_at and event_len give the text of the event: its position in the body and its length in
/// bytes, without the quotes. A text may still contain JSON escapes, which event and action take
/// into account. It has no byte below 0x20, but may be any other UTF-8, which can disturb a
/// terminal.
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

// Plain numbers, because cbindgen cannot print sums; the header's generator replaces them by the
// sums.
const _: () = assert!(HOOKSIG_DATE_LEN + 1 == 30);
const _: () = assert!(HOOKSIG_DIGEST_FIELD_LEN + 1 == 53);
const _: () = assert!(HOOKSIG_DELIVERY_SIGNATURE_LEN + 1 == 120);

/// Reads the event and action from a body, for a sender. A receiver uses hooksig_receive or
/// hooksig_pending_body_finish_delivery, which also compare X-Drone-Event, because anyone can
/// change that.
///
/// body, body_len  the body, or enough of its beginning to contain both; reading stops when both
///                 are known
/// delivery        receives the event and action
///
/// Returns HOOKSIG_STATUS_OK; _MALFORMED_BODY, also if the text ends before both are known.
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

/// Returns the position and the length of `part` in `body`.
fn place(part: Option<&str>, body: &[u8]) -> (usize, usize) {
    match part {
        Some(part) => (part.as_ptr().addr().wrapping_sub(body.as_ptr().addr()), part.len()),
        None => (0, 0),
    }
}

/// Signs a body as a Drone server does: Date, Digest, and a Signature over both with keyId
/// "hmac-key".
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
        // SAFETY: as above.
        unsafe { store(headers, signed.into()) }
    })
}

/// A delivery to sign.
#[allow(missing_docs)] // The header says it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_outgoing {
    pub body: *const c_void,
    pub body_len: usize,
    pub now: i64,
}

/// Signs many deliveries, each as hooksig_delivery_sign does. On a processor with SHA instructions,
/// a delivery takes about 0.6 of the time of that function. Bodies may have any lengths.
///
/// key                         the key
/// deliveries, deliveries_len  the bodies and times; with 0 nothing is signed
/// headers, headers_len        receives the header values, in the same order; at least
///                             deliveries_len elements
///
/// Returns HOOKSIG_STATUS_OK; _BUFFER_TOO_SMALL if headers_len is less than deliveries_len;
/// _TIME_OUT_OF_RANGE if one of the times is.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_delivery_sign_many(
    key: *const hooksig_key,
    deliveries: *const hooksig_outgoing,
    deliveries_len: usize,
    headers: *mut hooksig_delivery_headers,
    headers_len: usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
        // overlap nothing else.
        let (key, deliveries) = unsafe { (handle::get(key)?, view(deliveries, deliveries_len)?) };
        // SAFETY: as above. The headers may be uninitialised, and are not read.
        let places =
            unsafe { view(headers.cast::<MaybeUninit<hooksig_delivery_headers>>(), headers_len)? };
        if places.len() < deliveries.len() {
            return Err(BufferTooSmall);
        }
        for delivery in deliveries {
            // SAFETY: as above.
            unsafe { body(delivery.body, delivery.body_len)? };
        }
        let outgoing = deliveries.iter().map(|delivery| Outgoing {
            // SAFETY: as above, and it succeeded before.
            body: unsafe { checked_body(delivery.body, delivery.body_len) },
            now: delivery.now,
        });
        drone::sign_each(key, outgoing, |index, signed| {
            // SAFETY: the index is that of a delivery, and there are at least as many headers.
            unsafe { headers.add(index).write(signed.into()) }
        })?;
        Ok(())
    })
}

impl From<SignedHeaders> for hooksig_delivery_headers {
    fn from(signed: SignedHeaders) -> Self {
        Self {
            date: c_text(signed.date.as_ref()),
            digest: c_text(signed.digest.as_ref()),
            signature: c_text(signed.signature.as_ref()),
        }
    }
}

/// Returns `text` followed by at least one NUL.
fn c_text<const N: usize>(text: &[u8]) -> [c_char; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(text) {
        *to = c_char::from_ne_bytes([*from]);
    }
    array
}
