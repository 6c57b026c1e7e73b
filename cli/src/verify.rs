//! `hooksig verify`: prints the verdict on a raw request.

use crate::{
    Outcome, policy::PolicyArgs, receiver::Receiver, recording::RecordingArgs, secrets::SecretArgs,
    terminal, verdict::Verdict,
};

/// Tell whether a recorded webhook is genuine, fresh and unchanged
///
/// Prints one line: `valid: ...`, or `invalid: REASON: ...` with a stable word as the reason.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    recording: RecordingArgs,

    /// Print the verdict as one JSON object on one line
    #[arg(short, long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    #[command(flatten)]
    policy: PolicyArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig verify --secret-file drone.secret delivery.http
  hooksig verify -s new.secret -s old.secret --json < delivery.http
  hooksig verify --secret-file drone.secret --now date delivery.http
  hooksig sign -s drone.secret --http body.json | hooksig verify -s drone.secret

Exit codes:
  0  valid
  1  invalid
  2  usage error, no secret, or an unreadable request; standard output is empty";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let terms = args.policy.terms()?;
    // Read secrets first: without one, standard input is left untouched.
    let keys = args.secrets.keys()?;

    let recording = args.recording.read()?;
    let message = recording.message()?;
    let clock = args.policy.clock_for(&message)?;
    let verdict = Verdict::of(&Receiver { keys: &keys, terms: &terms, clock }, &message);
    terminal::print(if args.json { terminal::json(&verdict)? } else { verdict.line() })?;
    if verdict.outcome() == Outcome::Failure && !args.json {
        terminal::tell(format_args!(
            "note: `hooksig explain` shows each rule, tries common mistakes and says what to do"
        ));
    }
    Ok(verdict.outcome())
}
