//! Raw requests, and lists of header fields copied from developer tools.

use super::{
    Recording,
    kinds::{lines, unreadable},
};

/// Headings and summaries of developer tools, which are not fields.
const CAPTIONS: [&str; 10] = [
    "general",
    "remote address",
    "request url",
    "request method",
    "referrer policy",
    "status code",
    "request headers",
    "response headers",
    "provisional headers are shown",
    "raw",
];

pub(super) fn read(text: &[u8]) -> anyhow::Result<Recording> {
    // HTTP/1.1 allows empty lines before a request, and pasted text often has them.
    let first = lines(text).find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let (head, body) = split_head(text);
    let rest: Vec<_> = lines(head).skip(1).collect();
    // Without any field, it is rather a recording that was cut off.
    if let Some(line) = without_version(first)
        && rest.iter().any(|line| line.contains(&b':'))
    {
        let rest = rest.join(b"\r\n".as_slice());
        let text = [line.as_slice(), b"\r\n", &rest, b"\r\n", body].concat();
        return Ok(Recording::new(text, true, None)
            .noting("the request line names no version and is read as HTTP/1.1"));
    }
    if let Some((line, version)) = split_version(first) {
        let old = matches!(version, b"HTTP/1.1" | b"HTTP/1.0");
        if old
            && !lines(text).take_while(|line| !line.is_empty()).any(|line| line.starts_with(b":"))
        {
            return Ok(Recording::new(text.to_vec(), true, None));
        }
        return Ok(of_http2(text, line, version));
    }
    if first.contains(&b':') || first.contains(&b'\t') || is_alternating(text) {
        return field_list(text);
    }
    // The parser reports the fault in the request line.
    Ok(Recording::new(text.to_vec(), true, None))
}

/// Completes a request line without a version, as editors write it: `POST https://host/hook`.
fn without_version(line: &[u8]) -> Option<Vec<u8>> {
    let (method, target) = line.split_at(line.iter().position(|&byte| byte == b' ')?);
    let target = target.trim_ascii();
    let is_method = method.len() > 2 && method.iter().all(u8::is_ascii_uppercase);
    let is_target = target.starts_with(b"/") || target.starts_with(b"http");
    (is_method && is_target && !target.contains(&b' '))
        .then(|| [method, b" ", path_of(target), b" HTTP/1.1"].concat())
}

/// Splits a request line into the part before its version, and the version.
fn split_version(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = line.iter().rposition(|&byte| byte == b' ')?;
    let version = line[space + 1..].trim_ascii();
    version.starts_with(b"HTTP/").then(|| (&line[..space], version))
}

/// Rewrites a request of a later HTTP version as HTTP/1.1.
fn of_http2(text: &[u8], line: &[u8], version: &[u8]) -> Recording {
    let (head, body) = split_head(text);
    let mut list = FieldList::default();
    lines(head).skip_while(|line| split_version(line).is_none()).skip(1).for_each(|line| {
        list.add_line(line);
    });
    let mut head = [line, b" HTTP/1.1\r\n"].concat();
    head.extend(list.head());
    head.extend(b"\r\n");
    head.extend(body);
    let version = String::from_utf8_lossy(version).into_owned();
    let known = ["HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/2.0", "HTTP/3", "HTTP/3.0"];
    if !known.contains(&version.as_str()) {
        return Recording::new(text.to_vec(), true, None);
    }
    Recording::new(head, true, None)
        .noting(&format!("the request was recorded as {version} and is read as HTTP/1.1"))
}

/// Splits off the head with its last line end. The rest begins after the empty line.
fn split_head(text: &[u8]) -> (&[u8], &[u8]) {
    let start = text.len() - text.trim_ascii_start().len();
    let mut at = start;
    for line in text[start..].split_inclusive(|&byte| byte == b'\n') {
        if matches!(line, b"\r\n" | b"\n") {
            return (&text[start..at], &text[at + line.len()..]);
        }
        at += line.len();
    }
    (&text[start..], b"")
}

/// Returns true if names and values alternate line by line.
fn is_alternating(text: &[u8]) -> bool {
    let (head, _) = split_head(text);
    let lines: Vec<_> = lines(head).filter(|line| !line.is_empty()).collect();
    let is_name = |line: &&[u8]| {
        let name = line.trim_ascii();
        let name = name.strip_prefix(b":").unwrap_or(name);
        let name = name.strip_suffix(b":").unwrap_or(name);
        let is_caption =
            CAPTIONS.iter().any(|caption| name.eq_ignore_ascii_case(caption.as_bytes()));
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        is_caption || !name.is_empty() && name.iter().all(is_letter)
    };
    lines.len() >= 4 && lines.len().is_multiple_of(2) && lines.iter().step_by(2).all(is_name)
}

