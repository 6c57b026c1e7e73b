//! A receiver on the loopback interface, and a sender.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use axum::{Extension, Router, body::Bytes, routing::post};
use hooksig::Key;
use hooksig_tower::{Refusal, Refused, Verified, VerifyLayer};
use tokio::sync::oneshot;

/// The requests that a server received.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    refused: Arc<Mutex<Vec<Refusal>>>,
    told: Arc<Mutex<Vec<String>>>,
    passed: Arc<Mutex<Vec<(Verified, Bytes)>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no holder panicked")
}

impl Seen {
    /// Returns a layer with the usual secret that records its refusals.
    pub(crate) fn layer(&self) -> VerifyLayer {
        self.note(VerifyLayer::new([crate::key(hooksig_vectors::SECRET)]).expect("there is a key"))
    }

    pub(crate) fn note(&self, layer: VerifyLayer) -> VerifyLayer {
        let (refusals, texts) = (Arc::clone(&self.refused), Arc::clone(&self.told));
        layer.on_refusal(move |refused: &Refused<'_>| {
            lock(&refusals).push(refused.refusal().clone());
            lock(&texts).push(refused.to_string());
        })
    }

    /// Returns a router that records every request and answers `taken`.
    pub(crate) fn router(&self) -> Router {
        let seen = self.clone();
        Router::new().fallback(
            async move |Extension(verified): Extension<Verified>, body: Bytes| {
                seen.pass(verified, body);
                "taken"
            },
        )
    }

    /// Returns a router that accepts only POST at `/hook`, with the layer on the route.
    pub(crate) fn at_hook(&self, layer: VerifyLayer) -> Router {
        let seen = self.clone();
        let handler = async move |Extension(verified): Extension<Verified>, body: Bytes| {
            seen.pass(verified, body);
            "taken"
        };
        Router::new().route("/hook", post(handler).route_layer(layer))
    }

    pub(crate) fn pass(&self, verified: Verified, body: Bytes) {
        lock(&self.passed).push((verified, body));
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Seen,
    _running: oneshot::Sender<()>,
}

impl Server {
    /// Starts it with the usual secret, and with the layer as changed by `set`.
    pub(crate) fn start(set: impl FnOnce(VerifyLayer) -> VerifyLayer) -> Self {
        Self::start_with([crate::key(hooksig_vectors::SECRET)], set)
    }

    pub(crate) fn start_with(
        keys: impl IntoIterator<Item = Key>,
        set: impl FnOnce(VerifyLayer) -> VerifyLayer,
    ) -> Self {
        let seen = Seen::default();
        let layer = seen.note(set(VerifyLayer::new(keys).expect("there is a key")));
        let router = seen.router().layer(layer);
        Self::of(router, seen)
    }

    /// Starts it with this router, which records in `seen`.
    pub(crate) fn of(router: Router, seen: Seen) -> Self {
        Self::run(seen, async |listener| axum::serve(listener, router).await.expect("it serves"))
    }

    /// Starts any server.
    pub(crate) fn run<F>(
        seen: Seen,
        serve: impl FnOnce(tokio::net::TcpListener) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()>,
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        listener.set_nonblocking(true).expect("it can be");
        let (running, stopped) = oneshot::channel::<()>();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("it can be made").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
                tokio::select! {
                    () = serve(listener) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, seen, _running: running }
    }

    pub(crate) fn send(&self, request: impl AsRef<[u8]>) -> String {
        send(self.address, request)
    }

    /// Sends a request, and returns the answer and the reason for its refusal.
    #[track_caller]
    pub(crate) fn refusal(&self, request: impl AsRef<[u8]>) -> (String, Refusal) {
        let before = lock(&self.seen.refused).len();
        let answer = self.send(request);
        let refused = lock(&self.seen.refused);
        assert_eq!(refused.len(), before + 1, "{answer}");
        (answer, refused[before].clone())
    }

    /// Returns the deliveries passed to the handler since the last call.
    pub(crate) fn passed(&self) -> Vec<(Verified, Bytes)> {
        std::mem::take(&mut lock(&self.seen.passed))
    }

    /// Returns the refusals since the last call.
    pub(crate) fn refused(&self) -> Vec<Refusal> {
        std::mem::take(&mut lock(&self.seen.refused))
    }

    /// Returns the printed refusals since the last call.
    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.seen.told))
    }
}

/// Sends a request, which must ask for the connection to be closed, and returns the answer.
pub(crate) fn send(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it is not zero");
    // The receiver may close the connection at any time.
    let _ = stream.write_all(request.as_ref());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).expect("it is UTF-8")
}
