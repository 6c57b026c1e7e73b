//! The C receiver of `c-example`.

use std::{net::SocketAddr, path::PathBuf, process::Command};

pub(super) fn command(secrets: &[PathBuf]) -> Command {
    let mut command = Command::new(super::target().join("c-example/receiver"));
    for secret in secrets {
        command.arg("--secret-file").arg(secret);
    }
    command
}

/// `listening on 127.0.0.1:3000`
pub(super) fn address(line: &str) -> Option<SocketAddr> {
    line.strip_prefix("listening on ")?.parse().ok()
}

/// `2026-11-23T07:41:32Z 127.0.0.1:40123 refused signature-mismatch -:- key=-`
pub(super) fn reason(line: &str) -> Option<String> {
    let mut words = line.split(' ').skip(2);
    match words.next()? {
        "accepted" | "refused" => words.next().map(Into::into),
        _ => None,
    }
}
