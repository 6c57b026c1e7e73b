//! `hooksig listen --json`.

use std::{net::SocketAddr, path::PathBuf, process::Command};

pub(super) fn command(secrets: &[PathBuf]) -> Command {
    let mut command = Command::new(super::built().join("hooksig"));
    command.args(["listen", "127.0.0.1:0", "--json"]);
    for secret in secrets {
        command.arg("--secret-file").arg(secret);
    }
    command
}

/// `hooksig: listening on http://127.0.0.1:3000/; Ctrl-C stops it`
pub(super) fn address(line: &str) -> Option<SocketAddr> {
    line.split_once(": listening on http://")?.1.split('/').next()?.parse().ok()
}

/// `{"time":1795419692,"verdict":"invalid","reason":"signature-mismatch",…}`
pub(super) fn reason(line: &str) -> Option<String> {
    line.split_once(r#","reason":""#)?.1.split('"').next().map(Into::into)
}
