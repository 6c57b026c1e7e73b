//! Recordings in JSON: HAR files of browsers and proxies, and events of API gateways.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    Recording,
    head::{self, path_of},
    kinds::unreadable,
};

pub(super) fn read(text: &[u8], body_apart: bool) -> anyhow::Result<Recording> {
    if text.starts_with(b"{'") {
        return Err(unreadable("this is a Python dict: give its fields with --header"));
    }
    let Ok(value) = serde_json::from_slice::<Value>(text) else {
        return Err(unreadable(
            "this begins like JSON but is not valid; a raw request begins with `POST`",
        ));
    };
    if let Some(entries) = value.pointer("/log/entries").or_else(|| value.get("entries")) {
        return of_har(entries, body_apart);
    }
    let requests = value.get("requests").and_then(Value::as_array).map(Vec::as_slice);
    let entry = if let Some([one]) = requests { one } else { &value };
    if let Some(raw) = entry.pointer("/request/raw").and_then(Value::as_str) {
        let recording = head::read(&decode(raw, true)?)?;
        return Ok(recording.noting("the file is JSON that holds a raw request in base64"));
    }
    // One entry of a HAR file, or its request.
    if entry.pointer("/request/headers").is_some() {
        return of_har(&Value::Array(vec![entry.clone()]), body_apart);
    }
    if value.get("postData").is_some() {
        return of_har(&json!([{ "request": value }]), body_apart);
    }
    if let Some(fields) = value.get("headers").or_else(|| value.get("multiValueHeaders")) {
        return of_event(&value, fields, body_apart);
    }
    Err(unreadable(
        "this is JSON, perhaps only the body: give its header fields with --header, and the file \
         with --body",
    ))
}

/// Reads the only signed request of a HAR file, or its only request.
fn of_har(entries: &Value, body_apart: bool) -> anyhow::Result<Recording> {
    let requests: Vec<&Value> =
        entries.as_array().into_iter().flatten().filter_map(|entry| entry.get("request")).collect();
    let is_signed = |request: &&&Value| {
        fields(&request["headers"]).iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("signature")
                || name.eq_ignore_ascii_case("x-drone-event")
                || name.eq_ignore_ascii_case("authorization") && value.starts_with("Signature")
        })
    };
    let signed: Vec<_> = requests.iter().filter(is_signed).copied().collect();
    let request = match (signed.as_slice(), requests.as_slice()) {
        ([one], _) | ([], [one]) => one,
        ([], []) => return Err(unreadable("this is a HAR file: it holds no request")),
        ([], all) => {
            let count = all.len();
            return Err(unreadable(&format!(
                "this is a HAR file: it holds {count} requests, and none is signed"
            )));
        }
        (several, _) => {
            let count = several.len();
            return Err(unreadable(&format!(
                "this is a HAR file: it holds {count} signed requests; keep one of them, or save \
                 only that one as HAR"
            )));
        }
    };
    let data = &request["postData"];
    let encoding = data.get("encoding").or_else(|| data.get("_encoding")).and_then(Value::as_str);
    let body = match data["text"].as_str() {
        Some(text) => decode(text, encoding == Some("base64"))?,
        None if body_apart => Vec::new(),
        None => {
            return Err(unreadable(
                "this is a HAR file: it lacks the body (postData.text); give it with --body",
            ));
        }
    };
    let line = request["method"].as_str().zip(request["url"].as_str());
    of_parts(line, &fields(&request["headers"]), body, "a HAR file")
}

/// Reads the event with which an API gateway passes a request to a function.
fn of_event(event: &Value, given: &Value, body_apart: bool) -> anyhow::Result<Recording> {
    const BODIES: [&str; 7] =
        ["rawBody", "bodyRaw", "raw_body", "body", "content", "data", "payload"];
    let body = match BODIES.iter().find_map(|name| event[name].as_str()) {
        Some(text) => decode(text, event["isBase64Encoded"] == true)?,
        None if body_apart => Vec::new(),
        None => {
            return Err(unreadable(
                "this is JSON with header fields, but its `body` is not a string: give it with \
                 --body",
            ));
        }
    };
    let first = |paths: &[&str]| paths.iter().find_map(|path| event.pointer(path)?.as_str());
    let method = first(&["/httpMethod", "/requestContext/http/method", "/method"]);
    let path = first(&["/requestContext/http/path", "/rawPath", "/path", "/url"]);
    of_parts(method.zip(path), &fields(given), body, "a JSON event with header fields and body")
}

fn decode(text: &str, is_base64: bool) -> anyhow::Result<Vec<u8>> {
    if !is_base64 {
        return Ok(text.as_bytes().to_vec());
    }
    BASE64_STANDARD
        .decode(text)
        .map_err(|error| unreadable(&format!("its body is marked as base64 but is not: {error}")))
}

/// Reads fields from a list of `{"name", "value"}` or from an object.
fn fields(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(texts) => {
            texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
        }
        _ => vec![],
    };
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| text(value).into_iter().map(|value| (name.clone(), value)))
            .collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(|field| {
                Some((field["name"].as_str()?.to_owned(), field["value"].as_str()?.to_owned()))
            })
            .collect(),
        _ => vec![],
    }
}

fn of_parts(
    line: Option<(&str, &str)>,
    fields: &[(String, String)],
    body: Vec<u8>,
    what: &str,
) -> anyhow::Result<Recording> {
    if fields.is_empty() {
        return Err(unreadable(&format!("this is {what}: the request has no header fields")));
    }
    let mut text = Vec::new();
    if let Some((method, url)) = line {
        text.extend([method.as_bytes(), b" ", path_of(url.as_bytes()), b" HTTP/1.1\r\n"].concat());
    }
    let has_host = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
    for (name, value) in fields {
        let name = match name.as_str() {
            ":authority" if !has_host => "Host",
            pseudo if pseudo.starts_with(':') => continue,
            name => name,
        };
        if value.contains(['\r', '\n']) {
            return Err(unreadable(&format!("this is {what}: a field's value holds a line break")));
        }
        text.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    text.extend(b"\r\n");
    Ok(Recording::new(text, line.is_some(), Some(body)).noting(&format!("the file is {what}")))
}
