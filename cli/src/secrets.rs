//! Where secrets come from. None is ever written anywhere.

use std::{env, ffi::OsString};

use anyhow::{Context, bail};
use hooksig::Key;

use crate::{input::Input, terminal};

const VARIABLE: &str = "DRONE_WEBHOOK_SECRET";

/// The options that give secrets; without `Debug`, which would show them.
#[derive(clap::Args)]
#[command(next_help_heading = "Secrets")]
pub(crate) struct SecretArgs {
    /// Read a secret from FILE, or from standard input if that is `-`
    ///
    /// One newline at its end is not part of it. May be repeated, for the time in which a secret is
    /// replaced. Secrets of files are tried first, then those of --secret.
    #[arg(short = 's', long, value_name = "FILE")]
    secret_file: Vec<Input>,

    /// Take TEXT as a secret; without any, DRONE_WEBHOOK_SECRET of the environment is it
    ///
    /// May be repeated. Nothing is trimmed off TEXT. Other users of the machine may see it in the
    /// list of processes. Where neither --secret-file nor --secret is given, the secret is the
    /// value of the environment variable DRONE_WEBHOOK_SECRET, with nothing trimmed off either.
    // A secret that begins with a hyphen must not be quoted back as an unknown option.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    secret: Vec<OsString>,
}

/// A secret that is not empty; without `Debug`, which would show it.
pub(crate) struct Secret {
    octets: Vec<u8>,
    key: Key,
}

impl Secret {
    fn new(octets: &[u8]) -> anyhow::Result<Self> {
        Ok(Self { octets: octets.to_vec(), key: Key::new(octets)? })
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }
}

impl SecretArgs {
    /// The secrets in the order in which they are to be tried; at least one.
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

    /// The keys of the secrets.
    pub(crate) fn keys(&self) -> anyhow::Result<Vec<Key>> {
        Ok(self.secrets()?.into_iter().map(|secret| secret.key).collect())
    }

    /// The one key to sign with.
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
