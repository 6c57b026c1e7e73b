//! The C core, in the program of `tests/receivers/core`, which is given heads and bodies.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
};

use anyhow::{Context, Result};

use super::NONE;

pub(super) fn command(secrets: &[PathBuf]) -> Command {
    let mut command = Command::new(super::target().join("receivers/core"));
    command.args(secrets);
    command
}

pub(super) struct Core {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Core {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("{command:?} does not run"))?;
        let stdin = child.stdin.take().expect("it is a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        Ok(Self { child, pipes: Mutex::new((stdin, stdout)) })
    }

    /// Gives a verdict in the form of an HTTP answer: 204 for "genuine", 400 for a head that is none, and
    /// 401 with the word for any other status.
    pub(super) fn answer(&self, request: &[u8]) -> Result<String> {
        let end = request.windows(4).position(|part| part == b"\r\n\r\n");
        let (head, body) = request.split_at(end.map_or(request.len(), |at| at + 4));
        let mut pipes = self.pipes.lock().expect("no other thread panicked");
        let (stdin, stdout) = &mut *pipes;
        let lengths = [head, body].map(|part| part.len().to_le_bytes()).concat();
        // One that has ended takes nothing, and says nothing.
        let _ = [&lengths, head, body].into_iter().try_for_each(|part| stdin.write_all(part));
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        Ok(match line.trim_end() {
            "ok" => "204".into(),
            "malformed-head" => "400".into(),
            "" => NONE.into(),
            word => format!("401 {word}"),
        })
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
