//! Steps of a stage.

use alloc::{string::String, vec::Vec};

object! {
    /// A step of a stage: one container or command.
    Step {
        /// The server's number for the step.
        id: i64,
        /// The number of its stage, whatever the name says.
        step_id: i64,
        /// Its number within the stage.
        number: i64,
        /// Its name.
        name: String,
        /// As that of a build.
        status: String,
        /// Why it could not be run.
        error: String,
        /// Whether the stage goes on where it fails.
        errignore: bool,
        /// What its program ended with.
        exit_code: i64,
        /// When it was started; absent where it was not.
        started: i64,
        /// When it ended; absent where it did not.
        stopped: i64,
        /// How often it was changed.
        version: i64,
        /// The names of the steps that it waits for.
        depends_on: Vec<String>,
        /// The image of its container.
        image: String,
        /// Whether the next steps do not wait for its end.
        detached: bool,
        /// The address of the schema of its results.
        schema: String,
    }
}
