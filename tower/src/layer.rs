//! The layer and its service.

use std::{
    fmt, mem,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use hooksig::{Error, Key, Policy};
use http::{Request, Response, request::Parts};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::{Refusal, gate::Gate};

/// The longest body that is taken by default, in bytes.
pub const DEFAULT_MAX_BODY: usize = 1 << 20;

/// How many deliveries are remembered by default, 48 bytes each: of the ten minutes in which one
/// could be replayed, at fifty a second.
pub const DEFAULT_REPLAY_ROOM: usize = 1 << 16;

/// A layer that lets none but genuine deliveries through, each once.
///
/// Clones, and the services that it makes, share what they remember: one layer serves one process.
/// Behind several, a replay must also be looked for in a store that they share, under
/// [`Verified::tag`](crate::Verified::tag).
///
/// The time is that of the system, and the whole body is held in memory. How long a sender may
/// take for it is for the layers around this one to limit.
#[derive(Clone)]
pub struct VerifyLayer {
    gate: Gate,
}

impl VerifyLayer {
    /// A layer that takes the signature of any of `keys`, under the policy for what Drone sends.
    ///
    /// Several keys are what the rotation of a secret needs: give the new one first.
    ///
    /// # Errors
    ///
    /// [`Error::NoKeys`] if there is none.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Result<Self, Error> {
        Gate::new(keys.into_iter().collect()).map(|gate| Self { gate })
    }

    /// Sets what is demanded of a signature, in place of [`Policy::DRONE`].
    ///
    /// # Errors
    ///
    /// Those of [`Verifier::with_policy`](hooksig::Verifier::with_policy): [`Error::EmptyList`] if
    /// no header is required.
    pub fn policy(mut self, policy: Policy<'static>) -> Result<Self, Error> {
        self.gate.set_policy(policy)?;
        Ok(self)
    }

    /// Sets the longest body that is taken, in bytes, in place of [`DEFAULT_MAX_BODY`].
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.gate.max_body = bytes;
        self
    }

    /// Sets how many deliveries are remembered, in place of [`DEFAULT_REPLAY_ROOM`], and forgets those
    /// that are.
    ///
    /// Twice as many as come in the time in which one could be replayed are needed. Where there is
    /// no room for a delivery it is refused, rather than another forgotten.
    #[must_use]
    pub fn replay_room(mut self, deliveries: usize) -> Self {
        self.gate.set_room(deliveries);
        self
    }

    /// Sets what is told of each request that is refused, and why.
    #[must_use]
    pub fn on_refusal(mut self, tell: impl Fn(&Parts, &Refusal) + Send + Sync + 'static) -> Self {
        self.gate.on_refusal = Arc::new(tell);
        self
    }

    /// Sets the clock, which gives Unix seconds, in place of that of the system: for tests.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.gate.clock = Arc::new(now);
        self
    }
}

impl fmt::Debug for VerifyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyLayer(..)")
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, next: S) -> Verify<S> {
        Verify { next, gate: Arc::new(self.gate.clone()) }
    }
}

/// The service that [`VerifyLayer`] puts before another.
#[derive(Clone)]
pub struct Verify<S> {
    next: S,
    gate: Arc<Gate>,
}

impl<S> fmt::Debug for Verify<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verify(..)")
    }
}

impl<S, B, R> Service<Request<B>> for Verify<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.next.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was asked whether it is ready is the one that must be called.
        let fresh = self.next.clone();
        let mut next = mem::replace(&mut self.next, fresh);
        let gate = Arc::clone(&self.gate);
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            match gate.receive(&head, pin!(body)).await {
                Ok((verified, body)) => {
                    head.extensions.insert(verified);
                    next.call(Request::from_parts(head, B::from(body))).await
                }
                Err(refusal) => {
                    (gate.on_refusal)(&head, &refusal);
                    Ok(refusal.response())
                }
            }
        })
    }
}
