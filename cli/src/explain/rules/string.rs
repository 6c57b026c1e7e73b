//! The signing string, line by line, and its MAC.

use hooksig::{Error, MAX_SIGNING_STRING_LEN};

use super::{Line, Rule, prose};
use crate::{
    explain::{Case, case::CoveredLine},
    terminal::visible,
};

pub(super) fn examine(case: &Case<'_>) -> Rule {
    if case.covered().is_err() {
        return Rule::skipped("string", "there is no list of headers to make it from");
    }
    if case.check_list().is_err() {
        return Rule::skipped("string", "the list of headers breaks a rule");
    }
    match &case.string {
        Ok(string) => {
            let len = string.len();
            let found = prose(format!("{len} bytes are signed:")).with("bytes", len);
            Rule::judged("string", case, Ok(()), [found].into_iter().chain(lines(case)))
        }
        Err(error @ Error::TooManyNames) => {
            Rule::judged("string", case, Err(*error), repeated(case))
        }
        Err(error @ Error::SigningStringTooLong) => {
            let len: usize = case.lines.iter().map(len_of_line).sum();
            let found = format!(
                "{} bytes are covered, and {MAX_SIGNING_STRING_LEN} are allowed",
                len.saturating_sub(1)
            );
            Rule::judged("string", case, Err(*error), [prose(found)])
        }
        Err(error) => Rule::judged("string", case, Err(*error), lines(case)),
    }
}

/// Returns the length of a line with its end.
fn len_of_line(line: &CoveredLine<'_>) -> usize {
    line.name.len() + ": ".len() + line.value.as_ref().map_or(0, Vec::len) + "\n".len()
}

fn lines<'c>(case: &'c Case<'_>) -> impl Iterator<Item = Line> + 'c {
    case.lines.iter().map(line)
}

/// Returns the covered headers that occur more than once.
fn repeated<'c>(case: &'c Case<'_>) -> impl Iterator<Item = Line> + 'c {
    case.lines.iter().filter(|line| line.instances.len() > 1).map(|line| {
        let (name, count) = (visible(&line.name), line.instances.len());
        prose(format!("{name} occurs {count} times")).with("covered", name).with("instances", count)
    })
}

/// Returns the line of one name, or why there is none.
fn line(line: &CoveredLine<'_>) -> Line {
    let name = visible(&line.name);
    match &line.value {
        None => Line::Uncovered { text: "is not in the request".into(), name },
        Some(value) if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') => {
            Line::Uncovered { text: format!("holds a control byte: {}", visible(value)), name }
        }
        Some(value) => {
            Line::Covered { name, value: visible(value), instances: line.instances.len() }
        }
    }
}

pub(super) fn examine_mac(case: &Case<'_>) -> Rule {
    if case.string.is_err() {
        return Rule::skipped("mac", "there is no signing string to make it from");
    }
    let count = case.secrets.len();
    let (result, found) = match (case.signer, count) {
        (Some(index), _) => {
            (Ok(()), format!("secret {} of {count} makes this signature", index + 1))
        }
        (None, 1) => (Err(Error::SignatureMismatch), "the secret makes another signature".into()),
        (None, _) => {
            (Err(Error::SignatureMismatch), format!("all {count} secrets make other signatures"))
        }
    };
    Rule::judged("mac", case, result, [prose(found)])
}
