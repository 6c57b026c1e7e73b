//! The side of the protocol that is asked.

use std::{
    collections::HashMap,
    hint::black_box,
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{delivery::Delivery, operation::Operation};

/// An operation made ready: each call does it once and says whether it was accepted.
pub type Call = Box<dyn FnMut() -> bool>;

/// What all contestants are given.
#[derive(Clone, Debug)]
pub struct Material {
    folder: PathBuf,
    /// The present time in Unix seconds, for those that take it as an argument.
    pub now: i64,
    secrets: Vec<String>,
}

impl Material {
    /// Reads the folder that [`write_all`](crate::delivery::write_all) wrote.
    pub fn open(folder: &Path, now: i64) -> io::Result<Self> {
        let secrets = std::fs::read_to_string(folder.join("secrets"))?;
        let secrets = secrets.lines().map(str::to_owned).collect();
        Ok(Self { folder: folder.to_owned(), now, secrets })
    }

    /// The delivery that an operation is about.
    pub fn delivery(&self, operation: &Operation) -> Delivery {
        let path = self.folder.join(&operation.delivery).with_extension("http");
        Delivery::read(&path).expect("the delivery is there")
    }

    /// The secrets that an operation knows: the one that fits comes last.
    pub fn secrets(&self, operation: &Operation) -> &[String] {
        &self.secrets[self.secrets.len() - operation.secrets..]
    }
}

/// Answers questions on standard input until it ends. The arguments are the folder of the
/// deliveries and the time in Unix seconds.
///
/// A question is `OPERATION CALLS`, and its answer `accepted NS`, `refused NS` with the time that
/// all calls took, or `-` where `prepare` gives nothing since the contestant does no such thing.
pub fn serve(title: &str, prepare: impl Fn(&Material, &Operation) -> Option<Call>) {
    let mut args = std::env::args().skip(1);
    let (Some(folder), Some(Ok(now))) = (args.next(), args.next().map(|now| now.parse())) else {
        panic!("usage: CONTESTANT FOLDER UNIX_TIME");
    };
    let material = Material::open(Path::new(&folder), now).expect("the folder can be read");
    let mut prepared = HashMap::new();
    answer(title);
    for line in io::stdin().lock().lines() {
        let line = line.expect("the question can be read");
        let (operation, calls) = line.rsplit_once(' ').expect("a question has two parts");
        let calls = calls.parse().expect("the calls are a number");
        let call = prepared.entry(operation.to_owned()).or_insert_with(|| {
            prepare(&material, &operation.parse().expect("the operation is known"))
        });
        match call {
            Some(call) => answer(&time(call, calls)),
            None => answer("-"),
        }
    }
}

fn answer(text: &str) {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).expect("the answer can be written");
}

/// Times calls, after a few that bring code and data back into the caches.
fn time(call: &mut Call, calls: u64) -> String {
    repeat(call, calls / 4 + 1);
    let start = Instant::now();
    let accepted = repeat_counted(call, calls);
    let time = start.elapsed().as_nanos();
    format!("{} {time}", if accepted { "accepted" } else { "refused" })
}

/// [`repeat`] under a name that callgrind can find.
#[inline(never)]
fn repeat_counted(call: &mut Call, calls: u64) -> bool {
    repeat(call, calls)
}

#[inline(always)]
fn repeat(call: &mut Call, calls: u64) -> bool {
    (0..calls).fold(true, |accepted, _| black_box(call()) && accepted)
}
