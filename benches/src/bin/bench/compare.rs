//! Times all contestants in turn, each with its floor.

use std::{io, path::Path};

use hooksig_bench::operation::{self, Operation};

use crate::{child::Contestant, entrants::Entrant, median::median};

/// Shortest batch in nanoseconds. It must outweigh reading the clock and training the branch
/// predictor again.
const BATCH: f64 = 400_000.0;

/// The times of one contestant and one operation.
#[derive(Clone, Debug)]
pub struct Cell {
    pub accepted: bool,
    calls: u64,
    /// Nanoseconds per call, one per round.
    times: Vec<f64>,
    /// The floor's, measured right before.
    floors: Vec<f64>,
}

impl Cell {
    pub fn time(&self) -> f64 {
        median(self.times.iter().copied())
    }

    pub fn floor(&self) -> f64 {
        median(self.floors.iter().copied())
    }

    /// Returns the time in multiples of the floor.
    pub fn ratio(&self) -> f64 {
        median(self.times.iter().zip(&self.floors).map(|(time, floor)| time / floor))
    }
}

/// One contestant: a row of the tables.
pub struct Row {
    pub title: String,
    pub entrant: &'static Entrant,
    /// One for each operation; `None` if the contestant does not support it.
    pub cells: Vec<Option<Cell>>,
}

/// Starts the contestants, and times each operation of each once per round.
pub fn run(
    entrants: Vec<&'static Entrant>,
    programs: &Path,
    deliveries: &Path,
    now: i64,
    rounds: usize,
) -> io::Result<Vec<Row>> {
    let start = |program: &str, args: &[&str]| {
        Contestant::start(&programs.join(program), args, deliveries, now)
    };
    let operations: Vec<_> = operation::all().into_iter().map(|(_, operation)| operation).collect();
    let mut floor = start("floor", &[])?;
    let mut floor_calls = vec![];
    for operation in &operations {
        floor_calls
            .push(calibrate(&mut floor, operation)?.expect("the floor has every operation").0);
    }
    let mut rows = vec![];
    let mut contestants = vec![];
    for entrant in entrants {
        let mut contestant = start(entrant.program, entrant.args)?;
        let mut cells = vec![];
        for operation in &operations {
            cells.push(prepare(&mut contestant, entrant, operation)?);
        }
        rows.push(Row { title: contestant.title.clone(), entrant, cells });
        contestants.push(contestant);
    }
    for _ in 0..rounds {
        for (at, operation) in operations.iter().enumerate() {
            for (row, contestant) in rows.iter_mut().zip(&mut contestants) {
                let Some(cell) = &mut row.cells[at] else { continue };
                cell.floors.push(ask(&mut floor, operation, floor_calls[at])?);
                cell.times.push(ask(contestant, operation, cell.calls)?);
            }
        }
    }
    Ok(rows)
}

/// Times an operation that the contestant supports.
fn ask(contestant: &mut Contestant, operation: &Operation, calls: u64) -> io::Result<f64> {
    let answer = contestant.ask(operation, calls)?;
    Ok(answer.expect("the operation was there before").time)
}

/// Finds the number of calls that fill a batch, and whether the operation accepts.
fn calibrate(
    contestant: &mut Contestant,
    operation: &Operation,
) -> io::Result<Option<(u64, bool)>> {
    let mut calls = 1;
    loop {
        let Some(answer) = contestant.ask(operation, calls)? else { return Ok(None) };
        if answer.time * calls as f64 >= BATCH {
            return Ok(Some((calls, answer.accepted)));
        }
        calls *= 2;
    }
}

/// Makes an empty cell. A contestant with a wrong verdict must not be timed, unless it is known not
/// to check the date.
fn prepare(
    contestant: &mut Contestant,
    entrant: &Entrant,
    operation: &Operation,
) -> io::Result<Option<Cell>> {
    if operation.is_another_form() && !entrant.is_hooksig() {
        return Ok(None);
    }
    let Some((calls, accepted)) = calibrate(contestant, operation)? else { return Ok(None) };
    let expected = operation.accepted() || (operation.delivery == "stale" && entrant.ignores_date);
    if accepted != expected {
        let message = format!("{}: {operation}: wrong verdict", contestant.title);
        return Err(io::Error::other(message));
    }
    Ok(Some(Cell { accepted, calls, times: vec![], floors: vec![] }))
}

/// Returns the cell of an operation, or `None` if the contestant does not support it.
pub fn cell<'r>(row: &'r Row, title: &str) -> Option<&'r Cell> {
    row.cells[index(title)].as_ref()
}

/// Returns the column of an operation.
pub fn index(title: &str) -> usize {
    let found = operation::all().iter().position(|(name, _)| *name == title);
    found.expect("there is an operation of this title")
}
