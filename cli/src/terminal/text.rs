//! Text from senders, made safe for a terminal.

use std::{env, iter, sync::LazyLock};

use textwrap::core::display_width;

/// Most characters of a sender's text within a line.
const MAX_ESCAPED: usize = 200;

/// Most characters of a sender's text that is printed by itself.
const MAX_VISIBLE: usize = 512;

/// Most characters of a value that a sender chose.
pub(crate) const MAX_SHOWN: usize = 200;

/// Most combining marks in a row: more could cover other lines.
const MAX_MARKS: usize = 2;

/// True if the locale permits UTF-8. A terminal with another encoding could read parts of a
/// character as control codes.
static IS_UTF_8: LazyLock<bool> = LazyLock::new(|| {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
});

/// Escapes everything in a sender's text that could drive or disguise the operator's terminal:
/// control characters, changes of direction, invisible characters and invalid UTF-8. Long text is
/// cut.
pub(crate) fn escape(bytes: impl AsRef<[u8]>) -> String {
    escape_within(bytes.as_ref(), MAX_ESCAPED, |_, _| None)
}

/// Does the same as [`escape`], and cuts after [`MAX_SHOWN`] characters, so that a stranger cannot
/// fill the operator's screen or log.
pub(crate) fn excerpt(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    // A character has at most four bytes. One above the limit shows that there are more.
    cut(escape(&bytes[..bytes.len().min(4 * (MAX_SHOWN + 1))]))
}

/// Cuts `text` after [`MAX_SHOWN`] characters, and marks the cut.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// Does the same as [`escape`], but keeps quotes, and escapes trailing spaces because they would be
/// invisible.
pub(crate) fn visible(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let end = bytes.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
    escape_within(bytes, MAX_VISIBLE, |piece, at| match piece {
        b"\"" => Some("\""),
        b"'" => Some("'"),
        b" " if at >= end => Some(r"\x20"),
        _ => None,
    })
}

/// Does the same as [`escape`], but keeps quotes and backslashes and cuts nothing, for text that
/// the user asked for.
pub(crate) fn whole(bytes: impl AsRef<[u8]>) -> String {
    escape_within(bytes.as_ref(), usize::MAX, |piece, _| match piece {
        b"\"" => Some("\""),
        b"'" => Some("'"),
        b"\\" => Some("\\"),
        _ => None,
    })
}

/// Escapes `bytes` to at most `limit` characters. `special` may replace a piece at an offset.
fn escape_within(
    bytes: &[u8],
    limit: usize,
    special: impl Fn(&[u8], usize) -> Option<&'static str>,
) -> String {
    let (mut shown, mut count, mut at) = (String::new(), 0, 0);
    // A mark at the start would combine with the text before it.
    let mut marks = MAX_MARKS;
    for piece in pieces(bytes) {
        let next = match special(piece, at) {
            Some(next) => next.to_owned(),
            None => escape_piece(piece, &mut marks),
        };
        count += next.chars().count();
        if count > limit {
            return format!("{shown}... ({} bytes more)", bytes.len() - at);
        }
        shown.push_str(&next);
        at += piece.len();
    }
    shown
}

/// Splits `bytes` into characters and invalid bytes.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let mut rest = chunk.valid();
        let characters = iter::from_fn(move || {
            let len = rest.chars().next()?.len_utf8();
            let (first, after) = rest.split_at(len);
            rest = after;
            Some(first.as_bytes())
        });
        characters.chain(chunk.invalid().chunks(1))
    })
}

/// `marks` counts the combining marks in a row.
fn escape_piece(piece: &[u8], marks: &mut usize) -> String {
    let Some(text) = str::from_utf8(piece).ok().filter(|text| !text.is_ascii()) else {
        *marks = 0;
        return piece.escape_ascii().to_string();
    };
    *marks = if display_width(text) == 0 { *marks + 1 } else { 0 };
    if *IS_UTF_8 && *marks <= MAX_MARKS && is_printable(text) {
        text.to_owned()
    } else {
        text.escape_unicode().to_string()
    }
}

/// Returns true if the one character of `text` is neither a control or format character, nor a
/// private or unassigned one, nor blank.
fn is_printable(text: &str) -> bool {
    // These letters are blank.
    if ["\u{115f}", "\u{1160}", "\u{2800}", "\u{3164}", "\u{ffa0}"].contains(&text) {
        return false;
    }
    // `escape_debug` escapes all the others, and a combining mark only at the start.
    let after_letter = format!("a{text}");
    after_letter.escape_debug().eq(after_letter.chars())
}

/// Pads the name of a request, such as `user:created`, so that the text after it is aligned.
pub(crate) fn padded_name(name: &str) -> String {
    // The longest names are `repo:disabled` and `extension:admission`.
    let width = if name.starts_with("extension:") { 19 } else { 13 };
    format!("{name:<width$}")
}
