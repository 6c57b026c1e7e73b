//! The verdict on a delivery that was passed on.

use std::fmt;

use bytes::Bytes;
use hooksig::{
    TAG_LEN,
    drone::{Action, Delivery, Event},
};

use crate::Claim;

/// The verdict on a delivery that was passed on; among the extensions of its request.
///
/// Only the layer makes one: a handler that finds it has a verified request.
#[derive(Clone)]
pub struct Verified {
    pub(crate) key_index: usize,
    pub(crate) claim: Claim,
    /// Holds event and action.
    pub(crate) body: Bytes,
}

impl Verified {
    /// Returns the body's event, or `None` if it has none, as in requests to extensions and in those
    /// of older servers.
    pub fn event(&self) -> Option<Event<'_>> {
        self.delivery().event()
    }

    /// Returns the body's action, or `None` if it has none.
    pub fn action(&self) -> Option<Action<'_>> {
        self.delivery().action()
    }

    /// Returns the index of the key that made the signature, in the order given to the layer.
    ///
    /// Once no delivery is signed with the old secret any more, remove that secret.
    pub fn key_index(&self) -> usize {
        self.key_index
    }

    /// Returns the MAC, 32 bytes: an identifier of the delivery.
    ///
    /// Keep it out of logs: it is good for a replay until the delivery expires.
    pub fn tag(&self) -> &[u8; TAG_LEN] {
        self.claim.tag()
    }

    /// Returns `Date` in Unix seconds.
    pub fn date(&self) -> i64 {
        self.claim.date
    }

    /// Returns the last second (Unix) at which this delivery would be accepted.
    pub fn expires(&self) -> i64 {
        self.claim.expires
    }

    /// A body that cannot be read as one was refused.
    fn delivery(&self) -> Delivery<'_> {
        Delivery::read(&self.body).unwrap_or_default()
    }
}

/// Without the MAC and the body, so that neither gets into a log.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("event", &self.event())
            .field("action", &self.action())
            .field("key_index", &self.key_index)
            .field("date", &self.claim.date)
            .field("expires", &self.claim.expires)
            .finish_non_exhaustive()
    }
}
