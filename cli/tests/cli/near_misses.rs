//! The near misses of `hooksig explain`, and requests that have none.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{Key, Request, Signer, digest, drone, signature_len};
use hooksig_vectors::SECRET;
use serde_json::Value;
use tempfile::TempDir;

use crate::{RECORDED, Run, delivery, edit, hooksig, write};

const BODY: &str = r#"{"event":"build","action":"created","n":1}"#;
const DATE: &str = "Mon, 23 Nov 2026 07:41:31 GMT";

/// Returns a request with these fields and this body, and a Content-Length that fits.
fn request(fields: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut raw = format!("POST /hook HTTP/1.1\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in fields {
        raw += &format!("{name}: {value}\r\n");
    }
    [raw.as_bytes(), b"\r\n", body].concat()
}

/// Returns the value of `Signature` over `covered` of these fields.
pub(crate) fn sign(secret: &[u8], covered: &[&str], fields: &[(&str, &str)]) -> String {
    let key = Key::new(secret).expect("the secret is not empty");
    let mut room = vec![0; signature_len("hmac-key", covered)];
    let request = Request::new("POST", "/hook", fields);
    let signer = Signer::new(&key, "hmac-key").expect("the keyId is fine");
    let value = signer.sign(&request, covered, &mut room).expect("it can be signed");
    String::from_utf8(value.to_vec()).expect("it is ASCII")
}

/// Returns a delivery signed with `secret`, with the received body.
fn signed(secret: &[u8], sent: &[u8], received: &[u8]) -> Vec<u8> {
    let key = Key::new(secret).expect("the secret is not empty");
    let headers = drone::sign(&key, sent, 1_795_419_691).expect("the year is 2026");
    let fields = [
        ("Date", headers.date()),
        ("Digest", headers.digest()),
        ("Signature", headers.signature()),
    ];
    request(&fields, received)
}

/// Explains a request with these bytes as the secret file.
fn explain(secret: &[u8], raw: Vec<u8>) -> (Run, Vec<(String, String)>) {
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "secret", secret);
    let run = hooksig(&["explain", "--json", "--now", RECORDED, "--secret-file", &file], raw);
    let report: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let found = report["near_misses"].as_array().expect("it is a list").iter().map(|found| {
        let text = |name: &str| found[name].as_str().expect("it is text").to_owned();
        (text("name"), text("advice"))
    });
    let found = found.collect();
    (run, found)
}

#[track_caller]
fn assert_found(secret: impl AsRef<[u8]>, raw: Vec<u8>, name: &str, words: &str) {
    let (run, found) = explain(secret.as_ref(), raw);
    assert_eq!(found.len(), 1, "{name}: {found:?} in {run:?}");
    assert_eq!(found[0].0, name, "{found:?}");
    assert!(found[0].1.contains(words), "{words}: {found:?}");
    assert!(found[0].1.ends_with('.') && !found[0].1.contains(". "), "{found:?}");
}

#[track_caller]
fn assert_none(secret: impl AsRef<[u8]>, raw: Vec<u8>) {
    let (run, found) = explain(secret.as_ref(), raw);
    assert_eq!(found, [], "{run:?}");
    assert_eq!(run.code, 1, "{run:?}");
}

