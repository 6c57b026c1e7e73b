use core::ffi::c_char;

use super::{
    handle::{self, Handle, fits},
    hooksig_key, hooksig_policy, hooksig_request, hooksig_status,
    key::made_keys,
    memory::{not_null, reference, status, store, text, view},
    policy::policy_or_default,
    request::CheckedRequest,
};
use crate::{
    Clock, Head, Headers, Request, TAG_LEN, Verified, Verifier,
    crypto::HashText,
    digest::{self, BodyDigest},
};

/// The size of a hooksig_pending_body in 64-bit words, the same on every target: 256 bytes.
pub const HOOKSIG_PENDING_BODY_WORDS: usize = 32;

/// The length of the tag of a hooksig_verified, in bytes.
pub const HOOKSIG_TAG_LEN: usize = 32;

/// The most names that a signature may cover; beyond it HOOKSIG_STATUS_TOO_MANY_NAMES.
pub const HOOKSIG_MAX_NAMES: usize = 128;

/// In place of a time: there is no clock. Date is then only signed text, and a delivery can be
/// replayed for ever: keep a replay guard that never forgets.
pub const HOOKSIG_NO_CLOCK: i64 = i64::MIN;

/// In place of a time: never.
pub const HOOKSIG_NEVER: i64 = i64::MAX;

const _: () = assert!(HOOKSIG_TAG_LEN == TAG_LEN);
const _: () = assert!(HOOKSIG_MAX_NAMES == crate::MAX_NAMES);

/// What is known of a request that is genuine: MAC, date and body belong together.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_verified {
    /// The MAC, which identifies the delivery: a key under which to remember it. It is known to
    /// whoever saw the request.
    pub tag: [u8; HOOKSIG_TAG_LEN],
    /// Date in Unix seconds, or HOOKSIG_NO_CLOCK.
    pub date: i64,
    /// The last second (Unix) at which this request would be accepted: a replay must be looked
    /// for until then. HOOKSIG_NEVER without a clock.
    pub expires: i64,
    /// The index of the key that made the signature.
    pub key_index: usize,
}

impl From<Verified<'_>> for hooksig_verified {
    fn from(verified: Verified<'_>) -> Self {
        Self {
            tag: *verified.tag(),
            date: verified.date().unwrap_or(HOOKSIG_NO_CLOCK),
            expires: verified.expires().unwrap_or(HOOKSIG_NEVER),
            key_index: verified.key_index(),
        }
    }
}

/// A request whose head is genuine and whose body has still to show that it is. Not a verdict:
/// only hooksig_pending_body_finish gives one.
///
/// Memory of the caller, made by hooksig_begin or hooksig_begin_head. It holds no pointer. One
/// thread at a time may use it; different ones may be used at the same time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_pending_body {
    opaque: [u64; HOOKSIG_PENDING_BODY_WORDS],
}

/// What a [`hooksig_pending_body`] holds.
pub(super) struct Pending {
    body: BodyDigest,
    verified: hooksig_verified,
}

// SAFETY: an array of integers; the size is asserted.
unsafe impl Handle for hooksig_pending_body {
    type Value = Pending;
    const MARK: u64 = u64::from_be_bytes(*b"HSpend\xA5\x5A");
}
const _: () = assert!(fits::<hooksig_pending_body>());

pub(super) const fn clock(now: i64) -> Clock {
    match now {
        HOOKSIG_NO_CLOCK => Clock::None,
        now => Clock::At(now),
    }
}

/// Who may have signed, under which policy, at which time.
struct Receiver {
    keys: *const hooksig_key,
    keys_len: usize,
    policy: *const hooksig_policy,
    now: i64,
}

