//! Builds.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::Stage;

object! {
    /// A build.
    Build {
        /// The server's number for the build.
        id: i64,
        /// The server's number for its repository.
        repo_id: i64,
        /// The user who started it, or `@hook` or `@cron`.
        trigger: String,
        /// Its number within the repository.
        number: i64,
        /// The number of the build that it repeats or deploys.
        parent: i64,
        /// `pending`, `running`, `success`, `failure`, `error`, `killed`, `skipped`, `blocked`,
        /// `declined` or `waiting_on_dependencies`.
        status: String,
        /// The reason why it could not be run.
        error: String,
        /// The reason to start it: `push`, `pull_request`, `tag`, `promote`, `rollback`, `cron` or
        /// `custom`.
        event: String,
        /// The change to the pull request, if any.
        action: String,
        /// The page of the change at the source code host.
        link: String,
        /// When the commit was made.
        timestamp: i64,
        /// The title of the pull request.
        title: String,
        /// The message of the commit.
        message: String,
        /// The hash of the commit before.
        before: String,
        /// The hash of the commit that is built.
        after: String,
        /// The full name of the branch or tag, such as `refs/heads/main`.
        #[serde(rename = "ref")]
        reference: String,
        /// The repository that a pull request comes from.
        source_repo: String,
        /// The branch that a pull request comes from.
        source: String,
        /// The branch that it goes to.
        target: String,
        /// The login of the author of the commit.
        author_login: String,
        /// The author's name.
        author_name: String,
        /// The author's e-mail address.
        author_email: String,
        /// The address of the author's picture.
        author_avatar: String,
        /// The login of the user who pushed it.
        sender: String,
        /// Parameters that it was started with.
        params: BTreeMap<String, String>,
        /// The name of the schedule that started it.
        cron: String,
        /// The target of the deployment.
        deploy_to: String,
        /// The source code host's number for the deployment.
        deploy_id: i64,
        /// Whether its runners write more to the log.
        debug: bool,
        /// When it was started, or 0 if it was not.
        started: i64,
        /// When it ended, or 0 if it did not.
        finished: i64,
        /// When it was created.
        created: i64,
        /// When it was changed last.
        updated: i64,
        /// How often it was changed.
        version: i64,
        /// Its stages, absent if it has none yet.
        stages: Vec<Stage>,
    }
}
