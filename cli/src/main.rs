//! `hooksig`: verifies and signs Drone webhooks from the command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod input;
mod secrets;
mod clock;
mod coding;
mod extension;
mod message;
mod policy;
mod recording;
mod receiver;
mod refusal;
mod verdict;
mod json;
mod outgoing;
mod client;
mod terminal;

mod completions;
mod conform;
mod explain;
mod listen;
mod man;
mod sample;
mod secret;
mod sign;
mod trigger;
mod verify;

/// Verify and sign Drone webhooks
///
/// Drone signs each webhook with HMAC-SHA-256 over its Date and its Digest
/// (draft-cavage-http-signatures-10). hooksig tells whether a recorded request is genuine, fresh
/// and unchanged, and if not, which rule it breaks.
#[derive(Parser)]
#[command(name = "hooksig", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  hooksig secret > drone.secret
  hooksig sample user:created > body.json
  hooksig sign --secret-file drone.secret --http body.json > delivery.http
  hooksig verify --secret-file drone.secret delivery.http
  hooksig listen --secret-file drone.secret localhost:3000
  hooksig trigger --secret-file drone.secret --tamper all localhost:3000

Exit codes:
  0  valid, or done
  1  verify, explain: invalid
     trigger: a delivery was not accepted; with --tamper, one was not refused
     conform: a case does not have the expected result
  2  usage error or unreadable input; standard error says why
  3  trigger: no answer; with --tamper, also no receiver there, or a genuine
     delivery was not accepted";

#[derive(Subcommand)]
enum Command {
    Sign(sign::Args),
    Verify(verify::Args),
    Explain(explain::Args),
    Sample(sample::Args),
    Trigger(trigger::Args),
    Listen(listen::Args),
    Conform(conform::Args),
    Secret(secret::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Sign(args) => sign::run(args),
            Self::Verify(args) => verify::run(&args),
            Self::Explain(args) => explain::run(&args),
            Self::Sample(args) => sample::run(&args),
            Self::Trigger(args) => trigger::run(args),
            Self::Listen(args) => listen::run(args),
            Self::Conform(args) => conform::run(&args),
            Self::Secret(args) => secret::run(&args),
            Self::Completions(args) => completions::run(&args),
            Self::Man(args) => man::run(&args),
        }
    }
}

/// The result of a command that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Failure,
    /// There was no answer from the receiver.
    Unasked,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::SUCCESS,
            Outcome::Failure => Self::from(1),
            Outcome::Unasked => Self::from(3),
        }
    }
}

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            terminal::tell(format_args!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
