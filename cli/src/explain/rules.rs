//! The rules, in the order in which the core applies them.

use hooksig::Error;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::Case;
use crate::refusal::Refusal;

mod body;
mod date;
mod event;
mod parameters;
mod signature;
mod string;

/// How a rule came out, and what was found.
pub(crate) struct Rule {
    /// At most [`TITLE_LEN`](super::page::TITLE_LEN) characters.
    pub(crate) name: &'static str,
    pub(crate) finding: Finding,
    pub(crate) found: Vec<Line>,
}

pub(crate) enum Finding {
    Passed,
    /// The word for what is wrong, and the sentence.
    Failed {
        reason: &'static str,
        text: String,
    },
    /// It could not be examined.
    Skipped,
}

/// One thing that was found; ASCII without control bytes.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Line {
    /// Words of ours.
    Prose(String),
    /// Octets of the request, in which every space counts.
    Raw(String),
}

/// Every rule, whatever the others came out as.
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
    /// A rule that holds or not.
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
        Self { name, finding, found: found.into_iter().collect() }
    }

    fn skipped(name: &'static str, why: &str) -> Self {
        Self { name, finding: Finding::Skipped, found: vec![prose(why)] }
    }
}

fn prose(text: impl Into<String>) -> Line {
    Line::Prose(text.into())
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
