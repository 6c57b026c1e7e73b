//! Undoes what mail, chats and editors do to pasted requests.

use std::borrow::Cow;

use super::kinds::lines;

/// A text, and a note if it was changed.
type Unwrapped<'a> = (Cow<'a, [u8]>, Option<&'static str>);

/// Removes a code fence, marks of a quotation, an indent, or comments before the request.
pub(super) fn unwrap(text: &[u8]) -> Unwrapped<'_> {
    unfenced(text)
        .map(|text| (text, Some("the request is in a code block")))
        .or_else(|| unquoted(text).map(|text| (text, Some("each line is quoted with `>`"))))
        .or_else(|| unindented(text).map(|text| (text, Some("the request is indented"))))
        .or_else(|| uncommented(text).map(|text| (text, Some("comments were skipped"))))
        .unwrap_or((text.into(), None))
}

fn unfenced(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    const FENCE: &[u8] = b"```";
    let start = text.trim_ascii_start();
    let after = start.strip_prefix(FENCE)?;
    let first = after.iter().position(|&byte| byte == b'\n')? + 1;
    let inside = &after[first..];
    let end = inside.windows(FENCE.len() + 1).rposition(|part| part == b"\n```")?;
    let inside = &inside[..end];
    Some(inside.strip_suffix(b"\r").unwrap_or(inside).into())
}

/// Unlike the output of `curl -v`, every line has the mark.
fn unquoted(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let text = text.trim_ascii();
    let is_quoted = lines(text).all(|line| line.starts_with(b">"));
    let mut body = lines(text).skip_while(|line| line.trim_ascii() != b">");
    let has_body = body.any(|line| line.len() > 2);
    (is_quoted && has_body).then(|| {
        let quoted = |line: &[u8]| line.strip_prefix(b"> ").unwrap_or(&line[1..]).to_vec();
        joined(lines(text).map(quoted))
    })
}

fn unindented(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let is_blank = |line: &&[u8]| line.trim_ascii().is_empty();
    let first = lines(text).find(|line| !is_blank(line))?;
    let indent = &first[..first.len() - first.trim_ascii_start().len()];
    let has_indent = |line: &[u8]| line.starts_with(indent);
    let is_indented = lines(text).filter(|line| !is_blank(line)).all(has_indent);
    (is_indented && !indent.is_empty()).then(|| {
        let without = |line: &[u8]| line.strip_prefix(indent).unwrap_or_default().to_vec();
        joined(lines(text).skip_while(is_blank).map(without))
    })
}

/// Skips the comments of editors that send requests from `.http` files.
fn uncommented(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let is_comment = |line: &[u8]| line.starts_with(b"#") || line.starts_with(b"//");
    let mut rest = text.trim_ascii_start();
    if !is_comment(rest) {
        return None;
    }
    while is_comment(rest) {
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        rest = rest[end + 1..].trim_ascii_start();
    }
    Some(rest.into())
}

fn joined<'a>(lines: impl Iterator<Item = Vec<u8>>) -> Cow<'a, [u8]> {
    lines.collect::<Vec<_>>().join(b"\n".as_slice()).into()
}
