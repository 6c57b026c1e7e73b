//! Why a request was not let through, and what its sender is answered.

use std::{error, fmt};

use bytes::Bytes;
use hooksig::Error;
use http::{HeaderValue, Response, StatusCode, header};

/// The one text that a sender is told, whatever the reason.
const TEXT: &[u8] = b"the delivery was refused\n";

/// Why a request was not let through: for the operator, not for the sender, who would learn from
/// it how to forge better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A rule is broken.
    Invalid(Error),
    /// The body is longer than [`VerifyLayer::max_body`](crate::VerifyLayer::max_body) allows.
    BodyTooLarge {
        /// How many bytes are allowed.
        max: usize,
    },
    /// The connection ended within the body.
    BodyUnreadable,
}

impl Refusal {
    /// The status that the sender is answered: 413 where the body is too long, 400 where it could
    /// not be read, 503 where the replay guard has no room, and 401 for all else.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(Error::ReplayGuardFull) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Invalid(_) => StatusCode::UNAUTHORIZED,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyUnreadable => StatusCode::BAD_REQUEST,
        }
    }

    /// A stable word, for counters and logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(error) => error.reason(),
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::BodyUnreadable => "body-unreadable",
        }
    }

    /// What the sender is answered.
    pub(crate) fn response<R: From<Bytes>>(&self) -> Response<R> {
        let mut response = Response::new(R::from(Bytes::from_static(TEXT)));
        *response.status_mut() = self.status();
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, plain);
        if self.status() == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Signature");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Invalid(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::BodyTooLarge { max } => write!(f, "the body is longer than {max} bytes"),
            Self::BodyUnreadable => f.write_str("the connection ended within the body"),
        }
    }
}

impl error::Error for Refusal {}
