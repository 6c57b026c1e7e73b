//! Users of a Drone server.

use alloc::string::String;

object! {
    /// A user.
    User {
        /// The server's number for the user.
        id: i64,
        /// The login name.
        login: String,
        /// The e-mail address.
        email: String,
        /// Whether the user is a machine account.
        machine: bool,
        /// Whether the user administers the server.
        admin: bool,
        /// Whether the user may log in.
        active: bool,
        /// The URL of a picture.
        avatar: String,
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
    }
}
