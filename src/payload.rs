//! What the body of a verified delivery says, as typed data.
//!
//! The types are what current Drone servers send. A server leaves members out that are empty, and
//! older ones know fewer, so that **every member is an option**; a member that is not known here
//! is read over, and one of another kind than it should be is an error. Times are Unix seconds.
//!
//! Read a body only once it was verified, and from the very bytes that were: parse them with any
//! library for `serde`. Where the event alone is asked for, [`drone::Delivery`] needs none.
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

/// An object of which each member may be absent; one that is absent is not written either.
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
mod repo;
mod stage;
mod step;
mod user;

pub use build::Build;
pub use repo::{Permissions, Repo};
pub use stage::Stage;
pub use step::Step;
pub use user::User;

object! {
    /// The whole body.
    Payload {
        /// `user`, `repo` or `build`. Older servers do not send it.
        event: String,
        /// `created`, `updated`, `deleted`, `enabled` or `disabled`.
        action: String,
        /// Whom a `user` event is about, or who set off another.
        user: User,
        /// The repository of a `repo` or `build` event.
        repo: Repo,
        /// The build of a `build` event.
        build: Build,
        /// The server that sends.
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
