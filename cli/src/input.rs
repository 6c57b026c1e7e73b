//! Input files of commands.

use std::{
    ffi::OsString,
    fmt, fs,
    io::{self, Read},
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use anyhow::{Context, ensure};

static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// A file, or standard input, written `-`.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    /// Reads all of it.
    pub(crate) fn read(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = match self {
            Self::Stdin => {
                // A second read would find it empty.
                ensure!(!STDIN_IS_READ.swap(true, Relaxed), "standard input can be read only once");
                io::stdin().read_to_end(&mut bytes).map(|_| bytes)
            }
            Self::File(path) => fs::read(path),
        };
        read.with_context(|| format!("cannot read {self}"))
    }
}

impl From<OsString> for Input {
    fn from(argument: OsString) -> Self {
        match argument.as_encoded_bytes() {
            b"-" => Self::Stdin,
            _ => Self::File(argument.into()),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            // `Debug` quotes the name, so that a line break in it does not break the line.
            Self::File(path) => write!(f, "{path:?}"),
        }
    }
}
