//! `hooksig sample`: a body as a Drone server writes it.

use std::io::IsTerminal;

use anyhow::bail;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use hooksig::drone;

use crate::{Outcome, clock, terminal};

pub(crate) use body::{Kind, Serial, Setting};

mod body;

/// Print the body of a delivery, to be changed and sent
///
/// The bytes are those that a Drone server would write about a repository that does not exist.
/// `hooksig sign` signs them, `hooksig trigger --body` sends them.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The event and its action; of a pattern, the first that fits
    #[arg(value_name = "EVENT:ACTION", value_parser = PatternParser)]
    pattern: String,

    /// Give a member of the body another value, such as repo.slug=me/mine; repeat it for several
    #[arg(long, value_name = "MEMBER=VALUE")]
    set: Vec<Setting>,
}

const EXAMPLES: &str = "\
Examples:
  hooksig sample user:created > body.json
  hooksig sample build:updated --set repo.slug=me/mine --set build.status=failure

Exit codes:
  0  done
  2  usage error, or a member that the body does not have";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let kind = kinds(&args.pattern)?[0];
    let mut body = body::write(kind, Serial::new()?.next(), clock::now(None)?, &args.set)?;
    // A server ends no body in a newline, but a terminal needs one.
    body.extend(std::io::stdout().is_terminal().then_some(b'\n'));
    terminal::print(body)?;
    Ok(Outcome::Success)
}

pub(crate) use body::write;

/// The kinds of delivery that `pattern` selects; at least one.
pub(crate) fn kinds(pattern: &str) -> anyhow::Result<Vec<Kind>> {
    let kinds: Vec<_> = body::KINDS
        .into_iter()
        .filter(|(event, action)| drone::selects(&[pattern], *event, Some(*action)))
        .collect();
    if kinds.is_empty() {
        bail!("{pattern:?} fits no event; --help lists them, and '*' is every one");
    }
    Ok(kinds)
}

/// Takes any pattern, and tells shells and readers the events.
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
        let names = body::NAMES.map(PossibleValue::new);
        Some(Box::new(names.into_iter()))
    }
}
