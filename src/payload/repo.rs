//! Repositories.

use alloc::{boxed::Box, string::String};

use super::{Build, Confidential};

object! {
    /// A repository.
    Repo {
        /// The server's number for the repository.
        id: i64,
        /// The source code host's identifier for it.
        uid: String,
        /// The server's number for the user whose rights it uses.
        user_id: i64,
        /// The owner, a user or an organisation.
        namespace: String,
        /// The name, without the owner.
        name: String,
        /// Owner and name, with a slash between them.
        slug: String,
        /// The kind of version control, such as `git`.
        scm: String,
        /// Where it is cloned from over HTTP.
        git_http_url: String,
        /// Where it is cloned from over SSH.
        git_ssh_url: String,
        /// Its page at the source code host.
        link: String,
        /// The default branch.
        default_branch: String,
        /// Whether it is private at the source code host.
        private: bool,
        /// Who sees its builds: `public`, `private` or `internal`.
        visibility: String,
        /// Whether it is built.
        active: bool,
        /// The path of its pipelines, such as `.drone.yml`.
        config_path: String,
        /// Whether it is trusted, so that its pipelines have privileges that others lack.
        trusted: bool,
        /// Whether pipelines that are not signed are held back.
        protected: bool,
        /// Whether forks are not built.
        ignore_forks: bool,
        /// Whether pull requests are not built.
        ignore_pull_requests: bool,
        /// Whether a newer build of a pull request cancels those that wait.
        auto_cancel_pull_requests: bool,
        /// Whether a newer build of a branch cancels those that wait.
        auto_cancel_pushes: bool,
        /// Whether a newer build also cancels those that run.
        auto_cancel_running: bool,
        /// How many builds may run at once.
        throttle: i64,
        /// How many minutes a build may take.
        timeout: i64,
        /// The number of the latest build.
        counter: i64,
        /// When it was fetched last.
        synced: i64,
        /// When the server first knew of it.
        created: i64,
        /// When it was changed last.
        updated: i64,
        /// How often it was changed.
        version: i64,
        /// The key that its pipelines are signed with. Servers leave it out.
        signer: Confidential,
        /// The key that encrypts its secrets. Servers leave it out.
        secret: Confidential,
        /// A build of it.
        build: Box<Build>,
        /// The rights of the user.
        permissions: Permissions,
        /// Whether it is archived at the source code host, and so read-only.
        archived: bool,
    }
}

object! {
    /// The rights of a user in a repository.
    Permissions {
        /// The user may read it.
        read: bool,
        /// The user may change it.
        write: bool,
        /// The user may administer it.
        admin: bool,
    }
}
