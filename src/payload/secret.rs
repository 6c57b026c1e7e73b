//! Extensions that hold secrets of pipelines.

use alloc::string::String;

use super::{Build, Confidential, Repo};

/// The value of `Accept` in a request to this kind of extension.
pub const MEDIA_TYPE: &str = "application/vnd.drone.secret.v1+json";

object! {
    /// Asks for a secret of a pipeline. The answer is a [`Secret`], or 204 if there is none.
    Request {
        /// The path of the secret: `get.path` in the pipeline.
        path: String,
        /// The name of the secret: `get.name` in the pipeline.
        name: String,
        /// The repository of the build.
        repo: Repo,
        /// The build that needs the secret.
        build: Build,
    }
}

object! {
    /// A secret.
    Secret {
        /// The organisation that it belongs to.
        namespace: String,
        /// Its name.
        name: String,
        /// Its value.
        data: Confidential,
        /// Whether builds of pull requests get it.
        pull_request: bool,
        /// Whether builds of pull requests may use it to push images.
        pull_request_push: bool,
        /// The name of `pull_request` that runners read.
        pull: bool,
        /// Whether builds of forks get it. No longer used.
        fork: bool,
    }
}

impl Secret {
    /// Creates a secret with this value, which builds of pull requests do not get.
    pub fn new(data: impl Into<Confidential>) -> Self {
        Self { data: Some(data.into()), ..Self::default() }
    }
}
