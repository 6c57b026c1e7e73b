//! Parses a raw HTTP/1.1 request: the head, and the body as the head frames it.

use std::{borrow::Cow, fmt::Display};

use anyhow::anyhow;
use hooksig::{Request, digest};
use httparse::{EMPTY_HEADER, Header, Status};

/// Most header fields of a request, and most trailer fields.
const MAX_FIELDS: usize = 1 << 20;

/// A received request.
pub(crate) struct Message<'a> {
    /// Empty if there is no request line.
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) fields: Vec<Header<'a>>,
    /// The body without chunk framing.
    pub(crate) body: Cow<'a, [u8]>,
}

/// A request, and a note on how it was read.
type Parsed<'a> = anyhow::Result<(Message<'a>, Option<&'static str>)>;

const TO_THE_END: &str = "there is no Content-Length; the body extends to the end of the file";
const TO_THE_NEWLINE: &str =
    "there is no Content-Length; the body extends to the newline at the end of the file";
const NEWLINE: &str = "the newline at the end of the file is not part of the body";

impl<'a> Message<'a> {
    /// Parses `raw`, which holds one request and at most one newline after it.
    ///
    /// Without Content-Length and Transfer-Encoding the body extends to the end.
    ///
    /// # Errors
    ///
    /// One line with the offset and line of `raw` and the fault there.
    pub(crate) fn parse(raw: &'a [u8]) -> Parsed<'a> {
        let (start, fields) = request_head(raw)?;
        let (body, note) = match Framing::of(raw, &start, &fields)? {
            Framing::Length(length) => {
                let (body, note) = take_body(raw, start.len, length)?;
                (Cow::from(body), note)
            }
            Framing::Chunked => (Cow::from(decode_chunks(raw, start.len)?), None),
            Framing::None => to_the_end(raw, start.len, &fields),
        };
        Ok((Self { method: start.method, target: start.target, fields, body }, note))
    }

    /// Parses the head in `raw`. The body is given separately, whatever its framing.
    pub(crate) fn parse_head(raw: &'a [u8], body: &'a [u8]) -> Parsed<'a> {
        let (start, fields) = request_head(raw)?;
        let Start { method, target, .. } = start;
        Ok((Self { method, target, fields, body: body.into() }, None))
    }

    /// Parses fields without a request line, and the body after them unless it is given separately.
    pub(crate) fn parse_fields(raw: &'a [u8], body: Option<&'a [u8]>) -> Parsed<'a> {
        let ((len, count), mut fields) = parse_fields(raw, 0, |input, room| {
            Ok(match httparse::parse_headers(input, room)? {
                Status::Partial => Status::Partial,
                Status::Complete((len, fields)) => Status::Complete((len, fields.len())),
            })
        })?;
        fields.truncate(count);
        let (body, note) = match body {
            Some(body) => (body.into(), None),
            None => to_the_end(raw, len, &fields),
        };
        Ok((Self { method: "", target: "", fields, body }, note))
    }

    /// Returns the request in the core's form.
    pub(crate) fn request(&self) -> Request<'_, [Header<'a>]> {
        match self.method {
            "" => Request::from_headers(self.fields.as_slice()),
            method => Request::new(method, self.target, self.fields.as_slice()),
        }
    }

    /// Returns the values of the fields of this name.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + Clone {
        named(&self.fields, name).map(|field| field.value)
    }

    /// Returns the fields of this name.
    pub(crate) fn named(&self, name: &str) -> Vec<Header<'a>> {
        named(&self.fields, name).copied().collect()
    }
}

fn request_head(raw: &[u8]) -> anyhow::Result<(Start<'_>, Vec<Header<'_>>)> {
    let (start, mut fields) = parse_fields(raw, 0, parse_head)?;
    fields.truncate(start.fields);
    Ok((start, fields))
}

/// Takes the rest as the body, without the final newline of an editor if Digest shows it to be one.
fn to_the_end<'a>(
    raw: &'a [u8],
    at: usize,
    fields: &[Header<'_>],
) -> (Cow<'a, [u8]>, Option<&'static str>) {
    let body = &raw[at..];
    let has_digest = |body: &[u8]| {
        let digest = digest::field(body);
        named(fields, "digest").any(|field| field.value == digest.as_bytes())
    };
    match body.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line)) {
        Some(line) if !has_digest(body) && has_digest(line) => (line.into(), Some(TO_THE_NEWLINE)),
        _ => (body.into(), (!body.is_empty()).then_some(TO_THE_END)),
    }
}

