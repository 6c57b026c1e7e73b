//! The Go middleware and the Go `Handler`, in the program of `tests/receivers/go`.

use std::{net::SocketAddr, path::PathBuf, process::Command};

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
