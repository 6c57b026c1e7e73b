//! The secrets of a command. They are never printed.

use std::{env, ffi::OsString};

use anyhow::{Context, bail};
use hooksig::Key;

use crate::{input::Input, terminal};

const VARIABLE: &str = "DRONE_WEBHOOK_SECRET";

/// The options that give secrets; without `Debug`, which would print them.
#[derive(clap::Args)]
#[command(next_help_heading = "Secrets")]
pub(crate) struct SecretArgs {
    /// Read a secret from FILE, or from standard input if FILE is `-`
    ///
    /// One newline at its end is removed. May be repeated, to accept the old and the new secret
    /// while it is being changed. Secrets of files are tried first, then those of --secret.
    #[arg(short = 's', long, value_name = "FILE")]
    secret_file: Vec<Input>,

    /// Use TEXT as a secret; by default, the environment variable DRONE_WEBHOOK_SECRET
    ///
    /// May be repeated. TEXT is not trimmed. Other users of the machine may see it in the list of
    /// processes. Without --secret-file and --secret, the secret is the value of the environment
    /// variable DRONE_WEBHOOK_SECRET, which is not trimmed either.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    secret: Vec<OsString>,
}

/// A secret that is not empty; without `Debug`, which would print it.
pub(crate) struct Secret {
    bytes: Vec<u8>,
    key: Key,
}

impl Secret {
    fn new(bytes: &[u8]) -> anyhow::Result<Self> {
        Ok(Self { bytes: bytes.to_vec(), key: Key::new(bytes)? })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }
}

impl SecretArgs {
    /// Returns the secrets, at least one, in the order to try them.
    pub(crate) fn secrets(&self) -> anyhow::Result<Vec<Secret>> {
        let mut secrets = Vec::new();
        for input in &self.secret_file {
            secrets.push(read_secret(input).with_context(|| format!("--secret-file {input}"))?);
        }
        for (index, text) in self.secret.iter().enumerate() {
            let secret = Secret::new(text.as_encoded_bytes());
            secrets.push(secret.with_context(|| format!("--secret number {}", index + 1))?);
        }
        if secrets.is_empty() {
            secrets.push(secret_of_environment()?);
        }
        Ok(secrets)
    }

    /// Returns the keys of the secrets.
    pub(crate) fn keys(&self) -> anyhow::Result<Vec<Key>> {
        Ok(self.secrets()?.into_iter().map(|secret| secret.key).collect())
    }

    /// Returns the only key, to sign with.
    pub(crate) fn key(&self) -> anyhow::Result<Key> {
        let mut keys = self.keys()?;
        match (keys.pop(), keys.len()) {
            (Some(key), 0) => Ok(key),
            (_, more) => bail!("one secret is needed to sign, and {} were given", more + 1),
        }
    }
}

fn read_secret(input: &Input) -> anyhow::Result<Secret> {
    let content = input.read()?;
    Secret::new(content.strip_suffix(b"\n").map_or(content.as_slice(), |line| {
        terminal::tell(format_args!(
            "note: the newline at the end of {input} is not part of the secret"
        ));
        line.strip_suffix(b"\r").unwrap_or(line)
    }))
}

fn secret_of_environment() -> anyhow::Result<Secret> {
    let Some(secret) = env::var_os(VARIABLE) else {
        bail!("no secret was given; use --secret-file FILE, --secret TEXT or {VARIABLE}");
    };
    Secret::new(secret.as_encoded_bytes()).context(VARIABLE)
}
