//! The side of the protocol that asks.

use std::{
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use hooksig_bench::operation::Operation;

/// A contestant that runs.
pub struct Contestant {
    /// What it says that it is.
    pub title: String,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What a contestant says of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub accepted: bool,
    /// Nanoseconds that a call took.
    pub time: f64,
}

impl Contestant {
    /// Starts a program with the deliveries of `folder`; its clock says `now`.
    pub fn start(program: &Path, args: &[&str], folder: &Path, now: i64) -> io::Result<Self> {
        let mut process = Command::new(program)
            .args(args)
            .arg(folder)
            .arg(now.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = process.stdin.take().expect("it is piped");
        let answers = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut started = Self { title: String::new(), process, questions, answers };
        started.title = started.read_line()?;
        Ok(started)
    }

    /// Asks how long an operation takes, or `None` where the contestant does no such thing.
    pub fn ask(&mut self, operation: &Operation, calls: u64) -> io::Result<Option<Answer>> {
        writeln!(self.questions, "{operation} {calls}")?;
        let line = self.read_line()?;
        let Some((verdict, time)) = line.split_once(' ') else { return Ok(None) };
        let time: f64 = time.parse().map_err(io::Error::other)?;
        Ok(Some(Answer { accepted: verdict == "accepted", time: time / calls as f64 }))
    }

    fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::Error::other(format!("{} ended without an answer", self.title))),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        // It reads its questions to their end, which may never come where the start failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
