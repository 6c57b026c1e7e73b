//! Extensions that judge the configuration of a build.

use super::{Build, Repo, Token, config::Config};

/// The value of `Accept` in a request to this kind of extension.
pub const MEDIA_TYPE: &str = "application/vnd.drone.validate.v1+json";

/// The status that makes the server skip the build.
pub const SKIP: u16 = 498;

/// The status that makes the server block the build until someone approves it.
pub const BLOCK: u16 = 499;

object! {
    /// Asks whether a build may run. The answer is 204 to let it run, [`SKIP`], [`BLOCK`], or 400 with
    /// the reason as the body.
    Request {
        /// The build, which has no number yet.
        build: Build,
        /// The configuration to judge.
        config: Config,
        /// The repository of the build.
        repo: Repo,
        /// Access to the source code host.
        token: Token,
    }
}
