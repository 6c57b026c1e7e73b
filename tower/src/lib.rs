//! A [tower] layer that passes each genuine Drone webhook on once and refuses everything else, for
//! axum, hyper and any other stack of tower layers.
//!
//! [`VerifyLayer`] judges the head of a request, reads the body up to a limit, claims the delivery in a
//! [`ReplayStore`], and passes the request on with a [`VerifiedBody`] and a [`Verified`] among its
//! extensions. The inner service never sees a refused request.
//!
//! It needs a tokio runtime with the timer enabled, as `#[tokio::main]` makes it.
//!
//! [tower]: https://docs.rs/tower
//!
//! # Examples
//!
//! ```
//! use axum::{Extension, Router, body::Bytes, routing::post};
//! use hooksig_tower::{Key, Verified, VerifyLayer};
//!
//! async fn receive(Extension(verified): Extension<Verified>, body: Bytes) {
//!     println!("{:?} {:?}: {} bytes", verified.event(), verified.action(), body.len());
//! }
//!
//! # fn router() -> Result<Router, hooksig_tower::Error> {
//! let keys = [Key::new("new secret")?, Key::new("old secret")?];
//! let layer = VerifyLayer::new(keys)?.on_refusal(|refused| eprintln!("{refused}"));
//! let router = Router::new().route("/hook", post(receive).route_layer(layer));
//! # Ok(router)
//! # }
//! # router().expect("there are keys");
//! ```
//!
//! `examples/axum.rs` is a complete receiver.
//!
//! # Where to put the layer
//!
//! A delivery is claimed just before the inner service is called, and its sender does not send it again.
//! **Nothing inside the layer may refuse a delivery because of its path, method, fields or the load.**
//! Otherwise anyone who recorded a delivery can change these and send it first, and the genuine one is then
//! refused as a replay. So put the layer on the route itself (`route_layer` on the method router), put limits
//! on concurrency and load shedding in front of it, and take the body as bytes, because axum's `Json` checks
//! the unsigned `Content-Type`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod claim;
mod escaped;
mod finish;
mod gate;
mod layer;
mod reading;
mod refusal;
mod service;
mod store;
mod verified;

pub use body::{ResponseBody, VerifiedBody};
pub use claim::{Claim, ClaimError};
pub use escaped::Escaped;
pub use hooksig::{
    Error, Key, Policy,
    drone::{Action, Event},
};
pub use layer::{DEFAULT_BODY_TIMEOUT, DEFAULT_MAX_BODY, VerifyLayer};
pub use reading::{DRAIN_BYTES, DRAIN_TIME};
pub use refusal::{Refusal, Refused};
pub use service::Verify;
pub use store::{DEFAULT_MAX_SKEW, DEFAULT_MEMORY_CAPACITY, LocalFirst, MemoryStore, ReplayStore};
#[cfg(feature = "redis")]
pub use store::{DEFAULT_REDIS_PREFIX, RedisStore};
pub use verified::Verified;

/// The client library of [`RedisStore`].
#[cfg(feature = "redis")]
pub use redis;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
