//! The date, and its distance from the clock.

use hooksig::{Clock, date};

use super::{Rule, prose, raw};
use crate::explain::{Case, probe};

pub(super) fn examine(case: &Case<'_>) -> Rule {
    let fields = case.message.values("date");
    let mut found: Vec<_> = fields.clone().map(|value| raw("Date", value)).collect();
    match case.receiver.clock {
        Clock::At(now) => {
            found.extend(fields.filter_map(|value| date::parse(value, now).ok()).take(1).map(
                |date| {
                    let ahead = date.saturating_sub(now);
                    prose(distance_text(date, now)).with("date", date).with("ahead", ahead)
                },
            ));
            let max_skew = case.receiver.terms.args.max_skew;
            let clock = prose(clock_text(now, max_skew));
            found.push(clock.with("clock", now).with("max_skew", max_skew));
        }
        Clock::None => found.push(prose("not judged, because of --no-clock")),
    }
    Rule::judged("date", case, probe::date(case), found)
}

fn distance_text(date: i64, now: i64) -> String {
    let distance = span_text(date.abs_diff(now));
    match date {
        _ if date == now => "the same second as the clock".into(),
        _ if date < now => format!("{distance} behind the clock"),
        _ => format!("{distance} ahead of the clock"),
    }
}

fn clock_text(now: i64, max_skew: u32) -> String {
    let time = date::format(now).map_or_else(|_| now.to_string(), |text| text.to_string());
    format!("the clock says {time}; {max_skew} s are allowed either way")
}

/// Formats seconds, also in larger units, so that a wrong time zone or an old file shows at once.
fn span_text(seconds: u64) -> String {
    match seconds {
        0..=120 => format!("{seconds} s"),
        121..=7200 => format!("{seconds} s ({} min)", seconds / 60),
        7201..=172_800 => format!("{seconds} s ({}:{:02} h)", seconds / 3600, seconds / 60 % 60),
        _ => format!("{seconds} s ({} days)", seconds / 86_400),
    }
}
