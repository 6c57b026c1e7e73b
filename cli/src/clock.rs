//! The time of judging or signing. Only this module reads the system clock.

use std::{
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use hooksig::date;
use jiff::{Timestamp, fmt::rfc2822};

/// A time given as an option.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// Unix seconds.
    At(i64),
    /// The `Date` field of the recording.
    OfRecording,
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("date") {
            return Ok(Self::OfRecording);
        }
        parse_fixed(text).map(Self::At)
    }
}

/// Parses Unix seconds, an HTTP-date or an RFC 3339 time.
pub(crate) fn parse_fixed(text: &str) -> Result<i64, &'static str> {
    text.parse()
        .ok()
        .or_else(|| parse_date(text.as_bytes(), 0))
        .ok_or("Unix seconds, an HTTP-date or an RFC 3339 time is needed")
}

/// Parses an HTTP-date, RFC 2822 or RFC 3339 time to Unix seconds. `now` resolves two-digit years.
pub(crate) fn parse_date(text: &[u8], now: i64) -> Option<i64> {
    let text = str::from_utf8(text).ok()?.trim();
    let gmt = text.replace("UTC", "GMT");
    let mail = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    date::parse(&gmt, now)
        .ok()
        .or_else(|| Some(mail.parse_timestamp(&gmt).ok()?.as_second()))
        .or_else(|| Some(text.parse::<Timestamp>().ok()?.as_second()))
}

/// Returns `given`, or the current time, in Unix seconds.
pub(crate) fn now(given: Option<i64>) -> anyhow::Result<i64> {
    match given {
        Some(now) => Ok(now),
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            let since =
                since.context("the system clock is set before 1970; set it or use --now")?;
            i64::try_from(since.as_secs()).context("the system clock is out of range; use --now")
        }
    }
}
