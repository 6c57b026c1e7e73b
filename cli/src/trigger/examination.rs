//! `--tamper all`: tests a receiver with one broken delivery per rule.

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde_json::json;

use super::{Sender, attempt::Attempt, tamper::Tamper};
use crate::{Outcome, terminal};

const PASSED: Style = AnsiColor::Green.on_default();
const FAILED: Style = AnsiColor::Red.on_default().bold();
const UNKNOWN: Style = AnsiColor::Yellow.on_default();

/// The column at which the answer begins.
const INDENT: usize = 41;

/// Sends a genuine delivery, one for each rule, and a genuine one again.
pub(super) fn run(mut sender: Sender) -> anyhow::Result<Outcome> {
    if !genuine(&mut sender, 0)? {
        let why = "nothing was tested: the receiver did not accept a genuine delivery; are the \
                   URL and the secret right?";
        return unasked(&sender, why);
    }
    let mut result = Examination::default();
    let form = sender.bodies.form(0);
    let tampers = Tamper::value_variants().iter().filter(|tamper| tamper.applies_to(&form));
    for (index, tamper) in tampers.enumerate() {
        let attempt = sender.send(index, Some(*tamper))?;
        print(&sender, &tamper.name(), &attempt, attempt.is_refused(), attempt.is_accepted())?;
        result.add(*tamper, &attempt);
    }
    if !genuine(&mut sender, 1)? {
        let why = "the result is void: the receiver no longer accepts a genuine delivery";
        return unasked(&sender, why);
    }
    match sender.json {
        true => terminal::print(terminal::json(&result.json())?)?,
        false => terminal::print_styled(&result.line())?,
    }
    Ok(result.outcome())
}

/// Sends a genuine delivery and returns true if it was accepted.
fn genuine(sender: &mut Sender, index: usize) -> anyhow::Result<bool> {
    let attempt = sender.send(index, None)?;
    print(sender, "genuine", &attempt, attempt.is_accepted(), attempt.is_refused())?;
    Ok(attempt.is_accepted())
}

fn unasked(sender: &Sender, why: &str) -> anyhow::Result<Outcome> {
    if !sender.json {
        terminal::print(format!("{}\n", terminal::beside(0, why)))?;
    }
    Ok(Outcome::Unasked)
}

fn print(
    sender: &Sender,
    what: &str,
    attempt: &Attempt,
    is_right: bool,
    is_wrong: bool,
) -> anyhow::Result<()> {
    if sender.json {
        return attempt.print(true);
    }
    let (style, mark) = match (is_right, is_wrong) {
        (true, _) => (PASSED, "ok"),
        (_, true) => (FAILED, "FAIL"),
        _ => (UNKNOWN, "--"),
    };
    let answer = terminal::beside(INDENT, &attempt.answer());
    let word = attempt.word();
    terminal::print_styled(&format!("{style}{mark:<4}{style:#}  {what:<23}  {word:<8}  {answer}\n"))
}

#[derive(Default)]
struct Examination {
    refused: usize,
    accepted: Vec<String>,
    /// Deliveries without an answer.
    failed: Vec<String>,
}

impl Examination {
    fn add(&mut self, tamper: Tamper, attempt: &Attempt) {
        match (attempt.is_refused(), attempt.is_accepted()) {
            (true, _) => self.refused += 1,
            (_, true) => self.accepted.push(tamper.name()),
            _ => self.failed.push(tamper.name()),
        }
    }

    fn count(&self) -> usize {
        self.refused + self.accepted.len() + self.failed.len()
    }

    fn line(&self) -> String {
        let style = match self.outcome() {
            Outcome::Success => PASSED,
            Outcome::Failure => FAILED,
            Outcome::Unasked => UNKNOWN,
        };
        let names = |what: &str, names: &[String]| match names {
            [] => String::new(),
            names => format!("; {what}: {}", names.join(", ")),
        };
        let text = format!(
            "{} of {} refused{}{}",
            self.refused,
            self.count(),
            names("accepted", &self.accepted),
            names("not answered", &self.failed)
        );
        format!("{style}{}{style:#}\n", terminal::beside(0, &text))
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "refused": self.refused,
            "of": self.count(),
            "accepted": self.accepted,
            "failed": self.failed,
        })
    }

    fn outcome(&self) -> Outcome {
        match (self.accepted.as_slice(), self.failed.as_slice()) {
            ([], []) => Outcome::Success,
            ([], _) => Outcome::Unasked,
            _ => Outcome::Failure,
        }
    }
}
