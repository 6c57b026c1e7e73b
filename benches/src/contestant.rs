//! The answering side of the protocol.

use std::{
    collections::HashMap,
    hint::black_box,
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{delivery::Delivery, operation::Operation};

/// A prepared operation. Each call does it once and returns true if it was accepted.
pub type Call = Box<dyn FnMut() -> bool>;

/// The input of all contestants.
#[derive(Clone, Debug)]
pub struct Material {
    folder: PathBuf,
    /// The current time in Unix seconds, for contestants that take it as an argument.
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

    /// Returns the delivery of an operation.
    pub fn delivery(&self, operation: &Operation) -> Delivery {
        let path = self.folder.join(&operation.delivery).with_extension("http");
        Delivery::read(&path).expect("the delivery is there")
    }

    /// Returns the secrets of an operation; the last one fits.
    pub fn secrets(&self, operation: &Operation) -> &[String] {
        &self.secrets[self.secrets.len() - operation.secrets..]
    }
}

/// Answers questions on standard input until it ends. The arguments are the folder of the
/// deliveries and the time in Unix seconds.
///
/// A question is `OPERATION CALLS`. The answer is `accepted NS` or `refused NS` with the time of
/// all calls, or `-` if `prepare` returns nothing because the contestant does not support the
/// operation.
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

/// Times calls after a few that warm the caches.
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
