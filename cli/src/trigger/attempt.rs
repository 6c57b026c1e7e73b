//! The results of deliveries.

use anstyle::{AnsiColor, Style};
use hooksig::drone::Delivery;
use http::StatusCode;
use serde::Serialize;

use super::tamper::Tamper;
use crate::{
    Outcome, client,
    terminal::{self, escape},
};

/// A delivery that was sent.
#[derive(Serialize)]
pub(super) struct Attempt {
    event: Option<String>,
    action: Option<String>,
    tamper: Option<String>,
    outcome: Answer,
    status: Option<u16>,
    /// Says why there is no status.
    error: Option<String>,
    latency_ms: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// 2xx.
    Accepted,
    Refused,
    /// No answer.
    Failed,
}

impl Attempt {
    pub(super) fn new(
        body: &[u8],
        tamper: Option<Tamper>,
        client::Answer { status, latency }: client::Answer,
    ) -> Self {
        let delivery = Delivery::read(body).unwrap_or_default();
        Self {
            event: delivery.event().map(|event| event.as_str().to_owned()),
            action: delivery.action().map(|action| action.as_str().to_owned()),
            tamper: tamper.map(Tamper::name),
            outcome: match &status {
                Ok(status) if status.is_success() => Answer::Accepted,
                Ok(_) => Answer::Refused,
                Err(_) => Answer::Failed,
            },
            status: status.as_ref().ok().map(StatusCode::as_u16),
            error: status.err(),
            // Finer than microseconds is noise.
            latency_ms: latency.as_micros() as f64 / 1000.0,
        }
    }

    /// Marks the attempt as failed because its answer means nothing.
    pub(super) fn failed(mut self, why: &str) -> Self {
        let status = self.status.map(|status| format!(": {}", status_text(Some(status))));
        let error = self.error.take().map(|error| format!(": {error}"));
        self.error = Some(format!("{why}{}", status.or(error).unwrap_or_default()));
        self.outcome = Answer::Failed;
        self
    }

    /// Treats answers of a wrong URL or a gateway as failures, because no genuine delivery was
    /// accepted before.
    pub(super) fn judged_alone(self) -> Self {
        let is_of_no_receiver =
            matches!(self.status, Some(300..=399 | 404 | 405 | 410 | 501..=599));
        match (self.tamper.is_some() && self.outcome == Answer::Refused, is_of_no_receiver) {
            (true, true) => self.failed("this is not a receiver's refusal; is the URL right?"),
            _ => self,
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.outcome == Answer::Accepted
    }

    pub(super) fn is_refused(&self) -> bool {
        self.outcome == Answer::Refused
    }

    /// Returns the status, or why there is none.
    pub(super) fn answer(&self) -> String {
        self.error.clone().unwrap_or_else(|| status_text(self.status))
    }

    pub(super) fn word(&self) -> &'static str {
        self.outcome.word()
    }

    pub(super) fn print(&self, json: bool) -> anyhow::Result<()> {
        match json {
            true => terminal::print(terminal::json(self)?),
            false => terminal::print_styled(&self.lines()),
        }
    }

    /// Returns one line, broken at the terminal's width.
    fn lines(&self) -> String {
        let style = self.style();
        let word = self.outcome.word();
        let part = |part: &Option<String>| part.as_ref().map_or_else(|| "?".into(), escape);
        let name = format!("{}:{}", part(&self.event), part(&self.action));
        let what = match (&self.error, self.status) {
            (Some(error), _) => error.clone(),
            (None, status) => format!("{:<16} {:>9.3} ms", status_text(status), self.latency_ms),
        };
        let tamper = self.tamper.as_ref().map(|tamper| format!("  {tamper}")).unwrap_or_default();
        let text = terminal::beside(25, &format!("{what}{tamper}"));
        format!("{style}{word:<8}{style:#}  {name:<13}  {text}\n")
    }

    /// Returns green for the wanted answer; a delivery that was tampered with should be refused.
    fn style(&self) -> Style {
        let wanted = if self.tamper.is_some() { Answer::Refused } else { Answer::Accepted };
        let color = if self.outcome == wanted { AnsiColor::Green } else { AnsiColor::Red };
        color.on_default()
    }
}

fn status_text(status: Option<u16>) -> String {
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    status.map(|status| status.to_string()).unwrap_or_default()
}

impl Answer {
    fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// All attempts of a run.
#[derive(Default)]
pub(super) struct Tally {
    accepted: usize,
    refused: usize,
    failed: usize,
    latencies: Vec<f64>,
}

impl Tally {
    pub(super) fn add(&mut self, attempt: &Attempt) {
        match attempt.outcome {
            Answer::Accepted => self.accepted += 1,
            Answer::Refused => self.refused += 1,
            Answer::Failed => self.failed += 1,
        }
        if attempt.error.is_none() {
            self.latencies.push(attempt.latency_ms);
        }
    }

    pub(super) fn line(mut self) -> String {
        self.latencies.sort_by(f64::total_cmp);
        let latency = match self.latencies.as_slice() {
            [] => String::new(),
            sorted => format!(
                "; {:.3} to {:.3} ms, median {:.3} ms",
                sorted[0],
                sorted[sorted.len() - 1],
                sorted[sorted.len() / 2]
            ),
        };
        let Self { accepted, refused, failed, .. } = self;
        format!("{accepted} accepted, {refused} refused, {failed} failed{latency}\n")
    }

    /// Tampered deliveries should be refused, others accepted.
    pub(super) fn outcome(&self, is_tampered: bool) -> Outcome {
        let wrong = if is_tampered { self.accepted } else { self.refused };
        match (wrong, self.failed) {
            (0, 0) => Outcome::Success,
            (0, _) => Outcome::Unasked,
            _ => Outcome::Failure,
        }
    }
}
