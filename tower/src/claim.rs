//! The claim of a verified delivery.

use std::{error, fmt, sync::Arc};

use hooksig::TAG_LEN;

/// Reads the time in Unix seconds.
pub(crate) type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Seconds that a delivery is remembered beyond its window.
const MARGIN: i64 = 2;

/// The claim of a verified delivery to be accepted by a [`ReplayStore`](crate::ReplayStore).
#[derive(Clone)]
pub struct Claim {
    pub(crate) tag: [u8; TAG_LEN],
    pub(crate) date: i64,
    pub(crate) expires: i64,
    pub(crate) now: Now,
}

impl Claim {
    /// Returns the MAC, 32 bytes: the key under which to remember the delivery.
    ///
    /// Keep it out of logs: it is good for a replay until the delivery expires.
    pub fn tag(&self) -> &[u8; TAG_LEN] {
        &self.tag
    }

    /// Returns true if the delivery may no longer be accepted at `now`.
    pub fn is_expired_at(&self, now: i64) -> bool {
        self.expires < now
    }

    /// Returns the last second (Unix) until which to remember the delivery in a store that serves
    /// policies with a skew of up to `max_skew` seconds. It is 2 s later than any of them accepts it.
    pub fn remember_until(&self, max_skew: u32) -> i64 {
        self.date.saturating_add(i64::from(max_skew)).saturating_add(MARGIN)
    }

    /// Reads the clock of the layer, in Unix seconds. Read it under the lock that protects the store, because
    /// times out of order let a delivery be claimed twice.
    pub fn now(&self) -> i64 {
        (self.now)()
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("date", &self.date)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The reason why a [`ReplayStore`](crate::ReplayStore) did not accept a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimError {
    /// It was accepted before.
    Replayed,
    /// It expired before it was claimed, so an earlier claim may be forgotten.
    Expired,
    /// The store holds as many deliveries as it can.
    Full,
    /// The store cannot tell whether the delivery is new, with the reason.
    Failed(Arc<str>),
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replayed => f.write_str("the delivery was accepted before"),
            Self::Expired => f.write_str("the delivery expired before it was claimed"),
            Self::Full => f.write_str("the replay store is full"),
            Self::Failed(reason) => write!(f, "the replay store failed: {reason}"),
        }
    }
}

impl error::Error for ClaimError {}
