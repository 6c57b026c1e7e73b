//! What goes out: standard output, standard error, and the taming of text from strangers.

use std::{
    env, fmt,
    io::{self, Write},
};

use anstream::AutoStream;
use anyhow::Context;
use serde::Serialize;
use textwrap::{Options, WordSplitter};

/// Writes to standard output.
///
/// A reader that went away, as `head` does, is no failure: the exit code still tells the verdict.
pub(crate) fn print(octets: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(octets.as_ref()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output")
        }
        _ => Ok(()),
    }
}

/// Writes text with colours to standard output: plain text where that is no terminal, or where
/// `NO_COLOR` is set.
pub(crate) fn print_styled(text: &str) -> anyhow::Result<()> {
    let mut octets = Vec::new();
    let choice = AutoStream::choice(&io::stdout());
    AutoStream::new(&mut octets, choice).write_all(text.as_bytes()).context("standard output")?;
    print(octets)
}

/// The columns of the terminal that standard output is, or those that `COLUMNS` asks for.
fn columns() -> Option<usize> {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    let asked = || env::var("COLUMNS").ok()?.parse().ok();
    terminal.map(|(width, _)| usize::from(width.0)).or_else(asked)
}

/// How many columns a page of text has: not so many that its lines are hard to read.
pub(crate) fn width() -> usize {
    columns().unwrap_or(80).clamp(40, 120)
}

/// Breaks `text`, which stands behind `indent` columns, so that it stays beside what is before it:
/// on a terminal, or where `COLUMNS` is set.
pub(crate) fn beside(indent: usize, text: &str) -> String {
    let Some(columns) = columns() else { return text.to_owned() };
    let options = Options::new(columns.saturating_sub(indent).max(20));
    let parts = textwrap::wrap(text, options.word_splitter(WordSplitter::NoHyphenation));
    parts.join(&format!("\n{:indent$}", ""))
}

/// Writes a line to standard error, which may be closed.
pub(crate) fn tell(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "hooksig: {line}");
}

/// The most characters of a sender's text in a line.
const MAX_ESCAPED: usize = 200;

/// The most characters of a sender's text that is shown on its own.
const MAX_VISIBLE: usize = 512;

/// Text that a sender chose, with everything but printable ASCII escaped: it must not be able to
/// drive the operator's terminal. Long text is cut.
pub(crate) fn escape(octets: impl AsRef<[u8]>) -> String {
    let octets = octets.as_ref();
    let mut shown = String::new();
    for (index, octet) in octets.iter().enumerate() {
        let next = octet.escape_ascii();
        if shown.len() + next.len() > MAX_ESCAPED {
            return cut_short(shown, octets.len() - index);
        }
        shown.extend(next.map(char::from));
    }
    shown
}

/// The most characters that are shown of a value that a sender chose.
pub(crate) const MAX_SHOWN: usize = 200;

/// As [`escape`], cut after [`MAX_SHOWN`] characters: a stranger must not fill the operator's screen
/// or log.
pub(crate) fn excerpt(octets: impl AsRef<[u8]>) -> String {
    let octets = octets.as_ref();
    // Escaped text is not shorter, so one byte more suffices to see that there is more.
    cut(escape(&octets[..octets.len().min(MAX_SHOWN + 1)]))
}

/// Cuts `text` after [`MAX_SHOWN`] characters, and says so.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

fn cut_short(shown: String, bytes: usize) -> String {
    format!("{shown}... ({bytes} bytes more)")
}

/// As [`escape`], for text on its own: quotes are left as they are, and spaces at the end, which
/// nobody would see, are not.
pub(crate) fn visible(octets: impl AsRef<[u8]>) -> String {
    let octets = octets.as_ref();
    let end = octets.iter().rposition(|&octet| octet != b' ').map_or(0, |last| last + 1);
    let mut shown = String::new();
    for (index, octet) in octets.iter().enumerate() {
        let before = shown.len();
        match octet {
            b'"' | b'\'' => shown.push(char::from(*octet)),
            b' ' if index >= end => shown.push_str(r"\x20"),
            _ => shown.extend(octet.escape_ascii().map(char::from)),
        }
        if shown.len() > MAX_VISIBLE {
            shown.truncate(before);
            return cut_short(shown, octets.len() - index);
        }
    }
    shown
}

/// One line of JSON in ASCII alone, for the same reason.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<String> {
    let text = serde_json::to_string(value).context("JSON")?;
    let mut line = String::with_capacity(text.len() + 1);
    // Outside its strings JSON is printable ASCII, so that what is not stands in a string.
    for character in text.chars() {
        match character {
            ' '..='~' => line.push(character),
            _ => {
                let units = character.encode_utf16(&mut [0; 2]).to_vec();
                line.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    line.push('\n');
    Ok(line)
}
