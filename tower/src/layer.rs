//! The layer and its settings.

use std::{fmt, sync::Arc, time::Duration};

use hooksig::{Error, Key, Policy, Verifier};
use http::{Uri, request::Parts};
use tower_layer::Layer;

use crate::{
    MemoryStore, Refused, ReplayStore, Verify,
    gate::{Gate, system_time},
};

/// The longest body that is accepted by default, in bytes.
pub const DEFAULT_MAX_BODY: usize = 1 << 20;

/// Default time limit for the body of a request.
pub const DEFAULT_BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// A layer that passes each genuine delivery on once and refuses everything else.
///
/// Holds a whole body in memory, but only once the head is genuine. Clones of the layer, and their
/// services, share one replay store.
///
/// Once a delivery is claimed, the inner service runs to its end. If the sender hangs up or a
/// timeout in front of the layer expires, it continues as a task of the tokio runtime. See
/// [where to put the layer](crate#where-to-put-the-layer).
#[derive(Clone)]
pub struct VerifyLayer {
    gate: Gate,
}

impl VerifyLayer {
    /// Returns a layer that accepts the signature of any of `keys`, with [`Policy::DRONE`] and a
    /// [`MemoryStore`].
    ///
    /// Give several keys, the new one first, while a secret is being changed.
    ///
    /// # Errors
    ///
    /// [`Error::NoKeys`] if there is none.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Result<Self, Error> {
        let gate = Gate {
            keys: keys.into_iter().collect(),
            policy: Policy::DRONE,
            store: Some(Arc::new(MemoryStore::default())),
            max_body: DEFAULT_MAX_BODY,
            body_timeout: DEFAULT_BODY_TIMEOUT,
            hides_reset: false,
            on_refusal: Arc::new(|_| {}),
            uri_of: Arc::new(|head| &head.uri),
            now: Arc::new(system_time),
        };
        Self { gate }.checked()
    }

    /// Sets the requirements on a signature, in place of [`Policy::DRONE`].
    ///
    /// # Errors
    ///
    /// [`Error::EmptyList`] if no header is required, [`Error::SkewTooLarge`] if the replay store has a
    /// smaller skew. Set the store first.
    pub fn policy(mut self, policy: Policy<'static>) -> Result<Self, Error> {
        self.gate.policy = policy;
        self.checked()
    }

    /// Sets the store that remembers accepted deliveries, in place of a [`MemoryStore`].
    ///
    /// # Errors
    ///
    /// [`Error::SkewTooLarge`] if the store has a smaller skew than the policy.
    pub fn replay_store(mut self, store: impl ReplayStore) -> Result<Self, Error> {
        self.gate.store = Some(Arc::new(store));
        self.checked()
    }

    /// Accepts replays.
    ///
    /// # Security
    ///
    /// Anyone who recorded a request can send it again until its date is too old. Requests to
    /// Drone's *extensions* need this, because two identical ones in a second may be genuine.
    #[must_use]
    pub fn without_replay_store(mut self) -> Self {
        self.gate.store = None;
        self
    }

    /// Sets the longest body that is accepted, in bytes, in place of [`DEFAULT_MAX_BODY`].
    ///
    /// axum's own limit applies to extractors, which run after the claim. Raise it to at least this limit, or
    /// disable it (`DefaultBodyLimit::disable`).
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.gate.max_body = bytes;
        self
    }

    /// Sets how long the body of a request may take, in place of [`DEFAULT_BODY_TIMEOUT`].
    #[must_use]
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.gate.body_timeout = time;
        self
    }

    /// Sets a function that is told of each refused request. [`Refused`] is safe to print.
    ///
    /// The answer waits for the function, so it must not block, as writing to a pipe that nobody reads does.
    #[must_use]
    pub fn on_refusal(mut self, tell: impl Fn(&Refused<'_>) + Send + Sync + 'static) -> Self {
        self.gate.on_refusal = Arc::new(tell);
        self
    }

    /// Sets how to find the URI that the server received, in place of the URI of the request.
    ///
    /// Needed if a signature covers `(request-target)` and the layer is in a nested router, which
    /// sees a shortened path: `|head| head.extensions.get::<OriginalUri>().map_or(&head.uri, |uri| uri)`
    /// with axum. Without it, a delivery to the shortened path is accepted at the whole one.
    #[must_use]
    pub fn original_uri(
        mut self,
        find: impl for<'h> Fn(&'h Parts) -> &'h Uri + Send + Sync + 'static,
    ) -> Self {
        self.gate.uri_of = Arc::new(find);
        self
    }

    /// Accepts an HTTP/2 request without knowing whether its stream was ended or reset.
    ///
    /// By default such a request is refused as unreadable. Call this for HTTP/2 if a layer in front wraps the
    /// body and does not pass on [`Body::is_end_stream`](http_body::Body::is_end_stream), as is the case with
    /// tower-http's `RequestDecompressionLayer` and `RequestBodyTimeoutLayer`. Otherwise every request is
    /// refused.
    #[must_use]
    pub fn allow_hidden_reset(mut self, allow: bool) -> Self {
        self.gate.hides_reset = allow;
        self
    }

    /// Sets a clock that returns Unix seconds instead of the system's, for tests.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.gate.now = Arc::new(now);
        self
    }

    /// Checks settings that depend on each other.
    fn checked(self) -> Result<Self, Error> {
        Verifier::with_policy(&self.gate.keys, self.gate.policy)?;
        let policy = self.gate.policy.skew();
        match self.gate.store.as_ref().map(|store| store.max_skew()) {
            Some(store) if store < policy => Err(Error::SkewTooLarge),
            _ => Ok(self),
        }
    }
}

impl fmt::Debug for VerifyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyLayer(..)")
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify::new(inner, Arc::new(self.gate.clone()))
    }
}
