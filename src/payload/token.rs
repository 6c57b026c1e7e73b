//! Access to a source code host.

use super::Confidential;

object! {
    /// The user's access to the source code host. Its members are empty unless the server is set up to
    /// send them.
    Token {
        /// The access token.
        access: Confidential,
        /// The token that renews it.
        refresh: Confidential,
    }
}
