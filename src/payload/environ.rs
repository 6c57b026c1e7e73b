//! Extensions that set environment variables of steps.

use alloc::string::String;

use super::{Build, Confidential, Repo};

/// The value of `Accept` in a request to this kind of extension.
///
/// Runners send version 2. An extension for version 1 answers an object with a member for each
/// variable instead of a list.
pub const MEDIA_TYPE: &str = "application/vnd.drone.env.v2+json";

object! {
    /// Asks for the variables of a build. The answer is a list of [`Variable`], which may be empty.
    Request {
        /// The repository of the build.
        repo: Repo,
        /// The build.
        build: Build,
    }
}

object! {
    /// An environment variable.
    Variable {
        /// Its name.
        name: String,
        /// Its value.
        data: Confidential,
        /// Whether the logs of the build hide the value.
        mask: bool,
    }
}

impl Variable {
    /// Creates a variable that the logs show. Set `mask` to hide it.
    pub fn new(name: impl Into<String>, data: impl Into<Confidential>) -> Self {
        Self { name: Some(name.into()), data: Some(data.into()), mask: None }
    }
}
