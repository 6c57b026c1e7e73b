//! The kinds of extensions that Drone asks.

use clap::ValueEnum;
use hooksig::{
    Verified, drone,
    payload::{admission, config, convert, environ, registry, secret, validate},
};

use crate::message::Message;

/// The word before the colon in the name of a request to an extension.
pub(crate) const WORD: &str = "extension";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Extension {
    Admission,
    Config,
    Convert,
    Environ,
    Registry,
    Secret,
    Validate,
}

impl Extension {
    /// Returns the extension that the signed `Accept` of a genuine request names.
    pub(crate) fn of(verified: &Verified<'_>, message: &Message<'_>) -> Option<Self> {
        let is_signed = drone::EXTENSION_COVERED.map(|name| verified.covered().contains(name));
        let accept = message.values("accept").next().filter(|_| !is_signed.contains(&false))?;
        let mut all = Self::value_variants().iter().copied();
        all.find(|extension| extension.media_type().as_bytes() == accept)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Admission => "admission",
            Self::Config => "config",
            Self::Convert => "convert",
            Self::Environ => "environ",
            Self::Registry => "registry",
            Self::Secret => "secret",
            Self::Validate => "validate",
        }
    }

    /// Returns the value of `Accept`.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Admission => admission::MEDIA_TYPE,
            Self::Config => config::MEDIA_TYPE,
            Self::Convert => convert::MEDIA_TYPE,
            Self::Environ => environ::MEDIA_TYPE,
            Self::Registry => registry::MEDIA_TYPE,
            Self::Secret => secret::MEDIA_TYPE,
            Self::Validate => validate::MEDIA_TYPE,
        }
    }
}
