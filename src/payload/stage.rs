//! Stages of a build.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::Step;

object! {
    /// A stage of a build: one pipeline, which runs on one machine.
    Stage {
        /// The server's number for the stage.
        id: i64,
        /// The number of its repository.
        repo_id: i64,
        /// The number of its build.
        build_id: i64,
        /// Its number within the build.
        number: i64,
        /// Its name.
        name: String,
        /// Its kind, `pipeline` mostly.
        kind: String,
        /// What runs it, such as `docker`.
        #[serde(rename = "type")]
        runner: String,
        /// As that of a build.
        status: String,
        /// Why it could not be run.
        error: String,
        /// Whether the build goes on where it fails.
        errignore: bool,
        /// The exit code of the step that failed.
        exit_code: i64,
        /// The name of the machine that runs it.
        machine: String,
        /// The operating system that it asks for.
        os: String,
        /// The processor that it asks for.
        arch: String,
        /// The variant of the processor.
        variant: String,
        /// The version of the operating system.
        kernel: String,
        /// How many of its name may run at once.
        limit: i64,
        /// How many of its repository may run at once.
        throttle: i64,
        /// When it was started; 0 where it was not.
        started: i64,
        /// When it ended; 0 where it did not.
        stopped: i64,
        /// When it was created.
        created: i64,
        /// When it was changed last.
        updated: i64,
        /// How often it was changed.
        version: i64,
        /// Whether it runs where those before it succeed.
        on_success: bool,
        /// Whether it runs where one before it fails.
        on_failure: bool,
        /// The names of the stages that it waits for.
        depends_on: Vec<String>,
        /// What the machine must be labelled with.
        labels: BTreeMap<String, String>,
        /// Its steps, absent where it has none yet.
        steps: Vec<Step>,
    }
}
