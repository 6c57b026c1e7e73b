//! Claims: once, in time, never lost, and refused if the store is full.

use std::{
    convert::Infallible,
    future::ready,
    io::Write,
    net::TcpStream,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{Request, Response, StatusCode},
    routing::post,
};
use hooksig::{Error, drone};
use hooksig_tower::{
    Claim, ClaimError, LocalFirst, MemoryStore, Policy, Refusal, ReplayStore, VerifiedBody,
    VerifyLayer,
};
use hooksig_vectors::SECRET;
use tokio::sync::Notify;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::timeout::TimeoutLayer;

use crate::{Server, key, now, server::Seen, signed, signed_at};

/// Returns a delivery dated `time`, for use without a server.
pub(crate) fn request_at(time: i64, body: &str) -> Request<Body> {
    let sent = drone::sign(&key(SECRET), body, time).expect("it has a date");
    let request = Request::post("/")
        .header("Date", sent.date())
        .header("Digest", sent.digest())
        .header("Signature", sent.signature());
    request.body(body.to_owned().into()).expect("it is a request")
}

fn request(body: &str) -> Request<Body> {
    request_at(now(), body)
}

pub(crate) fn layer() -> VerifyLayer {
    VerifyLayer::new([key(SECRET)]).expect("there is a key")
}

/// Returns the status of the answer; a request that passes gets 200.
pub(crate) async fn status(layer: &VerifyLayer, request: Request<Body>) -> u16 {
    let service = layer.layer(service_fn(|_: Request<VerifiedBody>| {
        ready(Ok::<_, Infallible>(Response::new(Body::empty())))
    }));
    service.oneshot(request).await.expect("it does not fail").status().as_u16()
}

/// Four connections repeat each of twenty deliveries, while the window opens for half of them and
/// closes for the others.
#[test]
fn replays_around_both_ends_of_the_window_are_accepted_once() {
    let server = Server::start(|layer| layer);
    let start = now();
    let deliveries: Vec<_> = (0..20)
        .map(|n| {
            let time = if n % 2 == 0 { start - 298 - n % 3 } else { start + 301 + n % 3 };
            let body = format!(r#"{{"n":{n}}}"#);
            let length = format!("Content-Length: {}", body.len());
            (body.clone(), signed_at(time, SECRET, &length, &body) + &body)
        })
        .collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while now() < start + 6 {
                    for (_, request) in &deliveries {
                        server.send(request);
                    }
                }
            });
        }
    });
    let passed = server.passed();
    for (body, _) in &deliveries {
        let times = passed.iter().filter(|(_, passed)| passed == body.as_bytes()).count();
        assert_eq!(times, 1, "{body}");
    }
    assert!(server.refused().len() > 100);
}

/// A slow handler that counts.
fn slow(handled: &Arc<AtomicUsize>, layer: VerifyLayer) -> Router {
    let handled = Arc::clone(handled);
    let handler = async move || {
        tokio::time::sleep(Duration::from_millis(300)).await;
        handled.fetch_add(1, Ordering::Relaxed);
    };
    Router::new().route("/hook", post(handler).route_layer(layer))
}

fn wait_for(count: &AtomicUsize, expected: usize) {
    let start = Instant::now();
    while count.load(Ordering::Relaxed) < expected && start.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(count.load(Ordering::Relaxed), expected);
}

/// An observer that sends a recorded delivery first and hangs up cannot have it dropped half-way.
#[test]
fn a_sender_that_hangs_up_does_not_stop_the_handler() {
    let (handled, seen) = (Arc::default(), Seen::default());
    let server = Server::of(slow(&handled, seen.layer()), seen);
    let request = signed("{}");
    let mut stream = TcpStream::connect(server.address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it is taken");
    thread::sleep(Duration::from_millis(100));
    drop(stream);
    wait_for(&handled, 1);
    assert_eq!(server.refusal(&request).1, Refusal::Invalid(Error::Replayed));
}

#[test]
fn a_timeout_in_front_does_not_stop_the_handler() {
    let (handled, seen) = (Arc::default(), Seen::default());
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(100));
    let server = Server::of(slow(&handled, seen.layer()).layer(timeout), seen);
    assert!(server.send(signed("{}")).starts_with("HTTP/1.1 408 "));
    wait_for(&handled, 1);
}

