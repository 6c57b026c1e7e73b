//! `hooksig completions`: completion scripts for shells.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Cli, Outcome, terminal};

/// Print the completion script for a shell
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  hooksig completions bash > ~/.local/share/bash-completion/completions/hooksig
  hooksig completions zsh > ~/.zfunc/_hooksig
  hooksig completions fish > ~/.config/fish/completions/hooksig.fish

Exit codes:
  0  done
  2  usage error";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "hooksig", &mut script);
    terminal::print(script)?;
    Ok(Outcome::Success)
}
