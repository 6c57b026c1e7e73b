//! Standard output and standard error.

mod text;

use std::{
    env, fmt,
    io::{self, Write},
};

use anstream::AutoStream;
use anyhow::Context;
use serde::Serialize;
use textwrap::{Options, WordSplitter};

pub(crate) use text::{MAX_SHOWN, cut, escape, excerpt, padded_name, visible, whole};

/// Writes to standard output.
///
/// A closed pipe, as after `head`, is no failure, because the exit code still tells the verdict.
pub(crate) fn print(bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes.as_ref()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output")
        }
        _ => Ok(()),
    }
}

/// Writes coloured text to standard output; plain text if that is no terminal or `NO_COLOR` is set.
pub(crate) fn print_styled(text: &str) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    let choice = AutoStream::choice(&io::stdout());
    AutoStream::new(&mut bytes, choice).write_all(text.as_bytes()).context("standard output")?;
    print(bytes)
}

/// Returns the width of the terminal on standard output, or else `COLUMNS`.
fn columns() -> Option<usize> {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    let asked = || env::var("COLUMNS").ok()?.parse().ok();
    terminal.map(|(width, _)| usize::from(width.0)).or_else(asked)
}

/// Returns the width of a page of text, or `width` without a terminal; at most 120, because longer
/// lines are hard to read.
pub(crate) fn width_or(width: usize) -> usize {
    columns().unwrap_or(width).clamp(40, 120)
}

/// Breaks `text` to fit after `indent` columns, and indents its later lines by as many. Without a
/// terminal and `COLUMNS`, leaves it on one line.
pub(crate) fn beside(indent: usize, text: &str) -> String {
    let Some(columns) = columns() else { return text.to_owned() };
    let options = Options::new(columns.saturating_sub(indent).max(20));
    let parts = textwrap::wrap(text, options.word_splitter(WordSplitter::NoHyphenation));
    parts.join(&format!("\n{:indent$}", ""))
}

/// Writes a line to standard error, which may be closed. A terminal gets it broken between words,
/// so that a path stays whole.
pub(crate) fn tell(line: fmt::Arguments<'_>) {
    const NAME: &str = "hooksig: ";
    let line = format!("{NAME}{line}");
    let terminal = terminal_size::terminal_size_of(io::stderr());
    let parts = terminal.map(|(width, _)| {
        let indent = " ".repeat(NAME.len());
        let options = Options::new(width.0.into()).subsequent_indent(&indent).break_words(false);
        textwrap::wrap(&line, options.word_splitter(WordSplitter::NoHyphenation)).join("\n")
    });
    let _ = writeln!(io::stderr(), "{}", parts.unwrap_or(line));
}

/// Returns a line of JSON in ASCII only, so that no terminal interprets it.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<String> {
    let text = serde_json::to_string(value).context("JSON")?;
    let mut line = String::with_capacity(text.len() + 1);
    // Outside strings JSON is printable ASCII, so any other character is inside one.
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
