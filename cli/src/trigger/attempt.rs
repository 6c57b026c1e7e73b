//! The results of deliveries.

use anstyle::{AnsiColor, Style};
use hooksig::drone::Delivery;
use http::StatusCode;
use serde::Serialize;

use super::{parcel::Parcel, tamper::Tamper};
use crate::{
    Outcome, client, extension,
    outgoing::Form,
    terminal::{self, escape, padded_name, whole},
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
    /// The body of the answer, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
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
    /// Describes the answer to a parcel. `shows` puts its body into the description.
    pub(super) fn new(
        parcel: &Parcel,
        tamper: Option<Tamper>,
        client::Answer { status, latency, content }: client::Answer,
        shows: bool,
    ) -> Self {
        let [event, action] = name(parcel);
        let body = String::from_utf8_lossy(&content.body);
        Self {
            event,
            action,
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
            answer: shows.then(|| body.into_owned()),
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
        let name = padded_name(&format!("{}:{}", part(&self.event), part(&self.action)));
        let what = match (&self.error, self.status) {
            (Some(error), _) => error.clone(),
            (None, status) => format!("{:<16} {:>9.3} ms", status_text(status), self.latency_ms),
        };
        let tamper = self.tamper.as_ref().map(|tamper| format!("  {tamper}")).unwrap_or_default();
        let text = terminal::beside(12 + name.len(), &format!("{what}{tamper}"));
        let answer = self.answer.iter().flat_map(|answer| answer.lines());
        let answer: String = answer.map(|line| format!("  {}\n", whole(line))).collect();
        format!("{style}{word:<8}{style:#}  {name}  {text}\n{answer}")
    }

    /// Returns green for the wanted answer; a delivery that was tampered with should be refused.
    fn style(&self) -> Style {
        let wanted = if self.tamper.is_some() { Answer::Refused } else { Answer::Accepted };
        let color = if self.outcome == wanted { AnsiColor::Green } else { AnsiColor::Red };
        color.on_default()
    }
}

/// Returns the two parts of a request's name.
fn name(parcel: &Parcel) -> [Option<String>; 2] {
    if let Form::Extension(extension) = parcel.form {
        return [extension::WORD, extension.name()].map(|part| Some(part.to_owned()));
    }
    let delivery = Delivery::read(&parcel.body).unwrap_or_default();
    [
        delivery.event().map(|event| event.as_str().to_owned()),
        delivery.action().map(|action| action.as_str().to_owned()),
    ]
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
