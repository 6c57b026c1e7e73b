//! The asking side of the protocol.

use std::{
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use hooksig_bench::operation::Operation;

/// A running contestant.
pub struct Contestant {
    /// Its description of itself.
    pub title: String,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// A contestant's answer about an operation.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub accepted: bool,
    /// Nanoseconds per call.
    pub time: f64,
}

impl Contestant {
    /// Starts a program with the deliveries of `folder` and the time `now`.
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

    /// Asks for the time of an operation; `None` if the contestant does not support it.
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
        // It exits when its input ends, which may not happen if the start failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
