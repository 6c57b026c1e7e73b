//! A body that was changed on the way.

use std::collections::HashSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::{NearMiss, compression};
use crate::explain::{Case, probe};

mod json;
mod steps;

use steps::Step;

/// Longest body that is searched for two changes.
const MAX_FOR_TWO: usize = 1 << 14;

const ADVICE: &str = "verify the bytes exactly as received, before any framework or JSON library \
                      parses them, and let no proxy change them";

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    let body = case.message.body.as_ref();
    if !matches!(probe::digest(case, body), Ok(Err(_))) {
        return None;
    }
    if body.is_empty() {
        return Some(lost());
    }
    search(case, body)
        .map(|path| advice(&path))
        .or_else(|| decompressed(case, body))
        .or_else(|| replaced(body))
        .or_else(|| cut(body))
}

/// Nothing can be tried, but the causes are few.
fn lost() -> NearMiss {
    let advice = "The body is empty, but Digest is that of another body: keep the body if \
                  something reads it before it is recorded or verified, and let nothing in front \
                  of the receiver redirect, because senders then drop the body.";
    NearMiss::new("body-lost", "body", advice)
}

/// Finds the shortest way from the received body to the signed one: one or two steps.
fn search(case: &Case<'_>, body: &[u8]) -> Option<Vec<Step>> {
    let signed = signed_digest(case)?;
    let mut seen = HashSet::new();
    let mut fits = |step: &Step| {
        let digest: [u8; 32] = match case.budget.pay_for_body(step.bytes.len()) {
            true => Sha256::digest(&step.bytes).into(),
            false => return (false, false),
        };
        (seen.insert(digest), digest == signed)
    };
    let mut first = Vec::new();
    for group in steps::GROUPS {
        for step in group(body, &case.budget) {
            match fits(&step) {
                (_, true) => return Some(vec![step]),
                (true, _) if step.bytes.len() <= MAX_FOR_TWO => first.push(step),
                _ => {}
            }
        }
    }
    if body.len() > MAX_FOR_TWO {
        return None;
    }
    for step in first {
        for group in steps::GROUPS {
            let second = group(&step.bytes, &case.budget).into_iter().find(|step| fits(step).1);
            if let Some(second) = second {
                return Some(vec![step, second]);
            }
        }
    }
    None
}

/// Returns the SHA-256 of the `Digest` field, which the core found well-formed.
fn signed_digest(case: &Case<'_>) -> Option<[u8; 32]> {
    let field = case.message.values("digest").next()?;
    field.split(|&byte| byte == b',').find_map(|element| {
        let element = element.trim_ascii();
        let (name, value) = element.split_at_checked("SHA-256=".len())?;
        let fits = name.eq_ignore_ascii_case(b"SHA-256=");
        BASE64_STANDARD.decode(value).ok().filter(|_| fits)?.try_into().ok()
    })
}

/// The steps undo changes, so the last step is the first change.
fn advice(path: &[Step]) -> NearMiss {
    let names: Vec<_> = path.iter().map(|step| step.name).collect();
    let done: Vec<_> = path.iter().rev().map(|step| step.done.as_str()).collect();
    let advice = format!("The body {} on the way: {ADVICE}.", done.join(", and then "));
    NearMiss::new(names.join("+"), "body", advice)
}

/// The compressed bytes cannot be restored, but Content-Encoding shows that there were some.
fn decompressed(case: &Case<'_>, body: &[u8]) -> Option<NearMiss> {
    let mut codings = case.message.values("content-encoding");
    let coding = codings.find_map(|value| str::from_utf8(value).ok())?.trim().to_lowercase();
    let known =
        ["gzip", "x-gzip", "deflate", "zstd", "br"].into_iter().find(|name| coding == *name)?;
    compression::is_not(body, known).then(|| {
        let advice = format!(
            "Content-Encoding says {known}, but the body is not compressed: something on the way \
             decompressed it, and Digest is that of the compressed bytes; verify before decompressing."
        );
        NearMiss::new("decompressed-body", "body", advice)
    })
}

/// The text that U+FFFD replaced cannot be restored.
fn replaced(body: &[u8]) -> Option<NearMiss> {
    let mark = "\u{fffd}".as_bytes();
    let found = body.windows(mark.len()).filter(|part| *part == mark).count();
    (found > 0).then(|| {
        let advice = format!(
            "The body holds the replacement character U+FFFD {found} times; most likely \
             something on the way decoded it with the wrong character set: {ADVICE}."
        );
        NearMiss::new("replaced-characters", "body", advice)
    })
}

fn cut(body: &[u8]) -> Option<NearMiss> {
    let parsed = serde_json::from_slice::<serde::de::IgnoredAny>(body);
    let is_cut = body.starts_with(b"{") && parsed.is_err_and(|error| error.is_eof());
    is_cut.then(|| {
        let advice = format!(
            "The body ends after {} bytes, in the middle of its JSON: raise the limit that cut \
             it off, or record all of it.",
            body.len()
        );
        NearMiss::new("body-cut-off", "body", advice)
    })
}