/// The request line, and the sizes of the head.
struct Start<'a> {
    method: &'a str,
    target: &'a str,
    /// The minor version: 1 for HTTP/1.1.
    version: u8,
    /// Number of fields.
    fields: usize,
    /// Length of the head in bytes.
    len: usize,
}

fn parse_head<'a>(raw: &'a [u8], room: &mut [Header<'a>]) -> httparse::Result<Start<'a>> {
    let mut request = httparse::Request::new(room);
    Ok(match request.parse(raw)? {
        Status::Partial => Status::Partial,
        Status::Complete(len) => Status::Complete(Start {
            method: request.method.unwrap_or_default(),
            target: request.path.unwrap_or_default(),
            version: request.version.unwrap_or_default(),
            fields: request.headers.len(),
            len,
        }),
    })
}

/// Runs `parse` at `at` with a buffer for as many fields as there are.
///
/// The buffer doubles, so the time stays linear.
fn parse_fields<'a, T>(
    raw: &'a [u8],
    at: usize,
    parse: impl Fn(&'a [u8], &mut [Header<'a>]) -> httparse::Result<T>,
) -> anyhow::Result<(T, Vec<Header<'a>>)> {
    let input = &raw[at..];
    let mut fields = vec![EMPTY_HEADER; 64];
    loop {
        match parse(input, &mut fields) {
            Ok(Status::Complete(parsed)) => return Ok((parsed, fields)),
            Ok(Status::Partial) => {
                let what = "the input ends before the empty line that ends the header fields";
                return Err(unreadable(raw, raw.len(), what));
            }
            Err(httparse::Error::TooManyHeaders) if fields.len() < MAX_FIELDS => {
                fields.resize(fields.len() * 2, EMPTY_HEADER);
            }
            Err(error) => {
                let fault = at + first_fault(input, |prefix| parse(prefix, &mut fields).is_err());
                return Err(unreadable(raw, fault, fault_text(error, raw.get(fault))));
            }
        }
    }
}

fn fault_text(error: httparse::Error, byte: Option<&u8>) -> String {
    match (error, byte) {
        (httparse::Error::TooManyHeaders, _) => format!("there are more than {MAX_FIELDS} fields"),
        (_, Some(byte)) => format!("{error}, byte 0x{byte:02x}"),
        (_, None) => error.to_string(),
    }
}

/// Returns the offset of the first byte with which `fails` holds. The parser does not report it,
/// but once it refuses a prefix it refuses every longer one.
fn first_fault<'a>(input: &'a [u8], mut fails: impl FnMut(&'a [u8]) -> bool) -> usize {
    let (mut fine, mut faulty) = (0, input.len());
    while fine + 1 < faulty {
        let middle = fine.midpoint(faulty);
        if fails(&input[..middle]) { faulty = middle } else { fine = middle }
    }
    fine
}

/// The framing of a body (RFC 9112, section 6.3).
enum Framing {
    Length(u64),
    Chunked,
    /// No length is given.
    None,
}

impl Framing {
    fn of(raw: &[u8], start: &Start<'_>, fields: &[Header<'_>]) -> anyhow::Result<Self> {
        let length = content_length(raw, fields)?;
        let mut codings = named(fields, "transfer-encoding");
        let Some(coding) = codings.next() else {
            return Ok(length.map_or(Self::None, Self::Length));
        };
        let refuse = |field, what| Err(unreadable(raw, offset_of(raw, field), what));
        if length.is_some() {
            refuse(coding, "there are both Content-Length and Transfer-Encoding")
        } else if start.version == 0 {
            refuse(coding, "HTTP/1.0 has no Transfer-Encoding")
        } else if let Some(second) = codings.next() {
            refuse(second, "there is more than one Transfer-Encoding")
        } else if coding.value.eq_ignore_ascii_case(b"chunked") {
            Ok(Self::Chunked)
        } else {
            refuse(coding, "the Transfer-Encoding is not `chunked`, the only one supported")
        }
    }
}

