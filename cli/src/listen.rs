//! `hooksig listen`: a receiver for development.

use std::{net::TcpListener, path::PathBuf, sync::Arc};

use anyhow::Context;

use crate::{
    Outcome,
    client::{self, Client},
    outgoing::Destination,
    policy::PolicyArgs,
    secrets::SecretArgs,
};

use self::{
    archive::Archive,
    clerk::{Clerk, Duties},
    desk::{Desk, Terms},
    forwarder::Forwarder,
    printer::Printer,
};

mod archive;
mod clerk;
mod connection;
mod desk;
mod entry;
mod forwarder;
mod onward;
mod printer;
mod record;
mod server;
mod summary;
mod totals;

/// Receive deliveries and print the verdict on each as it comes
///
/// Prints one line per delivery: the verdict, the event or the reason, the user, the repository and
/// the build. Shows no content of a forged delivery. Refuses a delivery that was accepted before.
///
/// Answers 204 to an accepted delivery; with --forward the answer from URL, or 502 if there is
/// none. Answers 401 and one fixed text to a refused one, so that the sender does not learn the
/// reason. Other answers are 405 to a method other than POST, and 413, 408 or 400 to a body that is
/// too long, too slow or broken.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The address to listen on, such as localhost:3000; the host defaults to localhost
    ///
    /// `3000` and `:3000` are `localhost:3000`. With port 0 the system chooses one.
    #[arg(value_name = "ADDR")]
    address: String,

    /// Forward each valid delivery to URL, and pass back status, body and Content-Type of the
    /// answer
    ///
    /// Forwards the body, the signature, and the covered fields except Host. Content-Type and
    /// X-Drone-Event are sent as Drone sends them. Other fields are left out, because anyone on the
    /// way could have changed them. An answer that is cut off or longer than 4 MiB becomes 502.
    #[arg(short, long, value_name = "URL")]
    forward: Option<String>,

    /// Save each delivery in folder DIR, as a file that `hooksig explain` reads
    ///
    /// The file name of a refused delivery contains REFUSED and the reason. Its body is then read,
    /// too. At most 256 MiB of refused deliveries are saved.
    ///
    /// Only you can read the files. They do not hold the webhook secret, and passwords are removed
    /// from their fields. But they hold the signature, so anyone who has a file can send the
    /// delivery again while its Date is accepted. Bodies are saved as received. The body of a
    /// request to one of Drone's extensions can hold a token.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,

    /// Explain each refused delivery, as `hooksig explain` does
    ///
    /// Prints parts of the refused request, made safe for the terminal.
    #[arg(short, long)]
    explain: bool,

    /// Longest body that is accepted
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20)]
    max_body: usize,

    /// Accept a delivery each time it is sent
    ///
    /// Needed for requests to Drone's extensions, because two of them may be identical. An observer
    /// can then repeat one while its Date is accepted.
    #[arg(long)]
    no_replay_guard: bool,

    /// Print one JSON object per delivery, one per line
    #[arg(short, long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    #[command(flatten)]
    policy: PolicyArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig listen --secret-file drone.secret 3000
  hooksig listen -s new.secret -s old.secret 0.0.0.0:3000 --json
  hooksig listen -s drone.secret 3000 --forward http://localhost:8080/hook
  hooksig listen --secret-file drone.secret 3000 --explain --save .

Exit codes:
  0  stopped by SIGINT (Ctrl-C) or SIGTERM; pending deliveries were answered
  2  usage error, no secret, or an address or folder that cannot be used";

pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    args.policy.terms()?;
    args.policy.clock()?;
    let forward = args.forward.map(|url| url.parse::<Destination>()).transpose();
    let forwarder = forward
        .context("--forward: cannot send to this URL")?
        .map(|url| Forwarder::new(Client::new(url, client::TIMEOUT)));
    let secrets = args.secrets.secrets()?;
    let keys = secrets.iter().map(|secret| secret.key().clone()).collect();
    let archive = args.save.map(Archive::open).transpose().context("--save")?;
    let policy = Arc::new(args.policy);
    let duties =
        Duties { archive, secrets: args.explain.then_some(secrets), policy: Arc::clone(&policy) };
    let listener = TcpListener::bind(with_host(&args.address))
        .with_context(|| format!("cannot listen on {:?}", args.address))?;
    let terms = Terms { forwarder, has_guard: !args.no_replay_guard, max_body: args.max_body };
    let printer = Printer::start(args.json).context("the thread that prints cannot start")?;
    let clerk = Clerk::start(duties, printer.clone()).context("a thread cannot start")?;
    let desk = Desk::new(keys, policy, terms, clerk, printer.clone());
    server::run(listener, &Arc::new(desk), &printer)?;
    Ok(Outcome::Success)
}

/// Puts `localhost` before a port without a host.
fn with_host(address: &str) -> String {
    let port = address.strip_prefix(':').unwrap_or(address);
    match port.parse::<u16>() {
        Ok(port) => format!("localhost:{port}"),
        Err(_) => address.to_owned(),
    }
}
