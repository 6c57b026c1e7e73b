//! Common changes to bodies on the way, undone.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, value::RawValue};

use super::json;
use crate::{
    coding,
    explain::{
        near_misses::{charset, compression},
        trial::Budget,
    },
    message,
};

/// One change undone.
pub(super) struct Step {
    pub(super) name: &'static str,
    /// The body before the change.
    pub(super) bytes: Vec<u8>,
    /// The change, after "The body".
    pub(super) done: String,
}

impl Step {
    pub(super) fn new(name: &'static str, bytes: Vec<u8>, done: impl Into<String>) -> Self {
        Self { name, bytes, done: done.into() }
    }
}

/// The changes by kind, likely and cheap ones first.
pub(super) const GROUPS: [Group; 5] = [edges, wrappers, compressed, charsets, json::steps];

/// Undoes changes of one kind.
type Group = fn(&[u8], &Budget) -> Vec<Step>;

/// Most parts of a form, or members of an object, that are searched.
const MAX_PARTS: usize = 64;

/// Changed line ends, and bytes added or lost at either end.
fn edges(body: &[u8], budget: &Budget) -> Vec<Step> {
    const GOT: &str = "got a newline at its end";
    const LOST: &str = "lost the newline at its end";
    if !budget.pay_for_body(8 * body.len()) {
        return vec![];
    }
    let mut steps = Vec::new();
    for end in ["\r\n", "\n"] {
        steps.extend(
            body.strip_suffix(end.as_bytes()).map(|b| Step::new("newline-added", b.to_vec(), GOT)),
        );
    }
    for end in [b"\n".as_slice(), b"\r\n"] {
        steps.push(Step::new("newline-lost", [body, end].concat(), LOST));
    }
    let lf = coding::replaced(body, b"\r\n", b"\n");
    let crlf = coding::replaced(&lf, b"\n", b"\r\n");
    let turned = |from, into| format!("had its line ends turned from {from} into {into}");
    steps.push(Step::new("lf-to-crlf", lf, turned("LF", "CRLF")));
    steps.push(Step::new("crlf-to-lf", crlf, turned("CRLF", "LF")));
    let mark = "\u{feff}".as_bytes();
    if let Some(text) = body.strip_prefix(mark) {
        let done = "got a byte order mark at its start";
        steps.push(Step::new("byte-order-mark", text.to_vec(), done));
    } else {
        let done = "lost the byte order mark at its start";
        steps.push(Step::new("byte-order-mark-lost", [mark, body].concat(), done));
    }
    let done = "got white space around it";
    steps.push(Step::new("white-space-added", body.trim_ascii().to_vec(), done));
    steps
}

