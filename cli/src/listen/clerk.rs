//! Saves and explains deliveries on its own thread, so that no answer waits for a disk.

use std::{
    convert::Infallible,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread,
    time::Duration,
};

use super::{archive::Archive, entry::Entry, printer::Printer, record::Record};
use crate::{explain::Findings, policy::PolicyArgs, receiver, secrets::Secret};

/// Most deliveries that may wait. Their bodies are in memory.
const MAX_WAITING: usize = 32;

/// What to do with each delivery before it is printed.
pub(super) struct Duties {
    pub(super) archive: Option<Archive>,
    /// The secrets to explain refused deliveries with.
    pub(super) secrets: Option<Vec<Secret>>,
    pub(super) policy: Arc<PolicyArgs>,
}

/// Takes deliveries without blocking, and prints them when they are saved and explained.
#[derive(Clone)]
pub(super) struct Clerk {
    printer: Printer,
    /// `None` if there is nothing to do, or after the end.
    jobs: Arc<Mutex<Option<SyncSender<Job>>>>,
    /// Disconnected at the end of the thread.
    ended: Arc<Mutex<Receiver<Infallible>>>,
}

struct Job {
    entry: Entry,
    record: Record,
}

impl Clerk {
    pub(super) fn start(duties: Duties, printer: Printer) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::sync_channel::<Job>(MAX_WAITING);
        let (end, ended) = mpsc::channel();
        let has_duties = duties.archive.is_some() || duties.secrets.is_some();
        let own = printer.clone();
        thread::Builder::new().name("clerk".into()).spawn(move || {
            waiting.iter().for_each(|job| duties.handle(job, &own));
            drop(end);
        })?;
        let jobs = Arc::new(Mutex::new(has_duties.then_some(jobs)));
        Ok(Self { printer, jobs, ended: Arc::new(Mutex::new(ended)) })
    }

    /// Returns true if the clerk needs the request, including the body of a refused one.
    pub(super) fn needs_record(&self) -> bool {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Takes a delivery; without a record, prints it at once.
    pub(super) fn take(&self, entry: Entry, record: Option<Record>) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(jobs), Some(record)) = (jobs.as_ref(), record) else {
            return self.printer.print(&entry);
        };
        match jobs.try_send(Job { entry, record }) {
            Ok(()) => {}
            Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => {
                self.printer.print(&job.entry);
                self.printer.tell(
                    "this delivery was neither saved nor explained, because too many are waiting"
                        .into(),
                );
            }
        }
    }

    /// Handles the waiting deliveries, unless that takes longer than `patience`.
    pub(super) fn finish(&self, patience: Duration) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(patience);
    }
}

impl Duties {
    fn handle(&self, Job { mut entry, record }: Job, printer: &Printer) {
        if let Some(archive) = &self.archive
            && let Err(error) = archive.save(&entry.saving(&record.text()))
        {
            printer.tell(format!("{error:#}"));
        }
        if let Some(secrets) = &self.secrets
            && entry.is_broken()
        {
            match self.explain(secrets, &record) {
                Ok(findings) => entry.explanation = Some(findings),
                Err(error) => printer.tell(format!("{error:#}")),
            }
        }
        printer.print(&entry);
    }

    fn explain(&self, secrets: &[Secret], record: &Record) -> anyhow::Result<Findings> {
        let keys: Vec<_> = secrets.iter().map(|secret| secret.key().clone()).collect();
        let terms = self.policy.terms()?;
        let receiver = receiver::Receiver { keys: &keys, terms: &terms, clock: record.clock };
        Ok(Findings::of(&record.message(), &receiver, secrets))
    }
}
