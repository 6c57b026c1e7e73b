//! Users of a Drone server.

use alloc::string::String;

object! {
    /// A user.
    User {
        /// The server's number for the user.
        id: i64,
        /// The name that the user logs in with.
        login: String,
        /// The address for e-mail.
        email: String,
        /// Whether it is a program that uses the server.
        machine: bool,
        /// Whether the user administrates the server.
        admin: bool,
        /// Whether the user may log in.
        active: bool,
        /// The address of a picture.
        avatar: String,
        /// Whether the user's repositories are being fetched just now.
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
