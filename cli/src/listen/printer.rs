//! Prints on its own thread, so that no delivery waits for a reader of the log.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use super::entry::Entry;
use crate::terminal;

/// Most lines that may wait to be printed. Further ones are counted and dropped.
const MAX_WAITING: usize = 1024;

/// Takes lines without blocking, and prints them in order.
#[derive(Clone)]
pub(super) struct Printer {
    shared: Arc<Shared>,
    /// True to print deliveries as JSON objects.
    json: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Line>,
    is_closed: bool,
    /// True once the thread has ended.
    is_done: bool,
}

enum Line {
    /// For standard output, with its end, perhaps with colours.
    Output(String),
    /// For standard error.
    Message(String),
    /// The number of lines that were dropped here.
    Lost(u64),
}

impl Printer {
    pub(super) fn start(json: bool) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        thread::Builder::new().name("printer".into()).spawn(move || own.print_all())?;
        Ok(Self { shared, json })
    }

    /// Prints the line of a delivery to standard output.
    pub(super) fn print(&self, entry: &Entry) {
        match entry.line(self.json) {
            Ok(line) => self.shared.add(Line::Output(line)),
            Err(error) => self.tell(format!("{error:#}")),
        }
    }

    /// Prints a line to standard error.
    pub(super) fn tell(&self, text: String) {
        self.shared.add(Line::Message(text));
    }

    /// Prints the waiting lines, then `last` to standard error. Gives up after `patience`.
    pub(super) fn finish(&self, last: String, patience: Duration) {
        let mut state = self.shared.lock();
        state.waiting.push_back(Line::Message(last));
        state.is_closed = true;
        self.shared.changed.notify_all();
        let is_printing = |state: &mut State| !state.is_done;
        let _ = self.shared.changed.wait_timeout_while(state, patience, is_printing);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: Line) {
        self.lock().add(line);
        self.changed.notify_all();
    }

    fn print_all(&self) {
        while let Some(line) = self.next() {
            line.print();
        }
        self.lock().is_done = true;
        self.changed.notify_all();
    }

    /// Waits for a line; `None` after the last one.
    fn next(&self) -> Option<Line> {
        let is_idle = |state: &mut State| state.waiting.is_empty() && !state.is_closed;
        let state = self.changed.wait_while(self.lock(), is_idle);
        state.unwrap_or_else(PoisonError::into_inner).waiting.pop_front()
    }
}

impl State {
    fn add(&mut self, line: Line) {
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push_back(line);
        } else if let Some(Line::Lost(count)) = self.waiting.back_mut() {
            *count += 1;
        } else {
            self.waiting.push_back(Line::Lost(1));
        }
    }
}

impl Line {
    fn print(self) {
        match self {
            Self::Output(line) => {
                if let Err(error) = terminal::print_styled(&line) {
                    terminal::tell(format_args!("{error:#}"));
                }
            }
            Self::Message(line) => terminal::tell(format_args!("{line}")),
            Self::Lost(count) => {
                terminal::tell(format_args!(
                    "{count} lines were lost, because those before were not read in time"
                ));
            }
        }
    }
}
