//! The rules on Digest and body.

use super::{Line, Rule, prose, raw};
use crate::explain::{Case, probe};

pub(super) fn examine_digest(case: &Case<'_>) -> Rule {
    let mut found: Vec<_> =
        case.message.values("digest").map(|value| raw("Digest", value)).collect();
    if found.is_empty() && case.message.values("content-digest").next().is_some() {
        found.push(prose("a Content-Digest field, which belongs to RFC 9530 and is not Digest"));
    }
    let result = probe::digest(case, &case.message.body).map(|_| ());
    Rule::judged("digest", case, result, found)
}

pub(super) fn examine(case: &Case<'_>) -> Rule {
    let body = &case.message.body;
    match probe::digest(case, body) {
        Ok(result) => {
            let matching = if result.is_ok() { "they match" } else { "they do not match" };
            let text = format!("{} bytes; {matching} Digest", body.len());
            let mut found = vec![prose(text).with("bytes", body.len())];
            found.extend(ends(body));
            Rule::judged("body", case, result, found)
        }
        Err(_) => Rule::skipped("body", "there is no digest to compare it with"),
    }
}

/// Returns the start and end of the body, where most additions and losses show.
fn ends(body: &[u8]) -> Vec<Line> {
    const SHOWN: usize = 36;
    match body.len() {
        0 => vec![],
        len if len <= 2 * SHOWN => vec![raw("body", body)],
        len => vec![raw("begins", &body[..SHOWN]), raw("ends", &body[len - SHOWN..])],
    }
}
