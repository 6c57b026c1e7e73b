//! The receivers under attack, each a process of its own.

mod axum;
mod c;
mod core;
mod go;
mod listen;
mod process;

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{
    client,
    delivery::{Delivery, SECRET},
    http2,
};

use self::{core::Core, process::Process};

/// A receiver of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    C,
    Go,
    GoHandler,
    Tower,
    Listen,
    Core,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::C, Self::Go, Self::GoHandler, Self::Tower, Self::Listen, Self::Core];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::C => "C receiver",
            Self::Go => "Go middleware",
            Self::GoHandler => "Go `Handler`",
            Self::Tower => "tower (axum)",
            Self::Listen => "`hooksig listen`",
            Self::Core => "C core, raw head",
        }
    }

    /// Reports whether it can be run here; says so if not.
    ///
    /// # Panics
    ///
    /// If it is missing where CI is set.
    pub(crate) fn is_there(self) -> bool {
        let program = self.command(&[]).get_program().to_owned();
        let is_go = matches!(self, Self::Go | Self::GoHandler);
        if !is_go || Path::new(&program).exists() {
            return true;
        }
        assert!(env::var_os("CI").is_none(), "{} is missing: there is no Go", self.title());
        println!("skipped: {} (install Go 1.26 or newer: https://go.dev/dl)", self.title());
        false
    }

    /// The longest head that it takes, in bytes, with a margin, and the most fields.
    pub(crate) fn largest_head(self) -> (usize, usize) {
        match self {
            // CONNECTION_MEMORY and MAX_FIELDS of c-example/receiver.c.
            Self::C => (24 << 10, 90),
            // net/http's DefaultMaxHeaderBytes; it has no limit of fields.
            Self::Go | Self::GoHandler => (1000 << 10, 2000),
            // The buffer of hyper, and its default limit of fields.
            Self::Tower => (390 << 10, 90),
            // MAX_HEAD of cli/src/listen/connection.rs, and hyper's limit of fields.
            Self::Listen => (30 << 10, 90),
            // The caller's; as in Go.
            Self::Core => (1000 << 10, 2000),
        }
    }

    /// What starts it with the secrets in these files.
    fn command(self, secrets: &[PathBuf]) -> Command {
        let mut command = match self {
            Self::C => c::command(secrets),
            Self::Go => go::command("middleware", secrets),
            Self::GoHandler => go::command("handler", secrets),
            Self::Tower => axum::command(secrets),
            Self::Listen => listen::command(secrets),
            Self::Core => core::command(secrets),
        };
        command.env_remove("DRONE_WEBHOOK_SECRET");
        command
    }

    /// The addresses, if the receiver has announced in this line that it listens.
    fn address(self, line: &str) -> Option<SocketAddr> {
        match self {
            Self::C => c::address(line),
            Self::Go | Self::GoHandler => go::address(line),
            Self::Tower => axum::address(line),
            Self::Listen => listen::address(line),
            Self::Core => None,
        }
    }

    /// Reports whether a line of the log can be about a request that was sent from this port. Only the C
    /// receiver names it; the others log nothing but verdicts.
    fn is_about(self, line: &str, port: u16) -> bool {
        self != Self::C || line.contains(&format!(":{port} "))
    }

    /// The word that a line of the log gives for a verdict, if it is a line about a verdict.
    fn reason(self, line: &str) -> Option<String> {
        match self {
            Self::C => c::reason(line),
            Self::Go | Self::GoHandler => go::reason(line),
            Self::Tower => axum::reason(line),
            Self::Listen => listen::reason(line),
            Self::Core => None,
        }
    }
}

/// No answer.
pub(crate) const NONE: &str = "closed";

/// The word for a body that did not arrive.
const UNREADABLE: &str = "body-unreadable";

/// A receiver that runs.
pub(crate) struct Receiver {
    pub(crate) kind: Kind,
    running: Running,
    secrets: TempDir,
}

enum Running {
    Sockets(Process),
    Core(Core),
}

impl Receiver {
    /// Starts one with the usual secret.
    pub(crate) fn start(kind: Kind) -> Result<Self> {
        Self::start_with(kind, &[SECRET.as_bytes()])
    }

    pub(crate) fn start_with(kind: Kind, secrets: &[&[u8]]) -> Result<Self> {
        let folder = TempDir::new()?;
        let command = kind.command(&write_secrets(folder.path(), secrets)?);
        let running = match kind {
            Kind::Core => Running::Core(Core::start(command)?),
            _ => Running::Sockets(Process::start(command, kind)?),
        };
        Ok(Self { kind, running, secrets: folder })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process().address
    }

    /// Sends a request over HTTP/2, and returns the result as [`Receiver::answer`] does.
    pub(crate) fn answer_2(
        &self,
        request: &http2::Request,
        tls: bool,
        expected: &str,
    ) -> Result<String> {
        let process = self.process();
        let mark = process.log.len();
        let status = match tls {
            true => {
                let certificate = fs::read(self.secrets.path().join(go::CERTIFICATE))?;
                http2::exchange(go::tls_address(&process.log.all())?, Some(&certificate), request)?
            }
            false => http2::exchange(process.address, None, request)?,
        };
        // A stream that was reset before may be noticed only now.
        let is_ours = |line: &str| {
            expected.ends_with(UNREADABLE)
                || self.kind.reason(line).is_some_and(|word| word != UNREADABLE)
        };
        Ok(match is_logged(expected) {
            true => with_word(&status, self.words_since(mark, 1, is_ours).pop()),
            false => status,
        })
    }