impl Receiver {
    /// Looks at the head; what follows is `then`'s, as in [`Verifier::head`].
    ///
    /// SAFETY: each pointer is NULL or points to as many elements as its length says, readable
    /// and unchanged during the call.
    unsafe fn head<'r, H: Headers>(
        &self,
        request: &Request<'r, H>,
        then: impl FnOnce(&'r HashText, Verified<'r>) -> Result<(), hooksig_status>,
    ) -> Result<(), hooksig_status> {
        // SAFETY: passed on.
        let (keys, policy) =
            unsafe { (made_keys(self.keys, self.keys_len)?, policy_or_default(self.policy)?) };
        Verifier::with_policy(keys, policy)?.head(request, clock(self.now), then)
    }

    /// SAFETY: as for `head`, and for `pending` too.
    unsafe fn begin<H: Headers>(
        &self,
        request: &Request<'_, H>,
        pending: *mut hooksig_pending_body,
    ) -> Result<(), hooksig_status> {
        // SAFETY: passed on.
        let then = |digest: &_, verified: Verified<'_>| unsafe {
            make_pending(pending, digest, &verified)
        };
        // SAFETY: passed on.
        unsafe { self.head(request, then) }
    }

    /// SAFETY: as for `head`, and for `body` and `verified` too.
    unsafe fn verify<H: Headers>(
        &self,
        request: &Request<'_, H>,
        body: (*const u8, usize),
        verified: *mut hooksig_verified,
    ) -> Result<(), hooksig_status> {
        // SAFETY: passed on.
        let body = unsafe { view(body.0, body.1) }?;
        let then = |digest: &_, known: Verified<'_>| {
            digest::check(body, digest)?;
            // SAFETY: passed on.
            unsafe { store(verified, known.into()) }
        };
        // SAFETY: passed on.
        unsafe { self.head(request, then) }
    }
}

/// SAFETY: as for `handle::make`.
unsafe fn make_pending(
    pending: *mut hooksig_pending_body,
    digest: &HashText,
    verified: &Verified<'_>,
) -> Result<(), hooksig_status> {
    let body = BodyDigest::new(digest);
    // SAFETY: passed on.
    unsafe { handle::make(pending, Pending { body, verified: (*verified).into() }) }
}

/// Verifies a request whose body is at hand: signature, policy, date and body in one call.
///
/// keys      the keys, any of which may have made the signature; all are always tried
/// keys_len  how many, at least 1
/// policy    what to demand, or NULL for the default
/// now       the present time in Unix seconds, or HOOKSIG_NO_CLOCK
/// request   the head; read only, nothing is kept
/// body      the body as received, before any decompression; NULL with 0 is an empty one
/// body_len  its length in bytes
/// verified  receives what is known of the request
///
/// Returns HOOKSIG_STATUS_OK if and only if the request is genuine. Otherwise what hooksig_begin
/// returns, in the same order, _NULL_POINTER and _INVALID_LENGTH for the body too; then
/// _DIGEST_MISMATCH if the body is not the one that was signed. On any other than HOOKSIG_STATUS_OK
/// verified is not written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_verify(
    keys: *const hooksig_key,
    keys_len: usize,
    policy: *const hooksig_policy,
    now: i64,
    request: *const hooksig_request,
    body: *const u8,
    body_len: usize,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    status(|| {
        not_null(verified)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        unsafe {
            let request = CheckedRequest::new(reference(request)?)?;
            let receiver = Receiver { keys, keys_len, policy, now };
            receiver.verify(&request.request(), (body, body_len), verified)
        }
    })
}

