//! The service of the layer.

use std::{
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, header, request::Parts};
use http_body::Body;
use tower_service::Service;

use crate::{ResponseBody, Verified, VerifiedBody, finish::Finish, gate::Gate, reading::BoxError};

/// The service that [`VerifyLayer`](crate::VerifyLayer) puts around another.
///
/// It accepts requests with any body. The inner service receives them with a [`VerifiedBody`].
#[derive(Clone)]
pub struct Verify<S> {
    inner: S,
    gate: Arc<Gate>,
}

impl<S> Verify<S> {
    pub(crate) fn new(inner: S, gate: Arc<Gate>) -> Self {
        Self { inner, gate }
    }
}

impl<S> fmt::Debug for Verify<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verify(..)")
    }
}

impl<S, B, R> Service<Request<B>> for Verify<S>
where
    S: Service<Request<VerifiedBody>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send,
    B: Body<Error: Into<BoxError>> + Send + 'static,
    B::Data: Send,
    R: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    /// Always ready. The inner service is polled only for a verified delivery, so that strangers
    /// with slow bodies do not use up its capacity.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut inner = self.inner.clone();
        let gate = Arc::clone(&self.gate);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let verified = match gate.verify(&head, pin!(body)).await {
                Ok(verified) => verified,
                Err(refusal) => return Ok(gate.refuse(&head, &refusal)),
            };
            // Before the claim: a delivery that the inner service cannot take stays claimable.
            poll_fn(|context| inner.poll_ready(context)).await?;
            Finish::new(claim_and_call(gate, inner, head, verified)).await
        })
    }
}

async fn claim_and_call<S, R>(
    gate: Arc<Gate>,
    mut inner: S,
    head: Parts,
    verified: Verified,
) -> Result<Response<ResponseBody<R>>, S::Error>
where
    S: Service<Request<VerifiedBody>, Response = Response<R>>,
{
    match gate.claim(&verified.claim).await {
        Ok(()) => {
            let response = inner.call(passed_on(head, verified)).await?;
            Ok(response.map(ResponseBody::inner))
        }
        Err(refusal) => Ok(gate.refuse(&head, &refusal)),
    }
}

/// Returns the request for the inner service.
fn passed_on(mut head: Parts, verified: Verified) -> Request<VerifiedBody> {
    // The body was read as JSON. An unsigned Content-Encoding could make an inner layer spoil it.
    head.headers.remove(header::CONTENT_ENCODING);
    let body = VerifiedBody::new(verified.body.clone());
    head.extensions.insert(verified);
    Request::from_parts(head, body)
}