    /// How much it has logged, for [`Receiver::logged_since`].
    pub(crate) fn mark(&self) -> usize {
        self.process().log.len()
    }

    /// The lines that it has logged since, as they are.
    pub(crate) fn logged_since(&self, mark: usize) -> Vec<Vec<u8>> {
        self.process().log.raw()[mark..].to_vec()
    }

    /// Leaves its log unread, or reads on.
    pub(crate) fn pause_log(&self, is_paused: bool) {
        self.process().log.pause(is_paused);
    }

    /// Waits for the line after `mark` that tells how many lines were lost, such as
    /// `hooksig: 655 lines were lost, because those before were not read in time`.
    pub(crate) fn lost_lines(&self, mark: usize) -> Result<usize> {
        let log = &self.process().log;
        let count = |line: &String| {
            line.split_once(" lines were lost")?.0.split(' ').next_back()?.parse().ok()
        };
        log.wait_for(mark, |lines| lines.iter().find_map(count)).with_context(|| {
            let lines = log.all().split_off(mark);
            let others = lines.iter().filter(|line| self.kind.reason(line).is_none());
            format!("the loss is not told: {:?}", others.collect::<Vec<_>>())
        })
    }

    /// How many files and sockets it holds open; `None` if this system does not tell.
    pub(crate) fn open_files(&self) -> Option<usize> {
        self.process().open_files()
    }

    /// The words of the verdicts since `mark` in the lines that `is_ours` picks, once there are `count`.
    pub(crate) fn words_since(
        &self,
        mark: usize,
        count: usize,
        is_ours: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let words = |lines: &[String]| {
            let lines = lines.iter().filter(|line| is_ours(line));
            lines.filter_map(|line| self.kind.reason(line)).collect::<Vec<_>>()
        };
        let log = &self.process().log;
        let found =
            log.wait_for(mark, |lines| Some(words(lines)).filter(|found| found.len() >= count));
        found.unwrap_or_else(|| words(&log.all()[mark..]))
    }

    /// Sends a request, and returns the result in the form of `expected`: a status for each answer,
    /// and the word if one is expected.
    pub(crate) fn answer(&self, request: &[u8], expected: &str) -> Result<String> {
        let process = match &self.running {
            Running::Core(core) => return core.answer(request),
            Running::Sockets(process) => process,
        };
        let parts: Vec<&str> = expected.split(", ").collect();
        let has_word = |index| parts.get(index).is_some_and(|part: &&str| is_logged(part));
        let wanted = (0..parts.len()).filter(|&index| has_word(index)).count();
        let mark = process.log.len();
        let sent = client::exchange(process.address, request, parts.len())?;
        let is_ours = |line: &str| self.kind.is_about(line, sent.port);
        let mut words = match wanted {
            0 => Vec::new(),
            _ => self.words_since(mark, wanted, is_ours),
        }
        .into_iter();
        let answers = sent.statuses.iter().enumerate().map(|(index, status)| {
            let word = if has_word(index) { words.next() } else { None };
            with_word(&status.to_string(), word)
        });
        let answers: Vec<_> = answers.collect();
        Ok(if answers.is_empty() { NONE.into() } else { answers.join(", ") })
    }

    /// Fails unless a fresh delivery is accepted.
    pub(crate) fn accepts_another(&self) -> Result<()> {
        let answers = client::exchange(self.address(), &Delivery::new().raw(), 1)?.statuses;
        ensure!(answers == [204], "and the next delivery: {answers:?}");
        Ok(())
    }

    pub(crate) fn process(&self) -> &Process {
        match &self.running {
            Running::Sockets(process) => process,
            Running::Core(_) => unreachable!("the table asks the core nothing about sockets"),
        }
    }
}

/// Reports whether a receiver logs a line about a request that it answers so. Without waiting for that
/// line it might be taken for one about the next request.
fn is_logged(answer: &str) -> bool {
    answer == "204" || answer.contains(' ')
}

/// Adds the word that a receiver logged about its answer.
fn with_word(status: &str, word: Option<String>) -> String {
    match word {
        None => status.into(),
        Some(word) if status == "204" && word == "ok" => "204".into(),
        Some(word) => format!("{status} {word}"),
    }
}

fn write_secrets(folder: &Path, secrets: &[&[u8]]) -> Result<Vec<PathBuf>> {
    let write = |(number, secret): (usize, &&[u8])| {
        let path = folder.join(number.to_string());
        fs::write(&path, secret)?;
        Ok(path)
    };
    secrets.iter().enumerate().map(write).collect()
}

/// The folder of the workspace's programs and libraries.
fn target() -> PathBuf {
    // target/PROFILE
    built().parent().expect("it is in a folder").to_owned()
}

/// The folder of the programs of the workspace, which are built together.
fn built() -> PathBuf {
    let program = env::current_exe().expect("this program has a path");
    program.parent().expect("it is in a folder").to_owned()
}
