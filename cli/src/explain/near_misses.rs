//! Near misses: common mistakes, each tried.

use serde::Serialize;

use super::Case;

mod body;
mod charset;
mod compression;
mod date;
mod field;
mod scheme;
mod secret;
mod signature;

/// A change that would make the request right, and advice.
#[derive(Serialize)]
pub(crate) struct NearMiss {
    /// A stable word; two words joined by `+` if two changes are needed.
    pub(crate) name: String,
    /// The part at fault: the secret, the date, a field, the body, the signature or the scheme.
    pub(crate) about: &'static str,
    /// One sentence.
    pub(crate) advice: String,
}

impl NearMiss {
    fn new(name: impl Into<String>, about: &'static str, advice: impl Into<String>) -> Self {
        Self { name: name.into(), about, advice: advice.into() }
    }
}

pub(crate) fn find(case: &Case<'_>) -> Vec<NearMiss> {
    let head = scheme::find(case)
        .or_else(|| signature::find(case))
        .or_else(|| secret::find(case))
        .or_else(|| field::find(case))
        .or_else(|| date::find_rewritten(case));
    let found = [head, date::find_old(case), body::find(case)];
    found.into_iter().flatten().collect()
}
