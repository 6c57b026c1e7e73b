//! Types for the JSON body of a verified delivery, and for requests to Drone's extensions.
//!
//! [`Payload`] is the body of a webhook. Each extension has a module with its `Request` and the types
//! of its answer: [`config`], [`convert`], [`validate`], [`admission`], [`secret`], [`registry`] and
//! [`environ`].
//!
//! The types have the members that current Drone servers send. **Every member is an option**, because a
//! server omits empty members, and older servers know fewer. An unknown member is skipped. A member
//! with a value of the wrong type is an error. Times are Unix seconds.
//!
//! Verify a body first, and then parse the same bytes with any library for `serde`. If you need only
//! the event and the action, use [`drone::Delivery`], which needs no such library.
//!
//! [`drone::Delivery`]: crate::drone::Delivery
//!
//! # Examples
//!
//! ```
//! use hooksig::payload::Payload;
//!
//! let verified = br#"{"event":"build","action":"updated","repo":{"slug":"octocat/hello-world"},
//!     "build":{"number":9,"status":"success","stages":[{"name":"test","steps":[]}]}}"#;
//!
//! let payload: Payload = serde_json::from_slice(verified)?;
//! let build = payload.build.unwrap_or_default();
//! assert_eq!((build.number, build.status.as_deref()), (Some(9), Some("success")));
//! for stage in build.stages.iter().flatten() {
//!     assert_eq!(stage.name.as_deref(), Some("test"));
//! }
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::string::String;

/// Declares an object whose members are options. An absent member is not written.
macro_rules! object {
    (
        $(#[$doc:meta])*
        $object:ident { $($(#[$of_member:meta])* $member:ident: $kind:ty,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
        #[non_exhaustive]
        pub struct $object {
            $(
                $(#[$of_member])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $member: Option<$kind>,
            )*
        }
    };
}

mod build;
mod confidential;
mod repo;
mod stage;
mod step;
mod token;
mod user;

pub mod admission;
pub mod config;
pub mod convert;
pub mod environ;
pub mod registry;
pub mod secret;
pub mod validate;

pub use build::Build;
pub use confidential::Confidential;
pub use repo::{Permissions, Repo};
pub use stage::Stage;
pub use step::Step;
pub use token::Token;
pub use user::User;

object! {
    /// The whole body of a webhook.
    Payload {
        /// `user`, `repo` or `build`. Older servers do not send it.
        event: String,
        /// `created`, `updated`, `deleted`, `enabled` or `disabled`.
        action: String,
        /// The user that a `user` event is about, or that caused another event.
        user: User,
        /// The repository of a `repo` or `build` event.
        repo: Repo,
        /// The build of a `build` event.
        build: Build,
        /// The server that sent the delivery.
        system: System,
    }
}

object! {
    /// A Drone server.
    System {
        /// The scheme of its address, `http` or `https`.
        proto: String,
        /// The host of its address.
        host: String,
        /// Its address.
        link: String,
        /// Its version.
        version: String,
    }
}
