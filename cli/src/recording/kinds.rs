//! Recognises the kind of a recording.

use std::borrow::Cow;

use anyhow::{anyhow, bail};

use super::{Recording, head, json, pasted, text};

/// Unreadable kinds of files: first bytes, name, advice.
const UNREADABLE: [(&[u8], &str, &str); 27] = [
    (b"\x1f\x8b", "a gzip file", "unpack it with `gunzip`"),
    (b"PK\x03\x04", "a zip archive", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it with `zstd -d`"),
    (b"BZh", "a bzip2 file", "unpack it with `bunzip2`"),
    (b"\xfd7zXZ", "an xz file", "unpack it with `unxz`"),
    (b"%PDF", "a PDF file", RECORD),
    (b"\x89PNG", "a picture", RECORD),
    (b"\xff\xd8\xff", "a picture", RECORD),
    (b"\x7fELF", "a program", RECORD),
    (b"SQLite format 3", "a database", RECORD),
    (b"\xd4\xc3\xb2\xa1", PCAP, WIRESHARK),
    (b"\xa1\xb2\xc3\xd4", PCAP, WIRESHARK),
    (b"\x0a\x0d\x0d\x0a", PCAP, WIRESHARK),
    (b"\x16\x03", "TLS traffic, which is encrypted", "record it where TLS ends"),
    (b"PRI * HTTP/2", "a binary HTTP/2 connection", "export the request as text"),
    (b"PROXY TCP", "a request after a line of the PROXY protocol", "delete the first line"),
    (b"HTTP/", "an HTTP response", "record the request that it answers"),
    (b"<?xml", "an XML file", "export the request as raw text or HAR"),
    (b"<!doctype html", "an HTML page", RECORD),
    (b"<html", "an HTML page", RECORD),
    (b"curl ", "a curl command", CURL),
    (b"curl.exe ", "a curl command", CURL),
    (b"fetch(", SCRIPT, RECORD),
    (b"await fetch(", SCRIPT, RECORD),
    (b"wget ", SCRIPT, RECORD),
    (b"invoke-", SCRIPT, RECORD),
    (b"$session", SCRIPT, RECORD),
];

const RECORD: &str = "record the request itself";
const SCRIPT: &str = "a command that sends a request";
const CURL: &str = "run it with `-v`, and give its output here and its body with --body";
const PCAP: &str = "a packet capture";
const WIRESHARK: &str = "in Wireshark, follow the TCP stream and save the request as raw data";

/// Recognises the kind of `bytes` and reads it.
///
/// `body_apart` is true if the body is given separately.
pub(super) fn read(bytes: Vec<u8>, body_apart: bool) -> anyhow::Result<Recording> {
    if bytes.is_empty() {
        return Err(unreadable("at offset 0 (line 1): the input is empty"));
    }
    let (text, note) = text::decode(&bytes);
    if text.trim_ascii().is_empty() {
        return Err(unreadable("there is only white space in it"));
    }
    let (text, how) = pasted::unwrap(&text);
    let text = if body_apart { with_end(&text) } else { text };
    let mut recording = read_text(&text, body_apart)?;
    recording.notes.extend(note.into_iter().chain(how).map(str::to_owned));
    Ok(recording)
}

/// Adds the empty line after the fields if nothing follows them.
fn with_end(text: &[u8]) -> Cow<'_, [u8]> {
    let is_ended = lines(text.trim_ascii_start()).any(<[u8]>::is_empty);
    let ended = || [text.trim_ascii_end(), b"\r\n\r\n"].concat();
    if is_ended && !text.ends_with(b"\n") || text.ends_with(b"\n\n") || text.ends_with(b"\n\r\n") {
        return text.into();
    }
    ended().into()
}

fn read_text(text: &[u8], body_apart: bool) -> anyhow::Result<Recording> {
    let start = text.trim_ascii_start();
    let is_kind = |magic: &[u8]| begins(text, magic) || begins(start, magic);
    if let Some((_, what, advice)) = UNREADABLE.iter().find(|(magic, ..)| is_kind(magic)) {
        return Err(unreadable(&format!("this is {what}: {advice}")));
    }
    match start {
        [b'{' | b'[', ..] => json::read(start, body_apart),
        _ if is_curl_verbose(start) => read_curl_verbose(start, body_apart),
        _ if is_curl_trace(start) => Err(unreadable(
            "this is the output of `curl --trace`: record that of `curl -v`, and give the body \
             with --body",
        )),
        _ => head::read(text),
    }
}

fn begins(text: &[u8], magic: &[u8]) -> bool {
    text.get(..magic.len()).is_some_and(|start| start.eq_ignore_ascii_case(magic))
}

pub(super) fn unreadable(what: &str) -> anyhow::Error {
    anyhow!("not a readable request: {what}")
}

pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Checks for the line marks of `curl -v`: `*` information, `>` sent, `<` received, `{` `}`
/// transferred.
///
/// Its progress meter may precede them.
fn is_curl_verbose(text: &[u8]) -> bool {
    let marks = |line: &[u8]| matches!(line, [b'*' | b'>' | b'<' | b'{' | b'}', b' ', ..]);
    let meter = |line: &[u8]| line.trim_ascii_start().starts_with(b"% Total");
    lines(text).next().is_some_and(|line| marks(line) || meter(line))
        && lines(text).any(|line| line.starts_with(b"> "))
}

fn is_curl_trace(text: &[u8]) -> bool {
    lines(text).take(100).any(|line| {
        line.windows(14).any(|part| part == b"=> Send header" || part == b"== Info: Tryin")
    })
}

fn read_curl_verbose(text: &[u8], body_apart: bool) -> anyhow::Result<Recording> {
    let sent = lines(text).filter_map(|line| line.strip_prefix(b">"));
    let sent: Vec<_> = sent.map(|line| line.strip_prefix(b" ").unwrap_or(line)).collect();
    let ends = sent.iter().filter(|line| line.is_empty()).count();
    if ends > 1 {
        bail!(unreadable(&format!(
            "this is the output of `curl -v` with {ends} requests: keep the lines of one"
        )));
    }
    if !body_apart {
        bail!(unreadable(
            "this is the output of `curl -v`, which lacks the body that was sent: give it with \
             --body FILE"
        ));
    }
    let mut head = sent.join(b"\r\n".as_slice());
    head.extend(if ends == 1 { b"\r\n".as_slice() } else { b"\r\n\r\n" });
    let recording = head::read(&head)?;
    Ok(recording
        .noting("the file is the output of `curl -v`; the request is in its lines with `>`"))
}
