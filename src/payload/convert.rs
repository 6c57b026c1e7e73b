//! Extensions that convert the configuration of a build, such as one written in another language.

use super::{Build, Repo, Token, config::Config};

/// The value of `Accept` in a request to this kind of extension.
pub const MEDIA_TYPE: &str = "application/vnd.drone.convert.v1+json";

object! {
    /// Asks to convert a configuration. The answer is the converted [`Config`], or 204 to keep it.
    Request {
        /// The build, which has no number yet.
        build: Build,
        /// The configuration to convert.
        config: Config,
        /// The repository of the build.
        repo: Repo,
        /// Access to the source code host.
        token: Token,
    }
}
