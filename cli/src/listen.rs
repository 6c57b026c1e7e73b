//! `hooksig listen`: a receiver for development.

use std::{net::TcpListener, sync::Arc};

use anyhow::Context;

use crate::{
    Outcome,
    client::{self, Client},
    outgoing::Destination,
    policy::PolicyArgs,
    secrets::SecretArgs,
};

use self::{
    desk::{Desk, Terms},
    forwarder::Forwarder,
    printer::Printer,
};

mod connection;
mod desk;
mod entry;
mod forwarder;
mod onward;
mod printer;
mod server;
mod summary;

/// Receive deliveries and print the verdict on each as it comes
///
/// A line a delivery: valid or invalid, the event or the reason, and who, which repository, which
/// build. Nothing of a delivery that is not genuine is shown. A delivery that was accepted before
/// is refused. The sender is told no reason: any refusal is 401 and one fixed text, an accepted
/// delivery 204, or with --forward the status that comes back, or 502. A request that is no POST is
/// answered 405, one whose body is too long, too slow or broken 413, 408 or 400.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where to listen, such as localhost:3000; a port without a host is one of localhost
    ///
    /// `3000` and `:3000` are `localhost:3000`. With port 0 the system chooses one.
    #[arg(value_name = "ADDR")]
    address: String,

    /// Send each delivery that is valid on to URL, and answer with the status that comes back
    ///
    /// Passes on the body, the signature, and the fields that it covers but for Host. Content-Type
    /// and X-Drone-Event are sent as Drone sends them; other fields, which anyone on the way could
    /// have changed, are left out.
    #[arg(long, value_name = "URL")]
    forward: Option<String>,

    /// The longest body that is taken
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20)]
    max_body: usize,

    /// Accept a delivery each time it comes
    ///
    /// For requests to Drone's extensions, two of which may be identical within one second. An
    /// observer of one can then repeat it while its Date is good.
    #[arg(long)]
    no_replay_guard: bool,

    /// Print a JSON object for each delivery, on one line
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
  hooksig listen --secret-file new.secret --secret-file old.secret 0.0.0.0:3000 --json
  hooksig listen --secret-file drone.secret localhost:3000 --forward http://localhost:8080/hook

Exit codes:
  0  stopped by SIGINT (Ctrl-C) or SIGTERM; what was begun was answered
  2  usage error, no secret, or the address cannot be listened on";

pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    args.policy.terms()?;
    args.policy.clock()?;
    let forward = args.forward.map(|url| url.parse::<Destination>()).transpose();
    let forwarder = forward
        .context("--forward: the URL cannot be sent to")?
        .map(|url| Forwarder::new(Client::new(url, client::TIMEOUT)));
    let keys = args.secrets.keys()?;
    let listener = TcpListener::bind(with_host(&args.address))
        .with_context(|| format!("cannot listen on {:?}", args.address))?;
    let terms = Terms { forwarder, has_guard: !args.no_replay_guard, max_body: args.max_body };
    let printer = Printer::start(args.json).context("the thread that prints cannot start")?;
    let desk = Desk::new(keys, args.policy, terms, printer.clone());
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
