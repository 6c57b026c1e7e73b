//! Verifies and signs Drone system webhooks: HTTP Signatures
//! (draft-cavage-http-signatures-10) with HMAC-SHA-256 over the `Date` and `Digest` fields.
//!
//! A verified request was signed by a holder of the secret, within the last few minutes, for exactly
//! this body. The crate allocates nothing, keeps no state, does no I/O and reads no clock. The caller
//! passes in the request, the body, the keys and the time.
//!
//! ```text
//! request ──> params ──> policy ──> date ──> signing string ──> mac ──> pending body ──> verified
//! ```
//!
//! The modules are declared in that order. [`Verifier`] runs all the steps, and [`Signer`] writes the
//! `Signature` field of a request. [`drone`] knows Drone's events, and [`replay`] refuses a delivery
//! that was accepted before.
//!
//! The crate `hooksig-tower` is a layer for axum and other users of tower. The guides in `docs/` of
//! the repository show how to write a receiver from scratch, and explain every reason to refuse a
//! delivery.
//!
//! # Examples
//!
//! ```
//! use hooksig::{drone, Clock, Key, Request, Verifier};
//!
//! let key = Key::new(b"bea26a2221fd8090ea38720fc445eca6")?;
//! let body = br#"{"event":"user","action":"created","user":{"login":"octocat"}}"#;
//!
//! // Drone signs and sends.
//! let now = 1_795_419_691;
//! let sent = drone::sign(&key, body, now)?;
//! let headers = [
//!     ("Date", sent.date()),
//!     ("Digest", sent.digest()),
//!     ("Signature", sent.signature()),
//! ];
//!
//! // The receiver verifies.
//! let keys = [key];
//! let verifier = Verifier::new(&keys)?;
//! let request = Request::new("POST", "/hooks/drone", &headers);
//! let verified = verifier.verify(&request, body, Clock::At(now + 1))?;
//! assert_eq!(verified.key_index(), 0);
//!
//! let delivery = drone::Delivery::read(body)?;
//! assert_eq!(delivery.event(), Some(drone::Event::User));
//! # Ok::<(), hooksig::Error>(())
//! ```
//!
//! # Features
//!
//! None is on by default. Only `payload` allocates.
//!
//! - `capi` adds the C interface of `include/hooksig.h`.
//! - `http` implements [`Headers`] for `http::HeaderMap`.
//! - `httparse` implements [`Headers`] for a slice of `httparse::Header`.
//! - `lanes` uses instructions that the processor may have: it hashes several messages at once, and decodes
//!   base64 in vectors.
//! - `payload` adds types for the JSON body, and for requests to Drone's extensions.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[cfg(feature = "payload")]
extern crate alloc;

mod request;
mod params;
mod names;
mod policy;
pub mod date;
mod signing_string;
mod key;
pub mod digest;
mod verbatim;
mod verify;
mod sign;

pub mod drone;
#[cfg(feature = "payload")]
pub mod payload;
pub mod replay;

#[cfg(feature = "capi")]
pub mod capi;

mod bytes;
mod error;
mod field_value;
mod primitives;
mod writer;

pub use error::{Error, Param};
pub use field_value::FieldValue;
pub use key::{Key, TAG_LEN, Tag};
pub use names::{HeaderList, HeaderNames, MAX_NAMES, Name};
pub use params::{Params, Value};
pub use policy::{Clock, DEFAULT_MAX_SKEW, Policy};
pub use request::{Head, Headers, Request};
pub use sign::{Signer, signature_len};
pub use signing_string::{MAX_SIGNING_STRING_LEN, signing_string};
pub use verify::{PendingBody, Verified, Verifier};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
