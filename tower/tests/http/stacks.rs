//! The layer among others, over HTTP/1 and HTTP/2.

use std::{convert::Infallible, io::Write, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{self, Response},
};
use flate2::{Compression, write::GzEncoder};
use hooksig::Error;
use hooksig_tower::{Refusal, Verified, VerifiedBody, VerifyLayer};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use tower::{ServiceBuilder, service_fn};
use tower_http::{
    compression::CompressionLayer,
    decompression::RequestDecompressionLayer,
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    timeout::{RequestBodyDeadlineLayer, RequestBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};

use crate::{
    Server, edit,
    http2::{self, End},
    limits::chunked,
    object,
    server::Seen,
    signed,
};

const ACCEPTED: &str = "HTTP/1.1 200 OK\r\n";

/// Checks that a genuine delivery passes and a changed one does not, over HTTP/1 and HTTP/2, with
/// these bodies.
#[track_caller]
fn works(server: &Server) {
    for body in [object(100), object(300_000)] {
        let answer = server.send(signed(&body));
        assert!(answer.starts_with(ACCEPTED), "{answer} {:?}", server.refused());
        let answer = server.send(edit(&signed(&body), "Signature: ", "X-Signature: "));
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        let body = body.replacen('"', " \"", 1);
        assert!(server.send(chunked(&body, 1000)).starts_with(ACCEPTED), "{:?}", server.refused());
        let body = body.replacen('"', " \"", 1);
        let request = http2::signed(&body);
        assert_eq!(over_2(server, request.clone()), 200, "{:?}", server.refused());
        assert_eq!(over_2(server, request), 401);
        assert_eq!(over_2(server, http2::signed("{}").map(|_| Bytes::from_static(b"[]"))), 401);
    }
    let passed = server.passed();
    assert_eq!(passed.len(), 6);
    assert!(passed.iter().all(|(_, body)| body.starts_with(b"{") && body.ends_with(b"\"}")));
}

/// Sends over HTTP/2, and returns the status of the answer.
#[track_caller]
fn over_2(server: &Server, request: http::Request<Bytes>) -> u16 {
    let runtime = tokio::runtime::Runtime::new().expect("it can be made");
    let answer = runtime.block_on(http2::send(server.address, request, End::Stream));
    answer.expect("it is answered")
}

/// Serves a tower service with only hyper and its own bodies.
macro_rules! hyper_server {
    ($seen:expr, $service:expr) => {{
        let service = $service;
        Server::run($seen, async move |listener| {
            loop {
                let (connection, _) = listener.accept().await.expect("it listens");
                let service = TowerToHyperService::new(service.clone());
                let serving = auto::Builder::new(TokioExecutor::new());
                tokio::spawn(async move {
                    let _ = serving.serve_connection(TokioIo::new(connection), service).await;
                });
            }
        })
    }};
}

/// A service without axum that records its requests.
macro_rules! noting {
    ($seen:expr) => {{
        let seen = $seen.clone();
        service_fn(move |request: http::Request<VerifiedBody>| {
            let verified = request.extensions().get::<Verified>().expect("it is there").clone();
            seen.pass(verified, request.into_body().into_bytes());
            std::future::ready(Ok::<_, Infallible>(Response::new(Body::from("taken"))))
        })
    }};
}

#[test]
fn plain_hyper() {
    let seen = Seen::default();
    let service = ServiceBuilder::new().layer(seen.layer()).service(noting!(seen));
    works(&hyper_server!(seen, service));
}

#[test]
fn plain_hyper_with_layers_in_front() {
    let seen = Seen::default();
    let service = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, TIME))
        .layer(RequestBodyLimitLayer::new(1 << 20))
        .layer(RequestBodyDeadlineLayer::new(TIME))
        .layer(seen.layer())
        .service(noting!(seen));
    works(&hyper_server!(seen, service));
}

const TIME: Duration = Duration::from_secs(10);

#[test]
fn axum_with_trace() {
    let seen = Seen::default();
    let layers = ServiceBuilder::new().layer(TraceLayer::new_for_http()).layer(seen.layer());
    works(&Server::of(seen.router().layer(layers), seen));
}

#[test]
fn axum_with_compression() {
    let seen = Seen::default();
    let layers = ServiceBuilder::new().layer(CompressionLayer::new()).layer(seen.layer());
    works(&Server::of(seen.router().layer(layers), seen));
}

/// Layers that wrap bodies, in front of the layer and further in.
#[test]
fn axum_with_all_of_them() {
    let seen = Seen::default();
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(1 << 20))
        .layer(seen.layer())
        .layer(RequestDecompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .layer(RequestBodyLimitLayer::new(1 << 20))
        .layer(CompressionLayer::new());
    works(&Server::of(seen.router().layer(layers), seen));
}

