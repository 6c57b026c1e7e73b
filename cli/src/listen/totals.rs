//! Counts requests by result, for the line at the end.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::verdict::Verdict;

/// Most reasons that are named.
const MAX_NAMED: usize = 3;

/// The number of requests of each reason.
#[derive(Default)]
pub(super) struct Totals(Mutex<BTreeMap<&'static str, usize>>);

impl Totals {
    pub(super) fn add(&self, verdict: &Verdict) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(verdict.reason).or_default() += 1;
    }

    /// Returns `3 requests: 2 valid, 1 invalid (1 replayed)`.
    pub(super) fn line(&self) -> String {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let valid = counts.remove("ok").unwrap_or_default();
        let invalid: usize = counts.values().sum();
        let sum = valid + invalid;
        let noun = if sum == 1 { "request" } else { "requests" };
        format!("{sum} {noun}: {valid} valid, {invalid} invalid{}", reasons(counts))
    }
}

/// Names the commonest reasons.
fn reasons(counts: BTreeMap<&str, usize>) -> String {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let others: usize = counts.iter().skip(MAX_NAMED).map(|(_, count)| count).sum();
    let named = counts.iter().take(MAX_NAMED).map(|(reason, count)| format!("{count} {reason}"));
    let others = (others > 0).then(|| format!("{others} others"));
    let parts: Vec<_> = named.chain(others).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
