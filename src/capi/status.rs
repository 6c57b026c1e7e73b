use core::ffi::{CStr, c_char};

use crate::{Error, Param};

/// What became of a call. HOOKSIG_STATUS_OK is 0 and the only success: of a verifying function it
/// means that the request is genuine, of any other that it was carried out.
///
/// Numbers never change and are never used again. 1 to 9 and 43: the call is wrong. 10 to 30, 40
/// and 41: the message cannot be read; 18 to 23 and 42 also of a list or request that the caller gave
/// to sign or to require. 31 to 39 and 42: it was read, and is refused.
///
/// Log the number or its name. What goes back to the sender should be one fixed text whatever the
/// status: an attacker learns from the difference. docs/refused.md in the repository goes through
/// all of them: what causes each, and what to do.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum hooksig_status {
    /// Done; of a verifying function: the request is genuine.
    Ok = 0,
    /// A pointer is NULL where it may not be, or where its length is not 0.
    NullPointer = 1,
    /// A length is larger than any object can be.
    InvalidLength = 2,
    /// A handle was not made, was wiped, or is used up.
    WrongState = 3,
    /// An output buffer is too small, and the needed length tells how long it must be; or the room
    /// that a policy has for a list or a keyId is too small.
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
    /// The signature is one of RFC 9421, which Drone does not send.
    Rfc9421Signature = 12,
    /// The signature's parameters are not a list of RFC 7235 auth-params.
    MalformedParams = 13,
    /// A parameter appears twice.
    RepeatedParam = 14,
    /// keyId, algorithm, headers or signature is absent or empty.
    MissingParam = 15,
    /// The algorithm is not one that the policy allows.
    UnsupportedAlgorithm = 16,
    /// The signature is not the canonical, padded base64 of 32 bytes.
    MalformedSignature = 17,
    /// A list of headers is not one of header names separated by single spaces.
    MalformedList = 18,
    /// A list of headers holds a name twice.
    RepeatedName = 19,
    /// A list of headers holds more than HOOKSIG_MAX_NAMES names.
    TooManyNames = 20,
    /// A list of headers holds (created) or (expires), which cannot be used with HMAC.
    UnsupportedName = 21,
    /// A listed header is not in the request.
    MissingHeader = 22,
    /// A covered header value holds a control byte other than HTAB, or the covered method or target
    /// a control byte or a space.
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
    /// Date lies further in the past than the policy allows.
    DateTooOld = 33,
    /// Date lies further in the future than the policy allows.
    DateTooNew = 34,
    /// No key makes this signature.
    SignatureMismatch = 35,
    /// The body is not the one that Digest was made of.
    DigestMismatch = 36,
    /// X-Drone-Event contradicts the event in the body.
    EventMismatch = 37,
    /// The delivery was accepted before.
    Replayed = 38,
    /// The replay guard is full of deliveries that may still be replayed.
    ReplayGuardFull = 39,
    /// The body is not a JSON object, its event or action is not a string, or a member before both
    /// are known could be taken for one of them.
    MalformedBody = 40,
    /// A raw head is not that of an HTTP/1.1 request.
    MalformedHead = 41,
    /// host is covered, and the field appears twice, or an absolute target names another host.
    HostMismatch = 42,
    /// The replay guard is made for a smaller skew than the policy that the delivery was verified
    /// under.
    SkewTooLarge = 43,
    /// Not a verdict: the head is genuine, and the body is still to be checked. Only hooksig_begin,
    /// hooksig_begin_head and hooksig_pending_body_update return it.
    Pending = 44,
    /// The head of a request has no end yet.
    IncompleteHead = 45,
    /// The end of a body is not certain: Transfer-Encoding, more than one Content-Length, or one that is
    /// not a number or does not fit into memory.
    MalformedLength = 46,
}

