//! A receiver on the loopback interface, and a sender.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use axum::{Extension, Router, body::Bytes};
use hooksig::Key;
use hooksig_tower::{Refusal, Verified, VerifyLayer};
use tokio::sync::oneshot;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    refused: Arc<Mutex<Vec<Refusal>>>,
    passed: Arc<Mutex<Vec<(Verified, Bytes)>>>,
    _running: oneshot::Sender<()>,
}

impl Server {
    /// With the usual secret, and what `set` makes of the layer.
    pub(crate) fn start(set: impl FnOnce(VerifyLayer) -> VerifyLayer) -> Self {
        Self::start_with([crate::key(hooksig_vectors::SECRET)], set)
    }

    pub(crate) fn start_with(
        keys: impl IntoIterator<Item = Key>,
        set: impl FnOnce(VerifyLayer) -> VerifyLayer,
    ) -> Self {
        let refused = Arc::new(Mutex::new(Vec::new()));
        let passed = Arc::new(Mutex::new(Vec::new()));
        let (notes, seen) = (Arc::clone(&refused), Arc::clone(&passed));
        let note = move |_: &_, refusal: &Refusal| notes.lock().expect("it works").push(*refusal);
        let handler = async move |Extension(verified): Extension<Verified>, body: Bytes| {
            seen.lock().expect("it works").push((verified, body));
            "taken"
        };
        let layer = set(VerifyLayer::new(keys).expect("there is a key")).on_refusal(note);
        let router = Router::new().fallback(handler).layer(layer);

        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        listener.set_nonblocking(true).expect("it can be");
        let (running, stopped) = oneshot::channel::<()>();
        thread::spawn(move || serve(listener, router, stopped));
        Self { address, refused, passed, _running: running }
    }

    pub(crate) fn send(&self, request: impl AsRef<[u8]>) -> String {
        send(self.address, request)
    }

    /// Sends, and gives the reason of the refusal that this came to.
    #[track_caller]
    pub(crate) fn refusal(&self, request: impl AsRef<[u8]>) -> (String, Refusal) {
        let before = self.refused.lock().expect("it works").len();
        let answer = self.send(request);
        let refused = self.refused.lock().expect("it works");
        assert_eq!(refused.len(), before + 1, "{answer}");
        (answer, refused[before])
    }

    /// What the handler was given since this was asked last.
    pub(crate) fn passed(&self) -> Vec<(Verified, Bytes)> {
        std::mem::take(&mut self.passed.lock().expect("it works"))
    }

    /// Why requests were refused since this was asked last.
    pub(crate) fn refused(&self) -> Vec<Refusal> {
        std::mem::take(&mut self.refused.lock().expect("it works"))
    }
}

fn serve(listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("it can be made").block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
        tokio::select! {
            served = axum::serve(listener, router) => served.expect("it serves"),
            _ = stopped => {}
        }
    });
}

/// Sends a request, which must ask for the connection to be closed, and gives the answer.
pub(crate) fn send(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it is not zero");
    // The other side may have enough of it at any time.
    let _ = stream.write_all(request.as_ref());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).expect("it is UTF-8")
}
