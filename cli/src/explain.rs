//! `hooksig explain`: says why a request is valid or refused.

use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{Key, digest};
use serde::Serialize;

use crate::{
    Outcome,
    message::Message,
    policy::PolicyArgs,
    receiver::Receiver,
    recording::RecordingArgs,
    secrets::{Secret, SecretArgs},
    terminal,
    verdict::Verdict,
};

use self::{case::Case, near_misses::NearMiss, rules::Rule};

mod case;
mod mac;
mod near_misses;
mod page;
mod probe;
mod rules;
mod trial;

/// Show the result of each rule for a recorded webhook, and hints on common mistakes
///
/// Reads one raw HTTP/1.1 request and examines every rule, including those after the first broken
/// one. For a broken rule it tries common mistakes: a newline at the end of the secret, a body that
/// was parsed and re-encoded, a Date that a proxy rewrote. The last line is the verdict of `hooksig
/// verify`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    recording: RecordingArgs,

    /// Print everything as one JSON object on one line
    #[arg(short, long)]
    json: bool,

    /// Show the signature and the Digest that this request should have
    ///
    /// Anyone who has them can forge this request. Do not paste them anywhere.
    #[arg(long)]
    show_expected: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    #[command(flatten)]
    policy: PolicyArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig explain --secret-file drone.secret delivery.http
  hooksig explain --secret-file drone.secret --now date --json < delivery.http

Marks:
  ok    the rule holds
  FAIL  the rule is broken; the first of these is the reason of the verdict
  --    the rule could not be examined because an earlier one is broken
  hint  a mistake that would explain the fault, and what to do

Exit codes:
  0  valid
  1  invalid
  2  usage error, no secret, or an unreadable request; standard output is empty";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let terms = args.policy.terms()?;
    let secrets = args.secrets.secrets()?;
    let keys: Vec<Key> = secrets.iter().map(|secret| secret.key().clone()).collect();

    let recording = args.recording.read()?;
    let message = recording.message()?;
    let clock = args.policy.clock_for(&message)?;
    let receiver = Receiver { keys: &keys, terms: &terms, clock };
    let report = Report::of(&Case::new(&message, &receiver, &secrets), args.show_expected);
    if args.json {
        terminal::print(terminal::json(&report)?)?;
    } else {
        terminal::print_styled(&page::of(&report, terminal::width_or(80)))?;
    }
    Ok(report.verdict.outcome())
}

/// Everything that is printed.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    verdict: Verdict,
    #[serde(flatten)]
    findings: Findings,
    /// At most [`MAX_STRING`] bytes.
    signing_string_b64: Option<String>,
    expected: Option<Expected>,
    /// The reason why there is no `expected`, if someone might look for it.
    withheld: Option<&'static str>,
}

/// The result of each rule, and the common mistakes that would explain it.
#[derive(Serialize)]
pub(crate) struct Findings {
    rules: Vec<Rule>,
    near_misses: Vec<NearMiss>,
    /// Some mistakes were not tried because the request is too large.
    is_cut: bool,
}

/// The values that the request should have. They are enough to forge it.
#[derive(Serialize)]
struct Expected {
    /// One for each secret; empty if there is no signing string.
    signatures: Vec<String>,
    digest: String,
}

/// Longest signing string that is printed in full.
const MAX_STRING: usize = 1 << 16;

const WITHHELD: &str = "the expected signature and Digest are not shown, because anyone who has \
                        them can forge this request; --show-expected shows them";

impl Report {
    fn of(case: &Case<'_>, show_expected: bool) -> Self {
        let verdict = Verdict::of(case.receiver, case.message);
        let withheld = verdict.details.is_none() && !show_expected;
        let string = case.string.as_ref().ok().filter(|string| string.len() <= MAX_STRING);
        Self {
            verdict,
            findings: Findings::of_case(case),
            signing_string_b64: string.map(|string| BASE64_STANDARD.encode(string)),
            expected: show_expected.then(|| Expected::of(case)),
            withheld: withheld.then_some(WITHHELD),
        }
    }
}

impl Findings {
    /// Examines a request that `receiver` refused.
    pub(crate) fn of(message: &Message<'_>, receiver: &Receiver<'_>, secrets: &[Secret]) -> Self {
        Self::of_case(&Case::new(message, receiver, secrets))
    }

    fn of_case(case: &Case<'_>) -> Self {
        let (rules, near_misses) = (rules::examine(case), near_misses::find(case));
        Self { rules, near_misses, is_cut: case.budget.is_exceeded() }
    }

    /// Returns the lines for a terminal, coloured and indented.
    pub(crate) fn page(&self) -> String {
        const INDENT: usize = 4;
        // A narrower terminal would break a Digest.
        const MIN: usize = 80 + INDENT;
        let width = terminal::width_or(MIN);
        let indent = if width < MIN { 0 } else { INDENT };
        page::of_findings(self, width - indent, indent)
    }
}

impl Expected {
    fn of(case: &Case<'_>) -> Self {
        let names = case.covered();
        let signature = |secret: &Secret| {
            mac::of(secret.key(), &case.message.request(), names.as_ref().ok()?).ok()
        };
        Self {
            signatures: case.secrets.iter().filter_map(signature).collect(),
            digest: digest::field(&case.message.body).to_string(),
        }
    }
}
