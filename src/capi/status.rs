use core::{
    ffi::{CStr, c_char},
    mem::{MaybeUninit, transmute},
};

use crate::{Error, error::errors};

/// The result of a call. HOOKSIG_STATUS_OK (0) from a verifying function means that the request is
/// genuine. From any other function it means that the call succeeded.
///
/// Numbers never change and are never reused. 1 to 9 and 43: the call is wrong. 10 to 30, 40, 41
/// and 45 to 47: the message cannot be read. 31 to 39 and 42: it was read and refused. 18 to 23, 42
/// and 47 also report a list or request that the caller wants to sign or require.
///
/// Log the number or its name; "Answers" above says what to send. docs/refused.md in the repository
/// explains each status.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_status {
    /// Success. From a verifying function: the request is genuine.
    Ok = 0,
    /// A pointer is NULL, and neither its length nor its text allows that.
    NullPointer = 1,
    /// A length is larger than any object can be.
    InvalidLength = 2,
    /// A handle was not initialised, was wiped, or is finished.
    WrongState = 3,
    /// An output buffer is too small (the needed length is stored), or a list or keyId is too long
    /// for a policy.
    BufferTooSmall = 4,
    /// The secret has no bytes, or only NUL bytes.
    EmptySecret = 5,
    /// No key was given.
    NoKeys = 6,
    /// The keyId to sign with is empty or holds a quote, a backslash or a control byte.
    InvalidKeyId = 7,
    /// The list of headers to sign or to require is empty.
    EmptyList = 8,
    /// The time has no HTTP-date: its year is not in 0 to 9999.
    TimeOutOfRange = 9,
    /// There is neither a Signature field nor an Authorization field with the Signature scheme.
    MissingSignature = 10,
    /// There is more than one signature.
    RepeatedSignature = 11,
    /// The signature follows RFC 9421, which Drone does not use.
    Rfc9421Signature = 12,
    /// The signature's parameters are not a list of RFC 7235 auth-params, or `headers` has quoted-pairs
    /// and, without their backslashes, more than 192 bytes.
    MalformedParams = 13,
    /// A parameter appears twice.
    RepeatedParam = 14,
    /// keyId, algorithm, headers or signature is absent or empty.
    MissingParam = 15,
    /// The algorithm is not one that the policy allows.
    UnsupportedAlgorithm = 16,
    /// The signature is not canonical, padded base64 of 32 bytes.
    MalformedSignature = 17,
    /// A list of headers is not a list of header names separated by single spaces.
    MalformedList = 18,
    /// A list of headers holds a name twice.
    RepeatedName = 19,
    /// A list of headers holds more than HOOKSIG_MAX_NAMES names, or more than 16 fields of the
    /// request repeat one of them.
    TooManyNames = 20,
    /// A list of headers holds (created) or (expires), which cannot be used with HMAC.
    UnsupportedName = 21,
    /// A listed header is not in the request.
    MissingHeader = 22,
    /// A covered value has a control byte other than HTAB, or the method or target has a control
    /// byte or a space.
    ControlByte = 23,
    /// There is no Date field.
    MissingDate = 24,
    /// There is more than one Date field.
    RepeatedDate = 25,
    /// Date is not an HTTP-date.
    MalformedDate = 26,
    /// There is no Digest field.
    MissingDigest = 27,
    /// There is more than one Digest field.
    RepeatedDigest = 28,
    /// Digest is not a list of algorithm=value, or its SHA-256 is not canonical base64 of 32 bytes.
    MalformedDigest = 29,
    /// Digest has no SHA-256.
    UnsupportedDigest = 30,
    /// A required header is not covered by the signature.
    NotCovered = 31,
    /// keyId is not the one that the policy expects.
    UnexpectedKeyId = 32,
    /// Date is further in the past than the policy allows.
    DateTooOld = 33,
    /// Date is further in the future than the policy allows.
    DateTooNew = 34,
    /// No key made this signature.
    SignatureMismatch = 35,
    /// The body is not the one that Digest was computed from.
    DigestMismatch = 36,
    /// X-Drone-Event contradicts the event in the body.
    EventMismatch = 37,
    /// The delivery was accepted before.
    Replayed = 38,
    /// The replay guard is full of deliveries that could still be replayed.
    ReplayGuardFull = 39,
    /// The body is not a JSON object, its event or action is not a string or is repeated, or a name
    /// differs from event or action only in ASCII case.
    MalformedBody = 40,
    /// A raw head is not the head of an HTTP/1.1 (or 1.0) request.
    MalformedHead = 41,
    /// host is covered, and the field appears twice or contradicts an absolute target.
    HostMismatch = 42,
    /// The delivery was verified under a policy with a larger skew than the guard's guard_max_skew.
    SkewTooLarge = 43,
    /// Not a verdict: the head is genuine, and the body is not checked yet. Success of
    /// hooksig_begin, hooksig_begin_head and hooksig_pending_body_update, and only theirs.
    Pending = 44,
    /// The end of the head has not been received yet.
    IncompleteHead = 45,
    /// The length of the body is uncertain: see hooksig_head_body_len.
    MalformedLength = 46,
    /// The signing string, which is all covered names and values, is longer than
    /// HOOKSIG_MAX_SIGNING_STRING_LEN bytes.
    SigningStringTooLong = 47,
}

