//! Bodies of verified requests and of responses.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// The body of a verified request, held in memory.
///
/// Trailers are dropped because they are not signed.
#[derive(Clone, Debug, Default)]
pub struct VerifiedBody(Bytes);

impl VerifiedBody {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Returns the bytes that have not been read from the body.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl From<VerifiedBody> for Bytes {
    fn from(body: VerifiedBody) -> Self {
        body.0
    }
}

impl AsRef<[u8]> for VerifiedBody {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Body for VerifiedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(take(&mut self.0).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

pin_project! {
    /// The body of a response: that of the inner service, or the fixed text of a refusal.
    #[derive(Debug)]
    pub struct ResponseBody<R> {
        #[pin]
        inner: Option<R>,
        refusal: Bytes,
    }
}

impl<R> ResponseBody<R> {
    pub(crate) fn inner(body: R) -> Self {
        Self { inner: Some(body), refusal: Bytes::new() }
    }

    pub(crate) fn refusal(text: &'static [u8]) -> Self {
        Self { inner: None, refusal: Bytes::from_static(text) }
    }
}

/// The empty body.
impl<R> Default for ResponseBody<R> {
    fn default() -> Self {
        Self::refusal(b"")
    }
}

impl<R: Body<Data = Bytes>> Body for ResponseBody<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(inner) => inner.poll_frame(context),
            None => Poll::Ready(take(this.refusal).map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().map_or(self.refusal.is_empty(), R::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let refusal = || SizeHint::with_exact(self.refusal.len() as u64);
        self.inner.as_ref().map_or_else(refusal, R::size_hint)
    }
}

/// Takes the remaining bytes as one frame.
fn take(bytes: &mut Bytes) -> Option<Frame<Bytes>> {
    let all = std::mem::take(bytes);
    if all.is_empty() { None } else { Some(Frame::data(all)) }
}
