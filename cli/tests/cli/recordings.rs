//! Recordings in all common forms.

use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig_vectors::SECRET;
use serde_json::json;
use tempfile::TempDir;

use crate::{Run, body, delivery, edit, field, hooksig, verify, write};

/// Returns the fields of the recorded delivery as (name, value).
fn fields(request: &str) -> Vec<(&str, &str)> {
    let (head, _) = request.split_once("\r\n\r\n").expect("the head ends");
    head.lines().skip(1).map(|line| line.split_once(": ").expect("it is a field")).collect()
}

#[track_caller]
fn assert_read(run: &Run, note: &str) {
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains(note), "{note}: {run:?}");
}

#[test]
fn exports_of_later_versions_are_read() {
    let request = delivery("user-created");
    for version in ["HTTP/2.0", "HTTP/2", "HTTP/3"] {
        let note = format!("was recorded as {version} and is read as HTTP/1.1");
        assert_read(&verify(edit(&request, "HTTP/1.1", version), &[]), &note);
    }
    let export = edit(&request, "HTTP/1.1", "HTTP/2.0").replace("\r\n", "\n");
    let export = edit(&export, "Host: ", ":authority: ").replace("Content-Length: 364\n", "");
    let run = verify(export, &["--require", "host", "--require", "date"]);
    run.assert_invalid("not-covered");
    assert!(run.stderr.contains("extends to the end of the file"), "{run:?}");
}

#[test]
fn byte_order_marks_and_utf_16_are_read() {
    let request = delivery("user-created");
    let mark = "begins with a byte order mark";
    assert_read(&verify(format!("\u{feff}{request}"), &[]), mark);
    let units = || request.encode_utf16();
    let utf_16 = "the file is UTF-16";
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    assert_read(&verify([b"\xff\xfe", little.as_slice()].concat(), &[]), utf_16);
    assert_read(&verify([b"\xfe\xff", big.as_slice()].concat(), &[]), utf_16);
    assert_read(&verify(little, &[]), utf_16);
    assert_read(&verify(big, &[]), utf_16);
}

#[test]
fn the_output_of_curl_needs_a_body() {
    let request = delivery("user-created");
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "body.json", body(&request));
    let (head, _) = request.split_once("\r\n\r\n").expect("the head ends");
    let sent: String = head.lines().map(|line| format!("> {line}\n")).collect();
    let output = format!(
        "*   Trying 127.0.0.1:8080...\n* Connected\n{sent}> \n* upload done\n< HTTP/1.1 401 No\n< \n"
    );
    assert_read(&verify(output.as_str(), &["--body", &file]), "the output of `curl -v`");
    assert_read(&verify(output.replace('\n', "\r\n"), &["--body", &file]), "`curl -v`");
    verify(output.as_str(), &[]).assert_unusable("lacks the body that was sent: give it");
    verify(format!("{output}{output}"), &["--body", &file]).assert_unusable("with 2 requests");
}

#[test]
fn har_files_are_read() {
    let request = delivery("user-created");
    let list: Vec<_> = fields(&request)
        .into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let entry = |fields: &[serde_json::Value], data: serde_json::Value| {
        json!({"request": {
            "method": "POST", "url": "https://receiver.test/hook?a=b", "httpVersion": "h2",
            "headers": fields, "postData": data,
        }})
    };
    let har = |entries: &[serde_json::Value]| json!({"log": {"entries": entries}}).to_string();
    let signed = entry(&list, json!({"mimeType": "application/json", "text": body(&request)}));
    let other = entry(&[json!({"name": "Host", "value": "a"})], json!(null));
    assert_read(&verify(har(&[other.clone(), signed.clone()]), &[]), "the file is a HAR file");
    assert_read(
        &verify(format!("\u{feff}{}", har(std::slice::from_ref(&signed))), &[]),
        "a HAR file",
    );

    let named = "this is a HAR file: it ";
    verify(har(&[]), &[]).assert_unusable(&format!("{named}holds no request"));
    verify(har(&[signed.clone(), signed]), &[])
        .assert_unusable(&format!("{named}holds 2 signed requests"));
    verify(har(&[other.clone(), other]), &[]).assert_unusable("2 requests, and none is signed");
    let without = har(&[entry(&list, json!(null))]);
    verify(without.as_str(), &[]).assert_unusable("lacks the body (postData.text)");
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "body.json", body(&request));
    assert_eq!(verify(without, &["--body", &file]).code, 0);
}

#[test]
fn events_of_gateways_are_read() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let request = delivery("user-created");
    let object: serde_json::Map<_, _> = fields(&request)
        .into_iter()
        .map(|(name, value)| (name.to_lowercase(), json!(value)))
        .collect();
    let plain = json!({"httpMethod": "POST", "path": "/hook", "headers": object,
        "body": body(&request), "isBase64Encoded": false});
    assert_read(&verify(plain.to_string(), &[]), "a JSON event");
    let encoded = json!({"headers": object, "body": BASE64_STANDARD.encode(body(&request)),
        "isBase64Encoded": true});
    assert_read(&verify(encoded.to_string(), &[]), "a JSON event");
}

