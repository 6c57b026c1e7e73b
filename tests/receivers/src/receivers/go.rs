//! The Go middleware and the Go `Handler`, in the program of `tests/receivers/go`.

use std::{net::SocketAddr, path::PathBuf, process::Command};

use anyhow::{Context, Result};

pub(super) fn command(kind: &str, secrets: &[PathBuf]) -> Command {
    let mut command = Command::new(super::target().join("receivers/go"));
    command.arg(kind).args(secrets);
    command
}

/// `listening on 127.0.0.1:3000`
pub(super) fn address(line: &str) -> Option<SocketAddr> {
    line.strip_prefix("listening on ")?.parse().ok()
}

/// `refused signature-mismatch` or `accepted ok "user" "created"`
pub(super) fn reason(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    match words.next()? {
        "accepted" | "refused" => words.next().map(Into::into),
        _ => None,
    }
}

/// The file beside the secrets to which the program writes its certificate.
pub(super) const CERTIFICATE: &str = "certificate.pem";

/// `tls on 127.0.0.1:3001`
pub(super) fn tls_address(log: &[String]) -> Result<SocketAddr> {
    let address = log.iter().find_map(|line| line.strip_prefix("tls on "));
    Ok(address.context("it has not told its address for TLS")?.parse()?)
}
