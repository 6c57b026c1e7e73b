//! A recorded request in any common form.

use std::ffi::OsString;

use anyhow::{Context, ensure};

use crate::{input::Input, message::Message, terminal};

mod head;
mod json;
mod kinds;
mod pasted;
mod text;

/// The recording to read.
#[derive(clap::Args)]
pub(crate) struct RecordingArgs {
    /// The recorded request; `-` is standard input
    ///
    /// A raw request (HTTP/1.1 or an export of HTTP/2), a HAR file, the output of `curl -v`, a list
    /// of header fields copied from developer tools, or a JSON event of an API gateway. A byte
    /// order mark and UTF-16 are understood. Without Content-Length the body extends to the end.
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    input: Input,

    /// A header field of the request, instead of FILE; may be repeated
    #[arg(short = 'H', long, value_name = "NAME: VALUE", conflicts_with = "input")]
    header: Vec<OsString>,

    /// Read the body from this file instead of from FILE; `-` is standard input
    #[arg(short, long, value_name = "FILE")]
    body: Option<Input>,
}

/// The text of a recorded request, to parse a [`Message`] from.
pub(crate) struct Recording {
    source: String,
    /// The head, followed by the body unless it is given separately.
    text: Vec<u8>,
    /// False if there are only fields.
    has_request_line: bool,
    body: Option<Vec<u8>>,
    notes: Vec<String>,
}

impl RecordingArgs {
    /// Reads the recording. Each error names the file and its kind.
    pub(crate) fn read(&self) -> anyhow::Result<Recording> {
        let body = self.body.as_ref().map(Input::read).transpose()?;
        if !self.header.is_empty() {
            return Recording::of_fields(&self.header, body);
        }
        let bytes = self.input.read()?;
        let source = self.input.to_string();
        let mut recording = kinds::read(bytes, body.is_some()).context(source.clone())?;
        recording.source = source;
        if body.is_some() {
            recording.body = body;
        }
        Ok(recording)
    }
}

impl Recording {
    /// Makes a recording of a raw request, or of fields only.
    fn new(text: Vec<u8>, has_request_line: bool, body: Option<Vec<u8>>) -> Self {
        Self { source: String::new(), text, has_request_line, body, notes: Vec::new() }
    }

    fn of_fields(fields: &[OsString], body: Option<Vec<u8>>) -> anyhow::Result<Self> {
        let mut text = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let field = field.as_encoded_bytes();
            let number = index + 1;
            ensure!(field.contains(&b':'), "--header number {number}: `NAME: VALUE` is needed");
            ensure!(
                !field.iter().any(|byte| matches!(byte, b'\r' | b'\n')),
                "--header number {number}: it holds a line break; give one field with each --header"
            );
            text.extend([field, b"\r\n"].concat());
        }
        text.extend(b"\r\n");
        let mut recording = Self::new(text, false, Some(body.unwrap_or_default()));
        recording.source = "--header".into();
        Ok(recording)
    }

    fn noting(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }

    /// Parses the request. Prints to standard error how the recording was understood.
    pub(crate) fn message(&self) -> anyhow::Result<Message<'_>> {
        let parsed = match (&self.body, self.has_request_line) {
            (Some(body), true) => Message::parse_head(&self.text, body),
            (Some(body), false) => Message::parse_fields(&self.text, Some(body)),
            (None, true) => Message::parse(&self.text),
            (None, false) => Message::parse_fields(&self.text, None),
        };
        let (message, note) = parsed.with_context(|| self.source.clone())?;
        for note in self.notes.iter().map(String::as_str).chain(note) {
            terminal::tell(format_args!("note: {note}"));
        }
        Ok(message)
    }
}
