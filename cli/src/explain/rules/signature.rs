//! There must be exactly one signature.

use hooksig::Error;

use super::{Line, Rule, prose};
use crate::{explain::Case, message::Message, terminal::visible};

pub(super) fn examine(case: &Case<'_>) -> Rule {
    let result = match case.params {
        Err(error @ (Error::MissingSignature | Error::RepeatedSignature)) => Err(error),
        _ => Ok(()),
    };
    Rule::judged("signature", case, result, found(case.message))
}

/// Most fields listed one by one.
const MAX_SHOWN: usize = 16;

/// Lists the fields that can hold a signature.
fn found(message: &Message<'_>) -> Vec<Line> {
    let mut found: Vec<_> =
        message.values("signature").map(|_| prose("a Signature field")).collect();
    found.extend(message.values("authorization").map(|value| {
        match credentials(value) {
            Some(_) => prose("an Authorization field with the scheme Signature"),
            // The rest after another scheme may be a password.
            None => prose(format!("an Authorization field, but {}", scheme(value))),
        }
    }));
    if found.len() > MAX_SHOWN {
        let more = found.split_off(MAX_SHOWN).len();
        found.push(prose(format!("and {more} more of these fields")).with("more", more));
    }
    if message.values("signature-input").next().is_some() {
        found.push(prose("a Signature-Input field, which belongs to RFC 9421"));
    }
    if found.is_empty() {
        found.push(prose("neither a Signature nor an Authorization field"));
    }
    found
}

/// Returns the parameters of the only signature, as received.
pub(super) fn params_text<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    let credentials = message.values("authorization").find_map(credentials);
    message.values("signature").next().or(credentials).map(<[u8]>::trim_ascii)
}

fn credentials(value: &[u8]) -> Option<&[u8]> {
    let (scheme, params) = value.split_at_checked("Signature".len())?;
    let fits = scheme.eq_ignore_ascii_case(b"Signature") && matches!(params, [] | [b' ', ..]);
    fits.then(|| params.trim_ascii_start())
}

fn scheme(value: &[u8]) -> String {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let end = value.iter().position(|byte| !token(byte)).unwrap_or(0);
    match value.split_at(end) {
        ([_, ..], [b' ', ..]) => format!("of the scheme {}", visible(&value[..end])),
        _ => "without a scheme".into(),
    }
}