fn utf_16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The server's secret, the receiver's, the name and the advice.
#[test]
fn secrets_with_something_around_them_are_found() {
    for (theirs, ours, name, words) in [
        ("s3cret\r", "s3cret", "newline-after-secret", "a carriage return at its end"),
        ("s3cret\n\n", "s3cret", "newline-after-secret", "two newlines"),
        ("s3cret\t", "s3cret", "space-around-secret", "a tab at its end"),
        ("s3cret\\n", "s3cret", "escape-after-secret", "a backslash and `n`"),
        ("s3cret\\r\\n", "s3cret", "escape-after-secret", "the text `\\r\\n`"),
        ("\u{feff}s3cret", "s3cret", "byte-order-mark-before-secret", "a byte order mark at its"),
        ("DRONE_WEBHOOK_SECRET=s3cret", "s3cret", "name-before-secret", "remove the name and the"),
        ("s3cret", "\u{feff}s3cret", "byte-order-mark-in-secret", "without the byte order mark"),
        ("s3cret", "s3cret\\n", "escape-in-secret", "without the backslash and letter"),
        ("s3cret", "ANY_NAME=s3cret", "name-in-secret", "give only the value here"),
        ("s3cret", "export ANY=s3cret", "name-in-secret", "give only the value here"),
        ("s3cret", "secret: s3cret", "name-in-secret", "give only the value here"),
        ("s3cret", "s3cret\t", "untrimmed-secret", "without the white space"),
        ("s3cret", "s3cret\u{a0}", "invisible-in-secret", "without the invisible"),
        ("s3cret", "\u{201c}s3cret\u{201d}", "invisible-in-secret", "typographic quotes"),
        ("s3cret\u{200b}", "s3cret", "invisible-after-secret", "invisible character"),
        ("s3cret", "s3cret\r\r\n", "untrimmed-secret", "without the white space"),
    ] {
        assert_found(ours, signed(theirs.as_bytes(), b"{}", b"{}"), name, words);
    }
}

/// Breaks `text` into lines of this width, without an end after the last.
fn wrapped(text: &str, width: usize, end: &str) -> Vec<u8> {
    text.as_bytes().chunks(width).collect::<Vec<_>>().join(end.as_bytes())
}

#[test]
fn secrets_in_another_encoding_are_found() {
    let long = "0123456789abcdef".repeat(5);
    let base64 = |text: &str| BASE64_STANDARD.encode(text);
    for (theirs, ours, name) in [
        (base64("s3cret").into_bytes(), b"s3cret".to_vec(), "base64-encoded-secret"),
        (b"s3cret".to_vec(), base64("s3cret").into_bytes(), "base64-decoded-secret"),
        (b"s3cret".to_vec(), base64("s3cret").replace('=', "").into(), "base64-decoded-secret"),
        (b"s3cret\n".to_vec(), base64("s3cret\n").into_bytes(), "base64-decoded-secret"),
        (long.clone().into(), wrapped(&base64(&long), 76, "\n"), "base64-decoded-secret"),
        (long.clone().into(), wrapped(&base64(&long), 64, "\r\n"), "base64-decoded-secret"),
        (wrapped(&base64(&long), 76, "\n"), long.clone().into(), "base64-encoded-secret"),
        (wrapped(&base64(&long), 64, "\r\n"), long.clone().into(), "base64-encoded-secret"),
        (base64(&long).into(), wrapped(&base64(&long), 76, "\r\n"), "wrapped-secret"),
        (wrapped(&base64(&long), 76, "\r\n"), base64(&long).into(), "wrapped-secret"),
        (utf_16("s3cret"), b"s3cret".to_vec(), "utf-16-secret"),
        (b"s3cret".to_vec(), utf_16("s3cret\r\n"), "utf-16-secret"),
        (b"s3 cret".to_vec(), b"s3%20cret".to_vec(), "percent-decoded-secret"),
        (b"s3%2Bcret".to_vec(), b"s3+cret".to_vec(), "percent-encoded-secret"),
        (b"s3$cret".to_vec(), b"s3$$cret".to_vec(), "dollar-in-secret"),
        ("schl\u{fc}ssel".into(), "schlu\u{308}ssel".into(), "transcoded-secret"),
        (b"schl\xfcssel".to_vec(), "schl\u{fc}ssel".into(), "transcoded-secret"),
    ] {
        assert_found(ours, signed(&theirs, b"{}", b"{}"), name, "");
    }
}

#[test]
fn two_changes_of_a_secret_are_found() {
    let base64 = |text: &str| BASE64_STANDARD.encode(text);
    for (theirs, ours, name) in [
        ("\"s3cret\"\n", "s3cret", "quotes-around-secret+newline-after-secret"),
        ("\"s3cret\n\"", "s3cret", "newline-after-secret+quotes-around-secret"),
        (&base64("s3cret\n"), "s3cret", "newline-after-secret+base64-encoded-secret"),
        (
            &format!("{}\n", base64("s3cret")),
            "s3cret",
            "base64-encoded-secret+newline-after-secret",
        ),
        ("s3cret", &base64("s3cret\n"), "base64-decoded-secret+untrimmed-secret"),
        ("s3cret", "NAME='s3cret'", "name-in-secret+quoted-secret"),
        ("s3cret", "\u{feff}NAME=s3cret", "byte-order-mark-in-secret+name-in-secret"),
        ("s3cret\n", "\"s3cret\"", "quoted-secret+newline-after-secret"),
    ] {
        let raw = signed(theirs.as_bytes(), b"{}", b"{}");
        assert_found(ours, raw, name, "The sender's secret is ");
    }
}