impl From<Error> for hooksig_status {
    // Without a wildcard: a new error does not compile until it has a number.
    fn from(error: Error) -> Self {
        match error {
            Error::EmptySecret => Self::EmptySecret,
            Error::NoKeys => Self::NoKeys,
            Error::BufferTooSmall { .. } => Self::BufferTooSmall,
            Error::InvalidKeyId => Self::InvalidKeyId,
            Error::EmptyList => Self::EmptyList,
            Error::TimeOutOfRange => Self::TimeOutOfRange,
            Error::MissingSignature => Self::MissingSignature,
            Error::RepeatedSignature => Self::RepeatedSignature,
            Error::Rfc9421Signature => Self::Rfc9421Signature,
            Error::MalformedParams { .. } => Self::MalformedParams,
            Error::RepeatedParam(_) => Self::RepeatedParam,
            Error::MissingParam(_) => Self::MissingParam,
            Error::UnsupportedAlgorithm => Self::UnsupportedAlgorithm,
            Error::MalformedSignature => Self::MalformedSignature,
            Error::MalformedList { .. } => Self::MalformedList,
            Error::RepeatedName { .. } => Self::RepeatedName,
            Error::TooManyNames => Self::TooManyNames,
            Error::UnsupportedName { .. } => Self::UnsupportedName,
            Error::MissingHeader { .. } => Self::MissingHeader,
            Error::ControlByte { .. } => Self::ControlByte,
            Error::MissingDate => Self::MissingDate,
            Error::RepeatedDate => Self::RepeatedDate,
            Error::MalformedDate => Self::MalformedDate,
            Error::MissingDigest => Self::MissingDigest,
            Error::RepeatedDigest => Self::RepeatedDigest,
            Error::MalformedDigest => Self::MalformedDigest,
            Error::UnsupportedDigest => Self::UnsupportedDigest,
            Error::NotCovered { .. } => Self::NotCovered,
            Error::UnexpectedKeyId => Self::UnexpectedKeyId,
            Error::DateTooOld => Self::DateTooOld,
            Error::DateTooNew => Self::DateTooNew,
            Error::SignatureMismatch => Self::SignatureMismatch,
            Error::DigestMismatch => Self::DigestMismatch,
            Error::EventMismatch => Self::EventMismatch,
            Error::Replayed => Self::Replayed,
            Error::ReplayGuardFull => Self::ReplayGuardFull,
            Error::MalformedBody => Self::MalformedBody,
            Error::MalformedHead { .. } => Self::MalformedHead,
            Error::HostMismatch => Self::HostMismatch,
            Error::SkewTooLarge => Self::SkewTooLarge,
        }
    }
}

/// Every error, to find the words of a number.
const ERRORS: [Error; 40] = [
    Error::EmptySecret,
    Error::NoKeys,
    Error::BufferTooSmall { needed: 0 },
    Error::InvalidKeyId,
    Error::EmptyList,
    Error::TimeOutOfRange,
    Error::MissingSignature,
    Error::RepeatedSignature,
    Error::Rfc9421Signature,
    Error::MalformedParams { at: 0 },
    Error::RepeatedParam(Param::KeyId),
    Error::MissingParam(Param::KeyId),
    Error::UnsupportedAlgorithm,
    Error::MalformedSignature,
    Error::MalformedList { index: 0 },
    Error::RepeatedName { index: 0 },
    Error::TooManyNames,
    Error::UnsupportedName { index: 0 },
    Error::MissingHeader { index: 0 },
    Error::ControlByte { index: 0 },
    Error::MissingDate,
    Error::RepeatedDate,
    Error::MalformedDate,
    Error::MissingDigest,
    Error::RepeatedDigest,
    Error::MalformedDigest,
    Error::UnsupportedDigest,
    Error::NotCovered { index: 0 },
    Error::UnexpectedKeyId,
    Error::DateTooOld,
    Error::DateTooNew,
    Error::SignatureMismatch,
    Error::DigestMismatch,
    Error::EventMismatch,
    Error::Replayed,
    Error::ReplayGuardFull,
    Error::MalformedBody,
    Error::MalformedHead { at: 0 },
    Error::HostMismatch,
    Error::SkewTooLarge,
];

/// The name and the text of a status.
fn words(status: i32) -> (&'static CStr, &'static CStr) {
    const OK: i32 = hooksig_status::Ok as i32;
    const NULL_POINTER: i32 = hooksig_status::NullPointer as i32;
    const INVALID_LENGTH: i32 = hooksig_status::InvalidLength as i32;
    const WRONG_STATE: i32 = hooksig_status::WrongState as i32;
    const PENDING: i32 = hooksig_status::Pending as i32;
    const INCOMPLETE_HEAD: i32 = hooksig_status::IncompleteHead as i32;
    const MALFORMED_LENGTH: i32 = hooksig_status::MalformedLength as i32;
    match status {
        OK => (c"ok", c"done, or genuine"),
        NULL_POINTER => (c"null-pointer", c"a pointer is NULL where it may not be"),
        INVALID_LENGTH => (c"invalid-length", c"a length is larger than any object can be"),
        WRONG_STATE => (c"wrong-state", c"a handle was not made, was wiped, or is used up"),
        PENDING => (c"pending", c"the head is genuine, and the body is still to be checked"),
        INCOMPLETE_HEAD => (c"incomplete-head", c"the head of the request has no end yet"),
        MALFORMED_LENGTH => (c"malformed-length", c"the end of the body is not certain"),
        _ => {
            let error = ERRORS.iter().find(|error| hooksig_status::from(**error) as i32 == status);
            match error {
                Some(error) => (error.c_reason(), error.c_text()),
                None => (c"unknown-status", c"no status of this version of hooksig"),
            }
        }
    }
}

/// A stable word for logs and metrics, such as digest-mismatch; the word of the command line too.
///
/// status  any number
///
/// Returns static text with a NUL, unknown-status for a number that is no status; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn hooksig_status_name(status: i32) -> *const c_char {
    words(status).0.as_ptr()
}

/// One sentence for the operator: what was wrong.
///
/// status  any number
///
/// Returns static text with a NUL; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn hooksig_status_text(status: i32) -> *const c_char {
    words(status).1.as_ptr()
}
