//! What nearly fits: the mistakes that are made again and again, each tried.

use serde::Serialize;

use super::Case;

mod body;
mod date;
mod scheme;
mod secret;

/// A change with which the request would be right, and what to do.
#[derive(Serialize)]
pub(crate) struct NearMiss {
    /// A stable word.
    pub(crate) name: &'static str,
    /// What is at fault: the secret, the date, the body or the scheme.
    pub(crate) about: &'static str,
    /// One sentence.
    pub(crate) advice: String,
}

pub(crate) fn find(case: &Case<'_>) -> Vec<NearMiss> {
    let found = [scheme::find(case), secret::find(case), date::find(case), body::find(case)];
    found.into_iter().flatten().collect()
}
