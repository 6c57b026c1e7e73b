//! Steps of a stage.

use alloc::{string::String, vec::Vec};

object! {
    /// A step of a stage: one container or command.
    Step {
        /// The server's number for the step.
        id: i64,
        /// The server's number for its stage, despite the name of the member.
        step_id: i64,
        /// Its number within the stage.
        number: i64,
        /// Its name.
        name: String,
        /// Its status, with the same values as a build's.
        status: String,
        /// The reason why it could not be run.
        error: String,
        /// Whether the stage continues if it fails.
        errignore: bool,
        /// The exit code of its program.
        exit_code: i64,
        /// When it was started, absent if it was not.
        started: i64,
        /// When it ended, absent if it did not.
        stopped: i64,
        /// How often it was changed.
        version: i64,
        /// The names of the steps that it waits for.
        depends_on: Vec<String>,
        /// The image of its container.
        image: String,
        /// Whether the next steps start without waiting for its end.
        detached: bool,
        /// The URL of the schema of its results.
        schema: String,
    }
}
