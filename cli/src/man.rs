//! `hooksig man`: the manual pages, for packagers.

use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;

use crate::{Cli, Outcome};

/// Write the manual pages of the program and of each command into a folder
#[derive(clap::Args)]
#[command(hide = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder, which must be there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

const EXAMPLES: &str = "\
Example:
  hooksig man /usr/local/share/man/man1

Exit codes:
  0  done
  2  usage error, or the folder cannot be written to";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let written = clap_mangen::generate_to(Cli::command(), &args.folder);
    written.with_context(|| format!("cannot write to {:?}", args.folder))?;
    Ok(Outcome::Success)
}
