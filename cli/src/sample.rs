//! `hooksig sample`: a body as a Drone server writes it.

use std::io::IsTerminal;

use anyhow::bail;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use crate::{Outcome, clock, terminal};

pub(crate) use body::{Serial, Setting};
pub(crate) use kind::Kind;

mod body;
mod kind;
mod request;

/// Print the body of a sample delivery, to edit and send
///
/// The bytes are those that a Drone server would write about an imaginary repository. `hooksig
/// sign` signs them, `hooksig trigger --body` sends them. `extension:config` and similar names are
/// Drone's requests to extensions.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The event and its action; the first match if it is a pattern
    #[arg(value_name = "EVENT:ACTION", value_parser = PatternParser)]
    pattern: String,

    /// Set a member of the body, such as repo.slug=me/mine; may be repeated
    #[arg(long, value_name = "MEMBER=VALUE")]
    set: Vec<Setting>,
}

const EXAMPLES: &str = "\
Examples:
  hooksig sample user:created > body.json
  hooksig sample build:updated --set repo.slug=me/mine --set build.status=error
  hooksig sample extension:config > request.json

Exit codes:
  0  done
  2  usage error, or a member that the body does not have";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let kind = kinds(&args.pattern)?[0];
    let mut body = body::write(kind, Serial::new()?.next(), clock::now(None)?, &args.set)?;
    // A server's body has no final newline, but a terminal needs one.
    body.extend(std::io::stdout().is_terminal().then_some(b'\n'));
    terminal::print(body)?;
    Ok(Outcome::Success)
}

pub(crate) use body::write;

/// Returns the deliveries that match `pattern`; at least one.
pub(crate) fn kinds(pattern: &str) -> anyhow::Result<Vec<Kind>> {
    let kinds: Vec<_> = Kind::all().filter(|kind| kind.is_selected_by(pattern)).collect();
    if kinds.is_empty() {
        bail!("{pattern:?} matches no event; --help lists them, and '*' matches all");
    }
    Ok(kinds)
}

/// Parses any pattern, and lists the events for shells and `--help`.
#[derive(Clone)]
pub(crate) struct PatternParser;

impl TypedValueParser for PatternParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Kind::names().map(PossibleValue::new)))
    }
}
