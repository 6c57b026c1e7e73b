//! A store in the memory of one process.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{DEFAULT_MAX_SKEW, ReplayStore, entries::Entries};
use crate::{Claim, ClaimError};

/// Default capacity of a [`MemoryStore`], at 60 to 100 bytes per delivery: ten minutes of 109 per
/// second.
pub const DEFAULT_MEMORY_CAPACITY: usize = 1 << 16;

/// Remembers accepted deliveries in the memory of one process.
///
/// A delivery is accepted once by each process that has a store of its own, and once more after a restart.
pub struct MemoryStore {
    entries: Mutex<Entries>,
    max_skew: u32,
}

impl MemoryStore {
    /// Returns a store for `capacity` deliveries. A full one refuses rather than forget a delivery that
    /// could still be replayed.
    pub fn new(capacity: usize) -> Self {
        Self { entries: Mutex::new(Entries::new(capacity)), max_skew: DEFAULT_MAX_SKEW }
    }

    /// Sets the largest skew of the policies that share the store, in seconds, in place of
    /// [`DEFAULT_MAX_SKEW`]. Every delivery is remembered for that long.
    #[must_use]
    pub fn for_skew(mut self, seconds: u32) -> Self {
        self.max_skew = seconds;
        self
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(DEFAULT_MEMORY_CAPACITY)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore(..)")
    }
}

impl ReplayStore for MemoryStore {
    fn max_skew(&self) -> u32 {
        self.max_skew
    }

    async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
        self.lock().claim(claim, self.max_skew)
    }
}
