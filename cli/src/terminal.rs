//! What goes out: standard output, standard error, and the taming of text from strangers.

use std::{
    fmt,
    io::{self, Write},
};

use anyhow::Context;
use serde::Serialize;

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

/// Writes a line to standard error, which may be closed.
pub(crate) fn tell(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "hooksig: {line}");
}

/// Text that a sender chose, with everything but printable ASCII escaped: it must not be able to
/// drive the operator's terminal.
pub(crate) fn escape(octets: impl AsRef<[u8]>) -> String {
    octets.as_ref().escape_ascii().to_string()
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
