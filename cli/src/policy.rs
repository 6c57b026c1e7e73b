//! The receiver's policy, as options.

use std::ffi::OsString;

use anyhow::bail;
use hooksig::{Clock, DEFAULT_MAX_SKEW, Policy};

use crate::{
    clock::{self, Moment},
    message::Message,
};

#[derive(clap::Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyArgs {
    /// Judge the Date against this time instead of the system clock
    ///
    /// Unix seconds, an HTTP-date such as "Mon, 23 Nov 2026 07:41:31 GMT", an RFC 3339 time such as
    /// 2026-11-23T07:41:31Z, or `date`: the Date of the recording itself.
    #[arg(short, long, value_name = "TIME", allow_negative_numbers = true)]
    now: Option<Moment>,

    /// Do not judge the Date at all: a delivery of any age is valid
    #[arg(long, conflicts_with_all = ["now", "max_skew"])]
    no_clock: bool,

    /// Largest allowed difference between the Date and the clock, in either direction
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_MAX_SKEW)]
    pub(crate) max_skew: u32,

    /// A header that the signature must cover; may be repeated
    ///
    /// The given names replace `date` and `digest`. Without `digest` anyone can exchange the body;
    /// without `date` anyone can send an old delivery again. Date and Digest must be present and
    /// correct even if they are not covered.
    #[arg(long, value_name = "NAME", default_values = ["date", "digest"])]
    require: Vec<String>,

    /// The keyId that the signature must have; Drone's is always hmac-key
    #[arg(long, value_name = "TEXT")]
    key_id: Option<OsString>,

    /// Accept algorithm="hs2019" as HMAC-SHA-256
    #[arg(long)]
    pub(crate) allow_hs2019: bool,

    /// Accept a signature without algorithm as HMAC-SHA-256
    #[arg(long)]
    pub(crate) allow_missing_algorithm: bool,
}

impl PolicyArgs {
    /// Returns the clock for live requests.
    pub(crate) fn clock(&self) -> anyhow::Result<Clock> {
        let given = match self.now {
            _ if self.no_clock => return Ok(Clock::None),
            Some(Moment::OfRecording) => bail!("--now date is for recordings only"),
            Some(Moment::At(now)) => Some(now),
            None => None,
        };
        Ok(Clock::At(clock::now(given)?))
    }

    /// Returns the clock for a recorded request.
    pub(crate) fn clock_for(&self, message: &Message<'_>) -> anyhow::Result<Clock> {
        if !matches!(self.now, Some(Moment::OfRecording)) || self.no_clock {
            return self.clock();
        }
        let own = message.values("date").find_map(|value| clock::parse_date(value, 0));
        Ok(Clock::At(own.map_or_else(|| clock::now(None), Ok)?))
    }

    pub(crate) fn terms(&self) -> anyhow::Result<Terms<'_>> {
        match self.require.iter().find(|name| name.is_empty() || name.contains(' ')) {
            Some(name) => bail!("--require {name:?}: this is not the name of a header"),
            None => Ok(Terms {
                args: self,
                required: self.require.iter().map(String::as_str).collect(),
            }),
        }
    }
}

/// Validated policy options.
pub(crate) struct Terms<'a> {
    pub(crate) args: &'a PolicyArgs,
    pub(crate) required: Vec<&'a str>,
}

impl Terms<'_> {
    pub(crate) fn policy(&self) -> Policy<'_> {
        let policy = Policy::DRONE
            .require(&self.required)
            .max_skew(self.args.max_skew)
            .allow_hs2019(self.args.allow_hs2019)
            .allow_missing_algorithm(self.args.allow_missing_algorithm);
        match self.key_id() {
            Some(key_id) => policy.expect_key_id(key_id),
            None => policy,
        }
    }

    /// Returns the required keyId, if any.
    pub(crate) fn key_id(&self) -> Option<&[u8]> {
        self.args.key_id.as_ref().map(|key_id| key_id.as_encoded_bytes())
    }
}
