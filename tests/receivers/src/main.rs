//! Attacks every receiver of the project with the same table, over real sockets.
//!
//! `receivers` runs the table and prints what differs from it; `receivers page` prints the table for
//! docs/receivers.md. A word after `receivers` runs only the rows and receivers whose name holds it.

mod attack;
mod client;
mod delivery;
mod http2;
mod page;
mod receivers;
mod run;
mod scenarios;
mod table;

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let filter = arguments.next().unwrap_or_default();
    if filter == "page" {
        print!("{}", page::text(&table::attacks()));
        return ExitCode::SUCCESS;
    }
    match run::all(&table::attacks(), &filter, arguments.next().as_deref()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
