//! `hooksig verify`: the verdict on a raw request.

use anyhow::Context;

use crate::{
    Outcome, input::Input, message::Message, policy::PolicyArgs, receiver::Receiver,
    secrets::SecretArgs, terminal, verdict::Verdict,
};

/// Tell whether a recorded webhook is genuine, fresh and unchanged
///
/// Reads one raw HTTP/1.1 request, its body with Content-Length or in chunks, and prints one line:
/// `valid: ...`, or `invalid: REASON: ...` with a stable word as the reason.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The request; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    input: Input,

    /// Print the verdict as one JSON object on one line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    #[command(flatten)]
    policy: PolicyArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig verify --secret-file drone.secret delivery.http
  hooksig verify --secret-file new.secret --secret-file old.secret --json < delivery.http
  hooksig verify --secret-file drone.secret --now 1795419691 recorded.http

Exit codes:
  0  valid
  1  invalid
  2  usage error, no secret, or a request that cannot be read; nothing is on standard output";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let terms = args.policy.terms()?;
    let clock = args.policy.clock()?;
    // Secrets come first: without them not even the input is read.
    let keys = args.secrets.keys()?;

    let raw = args.input.read()?;
    let message = Message::parse(&raw).with_context(|| args.input.to_string())?;
    let verdict = Verdict::of(&Receiver { keys: &keys, terms: &terms, clock }, &message);
    terminal::print(if args.json { terminal::json(&verdict)? } else { verdict.line() })?;
    Ok(verdict.outcome())
}