#[test]
fn a_handler_that_panics_has_its_delivery_claimed_and_harms_no_other() {
    let seen = Seen::default();
    let handler = async |body: Bytes| assert_ne!(body, "{}", "this panic is part of the test");
    let router = Router::new().route("/hook", post(handler).route_layer(seen.layer()));
    let server = Server::of(router, seen);
    let request = signed("{}");
    assert_eq!(server.send(&request), "");
    assert_eq!(server.refusal(&request).1, Refusal::Invalid(Error::Replayed));
    assert!(server.send(signed(r#"{"n":2}"#)).starts_with("HTTP/1.1 200 "));
}

/// Strangers without the secret cannot make the layer wait for bodies. An observer can, but uses up
/// no capacity of the inner service.
#[tokio::test]
async fn slow_bodies_take_up_no_capacity_of_the_inner_service() {
    let inner = ServiceBuilder::new().concurrency_limit(1).service(service_fn(
        async |_: Request<VerifiedBody>| Ok::<_, Infallible>(Response::new(Body::empty())),
    ));
    let service = layer().layer(inner);
    let slow = request("{}").map(|_| Body::new(Never));
    let slow = tokio::spawn(service.clone().oneshot(slow));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = tokio::time::timeout(Duration::from_secs(5), service.oneshot(request("{} ")));
    assert_eq!(answer.await.expect("it is not held up").expect("it is").status(), 200);
    slow.abort();
}

/// A body that never comes.
struct Never;

impl http_body::Body for Never {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    let layer = layer().body_timeout(Duration::from_millis(100));
    let slow = request("{}").map(|_| Body::new(Never));
    let answered = tokio::time::timeout(Duration::from_secs(30), status(&layer, slow)).await;
    assert_eq!(answered, Ok(408));
}

/// A service that fails a number of times before it is ready.
#[derive(Clone)]
struct Broken(Arc<AtomicUsize>);

impl Service<Request<VerifiedBody>> for Broken {
    type Response = Response<Body>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<Body>, &'static str>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), &'static str>> {
        let fails = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        Poll::Ready(if fails.is_ok() { Err("broken") } else { Ok(()) })
    }

    fn call(&mut self, _: Request<VerifiedBody>) -> Self::Future {
        std::future::ready(Ok(Response::new(Body::empty())))
    }
}

#[tokio::test]
async fn a_delivery_that_the_service_cannot_take_is_not_claimed() {
    let service = layer().layer(Broken(Arc::new(1.into())));
    let time = now();
    assert_eq!(service.clone().oneshot(request_at(time, "{}")).await.err(), Some("broken"));
    let again = service.oneshot(request_at(time, "{}")).await.expect("it works now");
    assert_eq!(again.status(), 200);
}

#[tokio::test]
async fn replays_are_accepted_without_a_store_in_time() {
    let layer = layer().without_replay_store();
    let time = now();
    for _ in 0..3 {
        assert_eq!(status(&layer, request_at(time, "{}")).await, 200);
    }
    assert_eq!(status(&layer, request_at(time - 301, "{}")).await, 401);
}

#[test]
fn a_store_refuses_a_policy_with_a_larger_skew() {
    let wide = Policy::DRONE.max_skew(301);
    let error = Error::SkewTooLarge;
    assert_eq!(layer().policy(wide).err(), Some(error));
    let made_for = |skew| MemoryStore::default().for_skew(skew);
    let layer = layer().replay_store(made_for(301)).expect("it is large enough");
    let layer = layer.policy(wide).expect("the store is made for it");
    assert_eq!(layer.clone().replay_store(made_for(300)).err(), Some(error));
    assert!(layer.without_replay_store().policy(Policy::DRONE.max_skew(9000)).is_ok());
}

/// One layer accepts a delivery for 10 s and another, with the same store, for 300 s.
#[tokio::test]
async fn layers_with_different_skews_share_a_store() {
    let (time, later) = (now(), Arc::new(AtomicI64::new(0)));
    let store = Arc::new(MemoryStore::new(1));
    let layer = |skew| {
        let later = Arc::clone(&later);
        let layer = layer().clock(move || time + later.load(Ordering::Relaxed));
        let layer = layer.policy(Policy::DRONE.max_skew(skew)).expect("it is small enough");
        layer.replay_store(Arc::clone(&store)).expect("it is large enough")
    };
    let (narrow, wide) = (layer(10), layer(300));
    assert_eq!(status(&narrow, request_at(time, "{}")).await, 200);
    for seconds in [11, 299, 300] {
        later.store(seconds, Ordering::Relaxed);
        // The other fills the store, which must not forget.
        assert_eq!(status(&wide, request_at(time + seconds, "[]")).await, 401);
        assert_eq!(status(&wide, request_at(time + seconds, "{} ")).await, 503, "{seconds}");
        assert_eq!(status(&wide, request_at(time, "{}")).await, 401, "{seconds}");
    }
    later.store(303, Ordering::Relaxed);
    assert_eq!(status(&wide, request_at(time + 303, "{} ")).await, 200);
}

/// A store during whose claims time passes.
struct Late {
    time: Arc<AtomicI64>,
    takes: i64,
}

impl ReplayStore for Late {
    async fn claim(&self, _: &Claim) -> Result<(), ClaimError> {
        self.time.fetch_add(self.takes, Ordering::Relaxed);
        Ok(())
    }
}

/// Meanwhile the store may have forgotten an earlier claim, and the process may have been stopped.
#[tokio::test]
async fn an_answer_of_a_store_that_comes_too_late_is_none() {
    let sent = now();
    for (takes, expected) in [(302, 200), (303, 401)] {
        for is_first_local in [false, true] {
            let time = Arc::new(AtomicI64::new(sent));
            let late = Late { time: Arc::clone(&time), takes };
            let layer = if is_first_local {
                layer().replay_store(LocalFirst::new(late))
            } else {
                layer().replay_store(late)
            };
            let layer = layer.expect("it is made for the skew");
            let layer = layer.clock(move || time.load(Ordering::Relaxed));
            let answer = status(&layer, request_at(sent, "{}")).await;
            assert_eq!(answer, expected, "after {takes} s, local first: {is_first_local}");
        }
    }
}

/// A shared store that answers when it is told to, and counts how often it is asked.
#[derive(Default)]
struct Shared {
    asked: AtomicUsize,
    fails: AtomicBool,
    go_on: Notify,
    waits: AtomicBool,
    taken: Mutex<Vec<[u8; 32]>>,
}

impl ReplayStore for Shared {
    async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        // Others arrive before it answers.
        tokio::task::yield_now().await;
        if self.waits.load(Ordering::Relaxed) {
            self.go_on.notified().await;
        }
        if self.fails.load(Ordering::Relaxed) {
            return Err(ClaimError::Failed("it is down".into()));
        }
        let mut taken = self.taken.lock().expect("no holder panicked");
        if taken.contains(claim.tag()) {
            return Err(ClaimError::Replayed);
        }
        taken.push(*claim.tag());
        Ok(())
    }
}

fn behind_memory(store: &Arc<Shared>) -> VerifyLayer {
    layer().replay_store(LocalFirst::new(Arc::clone(store))).expect("it is large enough")
}

/// Also if another process accepted the delivery and this one does not know it.
#[tokio::test]
async fn a_flood_of_replays_asks_a_shared_store_once() {
    let store = Arc::new(Shared::default());
    let time = now();
    for expected in [(1, 1), (0, 1)] {
        // Another layer is another process.
        let layer = behind_memory(&store);
        store.asked.store(0, Ordering::Relaxed);
        let mut sent = tokio::task::JoinSet::new();
        for _ in 0..2500 {
            let layer = layer.clone();
            sent.spawn(async move { status(&layer, request_at(time, "{}")).await });
        }
        let answers = sent.join_all().await;
        let accepted = answers.iter().filter(|status| **status == 200).count();
        assert_eq!((accepted, store.asked.load(Ordering::Relaxed)), expected);
        assert_eq!(answers.iter().filter(|status| **status == 401).count(), 2500 - accepted);
        // Nor later.
        assert_eq!(status(&layer, request_at(time, "{}")).await, 401);
        assert_eq!(store.asked.load(Ordering::Relaxed), 1);
    }
    assert_eq!(status(&behind_memory(&store), request("{} ")).await, 200);
}

#[tokio::test]
async fn a_claim_that_failed_is_forgotten() {
    let store = Arc::new(Shared::default());
    let layer = behind_memory(&store);
    let time = now();
    store.fails.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        assert_eq!(status(&layer, request_at(time, "{}")).await, 503);
    }
    store.fails.store(false, Ordering::Relaxed);
    assert_eq!(status(&layer, request_at(time, "{}")).await, 200);
    assert_eq!(status(&layer, request_at(time, "{}")).await, 401);
}

/// Waiting claims continue if the asking one is abandoned, as when its runtime stops.
#[tokio::test]
async fn a_claim_that_is_given_up_is_asked_again() {
    let store = Arc::new(Shared::default());
    let front = Arc::new(LocalFirst::new(Arc::clone(&store)));
    let claims = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&claims);
    /// Keeps claims.
    struct Keeps(Arc<Mutex<Vec<Claim>>>);
    impl ReplayStore for Keeps {
        async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
            self.0.lock().expect("no holder panicked").push(claim.clone());
            Ok(())
        }
    }
    let keeps = layer().replay_store(Keeps(kept)).expect("it is large enough");
    assert_eq!(status(&keeps, request("{}")).await, 200);
    let claim = claims.lock().expect("no holder panicked")[0].clone();

    store.waits.store(true, Ordering::Relaxed);
    let [first, second] = [(); 2].map(|()| {
        let (front, claim) = (Arc::clone(&front), claim.clone());
        tokio::spawn(async move { front.claim(&claim).await })
    });
    while store.asked.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    store.waits.store(false, Ordering::Relaxed);
    assert_eq!(second.await.expect("it is not aborted"), Ok(()));
    assert_eq!(front.claim(&claim).await, Err(ClaimError::Replayed));
}
