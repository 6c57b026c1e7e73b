//! A process with a log.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::Kind;

/// How long a line of the log may take to come.
const SILENCE: Duration = Duration::from_secs(10);

/// How long a receiver may take to refuse its arguments.
const STARTUP: Duration = Duration::from_secs(10);

/// A receiver that listens.
pub(crate) struct Process {
    child: Child,
    pub(super) address: SocketAddr,
    pub(super) log: Arc<Log>,
}

impl Process {
    /// Starts a receiver and waits until it listens.
    pub(super) fn start(mut command: Command, kind: Kind) -> Result<Self> {
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("{command:?} does not run"))?;
        let log = Arc::new(Log::default());
        Log::follow(&log, child.stdout.take().expect("it is a pipe"));
        Log::follow(&log, child.stderr.take().expect("it is a pipe"));
        let address = log.wait_for(0, |lines| lines.iter().find_map(|line| kind.address(line)));
        let address =
            address.with_context(|| format!("{kind:?} does not listen: {:?}", log.all()))?;
        Ok(Self { child, address, log })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reports whether a receiver ends by itself with an error.
pub(super) fn fails_to_start(mut command: Command) -> Result<bool> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // The program of the core reads until the end of its input; the others would listen forever.
    drop(child.stdin.take());
    let until = Instant::now() + STARTUP;
    while Instant::now() < until {
        if let Some(status) = child.try_wait()? {
            return Ok(!status.success());
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait()?;
    Ok(false)
}

/// What a receiver wrote to standard output and standard error, line by line.
#[derive(Default)]
pub(super) struct Log {
    lines: Mutex<Vec<Vec<u8>>>,
    more: Condvar,
}

impl Log {
    fn follow(log: &Arc<Self>, pipe: impl Read + Send + 'static) {
        let log = Arc::clone(log);
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n') {
                let Ok(line) = line else { break };
                log.lock().push(line);
                log.more.notify_all();
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn raw(&self) -> Vec<Vec<u8>> {
        self.lock().clone()
    }

    pub(super) fn all(&self) -> Vec<String> {
        text(&self.lock())
    }

    /// Waits until `find` finds something in the lines after the first `skip`.
    pub(super) fn wait_for<T>(
        &self,
        skip: usize,
        find: impl Fn(&[String]) -> Option<T>,
    ) -> Option<T> {
        let until = Instant::now() + SILENCE;
        let mut lines = self.lock();
        loop {
            if let Some(found) = find(&text(&lines[skip..])) {
                return Some(found);
            }
            let left = until.checked_duration_since(Instant::now())?;
            lines = self.more.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn text(lines: &[Vec<u8>]) -> Vec<String> {
    lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}
