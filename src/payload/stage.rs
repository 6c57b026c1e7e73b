//! Stages of a build.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::Step;

object! {
    /// A stage of a build: one pipeline, which runs on one machine.
    Stage {
        /// The server's number for the stage.
        id: i64,
        /// The server's number for its repository.
        repo_id: i64,
        /// The server's number for its build.
        build_id: i64,
        /// Its number within the build.
        number: i64,
        /// Its name.
        name: String,
        /// Its kind, mostly `pipeline`.
        kind: String,
        /// The type of its runner, such as `docker`.
        #[serde(rename = "type")]
        runner: String,
        /// Its status, with the same values as a build's.
        status: String,
        /// The reason why it could not be run.
        error: String,
        /// Whether the build continues if it fails.
        errignore: bool,
        /// The exit code of the step that failed.
        exit_code: i64,
        /// The name of the machine that runs it.
        machine: String,
        /// The operating system that it requires.
        os: String,
        /// The processor architecture that it requires.
        arch: String,
        /// The variant of the processor.
        variant: String,
        /// The version of the operating system.
        kernel: String,
        /// How many stages of its name may run at once.
        limit: i64,
        /// How many stages of its repository may run at once.
        throttle: i64,
        /// When it was started, or 0 if it was not.
        started: i64,
        /// When it ended, or 0 if it did not.
        stopped: i64,
        /// When it was created.
        created: i64,
        /// When it was changed last.
        updated: i64,
        /// How often it was changed.
        version: i64,
        /// Whether it runs if the stages before it succeed.
        on_success: bool,
        /// Whether it runs if a stage before it fails.
        on_failure: bool,
        /// The names of the stages that it waits for.
        depends_on: Vec<String>,
        /// The labels that the machine must have.
        labels: BTreeMap<String, String>,
        /// Its steps, absent if it has none yet.
        steps: Vec<Step>,
    }
}
