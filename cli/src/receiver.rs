//! A receiver in the making of its verdict: the keys, the policy and the clock that it has.

use hooksig::{Clock, Error, Key, Verified, Verifier, drone::Delivery};

use crate::{message::Message, policy::Terms};

pub(crate) struct Receiver<'a> {
    pub(crate) keys: &'a [Key],
    pub(crate) terms: &'a Terms<'a>,
    pub(crate) clock: Clock,
}

/// A request that is genuine, and what its body says.
pub(crate) struct Genuine<'a> {
    pub(crate) verified: Verified<'a>,
    /// An error where the body is not Drone's: the signature holds all the same.
    pub(crate) delivery: Result<Delivery<'a>, Error>,
}

impl Receiver<'_> {
    pub(crate) fn judge<'m>(&self, message: &'m Message<'_>) -> Result<Genuine<'m>, Error> {
        let request = message.request();
        let verifier = Verifier::with_policy(self.keys, self.terms.policy())?;
        let verified = verifier.verify(&request, &message.body, self.clock)?;
        let delivery = Delivery::read(&message.body);
        if let Ok(delivery) = delivery {
            delivery.check_event_field(&request)?;
        }
        Ok(Genuine { verified, delivery })
    }
}
