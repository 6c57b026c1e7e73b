//! The reason for a refusal, and the answer to its sender.

use std::{error, fmt, sync::Arc};

use hooksig::Error;
use http::{HeaderValue, Response, StatusCode, header, request::Parts};

use crate::{ClaimError, Escaped, ResponseBody};

/// The only text that a sender gets, whatever the reason.
const TEXT: &[u8] = b"the delivery was refused\n";

/// The reason for a refusal.
///
/// It is for the operator only, because it would help an attacker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A rule is broken.
    Invalid(Error),
    /// The method is not POST.
    MethodNotAllowed,
    /// The body is longer than [`VerifyLayer::max_body`](crate::VerifyLayer::max_body), or than a
    /// limit in front of the layer, allows.
    BodyTooLarge,
    /// The connection or the HTTP/2 stream ended within the body, or the body is malformed.
    BodyUnreadable,
    /// The body took longer than [`VerifyLayer::body_timeout`](crate::VerifyLayer::body_timeout)
    /// allows.
    BodyTooSlow,
    /// The replay store cannot tell whether the delivery is new, with the reason.
    StoreFailed(Arc<str>),
}

impl Refusal {
    /// Returns the status of the answer: 405 for another method than POST, 413, 400 or 408 for a body
    /// that is too long, unreadable or too slow, 503 if the replay store is full or fails, else 401.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(Error::ReplayGuardFull) | Self::StoreFailed(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Invalid(_) => StatusCode::UNAUTHORIZED,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyUnreadable => StatusCode::BAD_REQUEST,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// Returns a stable word, for counters and logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(error) => error.reason(),
            Self::MethodNotAllowed => "method-not-allowed",
            Self::BodyTooLarge => "body-too-large",
            Self::BodyUnreadable => "body-unreadable",
            Self::BodyTooSlow => "body-too-slow",
            Self::StoreFailed(_) => "replay-store-failed",
        }
    }

    /// Returns the answer to the sender.
    pub(crate) fn response<R>(&self) -> Response<ResponseBody<R>> {
        let mut response = Response::new(ResponseBody::refusal(TEXT));
        let status = self.status();
        *response.status_mut() = status;
        let fields = response.headers_mut();
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        fields.insert(header::CONTENT_TYPE, plain);
        if status == StatusCode::UNAUTHORIZED {
            fields.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Signature"));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            fields.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Invalid(error)
    }
}

impl From<ClaimError> for Refusal {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Replayed => Self::Invalid(Error::Replayed),
            ClaimError::Expired => Self::Invalid(Error::DateTooOld),
            ClaimError::Full => Self::Invalid(Error::ReplayGuardFull),
            ClaimError::Failed(reason) => Self::StoreFailed(reason),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::MethodNotAllowed => f.write_str("the method is not POST"),
            Self::BodyTooLarge => f.write_str("the body is longer than allowed"),
            Self::BodyUnreadable => f.write_str(
                "the request ended within the body, or a layer in front hides the end of an \
                 HTTP/2 stream",
            ),
            Self::BodyTooSlow => f.write_str("the body took longer than allowed"),
            Self::StoreFailed(reason) => {
                write!(f, "the replay store failed: {}", Escaped::new(reason.as_bytes()))
            }
        }
    }
}

impl error::Error for Refusal {}

/// A refused request: its head and the reason.
///
/// [`Display`](fmt::Display) is safe for logs and terminals, because the sender's text is
/// [`Escaped`]: `POST /hook: date-too-old: …`. Escape other parts of the head in the same way.
#[derive(Clone, Copy)]
pub struct Refused<'a> {
    head: &'a Parts,
    refusal: &'a Refusal,
}

impl<'a> Refused<'a> {
    pub(crate) fn new(head: &'a Parts, refusal: &'a Refusal) -> Self {
        Self { head, refusal }
    }

    /// Returns the head as the stranger sent it, with the extensions of the server.
    pub fn head(&self) -> &'a Parts {
        self.head
    }

    /// Returns the reason with its details.
    pub fn refusal(&self) -> &'a Refusal {
        self.refusal
    }

    /// Returns the reason as a stable word, as [`Refusal::reason`] does.
    pub fn reason(&self) -> &'static str {
        self.refusal.reason()
    }

    /// Returns the path of the request, escaped.
    pub fn path(&self) -> Escaped<'a> {
        Escaped::new(self.head.uri.path())
    }
}

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = Escaped::new(self.head.method.as_str());
        write!(f, "{method} {}: {}: {}", self.path(), self.reason(), self.refusal)
    }
}

impl fmt::Debug for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refused({self})")
    }
}
