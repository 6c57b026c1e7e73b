//! A process with a log.

use std::{
    fs,
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

impl Process {
    /// How many files and sockets it holds open; `None` if this system does not tell.
    pub(super) fn open_files(&self) -> Option<usize> {
        Some(fs::read_dir(format!("/proc/{}/fd", self.child.id())).ok()?.count())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The output of a receiver.
#[derive(Default)]
pub(super) struct Log {
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<Vec<u8>>,
    /// How many pipes can still bring lines.
    open: usize,
    /// Whether the pipes are left unread.
    is_paused: bool,
}

impl Log {
    fn follow(log: &Arc<Self>, pipe: impl Read + Send + 'static) {
        let log = Arc::clone(log);
        log.lock().open += 1;
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n') {
                let Ok(line) = line else { break };
                log.add(line);
            }
            log.lock().open -= 1;
            log.more.notify_all();
        });
    }

    fn add(&self, line: Vec<u8>) {
        let mut state = self.lock();
        state.lines.push(line);
        self.more.notify_all();
        let reads_on = self.more.wait_while(state, |state| state.is_paused);
        drop(reads_on.unwrap_or_else(PoisonError::into_inner));
    }

    /// Stops reading after the next lines, or reads on.
    pub(super) fn pause(&self, is_paused: bool) {
        self.lock().is_paused = is_paused;
        self.more.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().lines.len()
    }

    pub(super) fn raw(&self) -> Vec<Vec<u8>> {
        self.lock().lines.clone()
    }

    pub(super) fn all(&self) -> Vec<String> {
        text(&self.lock().lines)
    }

    /// Waits until `find` finds something in the lines after the first `skip`; `None` if it does not in
    /// time, or if the receiver has ended.
    pub(super) fn wait_for<T>(
        &self,
        skip: usize,
        find: impl Fn(&[String]) -> Option<T>,
    ) -> Option<T> {
        let until = Instant::now() + SILENCE;
        let mut state = self.lock();
        loop {
            let found = find(&text(&state.lines[skip..]));
            if found.is_some() || state.open == 0 {
                return found;
            }
            let left = until.checked_duration_since(Instant::now())?;
            state = self.more.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn text(lines: &[Vec<u8>]) -> Vec<String> {
    lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}
