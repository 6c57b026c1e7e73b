//! The parameters of the signature, and the policy's requirements on them.

use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{Error, Param, Params, Value};

use super::{Line, Rule, prose, raw, signature::params_text};
use crate::{explain::Case, terminal::visible};

const NO_PARAMS: &str = "there are no parameters";

pub(super) fn examine(case: &Case<'_>) -> Rule {
    match case.params {
        Err(Error::MissingSignature | Error::RepeatedSignature) => {
            Rule::skipped("parameters", "there is no single signature to read them from")
        }
        Err(error) => Rule::judged("parameters", case, Err(error), as_received(case, error)),
        Ok(params) => Rule::judged("parameters", case, Ok(()), all(&params)),
    }
}

fn all(params: &Params<'_>) -> Vec<Line> {
    let algorithm = params.algorithm().map(text);
    [
        ("keyId", text(params.key_id())),
        ("algorithm", algorithm.unwrap_or_else(|| "(none)".into())),
        ("headers", text(params.headers().value())),
        ("signature", text(params.signature())),
    ]
    .into_iter()
    .map(|(name, value)| Line::Raw { name, value })
    .collect()
}

/// Returns the text of the parameters. Malformed text is split where it stops being valid.
fn as_received(case: &Case<'_>, error: Error) -> Vec<Line> {
    let received = params_text(case.message).unwrap_or_default();
    match error {
        Error::MalformedParams { at } if (1..received.len()).contains(&at) => {
            let (fits, rest) = received.split_at(at);
            vec![raw("fits", fits), raw("does not", rest)]
        }
        _ => vec![raw("received", received)],
    }
}

pub(super) fn examine_list(case: &Case<'_>) -> Rule {
    let Ok(names) = case.covered() else { return Rule::skipped("list", NO_PARAMS) };
    let count = names.iter().count();
    let found =
        format!("{count} name{}: {}", if count == 1 { "" } else { "s" }, text(names.value()));
    Rule::judged("list", case, case.check_list(), [prose(found).with("count", count)])
}

pub(super) fn examine_algorithm(case: &Case<'_>) -> Rule {
    let Ok(params) = case.params else { return Rule::skipped("algorithm", NO_PARAMS) };
    let options = case.receiver.terms.args;
    let result = match params.algorithm() {
        Some(algorithm) if algorithm.is("hmac-sha256") => Ok(()),
        Some(algorithm) if algorithm.is("hs2019") && options.allow_hs2019 => Ok(()),
        None if options.allow_missing_algorithm => Ok(()),
        None => Err(Error::MissingParam(Param::Algorithm)),
        Some(_) => Err(Error::UnsupportedAlgorithm),
    };
    let found = params.algorithm().map_or_else(|| "there is none".into(), text);
    Rule::judged("algorithm", case, result, [prose(found)])
}

pub(super) fn examine_key_id(case: &Case<'_>) -> Rule {
    let Ok(params) = case.params else { return Rule::skipped("keyId", NO_PARAMS) };
    let (result, demand) = match case.receiver.terms.key_id() {
        Some(key_id) if !params.key_id().is(key_id) => {
            (Err(Error::UnexpectedKeyId), format!("--key-id requires {}", visible(key_id)))
        }
        Some(_) => (Ok(()), "as --key-id requires".into()),
        None => (Ok(()), "any is accepted".into()),
    };
    let found = format!("{}; {demand}", text(params.key_id()));
    Rule::judged("keyId", case, result, [prose(found)])
}

pub(super) fn examine_covered(case: &Case<'_>) -> Rule {
    let Ok(names) = case.covered() else { return Rule::skipped("covered", NO_PARAMS) };
    let required = &case.receiver.terms.required;
    let lacks = |name: &&str| !names.contains(*name);
    let result = match required.iter().position(&lacks) {
        Some(index) => Err(Error::NotCovered { index }),
        None => Ok(()),
    };
    let missing: Vec<_> = required.iter().copied().filter(lacks).map(visible).collect();
    let mut found = vec![prose(format!("required: {}", visible(required.join(" "))))];
    if !missing.is_empty() {
        found.push(prose(format!("not covered: {}", missing.join(" "))));
    }
    Rule::judged("covered", case, result, found)
}

pub(super) fn examine_encoding(case: &Case<'_>) -> Rule {
    let Ok(params) = case.params else { return Rule::skipped("encoding", NO_PARAMS) };
    let text: Vec<u8> = params.signature().bytes().collect();
    let (result, found) = match BASE64_STANDARD.decode(&text) {
        Ok(bytes) if bytes.len() == 32 => (Ok(()), "the signature is base64 of 32 bytes".into()),
        Ok(bytes) => {
            let found = format!("the signature is base64 of {} bytes", bytes.len());
            (Err(Error::MalformedSignature), found)
        }
        Err(error) => (Err(Error::MalformedSignature), visible(error.to_string())),
    };
    Rule::judged("encoding", case, result, [prose(found)])
}

fn text(value: Value<'_>) -> String {
    visible(value.bytes().collect::<Vec<_>>())
}
