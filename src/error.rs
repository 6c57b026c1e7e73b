//! The reasons to refuse a request, and the errors of a call.

use core::{ffi::CStr, fmt};

/// A parameter of the `Signature` field (draft 10, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// `keyId`
    KeyId,
    /// `algorithm`
    Algorithm,
    /// `headers`
    Headers,
    /// `signature`
    Signature,
    /// A parameter that the draft does not define.
    Unknown,
}

impl Param {
    /// Returns the name as the draft writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyId => "keyId",
            Self::Algorithm => "algorithm",
            Self::Headers => "headers",
            Self::Signature => "signature",
            Self::Unknown => "an unknown one",
        }
    }
}

/// The reason why a request was refused or a call failed.
///
/// There is one variant for each cause that a caller can act on, with the parameter, the offset or
/// the index at fault. No variant holds the secret, a computed MAC or a computed digest.
///
/// The text of [`Display`](fmt::Display) and the word of [`reason`](Self::reason) are for the
/// operator. Answer the sender with the same fixed text for every error, because an attacker learns
/// from differences. `docs/refused.md` in the repository lists the causes and the remedy of each
/// error. The number of a variant is that of its status in the C interface.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Error {
    // The call is wrong.
    /// The output buffer is too small.
    BufferTooSmall {
        /// The length needed, in bytes.
        needed: usize,
    } = 4,
    /// A secret is empty or holds only NUL bytes, which give the same key. Anyone could sign with it.
    EmptySecret = 5,
    /// No key was given, so no request could ever be accepted.
    NoKeys = 6,
    /// The keyId to sign with is empty, or holds a quote, a backslash or a control byte.
    InvalidKeyId = 7,
    /// A list of headers to sign or to require is empty. A signature that covers nothing fits every
    /// request (drafts 11 and 12).
    EmptyList = 8,
    /// A time cannot be written as an HTTP-date, because its year is not in 0–9999.
    TimeOutOfRange = 9,
    /// The delivery was verified under a policy with a larger skew than the replay guard's.
    SkewTooLarge = 43,

    // The message cannot be read.
    /// A raw head is not that of an HTTP/1.1 request (RFC 9112).
    MalformedHead {
        /// The offset of the first line that does not fit.
        at: usize,
    } = 41,
    /// There is neither a `Signature` field nor an `Authorization` field with the `Signature` scheme.
    MissingSignature = 10,
    /// There is more than one signature.
    RepeatedSignature = 11,
    /// The signature follows RFC 9421 (HTTP Message Signatures), which Drone does not use.
    Rfc9421Signature = 12,
    /// The signature's parameters are not a list of RFC 7235 auth-params, or `headers` has quoted-pairs
    /// and, without their backslashes, more than 192 bytes.
    MalformedParams {
        /// The offset of the first byte that does not fit, in the trimmed parameter text.
        at: usize,
    } = 13,
    /// A parameter appears twice.
    RepeatedParam(Param) = 14,
    /// A required parameter is absent or empty.
    MissingParam(Param) = 15,
    /// `algorithm` is not one that the policy allows.
    UnsupportedAlgorithm = 16,
    /// `signature` is not the canonical, padded base64 of 32 bytes.
    MalformedSignature = 17,
    /// `headers` holds more than [`MAX_NAMES`](crate::MAX_NAMES) names, or more than sixteen fields repeat
    /// one of them.
    TooManyNames = 20,
    /// `headers` holds `(created)` or `(expires)`, which cannot be used with HMAC.
    UnsupportedName {
        /// The index in the list.
        index: usize,
    } = 21,
    /// `headers` is not a list of header names separated by single spaces.
    MalformedList {
        /// The index in the list of the first entry that is not a header name.
        index: usize,
    } = 18,
    /// `headers` holds a name twice.
    RepeatedName {
        /// The index in the list of the second occurrence.
        index: usize,
    } = 19,
    /// A listed header is not in the request.
    MissingHeader {
        /// The index in the list.
        index: usize,
    } = 22,
    /// A covered header value holds a control byte other than HTAB, or the covered method or target holds
    /// a control byte or a space.
    ControlByte {
        /// The index in the list.
        index: usize,
    } = 23,
    /// The signing string is longer than [`MAX_SIGNING_STRING_LEN`](crate::MAX_SIGNING_STRING_LEN)
    /// bytes.
    SigningStringTooLong = 47,
    /// There is no `Date` field.
    MissingDate = 24,
    /// There is more than one `Date` field.
    RepeatedDate = 25,
    /// `Date` is not an HTTP-date (RFC 9110, section 5.6.7).
    MalformedDate = 26,
    /// There is no `Digest` field.
    MissingDigest = 27,
    /// There is more than one `Digest` field.
    RepeatedDigest = 28,
    /// `Digest` is not a list of `algorithm=value`, or its `SHA-256` is not canonical base64 of 32
    /// bytes.
    MalformedDigest = 29,
    /// `Digest` has no `SHA-256`.
    UnsupportedDigest = 30,
    /// The body is not a JSON object, its `event` or `action` is not a string, or another member
    /// before both are known could be mistaken for one of them.
    MalformedBody = 40,

    // The message was read, and is refused.
    /// `keyId` is not the one that the policy expects.
    UnexpectedKeyId = 32,
    /// A required header is not covered by the signature.
    NotCovered {
        /// The index in the policy's required names.
        index: usize,
    } = 31,
    /// `Date` lies further in the past than the policy allows.
    DateTooOld = 33,
    /// `Date` lies further in the future than the policy allows.
    DateTooNew = 34,
    /// `host` is covered, and the `Host` field appears twice or an absolute target names another host.
    HostMismatch = 42,
    /// No key gives this signature.
    SignatureMismatch = 35,
    /// The hash of the body is not the one in `Digest`.
    DigestMismatch = 36,
    /// `X-Drone-Event` contradicts the event in the body.
    EventMismatch = 37,
    /// The delivery was accepted before.
    Replayed = 38,
    /// The replay guard is full of deliveries that may still be replayed.
    ReplayGuardFull = 39,
}

