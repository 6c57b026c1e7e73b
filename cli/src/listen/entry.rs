//! The printed line of a delivery.

use anstyle::AnsiColor;
use hooksig::{Error, date};
use http::StatusCode;
use serde::Serialize;

use super::{archive::Saving, summary};
use crate::{
    explain::Findings,
    terminal::{self, excerpt, padded_name},
    verdict::Verdict,
};

#[derive(Serialize)]
pub(super) struct Entry {
    /// Time of arrival in Unix seconds.
    time: i64,
    #[serde(flatten)]
    verdict: Verdict,
    summary: Option<String>,
    pub(super) forwarded: Option<Forwarded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) explanation: Option<Findings>,
}

/// The result of forwarding a delivery.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Forwarded {
    Answered { status: u16 },
    Failed { error: String },
}

/// The reason for a refusal before the verdict.
pub(super) enum Unread {
    NotPost,
    TooLarge { max: usize },
    TooSlow,
    Broken,
}

impl Entry {
    pub(super) fn judged(verdict: Verdict, body: &[u8], time: i64) -> Self {
        // A forged body is not shown.
        let summary = if verdict.details.is_some() { summary::of(body) } else { None };
        Self { time, verdict, summary, forwarded: None, explanation: None }
    }

    pub(super) fn unread(unread: &Unread, time: i64) -> Self {
        let verdict = Verdict {
            verdict: "invalid",
            reason: unread.reason(),
            message: unread.text(),
            details: None,
        };
        Self { time, verdict, summary: None, forwarded: None, explanation: None }
    }

    pub(super) fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    pub(super) fn is_valid(&self) -> bool {
        self.verdict.details.is_some()
    }

    /// Returns true if a rule of the signature is broken. A replay breaks none.
    pub(super) fn is_broken(&self) -> bool {
        !self.is_valid() && self.verdict.reason != Error::Replayed.reason()
    }

    /// Names the file of this delivery, whose bytes are `text`.
    pub(super) fn saving<'a>(&'a self, text: &'a [u8]) -> Saving<'a> {
        let words = match &self.verdict.details {
            Some(details) => [&details.event, &details.action]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect(),
            None => vec![self.verdict.reason],
        };
        Saving { time: self.time, is_valid: self.is_valid(), words, text }
    }

    /// Returns the line to print, with its end.
    pub(super) fn line(&self, json: bool) -> anyhow::Result<String> {
        match json {
            true => terminal::json(self),
            false => Ok(self.lines()),
        }
    }

    /// Returns one line, broken at the terminal's width, and the explanation below.
    fn lines(&self) -> String {
        let time =
            date::format(self.time).map_or_else(|_| "?".into(), |date| date[17..25].to_owned());
        let style = if self.is_valid() {
            AnsiColor::Green.on_default()
        } else {
            AnsiColor::Red.on_default()
        };
        let (verdict, text) = (self.verdict.verdict, terminal::beside(20, &self.text()));
        let explanation = self.explanation.as_ref().map(|findings| findings.page());
        let explanation = explanation.unwrap_or_default();
        format!("{time}Z  {style}{verdict:<7}{style:#}  {text}\n{explanation}")
    }

    fn text(&self) -> String {
        let Some(details) = &self.verdict.details else {
            return format!("{}: {}", self.verdict.reason, self.verdict.message);
        };
        let part = |part: &Option<String>| part.as_ref().map(excerpt);
        let name = match (part(&details.event), part(&details.action)) {
            (Some(event), Some(action)) => format!("{event}:{action}"),
            (Some(event), None) => event,
            (None, _) => "no event".into(),
        };
        let summary = self.summary.as_deref().unwrap_or("(not a Drone body)");
        let forwarded = self.forwarded.as_ref().map(Forwarded::text).unwrap_or_default();
        format!("{}  {summary}{forwarded}", padded_name(&name))
    }
}

impl Forwarded {
    /// Returns the status for the sender.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Answered { status } => {
                StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY)
            }
            Self::Failed { .. } => StatusCode::BAD_GATEWAY,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Answered { .. } => format!("; forwarded: {}", self.status()),
            Self::Failed { error } => format!("; not forwarded: {error}"),
        }
    }
}

impl Unread {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotPost => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotPost => "method-not-allowed",
            Self::TooLarge { .. } => "body-too-large",
            Self::TooSlow => "body-too-slow",
            Self::Broken => "body-unreadable",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::NotPost => "a delivery is a POST".into(),
            Self::TooLarge { max } => {
                format!("the body is longer than {max} bytes; --max-body sets the limit")
            }
            Self::TooSlow => "the sender took too long for the body".into(),
            Self::Broken => {
                "the connection ended within the body, or its chunks are malformed".into()
            }
        }
    }
}