impl From<Error> for hooksig_status {
    fn from(error: Error) -> Self {
        // SAFETY: the first byte of a `repr(u8)` enum is its number, which `statuses` asserts to be
        // the number of a status.
        unsafe { transmute::<i32, Self>(i32::from(*(&raw const error).cast::<u8>())) }
    }
}

/// Returns an error with the number of a status. The build fails if no error has it.
const fn error_of(status: hooksig_status) -> Error {
    let mut error = MaybeUninit::<Error>::zeroed();
    // SAFETY: the first byte of a `repr(u8)` enum is its number, and zeros are valid for every field.
    // Called only while the crate is built, which refuses a number without a variant.
    unsafe {
        error.as_mut_ptr().cast::<u8>().write(status as u8);
        error.assume_init()
    }
}

/// Proves that each error has the number of its status, and defines the table of all statuses with
/// their names and texts.
macro_rules! statuses {
    ($($error:ident: $word:literal, $sentence:literal;)*) => {
        const _: () = {
            $(assert!(matches!(error_of(hooksig_status::$error), Error::$error { .. }));)*
        };

        const STATUSES: &[(hooksig_status, &CStr, &CStr)] = &[
            (hooksig_status::Ok, c"ok", c"done, or genuine"),
            (hooksig_status::NullPointer, c"null-pointer", c"a pointer that must not be NULL is NULL"),
            (hooksig_status::InvalidLength, c"invalid-length", c"a length is larger than any object can be"),
            (hooksig_status::WrongState, c"wrong-state", c"a handle was not initialised, was wiped, or is finished"),
            (hooksig_status::Pending, c"pending", c"the head is genuine, and the body is still to be checked"),
            (hooksig_status::IncompleteHead, c"incomplete-head", c"the head of the request has no end yet"),
            (hooksig_status::MalformedLength, c"malformed-length", c"the end of the body is not certain"),
            $((hooksig_status::$error, $word, $sentence),)*
        ];
    };
}
errors!(statuses);

/// Returns the name and the text of a status.
fn words(status: i32) -> (&'static CStr, &'static CStr) {
    match STATUSES.iter().find(|(known, ..)| *known as i32 == status) {
        Some((_, name, text)) => (name, text),
        None => (c"unknown-status", c"no status of this version of hooksig"),
    }
}

/// Returns a stable name for logs and metrics, such as "digest-mismatch", or "unknown-status" for
/// an unknown number: static text with a NUL; never NULL. The command-line tool prints the same
/// names.
#[unsafe(no_mangle)]
pub extern "C" fn hooksig_status_name(status: i32) -> *const c_char {
    words(status).0.as_ptr()
}

/// Returns one sentence for the operator about any status number: static text with a NUL; never
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn hooksig_status_text(status: i32) -> *const c_char {
    words(status).1.as_ptr()
}
