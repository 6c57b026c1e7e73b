//! Extensions that return the configuration of a build.

use alloc::string::String;

use super::{Build, Repo, Token};

/// The value of `Accept` in a request to this kind of extension.
pub const MEDIA_TYPE: &str = "application/vnd.drone.config.v1+json";

object! {
    /// Asks for the configuration of a build. The answer is a [`Config`], or 204 to let the server
    /// read the file in the repository.
    Request {
        /// The build, which has no number yet.
        build: Build,
        /// Its repository.
        repo: Repo,
        /// Access to the source code host.
        token: Token,
    }
}

object! {
    /// A configuration: the answer of this extension and of [`convert`](super::convert).
    Config {
        /// The content of `.drone.yml`.
        data: String,
        /// Its kind; servers leave it empty.
        kind: String,
    }
}

impl Config {
    /// Creates a configuration with this content.
    pub fn new(data: impl Into<String>) -> Self {
        Self { data: Some(data.into()), kind: None }
    }
}