/// Returns the length that all `Content-Length` fields agree on.
fn content_length(raw: &[u8], fields: &[Header<'_>]) -> anyhow::Result<Option<u64>> {
    let mut length = None;
    for field in named(fields, "content-length") {
        for text in field.value.split(|&byte| byte == b',') {
            let Some(value) = parse_decimal(text.trim_ascii()) else {
                let what = "the Content-Length is not a number of bytes";
                return Err(unreadable(raw, offset_of(raw, field), what));
            };
            if length.replace(value).is_some_and(|other| other != value) {
                let what = "the Content-Length differs from the one before it";
                return Err(unreadable(raw, offset_of(raw, field), what));
            }
        }
    }
    Ok(length)
}

fn parse_decimal(text: &[u8]) -> Option<u64> {
    // `parse` would accept a plus sign.
    let digits = text.iter().all(u8::is_ascii_digit);
    str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

fn take_body(raw: &[u8], at: usize, length: u64) -> anyhow::Result<(&[u8], Option<&'static str>)> {
    let rest = &raw[at..];
    match usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length)) {
        Some((body, b"\n" | b"\r\n")) => Ok((body, Some(NEWLINE))),
        Some((body, behind)) => {
            expect_end(raw, raw.len() - behind.len())?;
            Ok((body, None))
        }
        None => {
            let what = format!(
                "the body ends after {} of the {length} bytes that Content-Length announces",
                rest.len()
            );
            Err(unreadable(raw, raw.len(), what))
        }
    }
}

/// Joins the chunks from `at` on. Skips extensions and trailer fields.
pub(crate) fn decode_chunks(raw: &[u8], mut at: usize) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (line, size) = chunk_size(raw, at)?;
        at += line;
        if size == 0 {
            break;
        }
        let rest = &raw[at..];
        let chunk = usize::try_from(size).ok().and_then(|size| rest.get(..size));
        let chunk = chunk.ok_or_else(|| {
            let what = format!("the chunk ends after {} of its {size} bytes", rest.len());
            unreadable(raw, raw.len(), what)
        })?;
        body.extend_from_slice(chunk);
        at += chunk.len();
        if !raw[at..].starts_with(b"\r\n") {
            return Err(unreadable(raw, at, "no CRLF follows the chunk"));
        }
        at += 2;
    }
    let (trailer, _) = parse_fields(raw, at, |input, room| {
        Ok(match httparse::parse_headers(input, room)? {
            Status::Partial => Status::Partial,
            Status::Complete((len, _)) => Status::Complete(len),
        })
    })?;
    expect_end(raw, at + trailer)?;
    Ok(body)
}

/// Returns the length of a chunk-size line, and the size.
fn chunk_size(raw: &[u8], at: usize) -> anyhow::Result<(usize, u64)> {
    let rest = &raw[at..];
    match httparse::parse_chunk_size(rest) {
        // The parser reads a line without a digit as size zero.
        Ok(Status::Complete(parsed)) if rest[0].is_ascii_hexdigit() => Ok(parsed),
        Ok(Status::Partial) => {
            Err(unreadable(raw, raw.len(), "the input ends before the size of the next chunk"))
        }
        _ => Err(unreadable(raw, at, "this is not the size of a chunk")),
    }
}

fn expect_end(raw: &[u8], at: usize) -> anyhow::Result<()> {
    match raw.len() - at {
        0 => Ok(()),
        _ if raw[at..].trim_ascii_start().starts_with(b"HTTP/") => {
            Err(unreadable(raw, at, "the body ends here, and an HTTP response follows it"))
        }
        1 => Err(unreadable(raw, at, "the body ends here, and 1 byte follows it")),
        more => Err(unreadable(raw, at, format!("the body ends here, and {more} bytes follow it"))),
    }
}

fn named<'f, 'a>(
    fields: &'f [Header<'a>],
    name: &'f str,
) -> impl Iterator<Item = &'f Header<'a>> + Clone {
    fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name))
}

/// Returns the offset in `raw` of a field parsed from it.
fn offset_of(raw: &[u8], field: &Header<'_>) -> usize {
    field.name.as_ptr().addr().saturating_sub(raw.as_ptr().addr())
}

fn unreadable(raw: &[u8], at: usize, what: impl Display) -> anyhow::Error {
    let line = 1 + raw.iter().take(at).filter(|&&byte| byte == b'\n').count();
    anyhow!("not a readable request: at offset {at} (line {line}): {what}")
}