/// As hooksig_verify, with the head of the request as one raw HTTP/1.1 head (or 1.0): from the
/// request line to the empty line, with that and nothing behind it.
///
/// keys      the keys, any of which may have made the signature; all are always tried
/// keys_len  how many, at least 1
/// policy    what to demand, or NULL for the default
/// now       the present time in Unix seconds, or HOOKSIG_NO_CLOCK
/// head      the head; every line ends in CRLF; read only, nothing is kept
/// head_len  its length in bytes
/// body      the body, with any transfer coding removed; NULL with 0 is an empty one
/// body_len  its length in bytes
/// verified  receives what is known of the request
///
/// Returns what hooksig_verify returns, or HOOKSIG_STATUS_MALFORMED_HEAD.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_verify_head(
    keys: *const hooksig_key,
    keys_len: usize,
    policy: *const hooksig_policy,
    now: i64,
    head: *const c_char,
    head_len: usize,
    body: *const u8,
    body_len: usize,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    status(|| {
        not_null(verified)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        unsafe {
            let head = Head::parse(text(head, head_len)?)?;
            let receiver = Receiver { keys, keys_len, policy, now };
            receiver.verify(&head.request(), (body, body_len), verified)
        }
    })
}

/// As hooksig_verify, for a caller that has looked up the three fields that Drone signs with.
///
/// The caller must have found each of the fields Signature, Date and Digest exactly once, and no
/// Authorization field of the scheme Signature: those rules cannot be checked here. A signature
/// that covers any other header or (request-target) is refused with HOOKSIG_STATUS_MISSING_HEADER;
/// verify it with the whole head instead.
///
/// keys           the keys, any of which may have made the signature; all are always tried
/// keys_len       how many, at least 1
/// policy         what to demand, or NULL for the default
/// now            the present time in Unix seconds, or HOOKSIG_NO_CLOCK
/// signature      the value of the Signature field
/// signature_len  its length in bytes
/// date           the value of the Date field
/// date_len       its length in bytes
/// digest         the value of the Digest field
/// digest_len     its length in bytes
/// body           the body; NULL with 0 is an empty one
/// body_len       its length in bytes
/// verified       receives what is known of the request
///
/// Returns what hooksig_verify returns, but for what it says of absent and repeated fields: one that
/// is given as NULL with 0 counts as empty, so that it is _MISSING_PARAM, _MALFORMED_DATE or
/// _UNSUPPORTED_DIGEST.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_verify_fields(
    keys: *const hooksig_key,
    keys_len: usize,
    policy: *const hooksig_policy,
    now: i64,
    signature: *const c_char,
    signature_len: usize,
    date: *const c_char,
    date_len: usize,
    digest: *const c_char,
    digest_len: usize,
    body: *const u8,
    body_len: usize,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    status(|| {
        not_null(verified)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        unsafe {
            let headers = [
                (&b"signature"[..], text(signature, signature_len)?),
                (&b"date"[..], text(date, date_len)?),
                (&b"digest"[..], text(digest, digest_len)?),
            ];
            let receiver = Receiver { keys, keys_len, policy, now };
            receiver.verify(&Request::of_headers(&headers), (body, body_len), verified)
        }
    })
}

/// Looks at the head of a request, for a body that comes in pieces: parameters, policy, date, then
/// the MAC. A request that is refused here costs no hashing of its body, and one that is not even
/// well-formed, or stale, no hashing at all.
///
/// pending   receives the state that the body is to be fed to; what it held before does not matter
/// keys      the keys, any of which may have made the signature; all are always tried
/// keys_len  how many, at least 1
/// policy    what to demand, or NULL for the default
/// now       the present time in Unix seconds, or HOOKSIG_NO_CLOCK
/// request   the head; read only, nothing is kept
///
/// Returns HOOKSIG_STATUS_OK, which is not a verdict: the body must be fed to pending and
/// hooksig_pending_body_finish must say so. Otherwise one of these, in the order of the groups, and
/// within a group what is met first: _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE if a key or the
/// policy was not made, _NO_KEYS; _MISSING_SIGNATURE, _REPEATED_SIGNATURE; _MALFORMED_PARAMS,
/// _RFC9421_SIGNATURE, _REPEATED_PARAM, _MISSING_PARAM; _UNSUPPORTED_NAME, _MALFORMED_LIST,
/// _REPEATED_NAME, _TOO_MANY_NAMES; _UNSUPPORTED_ALGORITHM, _MISSING_PARAM if it is the algorithm;
/// _UNEXPECTED_KEY_ID; _NOT_COVERED; _MALFORMED_SIGNATURE; _MISSING_DATE, _REPEATED_DATE,
/// _MALFORMED_DATE, _DATE_TOO_OLD, _DATE_TOO_NEW; _MISSING_DIGEST, _REPEATED_DIGEST,
/// _MALFORMED_DIGEST, _UNSUPPORTED_DIGEST, _DIGEST_MISMATCH if Digest contradicts itself;
/// _MISSING_HEADER, _CONTROL_BYTE, _HOST_MISMATCH; _SIGNATURE_MISMATCH. On any other than
/// HOOKSIG_STATUS_OK pending is not written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_begin(
    pending: *mut hooksig_pending_body,
    keys: *const hooksig_key,
    keys_len: usize,
    policy: *const hooksig_policy,
    now: i64,
    request: *const hooksig_request,
) -> hooksig_status {
    status(|| {
        not_null(pending)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        unsafe {
            let request = CheckedRequest::new(reference(request)?)?;
            let receiver = Receiver { keys, keys_len, policy, now };
            receiver.begin(&request.request(), pending)
        }
    })
}

