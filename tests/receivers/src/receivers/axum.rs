//! The tower layer, in its example for axum.

use std::{net::SocketAddr, path::PathBuf, process::Command};

pub(super) fn command(secrets: &[PathBuf]) -> Command {
    let mut command = Command::new(super::built().join("examples/axum"));
    command.arg("127.0.0.1:0").args(secrets);
    command
}

/// `2026-11-23T07:41:32.123Z  INFO axum: listening on 127.0.0.1:3000`
pub(super) fn address(line: &str) -> Option<SocketAddr> {
    line.split_once(": listening on ")?.1.parse().ok()
}

/// `… WARN axum: refused: … path="/hook" reason="signature-mismatch"` or `… INFO axum: received …`
pub(super) fn reason(line: &str) -> Option<String> {
    if line.contains(": received ") {
        return Some("ok".into());
    }
    line.split_once(" reason=\"")?.1.split('"').next().map(Into::into)
}
