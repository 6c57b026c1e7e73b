//! Compares hooksig with its peers: `bench [--rounds N] [--only NAME]... [--write]`.
//!
//! Each round, every contestant does each operation once, right after the SHA-256 compressions that
//! the operation needs at least. The figures are medians over the rounds. Then come signing
//! many deliveries at once, the growth of the cost, and the gain of more cores. `--only` times just the contestants with that in their name.
//! `--write` updates the pages and charts of `docs`.

mod bar_chart;
mod charts;
mod child;
mod compare;
mod cores;
mod entrants;
mod machine;
mod median;
mod pages;
mod scaling;
mod signing;
mod tables;

use std::{
    env, io,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use hooksig_bench::delivery;
use rustix::thread::{sched_getaffinity, sched_setaffinity};

use crate::{machine::Machine, pages::Findings};

/// The command line.
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
    let all = sched_getaffinity(None)?;
    let cores = cores::list(&all);
    // All contestants share one core.
    cores::pin(*cores.last().ok_or_else(|| io::Error::other("there is no core"))?)?;
    let rows = compare::run(entrants, &programs, &deliveries, now, options.rounds)?;
    let batches = signing::batches(options.rounds, now);
    println!("{}", tables::signing(&rows, &batches));
    println!("{}", tables::nanoseconds(&rows));
    println!("{}", tables::ratios(&rows));
    if !options.only.is_empty() {
        return Ok(());
    }

    let rounds = options.rounds.div_ceil(10);
    let growth = scaling::growth(rounds, now);
    sched_setaffinity(None, &all)?;
    let found = Findings {
        machine: Machine::here(cores.len(), now),
        rounds: options.rounds,
        rows,
        batches,
        growth,
        cores: scaling::cores(options.rounds, now, &all),
    };
    println!("{}\n{}", found.growth(), found.cores());
    publish(&found, options.write)
}

/// Draws the charts and writes the pages, to the checkout or to the build folder.
fn publish(found: &Findings, write: bool) -> io::Result<()> {
    let pictures = Path::new(if write { "docs/bench" } else { "target/bench" });
    charts::peers(&pictures.join("peers.svg"), &found.rows, &found.machine)
        .and_then(|()| {
            let path = pictures.join("signing.svg");
            charts::signing(&path, &found.rows, &found.batches, &found.machine)
        })
        .and_then(|()| {
            let path = pictures.join("scaling.svg");
            charts::scaling(&path, &found.growth, &found.cores, &found.machine)
        })
        .map_err(|error| io::Error::other(error.to_string()))?;
    println!("{0}/{{peers,signing,scaling}}.svg are drawn", pictures.display());
    match write {
        true => found.write(Path::new(".")),
        false => Ok(()),
    }
}
