//! `hooksig secret`: a new random secret.

use std::fmt::Write;

use anyhow::anyhow;
use clap::builder::RangedU64ValueParser;

use crate::{Outcome, terminal};

/// Print a new random secret
///
/// 16 bytes from the operating system's random number generator, as 32 hexadecimal digits: the form
/// that Drone's documentation recommends. Drone and hooksig both use the digits themselves as the
/// secret.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Number of random bytes; each gives two digits
    #[arg(long, value_name = "N", default_value = "16",
        value_parser = RangedU64ValueParser::<usize>::new().range(16..=1024))]
    bytes: usize,
}

const EXAMPLES: &str = "\
Example:
  hooksig secret > drone.secret
  # then give the server the same text: DRONE_WEBHOOK_SECRET=$(cat drone.secret)

Exit codes:
  0  done
  2  usage error, or the operating system has no random numbers";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut secret = vec![0; args.bytes];
    getrandom::fill(&mut secret).map_err(|error| anyhow!("no random numbers: {error}"))?;
    let mut digits = secret.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    digits.push('\n');
    terminal::print(digits)?;
    Ok(Outcome::Success)
}