/// Encodings and containers of a body: base64, a JSON text, a form.
fn wrappers(body: &[u8], budget: &Budget) -> Vec<Step> {
    if !budget.pay_for_body(8 * body.len()) {
        return vec![];
    }
    let mut steps = Vec::new();
    const BASE64: &str = "was put into base64 (as API gateways do: `isBase64Encoded`)";
    steps.extend(coding::base64_decoded(body).map(|b| Step::new("base64-body", b, BASE64)));
    steps.extend(json_texts(body));
    steps.extend(framed(body));
    steps.extend(form_fields(body));
    steps.extend(parts_of_multipart(body));
    steps
        .extend(coding::unhex(body.trim_ascii()).map(|bytes| {
            Step::new("hexadecimal-body", bytes, "was written in hexadecimal digits")
        }));
    if body.contains(&b'&') {
        const ENTITIES: [(&str, &str); 6] = [
            ("&quot;", "\""),
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        let text = ENTITIES.iter().fold(body.to_vec(), |text, (from, to)| {
            coding::replaced(&text, from.as_bytes(), to.as_bytes())
        });
        steps.push(Step::new("html-escaped-body", text, "was escaped as HTML"));
    }
    let encoded = BASE64_STANDARD.encode(body);
    steps.push(Step::new("base64-decoded-body", encoded.into(), "was decoded from base64"));
    if let Ok(text) = str::from_utf8(body) {
        let done = "was taken out of a JSON string";
        steps.push(Step::new("unquoted-body", Value::from(text).to_string().into(), done));
    }
    steps
}

/// A JSON string that holds the body, with or without its quotes, or an object with such a member.
fn json_texts(body: &[u8]) -> Vec<Step> {
    const STRING: &str = "was put into a JSON string";
    let string = |text: &[u8]| serde_json::from_slice::<String>(text).ok();
    let quoted = [b"\"", body, b"\""].concat();
    let texts = [string(body), string(&quoted)].into_iter().flatten();
    let mut steps: Vec<_> =
        texts.map(|text| Step::new("body-in-json-string", text.into(), STRING)).collect();
    const MEMBER: &str = "was put into a member of another JSON object";
    let members = serde_json::from_slice::<BTreeMap<String, &RawValue>>(body).unwrap_or_default();
    for member in members.values().take(MAX_PARTS) {
        let member = member.get();
        let text = string(member.as_bytes());
        let decoded = text.as_ref().and_then(|text| coding::base64_decoded(text.as_bytes()));
        let object = member.starts_with('{').then(|| member.as_bytes().to_vec());
        let texts = [text.map(String::into_bytes), decoded, object].into_iter().flatten();
        steps.extend(texts.map(|text| Step::new("body-in-json-member", text, MEMBER)));
        steps.extend(numbers(member.as_bytes()));
    }
    steps.extend(numbers(body));
    steps
}

/// Bytes written as a list of numbers, as JavaScript and Go print them.
fn numbers(text: &[u8]) -> Option<Step> {
    let inside = text.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    let parts = inside.split(|byte| b", \n".contains(byte)).filter(|part| !part.is_empty());
    let number = |part| str::from_utf8(part).ok()?.parse::<u8>().ok();
    let bytes = parts.map(number).collect::<Option<Vec<_>>>()?;
    Some(Step::new("body-in-numbers", bytes, "was written as a list of numbers"))
}

/// A body with the framing of its chunks, or sent twice.
fn framed(body: &[u8]) -> Vec<Step> {
    let (first, second) = body.split_at(body.len() / 2);
    let twice =
        (first == second).then(|| Step::new("doubled-body", first.to_vec(), "was written twice"));
    let chunks = message::decode_chunks(body, 0).ok();
    let chunks =
        chunks.map(|bytes| Step::new("chunked-body", bytes, "kept the framing of its chunks"));
    twice.into_iter().chain(chunks).collect()
}

fn form_fields(body: &[u8]) -> Vec<Step> {
    const FIELD: &str = "was put into a form field";
    let mut steps = Vec::new();
    let decoded = |text: &[u8]| coding::percent_decoded(text, true);
    for part in body.trim_ascii().split(|&byte| byte == b'&').take(MAX_PARTS) {
        let Some(at) = part.iter().position(|&byte| byte == b'=') else { continue };
        // Some tools send a body as the name of a field without a value.
        for text in [&part[at + 1..], &part[..at]] {
            steps.push(Step::new("body-in-form-field", decoded(text), FIELD));
        }
    }
    if body.contains(&b'%') || body.contains(&b'+') {
        for is_form in [true, false] {
            let text = coding::percent_decoded(body.trim_ascii(), is_form);
            steps.push(Step::new("percent-encoded-body", text, "was percent-encoded"));
        }
    }
    let ended = body.strip_suffix(b"=").map(<[u8]>::to_vec);
    steps.extend(ended.map(|text| Step::new("body-in-form-field", text, FIELD)));
    steps
}

fn parts_of_multipart(body: &[u8]) -> Vec<Step> {
    if !body.starts_with(b"--") {
        return vec![];
    }
    let line = body.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let boundary = [b"\r\n", line].concat();
    let find = |text: &[u8], what: &[u8]| text.windows(what.len()).position(|part| part == what);
    let mut steps = Vec::new();
    let mut rest = body;
    while let (Some(start), true) = (find(rest, b"\r\n\r\n"), steps.len() < MAX_PARTS) {
        rest = &rest[start + 4..];
        let Some(end) = find(rest, &boundary) else { break };
        let done = "was put into a part of a multipart form";
        steps.push(Step::new("body-in-multipart-form", rest[..end].to_vec(), done));
        rest = &rest[end..];
    }
    steps
}

fn compressed(body: &[u8], budget: &Budget) -> Vec<Step> {
    let found = compression::decompressed(body, budget);
    let step = found.map(|(name, bytes)| {
        Step::new("compressed-body", bytes, format!("was compressed ({name})"))
    });
    step.into_iter().collect()
}

fn charsets(body: &[u8], budget: &Budget) -> Vec<Step> {
    let utf_16 = body.iter().take(4).filter(|&&byte| byte == 0).count() > 0;
    // Twenty conversions, each slower than a digest.
    if body.is_ascii() && !utf_16 || !budget.pay_for_body(24 * body.len()) {
        return vec![];
    }
    charset::repairs(body)
        .into_iter()
        .map(|form| Step::new(form.name, form.bytes, form.done))
        .collect()
}