/// The word and the sentence of each error. Passes its rows to the macro `$rows`, because
/// `src/capi/status.rs` also reads them.
macro_rules! errors {
    ($rows:ident) => {
        $rows! {
            BufferTooSmall: c"buffer-too-small", c"an output buffer is too small, or a list or keyId is too long for a policy";
            EmptySecret: c"empty-secret", c"the secret is empty or only NUL bytes; configure the one that the Drone server has";
            NoKeys: c"no-keys", c"no key was given; at least one is needed";
            InvalidKeyId: c"invalid-key-id", c"the keyId is empty or holds a quote, a backslash or a control byte";
            EmptyList: c"empty-list", c"the list of headers to sign or to require is empty";
            TimeOutOfRange: c"time-out-of-range", c"the time has no HTTP-date: its year is not in 0 to 9999";
            SkewTooLarge: c"skew-too-large", c"the policy's skew is larger than the replay guard's";
            MalformedHead: c"malformed-head", c"the head is not that of an HTTP/1.1 request";
            MissingSignature: c"missing-signature", c"there is no Signature field and no Authorization field with the `Signature ` scheme";
            RepeatedSignature: c"repeated-signature", c"there is more than one signature";
            Rfc9421Signature: c"rfc9421-signature", c"this is an RFC 9421 signature (there is a Signature-Input field), not one of draft-cavage-http-signatures-10";
            MalformedParams: c"malformed-params", c"the signature's parameters are not a list of name=value or name=\"value\"";
            RepeatedParam: c"repeated-param", c"a signature parameter appears twice";
            MissingParam: c"missing-param", c"a signature parameter is missing or empty";
            UnsupportedAlgorithm: c"unsupported-algorithm", c"the algorithm is not hmac-sha256";
            MalformedSignature: c"malformed-signature", c"the signature is not canonical, padded base64 of 32 bytes";
            TooManyNames: c"too-many-names", c"the list of headers holds more than 128 names, or the request repeats them more than 16 times";
            UnsupportedName: c"unsupported-name", c"(created) and (expires) cannot be covered by an HMAC signature";
            MalformedList: c"malformed-list", c"the list of headers is not a list of names separated by single spaces";
            RepeatedName: c"repeated-name", c"the list of headers holds a name twice";
            MissingHeader: c"missing-header", c"a covered header is not in the request";
            ControlByte: c"control-byte", c"a covered header holds a control byte, or the method or target holds one or a space";
            SigningStringTooLong: c"signing-string-too-long", c"the signing string, which is all covered names and values, is longer than 4096 bytes";
            MissingDate: c"missing-date", c"there is no Date field";
            RepeatedDate: c"repeated-date", c"there is more than one Date field";
            MalformedDate: c"malformed-date", c"the Date field is not an HTTP-date";
            MissingDigest: c"missing-digest", c"there is no Digest field";
            RepeatedDigest: c"repeated-digest", c"there is more than one Digest field";
            MalformedDigest: c"malformed-digest", c"the Digest field is not a list of algorithm=value with canonical base64";
            UnsupportedDigest: c"unsupported-digest", c"the Digest field has no SHA-256";
            MalformedBody: c"malformed-body", c"the body is not a JSON object with one event and one action, both text";
            UnexpectedKeyId: c"unexpected-key-id", c"the keyId is not the expected one";
            NotCovered: c"not-covered", c"a required header is not covered by the signature";
            DateTooOld: c"date-too-old", c"the Date lies too far in the past: an old delivery, or a clock that is wrong";
            DateTooNew: c"date-too-new", c"the Date lies too far in the future: one of the clocks is wrong";
            HostMismatch: c"host-mismatch", c"host is covered, and appears twice or contradicts the target";
            SignatureMismatch: c"signature-mismatch", c"no key makes this signature: another secret, or a signed header was changed";
            DigestMismatch: c"digest-mismatch", c"the body is not the one that was signed";
            EventMismatch: c"event-mismatch", c"X-Drone-Event contradicts the event in the body";
            Replayed: c"replayed", c"the delivery was accepted before";
            ReplayGuardFull: c"replay-guard-full", c"the replay guard is full of deliveries that may still be replayed";
        }
    };
}
#[cfg(feature = "capi")]
pub(crate) use errors;

