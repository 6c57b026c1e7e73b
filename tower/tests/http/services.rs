//! The layer as a plain tower service, without a server.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::mpsc,
    task::{Context, Poll},
};

use axum::body::Body;
use hooksig::drone;
use hooksig_tower::{Verified, VerifiedBody, VerifyLayer};
use hooksig_vectors::SECRET;
use tower::{Layer, Service, ServiceExt, service_fn};

type Request = axum::http::Request<Body>;
type Passed = axum::http::Request<VerifiedBody>;
type Response = axum::http::Response<Body>;

fn layer() -> VerifyLayer {
    VerifyLayer::new([crate::key(SECRET)]).expect("there is a key")
}

/// Sends a request to the layer in front of a service that answers 200 to verified requests.
async fn status(layer: &VerifyLayer, request: Request) -> u16 {
    let service = layer.layer(service_fn(async |request: Passed| {
        assert!(request.extensions().get::<Verified>().is_some());
        Ok::<_, Infallible>(Response::new(Body::new(request.into_body())))
    }));
    service.oneshot(request).await.expect("it does not fail").status().as_u16()
}

fn request(body: &'static str) -> Request {
    let headers = drone::sign(&crate::key(SECRET), body, crate::now()).expect("it has a date");
    let request = axum::http::Request::post("/")
        .header("Date", headers.date())
        .header("Digest", headers.digest())
        .header("Signature", headers.signature());
    request.body(body.into()).expect("it is a request")
}

#[tokio::test]
async fn services_of_a_layer_share_what_they_remember() {
    let layer = layer();
    let headers = request("{}");
    let again = || {
        let mut again = request("{}");
        *again.headers_mut() = headers.headers().clone();
        again
    };
    let statuses = [
        status(&layer, again()).await,
        status(&layer, again()).await,
        status(&layer.clone(), again()).await,
        // Another layer does not know it.
        status(&self::layer(), again()).await,
    ];
    assert_eq!(statuses, [200, 401, 401, 200]);
}

/// A verdict of before, such as one of an outer layer, is not passed on.
#[tokio::test]
async fn extensions_of_before_are_replaced() {
    let (sender, passed) = mpsc::channel::<Verified>();
    let mut service = layer().layer(service_fn(move |request: Passed| {
        let verified = request.extensions().get().cloned().expect("it is there");
        sender.send(verified).expect("the test waits");
        ready(Ok::<_, Infallible>(Response::default()))
    }));
    service.call(request("{}")).await.expect("it is");
    let first = passed.recv().expect("it was passed on");
    let mut second = request("{} ");
    second.extensions_mut().insert(first.clone());
    service.call(second).await.expect("it is");
    assert_ne!(passed.recv().expect("it was passed on").tag(), first.tag());
}

/// A service that must be polled for readiness before each call.
#[derive(Default)]
struct Strict {
    ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Passed> for Strict {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Passed) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "it was not asked");
        ready(Ok(Response::default()))
    }
}

#[tokio::test]
async fn the_service_that_is_ready_is_called() {
    let mut service = layer().layer(Strict::default());
    for body in ["{}", "{} ", "{}  "] {
        let ready = ServiceExt::<Request>::ready(&mut service).await.expect("it is");
        let answer = ready.call(request(body)).await;
        assert_eq!(answer.expect("it is").status(), 200);
    }
}

#[test]
fn debugging_output_holds_no_secret() {
    let layer = layer();
    let service = layer.layer(());
    assert_eq!(format!("{layer:?} {service:?}"), "VerifyLayer(..) Verify(..)");
}
