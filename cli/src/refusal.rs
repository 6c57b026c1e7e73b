//! Describes why a request was refused, with the name or time that the error points at.

use hooksig::{Clock, Error, HeaderList, MAX_NAMES, Params, date, drone::Delivery};

use crate::{
    message::Message,
    receiver::Receiver,
    terminal::{MAX_SHOWN, excerpt},
};

/// A refused request, its receiver, and the error.
pub(crate) struct Refusal<'a> {
    pub(crate) error: Error,
    pub(crate) message: &'a Message<'a>,
    pub(crate) receiver: &'a Receiver<'a>,
}

impl Refusal<'_> {
    /// Returns one sentence that names the part at fault, or the error's own text if that suffices.
    pub(crate) fn text(&self) -> String {
        self.specific_text().unwrap_or_else(|| self.error.to_string())
    }

    fn specific_text(&self) -> Option<String> {
        Some(match self.error {
            Error::MissingSignature if self.message.values("authorization").next().is_some() => {
                "the Authorization field does not begin with the scheme `Signature `, \
                 and there is no Signature field"
                    .into()
            }
            Error::MalformedList { index } => match self.listed(index)?.as_str() {
                "" => "the headers parameter is not a list of names separated by single spaces: \
                       there is a space too many"
                    .into(),
                name => format!("{name} in the headers parameter is not the name of a header"),
            },
            Error::RepeatedName { index } => {
                format!("{} is in the headers parameter twice", self.listed(index)?)
            }
            Error::TooManyNames => match self.list()?.iter().count() {
                count if count > MAX_NAMES => format!(
                    "the headers parameter holds {count} names, and {MAX_NAMES} are allowed"
                ),
                _ => {
                    "more than 16 fields repeat the name of an earlier field that is covered".into()
                }
            },
            Error::UnsupportedName { index } => {
                format!("{} cannot be covered by an HMAC signature", self.listed(index)?)
            }
            Error::MissingHeader { index } => {
                let name = self.listed(index)?;
                format!("{name} is covered by the signature, but is not in the request")
            }
            Error::ControlByte { index } => {
                format!("{} is covered, and its value holds a control byte", self.listed(index)?)
            }
            Error::NotCovered { index } => {
                let name = excerpt(self.receiver.terms.required.get(index)?);
                format!("{name} is required, but is not covered by the signature")
            }
            Error::DateTooOld => format!(
                "the Date is {} s old, and {} s are allowed: an old delivery or a wrong clock",
                self.distance()?,
                self.receiver.terms.args.max_skew
            ),
            Error::DateTooNew => format!(
                "the Date is {} s in the future, and {} s are allowed: one of the clocks is wrong",
                self.distance()?,
                self.receiver.terms.args.max_skew
            ),
            Error::EventMismatch => {
                let delivery = Delivery::read(&self.message.body).ok()?;
                let field = self.message.values("x-drone-event");
                let field = excerpt(field.collect::<Vec<_>>().join(b", ".as_slice()));
                let event = excerpt(delivery.event()?.as_str());
                format!("X-Drone-Event, which is not signed, says {field}; the body says {event}")
            }
            _ => return None,
        })
    }

    /// Returns the `headers` parameter.
    fn list(&self) -> Option<HeaderList<'_>> {
        Some(Params::find(&self.message.request()).ok()?.headers())
    }

    /// Returns the name at `index` in the `headers` parameter.
    fn listed(&self, index: usize) -> Option<String> {
        Some(excerpt(
            self.list()?.iter().nth(index)?.lower().take(MAX_SHOWN + 1).collect::<Vec<_>>(),
        ))
    }

    /// Returns the difference between `Date` and the clock, in seconds.
    fn distance(&self) -> Option<u64> {
        let Clock::At(now) = self.receiver.clock else { return None };
        let date = self.message.values("date").next()?;
        Some(date::parse(date, now).ok()?.abs_diff(now))
    }
}
