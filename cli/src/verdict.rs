//! The verdict on a request, as a line or as JSON.

use hooksig::{Clock, Error, HeaderList, Verified, drone::Delivery};
use serde::Serialize;

use crate::{
    Outcome,
    extension::{self, Extension},
    message::Message,
    receiver::{Genuine, Receiver},
    refusal::Refusal,
    terminal::{cut, excerpt},
};

#[derive(Serialize)]
pub(crate) struct Verdict {
    pub(crate) verdict: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    #[serde(flatten)]
    pub(crate) details: Option<Details>,
}

/// Details of a valid request.
#[derive(Serialize)]
pub(crate) struct Details {
    pub(crate) key_index: usize,
    key_id: String,
    date: Option<i64>,
    expires: Option<i64>,
    covered: Vec<String>,
    pub(crate) event: Option<String>,
    pub(crate) action: Option<String>,
}

impl Verdict {
    pub(crate) fn of(receiver: &Receiver<'_>, message: &Message<'_>) -> Self {
        match receiver.judge(message) {
            Ok(genuine) => Self::valid(&genuine, message, receiver),
            Err(error) => Self::invalid(error, message, receiver),
        }
    }

    pub(crate) fn valid(
        genuine: &Genuine<'_>,
        message: &Message<'_>,
        receiver: &Receiver<'_>,
    ) -> Self {
        let Genuine { verified, delivery } = genuine;
        let text = format!(
            "{}, signed {}with secret {} of {}, covers {}",
            what(verified, delivery, message),
            age_text(verified.date(), receiver.clock),
            verified.key_index() + 1,
            receiver.keys.len(),
            covered(verified.covered()).join(" "),
        );
        let extension = Extension::of(verified, message);
        let details = Details::new(verified, &delivery.unwrap_or_default(), extension);
        Self { verdict: "valid", reason: "ok", message: text, details: Some(details) }
    }

    pub(crate) fn invalid(error: Error, message: &Message<'_>, receiver: &Receiver<'_>) -> Self {
        let text = Refusal { error, message, receiver }.text();
        Self { verdict: "invalid", reason: error.reason(), message: text, details: None }
    }

    pub(crate) fn line(&self) -> String {
        match self.outcome() {
            Outcome::Success => format!("{}: {}\n", self.verdict, self.message),
            _ => format!("{}: {}: {}\n", self.verdict, self.reason, self.message),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        if self.details.is_some() { Outcome::Success } else { Outcome::Failure }
    }
}

impl Details {
    fn new(verified: &Verified<'_>, delivery: &Delivery<'_>, extension: Option<Extension>) -> Self {
        let key_id: Vec<u8> = verified.key_id().bytes().collect();
        let [event, action] = match extension {
            Some(extension) => {
                [extension::WORD, extension.name()].map(|part| Some(part.to_owned()))
            }
            None => [
                delivery.event().map(|event| cut(event.as_str().to_owned())),
                delivery.action().map(|action| cut(action.as_str().to_owned())),
            ],
        };
        Self {
            key_index: verified.key_index(),
            key_id: cut(String::from_utf8_lossy(&key_id).into_owned()),
            date: verified.date(),
            expires: verified.expires(),
            covered: covered(verified.covered()),
            event,
            action,
        }
    }
}

/// Returns the name of the extension that is asked, or the event.
fn what(
    verified: &Verified<'_>,
    delivery: &Result<Delivery<'_>, Error>,
    message: &Message<'_>,
) -> String {
    match Extension::of(verified, message) {
        Some(extension) => format!("{}:{}", extension::WORD, extension.name()),
        None => event_text(delivery, message),
    }
}

/// Returns `user:created`, or says why there is no event.
fn event_text(delivery: &Result<Delivery<'_>, Error>, message: &Message<'_>) -> String {
    let delivery = match delivery {
        Ok(delivery) => delivery,
        Err(error) => return format!("no event: {error}"),
    };
    let action = delivery.action().map(|action| excerpt(action.as_str()));
    match (delivery.event(), action) {
        (Some(event), Some(action)) => format!("{}:{action}", excerpt(event.as_str())),
        (Some(event), None) => format!("{} without an action", excerpt(event.as_str())),
        (None, _) => match message.values("x-drone-event").next() {
            Some(field) => format!(
                "no event: the body has none (X-Drone-Event, which is not signed, says {})",
                excerpt(field)
            ),
            None => "no event: the body has none".into(),
        },
    }
}

/// Returns the age of a delivery, such as `1 s ago `.
fn age_text(date: Option<i64>, clock: Clock) -> String {
    match (date, clock) {
        (Some(date), Clock::At(now)) if date > now => {
            format!("{} s ahead of the clock ", date.abs_diff(now))
        }
        (Some(date), Clock::At(now)) => format!("{} s ago ", now.abs_diff(date)),
        _ => "at an unchecked time ".into(),
    }
}

fn covered(names: HeaderList<'_>) -> Vec<String> {
    names.iter().map(|name| excerpt(name.lower().collect::<Vec<_>>())).collect()
}
