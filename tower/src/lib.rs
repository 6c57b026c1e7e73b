//! A [tower] layer that lets none but genuine Drone webhooks pass: for axum and whatever else
//! takes tower's layers.
//!
//! [`VerifyLayer`] looks at the head of a request first, reads the body up to a limit, and lets the
//! request pass with its body put back and a [`Verified`] among its extensions. What it refuses
//! never reaches the service behind it. A delivery that was accepted before is refused as well.
//!
//! [tower]: https://docs.rs/tower
//!
//! # Examples
//!
//! ```
//! use axum::{Extension, Router, routing::post};
//! use hooksig_tower::{Key, Verified, VerifyLayer};
//!
//! async fn receive(Extension(verified): Extension<Verified>, body: String) {
//!     println!("with secret {}: {body}", verified.key_index());
//! }
//!
//! # fn router() -> Result<Router, hooksig_tower::Error> {
//! let keys = [Key::new("new secret")?, Key::new("old secret")?];
//! let layer = VerifyLayer::new(keys)?
//!     .on_refusal(|head, refusal| eprintln!("{}: {}: {refusal}", head.uri, refusal.reason()));
//! let router = Router::new().route("/hook", post(receive)).layer(layer);
//! # Ok(router)
//! # }
//! # router().expect("there are keys");
//! ```
//!
//! `examples/axum.rs` is a whole receiver.

mod gate;
mod layer;
mod refusal;
mod verified;

pub use hooksig::{Error, Key, Policy};
pub use layer::{DEFAULT_MAX_BODY, DEFAULT_REPLAY_ROOM, Verify, VerifyLayer};
pub use refusal::Refusal;
pub use verified::Verified;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
