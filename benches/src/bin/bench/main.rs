//! Compares hooksig with its peers: `bench [--rounds N] [--only NAME]... [--write]`.
//!
//! All contestants do each operation once a round, each right behind the SHA-256 compressions that
//! it cannot spare; the figures are medians over the rounds. `--only` keeps the contestants with
//! that in their name. `--write` writes `docs/bench` anew.

mod child;
mod compare;
mod entrants;
mod goals;
mod median;
mod tables;

use std::{
    env, io,
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use hooksig_bench::delivery;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// What the command line says.
struct Options {
    rounds: usize,
    only: Vec<String>,
    write: bool,
}

impl Options {
    fn read(args: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { rounds: 500, only: vec![], write: false };
        let mut args = args;
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--rounds" => options.rounds = args.next()?.parse().ok().filter(|&it| it > 0)?,
                "--only" => options.only.push(args.next()?),
                "--write" => options.write = true,
                _ => return None,
            }
        }
        Some(options)
    }
}

fn main() -> ExitCode {
    let Some(options) = Options::read(env::args().skip(1)) else {
        eprintln!("usage: bench [--rounds N] [--only NAME]... [--write]");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> io::Result<()> {
    let programs = env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();
    let deliveries = programs.join("deliveries");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?.as_secs();
    let now = i64::try_from(now).map_err(io::Error::other)?;
    delivery::write_all(&deliveries, now)?;

    let entrants = entrants::present(&programs, &options.only);
    let cores = sched_getaffinity(None)?;
    pin_to_last(&cores)?;
    let rows = compare::run(entrants, &programs, &deliveries, now, options.rounds)?;
    sched_setaffinity(None, &cores)?;

    println!("{}", tables::checks(&rows));
    println!("{}", tables::nanoseconds(&rows));
    println!("{}", tables::ratios(&rows));
    println!("{}", tables::goals(&goals::all(&rows)));
    Ok(())
}

/// Keeps this process, and what it starts, on one core, so that all contestants have the same.
fn pin_to_last(cores: &CpuSet) -> io::Result<()> {
    let last = (0..CpuSet::MAX_CPU).rev().find(|&core| cores.is_set(core));
    let mut one = CpuSet::new();
    one.set(last.ok_or_else(|| io::Error::other("there is no core"))?);
    Ok(sched_setaffinity(None, &one)?)
}
