//! Judges requests with the keys, the policy and the clock of one receiver.

use hooksig::{Clock, Error, Key, PendingBody, Verified, Verifier, drone::Delivery};

use crate::{message::Message, policy::Terms};

pub(crate) struct Receiver<'a> {
    pub(crate) keys: &'a [Key],
    pub(crate) terms: &'a Terms<'a>,
    pub(crate) clock: Clock,
}

/// A genuine request and the event of its body.
pub(crate) struct Genuine<'a> {
    pub(crate) verified: Verified<'a>,
    /// An error if the body is not Drone's; the signature is valid all the same.
    pub(crate) delivery: Result<Delivery<'a>, Error>,
}

impl Receiver<'_> {
    pub(crate) fn judge<'m>(&self, message: &'m Message<'_>) -> Result<Genuine<'m>, Error> {
        let mut pending = self.begin(message)?;
        pending.update(&message.body);
        Genuine::read(pending.finish()?, message)
    }

    /// Judges only the head of `message`.
    pub(crate) fn begin<'m>(&self, message: &'m Message<'_>) -> Result<PendingBody<'m>, Error> {
        let verifier = Verifier::with_policy(self.keys, self.terms.policy())?;
        verifier.begin(&message.request(), self.clock)
    }
}

impl<'m> Genuine<'m> {
    /// Reads the event from the verified body of `message`.
    pub(crate) fn read(verified: Verified<'m>, message: &'m Message<'_>) -> Result<Self, Error> {
        let delivery = Delivery::read(&message.body);
        if let Ok(delivery) = delivery {
            delivery.check_event_field(&message.request())?;
        }
        Ok(Self { verified, delivery })
    }
}
