//! Extensions that admit users to the server.

use alloc::string::String;

use super::{Confidential, Token};

/// The value of `Accept` in a request to this kind of extension.
pub const MEDIA_TYPE: &str = "application/vnd.drone.admission.v1+json";

object! {
    /// Asks whether a user may log in. The answer is 204 to admit the user as they are, a [`User`] to
    /// admit them with another `admin`, or 403.
    Request {
        /// `register` for the first login of a user, `login` for later ones.
        event: String,
        /// The user.
        user: User,
        /// The user's access to the source code host.
        token: Token,
    }
}

object! {
    /// A user, with the names of members that extensions use. Webhooks have
    /// [another type](super::User).
    User {
        /// The server's number for the user; 0 before the first login.
        id: i64,
        /// The login name.
        login: String,
        /// The e-mail address.
        email: String,
        /// The URL of a picture.
        avatar_url: String,
        /// Whether the user may log in.
        active: bool,
        /// Whether the user administers the server.
        admin: bool,
        /// Whether the user is a machine account.
        machine: bool,
        /// Whether the user's repositories are being fetched now.
        syncing: bool,
        /// When they were fetched last.
        synced: i64,
        /// When the user was created.
        created: i64,
        /// When the user was changed last.
        updated: i64,
        /// When the user logged in last.
        last_login: i64,
        /// The user's token for the server's API. Servers leave it empty.
        token: Confidential,
    }
}
