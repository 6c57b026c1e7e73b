//! Extensions that hold credentials for container registries.

use alloc::string::String;

use super::{Build, Confidential, Repo};

/// The value of `Accept` in a request to this kind of extension.
pub const MEDIA_TYPE: &str = "application/vnd.drone.registry.v1+json";

object! {
    /// Asks for the credentials of a build. The answer is a list of [`Registry`], which may be empty.
    Request {
        /// The repository of the build.
        repo: Repo,
        /// The build that pulls images.
        build: Build,
    }
}

object! {
    /// The credentials for a registry.
    Registry {
        /// The address of the registry, such as `index.docker.io`.
        address: String,
        /// The user name.
        username: String,
        /// The password.
        password: Confidential,
        /// The e-mail address of the user.
        email: String,
        /// A token in place of a password.
        token: Confidential,
        /// The builds that get the credentials.
        policy: String,
    }
}

impl Registry {
    /// Creates credentials for the registry at this address.
    pub fn new(
        address: impl Into<String>,
        username: impl Into<String>,
        password: impl Into<Confidential>,
    ) -> Self {
        Self {
            address: Some(address.into()),
            username: Some(username.into()),
            password: Some(password.into()),
            ..Self::default()
        }
    }
}
