//! A bounded set of deliveries, each with an expiry time.

use std::collections::HashMap;

use hooksig::TAG_LEN;

use crate::{Claim, ClaimError};

/// Entries that are kept before expired ones are first looked for.
const MIN_SWEEP: usize = 1 << 10;

pub(super) struct Entries {
    until: HashMap<[u8; TAG_LEN], i64>,
    capacity: usize,
    /// Sweep once there are this many entries, but not before a time.
    sweep_at: usize,
    sweep_after: i64,
}

impl Entries {
    pub(super) fn new(capacity: usize) -> Self {
        let sweep_at = capacity.min(MIN_SWEEP);
        Self { until: HashMap::new(), capacity, sweep_at, sweep_after: i64::MIN }
    }

    /// Claims a delivery for this process. The time is read here, under the lock of the caller.
    pub(super) fn claim(&mut self, claim: &Claim, max_skew: u32) -> Result<(), ClaimError> {
        let now = claim.now();
        if self.contains(claim.tag()) {
            return Err(ClaimError::Replayed);
        }
        if claim.is_expired_at(now) {
            return Err(ClaimError::Expired);
        }
        let until = claim.remember_until(max_skew);
        if self.insert(*claim.tag(), until, now) { Ok(()) } else { Err(ClaimError::Full) }
    }

    /// Includes expired entries that are not yet swept; they help if the clock is set back.
    pub(super) fn contains(&self, tag: &[u8; TAG_LEN]) -> bool {
        self.until.contains_key(tag)
    }

    /// Remembers a delivery. Returns false if the set is full.
    pub(super) fn insert(&mut self, tag: [u8; TAG_LEN], until: i64, now: i64) -> bool {
        if self.until.len() >= self.sweep_at {
            self.sweep(now);
        }
        let has_room = self.until.len() < self.capacity;
        if has_room {
            self.until.insert(tag, until);
        }
        has_room
    }

    /// Removes expired entries. The next sweep comes when their number has doubled, or each second
    /// while the set is full, so that insertion stays cheap.
    fn sweep(&mut self, now: i64) {
        if now > self.sweep_after {
            self.until.retain(|_, until| *until >= now);
            self.sweep_after = now;
        }
        self.sweep_at = self.until.len().saturating_mul(2).max(MIN_SWEEP).min(self.capacity);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.until.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(number: usize) -> [u8; TAG_LEN] {
        let mut tag = [0; TAG_LEN];
        tag[..8].copy_from_slice(&(number as u64).to_le_bytes());
        tag
    }

    #[test]
    fn entries_are_kept_until_their_time_has_passed() {
        let mut entries = Entries::new(2);
        assert!(entries.insert(tag(1), 10, 0) && entries.insert(tag(2), 11, 0));
        assert!(!entries.insert(tag(3), 20, 10));
        assert!(entries.contains(&tag(1)) && entries.contains(&tag(2)));
        assert!(entries.insert(tag(3), 20, 11));
        assert!(!entries.contains(&tag(1)) && entries.contains(&tag(2)));
        assert!(!entries.insert(tag(4), 20, 11));
    }

    #[test]
    fn a_large_set_forgets_what_has_expired() {
        let mut entries = Entries::new(1 << 20);
        for number in 0..100_000 {
            let now = i64::try_from(number / 100).expect("it is small");
            assert!(entries.insert(tag(number), now + 10, now));
        }
        assert!(entries.len() < 2 * MIN_SWEEP + 2 * 1100, "{}", entries.len());
    }
}