/// Defines a function that returns the word and the sentence of an error.
macro_rules! words {
    ($($error:ident: $word:literal, $sentence:literal;)*) => {
        const fn words(error: &Error) -> (&'static CStr, &'static CStr) {
            match error {
                $(Error::$error { .. } => ($word, $sentence),)*
            }
        }
    };
}
errors!(words);

impl Error {
    /// Returns a stable word for logs, metrics and test tables, such as `digest-mismatch`.
    pub const fn reason(&self) -> &'static str {
        str_of(words(self).0)
    }

    /// Returns one sentence with the cause, and with the remedy if it is not obvious.
    pub const fn text(&self) -> &'static str {
        str_of(words(self).1)
    }
}

/// Returns the text of a C string literal, which is ASCII.
const fn str_of(text: &'static CStr) -> &'static str {
    match core::str::from_utf8(text.to_bytes()) {
        Ok(text) => text,
        Err(_) => "",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self {
            Self::BufferTooSmall { needed } => write!(f, " ({needed} bytes are needed)"),
            Self::MalformedParams { at } | Self::MalformedHead { at } => {
                write!(f, " (at offset {at})")
            }
            Self::RepeatedParam(param) | Self::MissingParam(param) => {
                write!(f, " ({})", param.name())
            }
            Self::MalformedList { index }
            | Self::RepeatedName { index }
            | Self::UnsupportedName { index }
            | Self::MissingHeader { index }
            | Self::ControlByte { index }
            | Self::NotCovered { index } => write!(f, " (name {index} of the list, from 0)"),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