fn field_list(text: &[u8]) -> anyhow::Result<Recording> {
    let (head, mut body) = split_head(text);
    let mut list = FieldList::default();
    if is_alternating(text) {
        let lines: Vec<_> = lines(head).filter(|line| !line.is_empty()).collect();
        for pair in lines.chunks_exact(2) {
            let name = pair[0].trim_ascii();
            list.add(name.strip_suffix(b":").unwrap_or(name), pair[1]);
        }
    } else {
        lines(head).for_each(|line| list.add_line(line));
    }
    // The general section of developer tools precedes the fields.
    while list.fields.is_empty() && !body.is_empty() {
        let (head, rest) = split_head(body);
        lines(head).for_each(|line| list.add_line(line));
        body = rest;
    }
    if !list.has_common_field() {
        return Err(unreadable("there is no request line, and no header field of a request"));
    }
    let line = list.request_line();
    let has_request_line = line.is_some();
    let mut text = line.unwrap_or_default();
    text.extend(list.head());
    text.extend(b"\r\n");
    text.extend(body);
    let what = if has_request_line { "" } else { " without a request line" };
    Ok(Recording::new(text, has_request_line, None)
        .noting(&format!("the file is a list of header fields{what}")))
}

/// Fields as developer tools list them, including HTTP/2 pseudo-fields.
#[derive(Default)]
struct FieldList<'a> {
    method: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    authority: Option<&'a [u8]>,
    fields: Vec<(&'a [u8], &'a [u8])>,
    /// True within a section of response fields.
    in_response: bool,
}

impl<'a> FieldList<'a> {
    fn add_line(&mut self, line: &'a [u8]) {
        let skipped = usize::from(line.starts_with(b":"));
        match line[skipped..].iter().position(|byte| b":\t".contains(byte)) {
            Some(colon) => self.add(&line[..skipped + colon], &line[skipped + colon + 1..]),
            None => self.add(line, b""),
        }
    }

    fn add(&mut self, name: &'a [u8], value: &'a [u8]) {
        let value = value.trim_ascii();
        let lower = String::from_utf8_lossy(name).trim().to_lowercase();
        if lower.starts_with("request headers") || lower.starts_with("response headers") {
            self.in_response = lower.starts_with("response");
        }
        if self.in_response {
            return;
        }
        match lower.as_str() {
            "" => {}
            ":method" | "request method" => self.method = Some(value),
            ":path" => self.path = Some(value),
            ":authority" => self.authority = Some(value),
            "request url" => self.path = Some(path_of(value)),
            caption if CAPTIONS.contains(&caption) => {}
            _ if lower.starts_with(':') => {}
            _ => self.fields.push((name, value)),
        }
    }

    /// Returns true if a field is one of a request, not a word before a colon in other text.
    fn has_common_field(&self) -> bool {
        const COMMON: [&str; 9] = [
            "host",
            "date",
            "digest",
            "signature",
            "authorization",
            "content-",
            "user-agent",
            "accept",
            "x-",
        ];
        let names =
            self.fields.iter().map(|(name, _)| String::from_utf8_lossy(name).to_lowercase());
        names.into_iter().any(|name| COMMON.iter().any(|common| name.contains(common)))
    }

    fn request_line(&self) -> Option<Vec<u8>> {
        let parts = [self.method?, b" ", self.path?, b" HTTP/1.1\r\n"];
        Some(parts.concat())
    }

    /// Returns the fields, each with CRLF. Adds Host from the authority if there is none.
    fn head(&self) -> Vec<u8> {
        let has_host = self.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"host"));
        let host = self.authority.filter(|_| !has_host).map(|host| (b"Host".as_slice(), host));
        let fields = host.into_iter().chain(self.fields.iter().copied());
        fields.flat_map(|(name, value)| [name, b": ", value, b"\r\n"].concat()).collect()
    }
}

/// Returns the path and query of a URL.
pub(super) fn path_of(url: &[u8]) -> &[u8] {
    let rest = url.windows(3).position(|part| part == b"://").map_or(url, |at| &url[at + 3..]);
    rest.iter().position(|&byte| byte == b'/').map_or(b"/", |at| &rest[at..])
}