#[test]
fn lists_of_developer_tools_are_read() {
    let request = delivery("user-created");
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "body.json", body(&request));
    let apart = ["--body", file.as_str()];
    let plain: String =
        fields(&request).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    assert_read(&verify(plain.as_str(), &apart), "header fields without a request line");
    assert_read(&verify(format!("{plain}\n{}", body(&request)), &[]), "without a request line");
    let pseudo = ":authority: receiver.test\n:method: POST\n:path: /hook\n:scheme: https\n";
    assert_read(&verify(format!("{pseudo}{plain}"), &apart), "is a list of header fields\n");
    let turns: String = fields(&request)
        .iter()
        .map(|(name, value)| format!("{}\n{value}\n", name.to_lowercase()))
        .collect();
    assert_read(
        &verify(format!(":method\nPOST\n:path\n/hook\n{turns}"), &apart),
        "is a list of header fields\n",
    );
    let panel = format!(
        "Request URL: https://receiver.test/hook\nRequest Method: POST\nStatus Code: 401\n\
         Response Headers\ndate: Tue, 24 Nov 2026 07:41:31 GMT\nRequest Headers\n{plain}"
    );
    assert_read(&verify(panel, &apart), "is a list of header fields\n");
    // A request line that the signature needs is not made up.
    let target = edit(&plain, "\"date digest\"", "\"date digest (request-target)\"");
    verify(target, &apart).assert_invalid("missing-header");
}

#[test]
fn fields_and_body_can_be_given_apart() {
    let request = delivery("user-created");
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "body.json", body(&request));
    let fields: Vec<_> = ["Date", "Digest", "Signature"]
        .into_iter()
        .flat_map(|name| ["-H".to_owned(), format!("{name}: {}", field(&request, name))])
        .collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    assert_eq!(verify("", &[fields.as_slice(), &["--body", &file]].concat()).code, 0);
    let stdin = [fields.as_slice(), &["-b", "-"]].concat();
    assert_eq!(verify(body(&request), &stdin).code, 0);
    verify("", &fields).assert_invalid("digest-mismatch");
    // --body replaces the file's own body.
    let broken = edit(&request, "\"admin\":false", "\"admin\":true ");
    assert_eq!(verify(broken, &["--body", &file]).code, 0);

    verify("", &["-H", "Date"]).assert_unusable("--header number 1: `NAME: VALUE` is needed");
    verify("", &["-H", "A: b", "-H", "A: b\nC: d"]).assert_unusable("number 2: it holds a line");
    assert_eq!(verify("", &["-H", "A: b", &file]).code, 2);
}

#[test]
fn other_files_are_named() {
    for (file, name) in [
        (b"\x1f\x8b\x08\x00".as_slice(), "this is a gzip file"),
        (b"PK\x03\x04", "this is a zip archive"),
        (b"\xd4\xc3\xb2\xa1\x02", "this is a packet capture"),
        (b"\x0a\x0d\x0d\x0a\x02", "this is a packet capture"),
        (b"\x16\x03\x01", "this is TLS traffic"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "this is a binary HTTP/2 connection"),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "this is an HTTP response"),
        (b"<!DOCTYPE html><p>", "this is an HTML page"),
        (b"<?xml version=\"1.0\"?><items>", "this is an XML file"),
        (b"curl 'http://localhost/' -H 'Date: a'\n", "this is a curl command"),
        (b"== Info: Trying\n=> Send header, 9 bytes\n", "this is the output of `curl --trace`"),
        (b"{\"event\":\"user\"}", "this is JSON, perhaps only the body"),
        (b"{event", "this begins like JSON but is not valid"),
        (b"[]", "this is JSON"),
    ] {
        verify(file, &[]).assert_unusable(name);
    }
}

#[test]
fn pasted_requests_are_read() {
    let request = delivery("user-created").replace("\r\n", "\n");
    let marked =
        |mark: &str| -> String { request.lines().map(|line| format!("{mark}{line}\n")).collect() };
    let bare = edit(&request, " HTTP/1.1\n", "\n");
    let absolute = edit(&bare, "POST /", "POST https://receiver.test/");
    for (text, note) in [
        (format!("Look:\n```http\n{request}\n```\nand so on\n").split_off(6), "in a code block"),
        (marked("> "), "each line is quoted"),
        (marked("    "), "the request is indented"),
        (marked("\t"), "the request is indented"),
        (format!("### Send it\n// again\n\n{request}"), "comments were skipped"),
        (bare, "names no version"),
        (absolute, "names no version"),
    ] {
        assert_read(&verify(text, &[]), note);
    }
}

