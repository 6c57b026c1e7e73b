//! `hooksig man`: manual pages for packagers.

use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;
use clap_mangen::Man;

use crate::{Cli, Outcome};

/// Write the manual pages of the program and of each command to a folder
#[derive(clap::Args)]
#[command(hide = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder; it must exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

const EXAMPLES: &str = "\
Example:
  hooksig man /usr/local/share/man/man1

Exit codes:
  0  done
  2  usage error, or the folder cannot be written to";

/// The footer of each page.
const SOURCE: &str = concat!("hooksig ", env!("CARGO_PKG_VERSION"));

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    // Building gives the commands their full names.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set());
    for command in [&program].into_iter().chain(commands) {
        // Without a date the fields after it would move into its place.
        let page = Man::new(command.clone()).date(" ").source(SOURCE).manual("User Commands");
        let written = page.generate_to(&args.folder);
        written.with_context(|| format!("cannot write to {:?}", args.folder))?;
    }
    Ok(Outcome::Success)
}
