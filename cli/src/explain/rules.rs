//! The rules, in the order of the core.

use hooksig::Error;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json};

use super::Case;
use crate::{refusal::Refusal, terminal::visible};

mod body;
mod date;
mod event;
mod parameters;
mod signature;
mod string;

/// The result of a rule, and the findings.
pub(crate) struct Rule {
    /// At most ten characters, the width of the column of titles.
    pub(crate) name: &'static str,
    pub(crate) finding: Finding,
    pub(crate) found: Vec<Line>,
}

pub(crate) enum Finding {
    Passed,
    /// The reason's word and its sentence.
    Failed {
        reason: &'static str,
        text: String,
    },
    /// The rule could not be examined.
    Skipped,
}

/// A finding, without control characters and cut if it is long.
pub(crate) enum Line {
    /// Our words, with facts for programs.
    Prose { text: String, facts: Vec<(&'static str, Value)> },
    /// Named bytes of the request; every space counts.
    Raw { name: &'static str, value: String },
    /// A line of the signing string.
    Covered { name: String, value: String, instances: usize },
    /// A line that cannot be built, and why.
    Uncovered { name: String, text: String },
}

/// Most lines per rule.
const MAX_LINES: usize = 160;

/// Examines every rule, including those after a broken one.
pub(crate) fn examine(case: &Case<'_>) -> Vec<Rule> {
    let examiners = [
        signature::examine,
        parameters::examine,
        parameters::examine_list,
        parameters::examine_algorithm,
        parameters::examine_key_id,
        parameters::examine_covered,
        parameters::examine_encoding,
        date::examine,
        body::examine_digest,
        string::examine,
        string::examine_mac,
        body::examine,
        event::examine,
    ];
    examiners.iter().map(|examine| examine(case)).collect()
}

impl Rule {
    /// Makes a rule that was examined.
    fn judged(
        name: &'static str,
        case: &Case<'_>,
        result: Result<(), Error>,
        found: impl IntoIterator<Item = Line>,
    ) -> Self {
        let finding = match result {
            Ok(()) => Finding::Passed,
            Err(error) => Finding::Failed {
                reason: error.reason(),
                text: Refusal { error, message: case.message, receiver: case.receiver }.text(),
            },
        };
        let mut found = found.into_iter();
        let mut lines: Vec<_> = found.by_ref().take(MAX_LINES).collect();
        let more = found.count();
        if more > 0 {
            lines.push(prose(format!("and {more} more")).with("more", more));
        }
        Self { name, finding, found: lines }
    }

    fn skipped(name: &'static str, why: &str) -> Self {
        Self { name, finding: Finding::Skipped, found: vec![prose(why)] }
    }
}

fn prose(text: impl Into<String>) -> Line {
    Line::Prose { text: text.into(), facts: vec![] }
}

/// Makes a line of a request's bytes.
fn raw(name: &'static str, value: impl AsRef<[u8]>) -> Line {
    Line::Raw { name, value: visible(value) }
}

impl Line {
    /// Adds a fact for programs.
    fn with(mut self, name: &'static str, fact: impl Into<Value>) -> Self {
        if let Self::Prose { facts, .. } = &mut self {
            facts.push((name, fact.into()));
        }
        self
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = match self {
            Self::Prose { text, facts } => {
                let mut object = json!({ "text": text });
                for (name, fact) in facts {
                    object[name] = fact.clone();
                }
                object
            }
            Self::Raw { name, value } => json!({ "name": name, "value": value }),
            Self::Covered { name, value, instances } => {
                json!({ "covered": name, "value": value, "instances": instances })
            }
            Self::Uncovered { name, text } => json!({ "covered": name, "fault": text }),
        };
        object.serialize(serializer)
    }
}

impl Finding {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (reason, text) = match &self.finding {
            Finding::Failed { reason, text } => (Some(reason), Some(text)),
            _ => (None, None),
        };
        let mut rule = serializer.serialize_struct("Rule", 5)?;
        rule.serialize_field("rule", self.name)?;
        rule.serialize_field("outcome", self.finding.word())?;
        rule.serialize_field("reason", &reason)?;
        rule.serialize_field("message", &text)?;
        rule.serialize_field("found", &self.found)?;
        rule.end()
    }
}