/// Containers of a request in JSON, besides whole HAR files.
#[test]
fn requests_in_json_are_read() {
    let request = delivery("user-created");
    let base64 = |text: &str| BASE64_STANDARD.encode(text);
    let list: Vec<_> = fields(&request)
        .into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let members: serde_json::Map<_, _> =
        fields(&request).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let har = json!({"method": "POST", "url": "http://a/hook", "headers": list,
        "postData": {"text": body(&request)}});
    for (value, note) in [
        (json!({"entries": [{"request": har}]}), "HAR"),
        (json!({"request": har, "response": {}}), "HAR"),
        (har, "HAR"),
        (json!({"request": {"raw": base64(&request)}}), "a raw request in base64"),
        (json!({"requests": [{"request": {"raw": base64(&request)}}]}), "a raw request in base64"),
        (json!({"headers": members, "content": body(&request)}), "header fields and body"),
        (json!({"headers": members, "data": body(&request), "json": {}}), "header fields and body"),
        (json!({"headers": members, "rawBody": body(&request), "body": {}}), "fields and body"),
    ] {
        assert_read(&verify(value.to_string(), &[]), note);
    }
}

#[test]
fn the_last_empty_line_of_a_head_may_be_missing() {
    let request = delivery("user-created");
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "body.json", body(&request));
    let (head, _) = request.split_once("\r\n\r\n").expect("the head ends");
    for end in ["", "\n", "\r\n", "\n\n", "\r\n\r\n"] {
        assert_read(&verify(format!("{head}{end}"), &["--body", &file]), "");
    }
    let table = head.lines().skip(1).map(|line| line.replacen(": ", "\t", 1) + "\n");
    let general = "Request URL\nhttps://a/hook\nRequest Method\nPOST\nStatus Code\n401 No\n";
    let pairs = head.lines().skip(1).map(|line| line.replacen(": ", "\n", 1) + "\n");
    let old = "Request URL: https://a/hook\nRequest Method: POST\nStatus Code: 401\n\n";
    for text in [
        table.collect::<String>(),
        format!("{general}{}", pairs.collect::<String>()),
        format!("{old}{}", head.split_once("\r\n").expect("there are fields").1),
    ] {
        assert_read(&verify(text, &["--body", &file]), "a list of header fields");
    }
}

/// Other text must not pass as a list of fields.
#[test]
fn other_text_is_no_list_of_fields() {
    for text in [
        "2026-11-23T07:41:31Z INFO request received",
        "00000000: 504f 5354 202f 686f  POST /ho",
        "r.Header: map[Date:[Mon]]",
    ] {
        verify(text, &[]).assert_unusable("no request line, and no header field of a request");
    }
    verify(" \r\n\t", &[]).assert_unusable("there is only white space in it");
    verify("{'Date': 'x'}", &[]).assert_unusable("a Python dict");
    for (text, what) in [
        ("fetch(\"http://a\")", "a command that sends a request"),
        ("curl.exe -v a", "a curl command"),
        ("BZh91AY", "a bzip2 file"),
        ("SQLite format 3\0", "a database"),
    ] {
        verify(text, &[]).assert_unusable(what);
    }
}

#[test]
fn the_time_can_be_given_as_people_have_it() {
    let request = delivery("user-created");
    let at = |now: &str| hooksig(&["verify", "--secret", SECRET, "--now", now], request.as_str());
    for now in [
        "1795419691",
        "Mon, 23 Nov 2026 07:41:31 GMT",
        "2026-11-23T07:41:31Z",
        "2026-11-23T09:41:31+02:00",
        "date",
    ] {
        at(now).assert_valid("user:created, signed 0 s ago with secret 1 of 1, covers date digest");
    }
    at("2026-11-23T08:41:31Z").assert_invalid("date-too-old");
    for now in ["noon", "", "2026-11-23"] {
        assert_eq!(at(now).code, 2, "{now}");
    }
    let dated = edit(&request, "Date: Mon, 23 Nov 2026 07:41:31 GMT\r\n", "");
    let run = hooksig(&["verify", "--secret", SECRET, "--now", "date"], dated);
    run.assert_invalid("missing-date");
    let listen = hooksig(&["listen", "--secret", SECRET, "--now", "date", "localhost:0"], "");
    listen.assert_unusable("--now date is for recordings only");
}

#[test]
fn verify_points_to_explain() {
    let run = verify(delivery("user-created").replace("\"admin\":false", "\"admin\":true "), &[]);
    run.assert_invalid("digest-mismatch");
    assert!(run.stderr.contains("`hooksig explain` shows each rule"), "{run:?}");
    assert_eq!(verify(delivery("user-created"), &[]).stderr, "");
}
