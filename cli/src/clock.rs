//! The system clock, the only one that the program reads.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

/// `given`, or the present time, in Unix seconds.
pub(crate) fn now(given: Option<i64>) -> anyhow::Result<i64> {
    match given {
        Some(now) => Ok(now),
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            let since =
                since.context("the system clock stands before 1970; set it or use --now")?;
            i64::try_from(since.as_secs()).context("the system clock is out of range; use --now")
        }
    }
}