/// axum's functions as layers need axum's body.
#[test]
fn axum_with_a_function_further_in() {
    async fn pass(request: axum::extract::Request, next: axum::middleware::Next) -> Response<Body> {
        next.run(request).await
    }
    let seen = Seen::default();
    let layers = ServiceBuilder::new()
        .layer(seen.layer())
        .layer(MapRequestBodyLayer::new(Body::new))
        .layer(axum::middleware::from_fn(pass));
    works(&Server::of(seen.router().layer(layers), seen));
}

#[test]
fn an_outer_limit_is_told_as_one() {
    let seen = Seen::default();
    let layers = ServiceBuilder::new().layer(RequestBodyLimitLayer::new(1000)).layer(seen.layer());
    let server = Server::of(seen.router().layer(layers), seen);
    assert!(server.send(chunked(&object(1000), 100)).starts_with(ACCEPTED));
    let (answer, refusal) = server.refusal(chunked(&object(1001), 100));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(refusal, Refusal::BodyTooLarge);
}

fn gzip(body: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body.as_bytes()).expect("it is memory");
    encoder.finish().expect("it is memory")
}

/// A body that was compressed on the way.
fn compressed(body: &str) -> Vec<u8> {
    let gzipped = gzip(body);
    let request = signed(body);
    let head = request.strip_suffix(body).expect("the body is last");
    let length = format!("Content-Length: {}\r\n", body.len());
    let now = format!("Content-Length: {}\r\nContent-Encoding: gzip\r\n", gzipped.len());
    [edit(head, &length, &now).as_bytes(), &gzipped].concat()
}

fn behind_decompression(seen: &Seen, layer: VerifyLayer) -> Router {
    let layers = ServiceBuilder::new().layer(RequestDecompressionLayer::new()).layer(layer);
    seen.router().layer(layers)
}

#[test]
fn decompression_in_front() {
    let seen = Seen::default();
    let layer = seen.layer().allow_hidden_reset(true);
    let server = Server::of(behind_decompression(&seen, layer), seen);
    works(&server);
    let body = object(10_000);
    assert!(server.send(compressed(&body)).starts_with(ACCEPTED), "{:?}", server.refused());
    assert_eq!(server.passed()[0].1, body.as_bytes());

    let mut request = http2::signed("{}").map(|_| Bytes::from(gzip("{}")));
    request.headers_mut().insert("content-encoding", http::HeaderValue::from_static("gzip"));
    assert_eq!(over_2(&server, request), 200, "{:?}", server.refused());
}

/// A layer that hides over HTTP/2 how a stream ended requires a setting.
#[test]
fn a_hidden_reset_must_be_allowed() {
    for allow in [true, false] {
        let expected = if allow { 200 } else { 400 };
        let seen = Seen::default();
        let layer = seen.layer().allow_hidden_reset(allow);
        let timeout =
            ServiceBuilder::new().layer(RequestBodyTimeoutLayer::new(TIME)).layer(layer.clone());
        let routers = [behind_decompression(&seen, layer), seen.router().layer(timeout)];
        for (n, router) in routers.into_iter().enumerate() {
            let server = Server::of(router, seen.clone());
            let request = http2::signed(&format!(r#"{{"n":{n}}}"#));
            assert_eq!(over_2(&server, request), expected);
            assert!(server.send(signed(&format!(r#"{{"x":{n}}}"#))).starts_with(ACCEPTED));
        }
    }
}

/// A claimed delivery must not fail further in because a stranger marks it as compressed.
#[test]
fn decompression_further_in() {
    let seen = Seen::default();
    let layers = ServiceBuilder::new().layer(seen.layer()).layer(RequestDecompressionLayer::new());
    let server = Server::of(seen.router().layer(layers), seen);
    works(&server);
    for coding in ["gzip", "br", "x", "gzip, gzip"] {
        let body = format!(r#"{{"n":"{coding}"}}"#);
        let field = format!("Content-Encoding: {coding}\r\nHost: a");
        let answer = server.send(edit(&signed(&body), "Host: a", &field));
        assert!(answer.starts_with(ACCEPTED), "{coding}: {answer}");
        assert_eq!(server.passed()[0].1, body.as_bytes());
    }
    // A body that was compressed before it was signed is not JSON.
    let gzipped = gzip("{}");
    let key = crate::key(hooksig_vectors::SECRET);
    let sent = hooksig::drone::sign(&key, &gzipped, crate::now()).expect("it has a date");
    let head = format!(
        "POST /hook HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\nDate: {}\r\nDigest: {}\r\nSignature: {}\r\n\r\n",
        gzipped.len(),
        sent.date(),
        sent.digest(),
        sent.signature()
    );
    let (_, refusal) = server.refusal([head.as_bytes(), &gzipped].concat());
    assert_eq!(refusal, Refusal::Invalid(Error::MalformedBody));
}