/// As hooksig_begin, with one raw HTTP/1.1 head as for hooksig_verify_head.
///
/// pending   receives the state that the body is to be fed to; what it held before does not matter
/// keys      the keys, any of which may have made the signature; all are always tried
/// keys_len  how many, at least 1
/// policy    what to demand, or NULL for the default
/// now       the present time in Unix seconds, or HOOKSIG_NO_CLOCK
/// head      the head; every line ends in CRLF; read only, nothing is kept
/// head_len  its length in bytes
///
/// Returns what hooksig_begin returns, or HOOKSIG_STATUS_MALFORMED_HEAD.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_begin_head(
    pending: *mut hooksig_pending_body,
    keys: *const hooksig_key,
    keys_len: usize,
    policy: *const hooksig_policy,
    now: i64,
    head: *const c_char,
    head_len: usize,
) -> hooksig_status {
    status(|| {
        not_null(pending)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        unsafe {
            let head = Head::parse(text(head, head_len)?)?;
            let receiver = Receiver { keys, keys_len, policy, now };
            receiver.begin(&head.request(), pending)
        }
    })
}

/// Takes the next bytes of the body, as received, in chunks of any size.
///
/// pending    the state that hooksig_begin made
/// chunk      the bytes; NULL with 0 is an empty chunk
/// chunk_len  how many
///
/// Returns HOOKSIG_STATUS_OK, _NULL_POINTER, _INVALID_LENGTH, or _WRONG_STATE if pending was not made
/// or was finished.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_update(
    pending: *mut hooksig_pending_body,
    chunk: *const u8,
    chunk_len: usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let (pending, chunk) = unsafe { (handle::get_mut(pending)?, view(chunk, chunk_len)?) };
        pending.body.update(chunk);
        Ok(())
    })
}

/// Gives the verdict, once the whole body was fed, and uses pending up: only hooksig_begin makes it
/// anew. A pending body that is not finished needs nothing to be done: it owns nothing.
///
/// pending   the state that hooksig_begin made; wiped if it was made and no pointer is NULL
/// verified  receives what is known of the request
///
/// Returns HOOKSIG_STATUS_OK if and only if the request is genuine; _DIGEST_MISMATCH if the body is not
/// the one that was signed; _NULL_POINTER; _WRONG_STATE if pending was not made or was finished.
/// On any other than HOOKSIG_STATUS_OK verified is not written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_pending_body_finish(
    pending: *mut hooksig_pending_body,
    verified: *mut hooksig_verified,
) -> hooksig_status {
    status(|| {
        not_null(verified)?;
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        unsafe {
            let made = handle::get_mut(pending)?;
            let (checked, known) = (made.body.check(), made.verified);
            handle::wipe(pending);
            checked?;
            store(verified, known)
        }
    })
}