/// Every pair of changes, both on one side or one on each.
#[test]
fn every_pair_of_changes_of_a_secret_is_found() {
    type Change = fn(&[u8]) -> Vec<u8>;
    const LONG: &[u8] = b"0123456789abcdef0123456789abcdef0123456789ABCDEF0123456789ABCDEF";
    let changes: [(&str, Change); 10] = [
        ("carriage return", |text| [text, b"\r"].concat()),
        ("tab", |text| [text, b"\t"].concat()),
        ("two newlines", |text| [text, b"\n\n"].concat()),
        ("backslash and n", |text| [text, b"\\n"].concat()),
        ("quotes", |text| [b"\"", text, b"\""].concat()),
        ("byte order mark", |text| ["\u{feff}".as_bytes(), text].concat()),
        ("name", |text| [b"DRONE_WEBHOOK_SECRET=", text].concat()),
        ("base64", |text| BASE64_STANDARD.encode(text).into()),
        ("wrapped base64", |text| wrapped(&BASE64_STANDARD.encode(text), 64, "\r\n")),
        ("UTF-16", |text| str::from_utf8(text).map_or_else(|_| text.to_vec(), utf_16)),
    ];
    let is_found = |theirs: &[u8], ours: &[u8]| {
        let (_, found) = explain(ours, signed(theirs, b"{}", b"{}"));
        matches!(found.as_slice(), [(_, advice)] if advice.starts_with("The sender's secret is "))
    };
    let mut missed = Vec::new();
    for (at, (first, inner)) in changes.into_iter().enumerate() {
        for (index, (second, outer)) in changes.into_iter().enumerate() {
            let both = outer(&inner(LONG));
            // The sides take turns, because all three with each pair take long.
            let (side, theirs, ours) = match (at + index) % 3 {
                0 => ("server", both, LONG.to_vec()),
                1 => ("receiver", LONG.to_vec(), both),
                _ => ("each", inner(LONG), outer(LONG)),
            };
            // One newline at the end of a secret file is not part of the secret.
            if theirs != ours && !is_found(&theirs, &[&ours, b"\n".as_slice()].concat()) {
                missed.push(format!("{side}: {first}, then {second}"));
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

/// The core refuses an empty secret, but a server does not.
#[test]
fn a_server_without_a_secret_is_found() {
    use hmac::{Hmac, KeyInit, Mac};
    let digest = digest::field(BODY);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"").expect("any length will do");
    mac.update(format!("date: {DATE}\ndigest: {}", digest.as_str()).as_bytes());
    let signature = format!(
        "keyId=\"hmac-key\",algorithm=\"hmac-sha256\",signature=\"{}\",headers=\"date digest\"",
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    );
    let fields = [("Date", DATE), ("Digest", &digest), ("Signature", &signature)];
    let words = "DRONE_WEBHOOK_SECRET is unset or empty on the server";
    assert_found(SECRET, request(&fields, BODY.as_bytes()), "server-without-secret", words);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("it is written to memory")
}

#[test]
fn bodies_that_were_put_into_something_are_found() {
    let body = BODY.as_bytes();
    let escaped = Value::from(BODY).to_string();
    let form = BODY.replace('{', "%7B").replace('"', "%22").replace(',', "%2C").replace('}', "%7D");
    let multipart = format!(
        "--x\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{BODY}\r\n--x--\r\n"
    );
    for (sent, received, name, words) in [
        (body, BASE64_STANDARD.encode(BODY).into_bytes(), "base64-body", "was put into base64"),
        (body, format!("{}\n", BASE64_STANDARD.encode(BODY)).into(), "base64-body", "base64"),
        (body, escaped.clone().into(), "body-in-json-string", "into a JSON string"),
        (body, escaped.trim_matches('"').into(), "body-in-json-string", "into a JSON string"),
        (
            body,
            format!("{{\"isBase64Encoded\":false,\"body\":{escaped}}}").into(),
            "body-in-json-member",
            "another JSON object",
        ),
        (body, format!("payload={form}").into(), "body-in-form-field", "into a form field"),
        (body, format!("a=b&payload={form}&c=d").into(), "body-in-form-field", "a form field"),
        (body, format!("{form}=").into(), "body-in-form-field", "into a form field"),
        (body, form.clone().into(), "percent-encoded-body", "was percent-encoded"),
        (body, multipart.into(), "body-in-multipart-form", "a multipart form"),
        (body, gzip(body), "compressed-body", "was compressed (gzip)"),
        (body, BODY.replace('"', "&quot;").into(), "html-escaped-body", "escaped as HTML"),
        (b"{\"a\": 1}", b"{\n  \"a\": 1\n}\n".to_vec(), "re-indented-json", "was re-indented"),
        (b"{\"a\":\"<\"}\n", b"eyJhIjoiPCJ9Cg==".to_vec(), "base64-body", "was put into base64"),
        // Two changes.
        (
            body,
            format!("payload={}", BASE64_STANDARD.encode(BODY).replace('=', "%3D")).into(),
            "body-in-form-field+base64-body",
            "was put into base64 (as API gateways do: `isBase64Encoded`), and then",
        ),
    ] {
        assert_found(SECRET, signed(SECRET.as_bytes(), sent, &received), name, words);
    }
}

#[test]
fn compressed_bodies_of_each_coding_are_found() {
    use flate2::{Compression, write};
    let body = BODY.as_bytes();
    let len = u8::try_from(BODY.len()).expect("it is short");
    let mut zlib = write::ZlibEncoder::new(vec![], Compression::best());
    let mut raw = write::DeflateEncoder::new(vec![], Compression::best());
    zlib.write_all(body).and_then(|()| raw.write_all(body)).expect("it is written to memory");
    // A frame of one block, and one meta-block, both without compression.
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x20, len, len << 3 | 1, len >> 5, 0];
    let brotli = [(len - 1) << 4, (len - 1) >> 4, 0x10];
    for (received, coding) in [
        (zlib.finish().expect("it is written to memory"), "deflate"),
        (raw.finish().expect("it is written to memory"), "deflate"),
        ([&zstd, body].concat(), "zstd"),
        ([&brotli, body, b"\x03"].concat(), "br"),
    ] {
        let raw = signed(SECRET.as_bytes(), body, &received);
        assert_found(SECRET, raw, "compressed-body", &format!("was compressed ({coding})"));
    }
}

#[test]
fn bodies_that_were_decompressed_are_told_by_their_field() {
    let key = Key::new(SECRET).expect("it is not empty");
    let headers = drone::sign(&key, b"\x1f\x8b\x08", 1_795_419_691).expect("the year is 2026");
    for (coding, name) in [("gzip", 1), ("deflate", 1), ("zstd", 1), ("br", 1), ("identity", 0)] {
        let fields = [
            ("Content-Encoding", coding),
            ("Date", headers.date()),
            ("Digest", headers.digest()),
            ("Signature", headers.signature()),
        ];
        let raw = request(&fields, BODY.as_bytes());
        match name {
            1 => assert_found(SECRET, raw, "decompressed-body", "verify before decompressing"),
            _ => assert_none(SECRET, raw),
        }
    }
}

#[test]
fn bodies_that_went_through_another_encoding_are_found() {
    let sent =
        "{\"event\":\"build\",\"name\":\"Zo\u{eb} M\u{fc}ller \u{2013} \u{201c}ok\u{201d}\"}";
    let simple = "{\"event\":\"build\",\"name\":\"Zo\u{eb} M\u{fc}ller\"}";
    let latin_1 = |text: &str| text.bytes().map(char::from).collect::<String>();
    let to_latin_1 = |text: &str| text.chars().map(|c| c as u32 as u8).collect::<Vec<u8>>();
    let windows = encoding_rs::WINDOWS_1252.decode(sent.as_bytes()).0.into_owned();
    let decomposed = simple.replace('\u{eb}', "e\u{308}").replace('\u{fc}', "u\u{308}");
    for (sent, received, name, words) in [
        (sent, latin_1(sent).into_bytes(), "mojibake", "was read as Latin-1 instead of UTF-8"),
        (sent, windows.into(), "mojibake", "read as windows-1252"),
        (simple, latin_1(&latin_1(simple)).into(), "mojibake", "twice read as Latin-1"),
        (simple, to_latin_1(simple), "transcoded-text", "from UTF-8 into Latin-1"),
        (simple, utf_16(simple), "transcoded-text", "from UTF-8 into UTF-16"),
        (simple, decomposed.clone().into(), "decomposed-text", "NFD"),
        (&decomposed, simple.into(), "composed-text", "NFC"),
        (sent, sent.replace('\u{eb}', "\u{fffd}").into(), "replaced-characters", "U+FFFD 1 times"),
    ] {
        assert_found(SECRET, signed(SECRET.as_bytes(), sent.as_bytes(), &received), name, words);
    }
    let cut = &simple.as_bytes()[..30];
    let raw = signed(SECRET.as_bytes(), simple.as_bytes(), cut);
    assert_found(SECRET, raw, "body-cut-off", "ends after 30 bytes, in the middle of its JSON");
}

/// The signed value, the received one, and the advice.
#[test]
fn covered_fields_that_were_changed_are_found() {
    const EXTENSION: [&str; 5] = ["accept", "accept-encoding", "content-type", "date", "digest"];
    let digest = digest::field(BODY);
    let config = "application/vnd.drone.config.v1+json";
    let sent = [
        ("Accept", config),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/json"),
        ("Date", DATE),
        ("Digest", &digest),
        ("User-Agent", "Drone-Agent"),
        ("X-Forwarded-For", "10.0.0.1"),
    ];
    for (changed, value, words) in [
        ("Accept-Encoding", Some("gzip"), "accept-encoding was `identity` and was changed"),
        ("Accept-Encoding", Some(""), "accept-encoding was `identity`"),
        ("Accept-Encoding", None, "accept-encoding was `identity` and was dropped"),
        ("Accept", Some("*/*"), "accept was `application/vnd.drone.config.v1+json`"),
        ("Accept", None, "accept was `application/vnd.drone.config.v1+json`"),
        ("Content-Type", Some("application/json; charset=utf-8"), "content-type was `application/"),
        ("Content-Type", Some("APPLICATION/JSON"), "content-type was `application/json`"),
        ("Date", Some("Mon, 23 Nov 2026 07:41:31 GMT, Mon, 23 Nov 2026 07:41:33 GMT"), "joined"),
        ("Date", Some("Mon, 23 Nov 2026 07:41:33 GMT, Mon, 23 Nov 2026 07:41:31 GMT"), "joined"),
    ] {
        let signature = sign(SECRET.as_bytes(), &EXTENSION, &sent);
        let mut fields: Vec<_> = sent.to_vec();
        for field in fields.iter_mut().filter(|field| field.0 == changed) {
            field.1 = value.unwrap_or_default();
        }
        fields.retain(|field| field.0 != changed || value.is_some());
        fields.push(("Signature", &signature));
        let name = if changed == "Date" { "changed-date" } else { "changed-field" };
        assert_found(SECRET, request(&fields, BODY.as_bytes()), name, words);
    }
    // Two of them.
    let signature = sign(SECRET.as_bytes(), &EXTENSION, &sent);
    let mut fields = sent.to_vec();
    fields[0].1 = "*/*";
    fields[1].1 = "gzip";
    fields.push(("Signature", &signature));
    let words = "have it pass accept and accept-encoding on";
    assert_found(SECRET, request(&fields, BODY.as_bytes()), "changed-field", words);
    // A list that proxies extend.
    let covered = ["date", "digest", "x-forwarded-for"];
    let signature = sign(SECRET.as_bytes(), &covered, &sent);
    let mut fields = sent.to_vec();
    fields[6].1 = "10.0.0.1, 10.0.0.2";
    fields.push(("Signature", &signature));
    let words = "x-forwarded-for was `10.0.0.1`";
    assert_found(SECRET, request(&fields, BODY.as_bytes()), "changed-field", words);
}

#[test]
fn hosts_and_targets_that_were_changed_are_found() {
    let digest = digest::field(BODY);
    let sent = [("Host", "drone.test"), ("Date", DATE), ("Digest", &digest)];
    let covered = ["(request-target)", "host", "date", "digest"];
    let signature = sign(SECRET.as_bytes(), &covered, &sent);
    let mut fields = sent.to_vec();
    fields.push(("Signature", &signature));
    let raw = String::from_utf8(request(&fields, BODY.as_bytes())).expect("it is ASCII");
    for (from, to, words) in [
        ("POST /hook ", "POST /prefix/hook ", "(request-target) was `post /hook`"),
        ("POST /hook ", "POST /hook/ ", "(request-target) was `post /hook`"),
        ("POST /hook ", "PUT /hook ", "(request-target) was `post /hook`"),
        ("POST /hook ", "POST http://drone.test/hook ", "(request-target) was `post /hook`"),
        ("Host: drone.test", "Host: drone.test:8080", "host was `drone.test`"),
        (
            "Host: drone.test",
            "Host: app:80\r\nX-Forwarded-Host: drone.test",
            "host was `drone.test`",
        ),
    ] {
        assert_found(SECRET, edit(&raw, from, to).into(), "changed-field", words);
    }
}

#[test]
fn dates_that_were_moved_or_doubled_are_found() {
    let raw = String::from_utf8(signed(SECRET.as_bytes(), BODY.as_bytes(), BODY.as_bytes()));
    let raw = raw.expect("it is ASCII");
    let own = format!("Date: {DATE}");
    const LATER: &str = "Mon, 23 Nov 2026 07:41:33 GMT";
    for name in ["X-Date", "x-amzn-Remapped-Date", "X-Original-Date", "Original-Date", "X-Sent-At"]
    {
        for date in ["", &format!("\r\nDate: {LATER}")] {
            let moved = edit(&raw, &own, &format!("{name}: {DATE}{date}"));
            assert_found(SECRET, moved.into(), "changed-date", "was moved to another field");
        }
    }
    for doubled in [format!("{own}\r\nDate: {LATER}"), format!("Date: {LATER}\r\n{own}")] {
        let words = "was sent once, and another was added on the way";
        assert_found(SECRET, edit(&raw, &own, &doubled).into(), "changed-date", words);
    }
    let another = edit(&raw, &own, "X-Date: Mon, 23 Nov 2026 07:41:00 GMT");
    assert_none(SECRET, another.into());
}

#[test]
fn a_recording_that_is_only_old_is_told_how_to_judge_it() {
    let late = ["explain", "--secret", SECRET, "--now", "1795429691"];
    let page = hooksig(&late, delivery("user-created")).stdout;
    assert!(page.contains("`--now date`"), "{page}");
    let changed = edit(&delivery("user-created"), "\"admin\":false", "\"admin\":true ");
    assert!(!hooksig(&late, changed).stdout.contains("--now date"));
    let other = ["explain", "--secret", "another", "--now", "1795429691"];
    assert!(!hooksig(&other, delivery("user-created")).stdout.contains("--now date"));
}

#[test]
fn a_signature_in_another_encoding_is_found() {
    let recorded = delivery("user-created");
    let signature = "P8779Cd0fdnp4k29alT+tPWSdsKQEXheQAYZqobl8Lo=";
    let bytes = BASE64_STANDARD.decode(signature).expect("it is base64");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    for form in [
        signature.trim_end_matches('=').to_owned(),
        signature.replace('+', "-"),
        signature.replace('+', " "),
        signature.replace('+', "%2B").replace('=', "%3D"),
        hex,
    ] {
        let raw = edit(&recorded, signature, &form).into_bytes();
        assert_found(SECRET, raw, "recoded-signature", "standard base64 with padding");
    }
}

#[test]
fn a_plainly_wrong_secret_or_body_gets_no_advice() {
    let sent = BODY.as_bytes();
    for secret in [
        "another",
        "bea26a2221fd8090ea38720fc445eca7",
        "YW5vdGhlcg==",
        "NAME=another",
        "\"another\"",
        "one,two three",
        "sch\u{fc}",
        "$x$$",
        "%41",
    ] {
        assert_none(secret, signed(SECRET.as_bytes(), sent, sent));
    }
    for body in [
        r#"{"event":"build","action":"created","n":2}"#,
        "{\"event\":\"b\u{fc}ild\"}",
        "payload=%7B%7D",
        "eyJhIjoxfQ==",
        "\"{}\"",
        "plain text",
        "--x\r\n\r\n{}\r\n--x--",
    ] {
        assert_none(SECRET, signed(SECRET.as_bytes(), sent, body.as_bytes()));
    }
    // Nor does a signature of a random body and secret over many fields.
    let digest = digest::field("other");
    let fields = [("Accept", "a"), ("Accept-Encoding", "b"), ("Date", DATE), ("Digest", &digest)];
    let signature = sign(b"any", &["accept", "accept-encoding", "date", "digest"], &fields);
    let fields = [fields.as_slice(), &[("Signature", &signature)]].concat();
    assert_none(SECRET, request(&fields, b"other"));
}

/// Bodies of about `size` bytes that many changes could have led to.
fn costly_bodies(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let changed = |body: String| signed(SECRET.as_bytes(), b"another", body.as_bytes());
    let compressed = |mut bytes: Vec<u8>| {
        // The fault comes after all output.
        bytes.truncate(bytes.len() - 1);
        signed(SECRET.as_bytes(), b"another", &bytes)
    };
    // The blocks of a frame, each of 131,072 times the same byte.
    let zstd = [b"\x28\xb5\x2f\xfd\x00\x58".to_vec(), b"\x02\x00\x10a".repeat(size / 4)];
    vec![
        ("base64", changed(BASE64_STANDARD.encode("a".repeat(size * 3 / 4)))),
        ("gzip", compressed(gzip(&vec![0; size]))),
        ("zstd", compressed(zstd.concat())),
        ("numbers", changed(format!("[{}1]", "1,".repeat(size / 2)))),
        ("members", changed(format!("{{{}\"a\":1}}", "\"a\":\"eyJ9\",".repeat(size / 11)))),
        ("a JSON text", changed(format!("{{\"a\":\"{}\"}}", "\\u00e9".repeat(size / 6)))),
        ("nested lists", changed(format!("{}{}", "[".repeat(100), "[],".repeat(size / 3)))),
        ("letters", changed("\u{e9}\u{20ac}".repeat(size / 5))),
        ("form fields", changed("a=%7b&".repeat(size / 6))),
    ]
}

/// Returns the fields of a delivery with this signature over more than `date digest`.
fn unfitting(signature: &str, more: &str) -> String {
    let digest = digest::field("{}").to_string();
    format!(
        "Date: {DATE}\r\nDigest: {digest}\r\nSignature: keyId=\"hmac-key\",\
         algorithm=\"hmac-sha256\",signature=\"{signature}\",headers=\"date digest{more}\"\r\n"
    )
}

fn with_fields(fields: &[&str]) -> Vec<u8> {
    let fields = fields.concat();
    format!("POST /hook HTTP/1.1\r\nContent-Length: 2\r\n{fields}\r\n{{}}").into_bytes()
}

/// Requests of about `size` bytes that cost once names times fields, or candidates times bytes.
fn costly(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let any = BASE64_STANDARD.encode([7; 32]);
    let name = |index| format!("x-{}-{index}-{}", "a".repeat(40), "b".repeat(40));
    let names: Vec<String> = (0..126).map(name).collect();
    let short: Vec<String> = (0..8).map(|index| format!("x{index}")).collect();
    let covering = |names: &[String], fields: &str| {
        with_fields(&[&unfitting(&any, &format!(" {}", names.join(" "))), fields])
    };
    let each = |value: &str| -> String {
        names.iter().map(|name| format!("{name}: {value}\r\n")).collect()
    };
    let cycle = |count: usize, names: &[String]| -> String {
        names.iter().cycle().take(count).map(|name| format!("{name}: v\r\n")).collect()
    };
    // Each is joined in 136 ways, and any two may have been.
    let lists = (0..16).map(|index| format!("{index}{}", "v".repeat(size / 5000)));
    let lists = lists.collect::<Vec<_>>().join(",");
    let tiny = "a:\r\n".repeat(size / 10) + &each("v");
    vec![
        ("long values", covering(&names, &each(&"v".repeat(size / 140)))),
        ("tiny fields", covering(&names, &tiny)),
        ("repeated fields", covering(&names, &cycle(size / 100, &names))),
        ("eight repeated names", covering(&short, &cycle(size / 10, &short))),
        ("lists", covering(&names, &each(&lists))),
        ("a long signature", with_fields(&[&unfitting(&"A".repeat(size), "")])),
        ("a long list", with_fields(&[&unfitting(&any, &" x".repeat(size / 2))])),
        ("a long field", with_fields(&[&unfitting(&any, ""), "A: ", &"v".repeat(size), "\r\n"])),
    ]
}

#[test]
fn explaining_large_requests_has_an_end() {
    // A release build gets the largest requests and the costliest bodies, and the time that it
    // promises for them.
    let (head, body, seconds) = match cfg!(debug_assertions) {
        true => (1_000_000, 200_000, 60),
        false => (10_000_000, 2_000_000, 5),
    };
    for (what, raw) in costly(head).into_iter().chain(costly_bodies(body)) {
        let start = Instant::now();
        let (run, found) = explain(SECRET.as_bytes(), raw);
        assert_eq!((run.code, found), (1, vec![]), "{what}");
        assert!(start.elapsed() < Duration::from_secs(seconds), "{what}: {:?}", start.elapsed());
    }
}

/// Framings and containers of a body that programs print.
#[test]
fn printed_bodies_are_found() {
    let numbers: Vec<_> = BODY.bytes().map(|byte| byte.to_string()).collect();
    let chunked = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    for (received, name) in [
        (chunked, "chunked-body"),
        (format!("{BODY}{BODY}"), "doubled-body"),
        (format!("[{}]", numbers.join(" ")), "body-in-numbers"),
        (format!("[{}]", numbers.join(",")), "body-in-numbers"),
        (format!(r#"{{"type":"Buffer","data":[{}]}}"#, numbers.join(",")), "body-in-numbers"),
        // The order of its members and the digits of its numbers are kept.
        (format!(r#"{{"data":{BODY}}}"#), "body-in-json-member"),
    ] {
        assert_found("s3cret", signed(b"s3cret", BODY.as_bytes(), received.as_bytes()), name, "");
    }
}

#[test]
fn a_digest_that_was_dropped_or_respelled_is_found() {
    let genuine = signed(b"s3cret", BODY.as_bytes(), BODY.as_bytes());
    let genuine = String::from_utf8(genuine).expect("it is ASCII");
    let line = genuine.lines().find(|line| line.starts_with("Digest: ")).expect("it is there");
    let dropped = edit(&genuine, &format!("{line}\r\n"), "").into_bytes();
    assert_found("s3cret", dropped, "changed-field", "dropped on the way");
    let respelled = edit(&genuine, "Digest: SHA-256=", "Digest: sha-256=").into_bytes();
    assert_found("s3cret", respelled, "changed-field", "spelled differently");
}

/// Signatures of products without a row of their own, and passwords.
#[test]
fn other_signatures_are_named_by_their_field() {
    for (field, value, name, words) in [
        ("X-Any-Signature-V2", "x", "unknown-signature", "the field X-Any-Signature-V2 of another"),
        ("Signature", &"0a".repeat(32), "unknown-signature", "only hexadecimal digits"),
        ("Authorization", "Basic YTpi", "unsigned-credentials", "a user name and a password"),
        ("Authorization", "Bearer abc", "unsigned-credentials", "holds a token"),
    ] {
        assert_found("s3cret", request(&[(field, value)], b"{}"), name, words);
    }
}
