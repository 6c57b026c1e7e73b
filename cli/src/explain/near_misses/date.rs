//! A Date that something on the way wrote anew.

use hooksig::{Clock, date};
use jiff::{Timestamp, fmt::rfc2822};

use super::NearMiss;
use crate::{explain::Case, terminal::visible};

/// How far a Date of a proxy's own may lie from the sender's, in seconds.
const MAX_DELAY: i64 = 900;

/// How far a local time that is told as GMT may be off: the time zones there are.
const QUARTERS: std::ops::RangeInclusive<i64> = -48..=56;

/// A way of writing a time.
struct Form {
    name: &'static str,
    write: &'static str,
}

const FORMS: [Form; 7] = [
    Form { name: "an IMF-fixdate", write: "%a, %d %b %Y %H:%M:%S GMT" },
    Form { name: "the form of RFC 850", write: "%A, %d-%b-%y %H:%M:%S GMT" },
    Form { name: "the form of asctime", write: "%a %b %e %H:%M:%S %Y" },
    Form { name: "the form of RFC 2822", write: "%a, %d %b %Y %H:%M:%S +0000" },
    Form { name: "an IMF-fixdate with UTC in place of GMT", write: "%a, %d %b %Y %H:%M:%S UTC" },
    Form { name: "the form of ISO 8601", write: "%Y-%m-%dT%H:%M:%SZ" },
    Form { name: "the form of ISO 8601", write: "%Y-%m-%dT%H:%M:%S+00:00" },
];

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    let [field] = case.message.named("date")[..] else { return None };
    if !case.covered().ok()?.contains("date") || case.signer().is_some() {
        return None;
    }
    let received = read(field.value, case.receiver.clock)?;
    let what = other_form(case, received, field.value).or_else(|| other_time(case, received))?;
    let advice = format!(
        "{what}: find the proxy or gateway that does it and have it pass Date on as it came."
    );
    Some(NearMiss { name: "rewritten-date", about: "date", advice })
}

/// The time that a Date tells in any form that is in use.
fn read(value: &[u8], clock: Clock) -> Option<Timestamp> {
    let now = match clock {
        Clock::At(now) => now,
        Clock::None => 0,
    };
    let text = str::from_utf8(value).ok()?;
    let gmt = text.replace("UTC", "GMT");
    if let Ok(time) = date::parse(&gmt, now) {
        return Timestamp::from_second(time).ok();
    }
    let mail = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    mail.parse_timestamp(&gmt).or_else(|_| text.parse()).ok()
}

fn other_form(case: &Case<'_>, time: Timestamp, received: &[u8]) -> Option<String> {
    let signed = FORMS.iter().find(|form| is_signed(case, &form.write(time)))?;
    let into = FORMS.iter().find(|form| form.write(time).as_bytes() == received);
    let into = into.map_or("another form", |form| form.name);
    let text = visible(signed.write(time));
    Some(format!(
        "The signature is right for `{text}`, so that the Date was rewritten from {} into {into}",
        signed.name
    ))
}

fn other_time(case: &Case<'_>, received: Timestamp) -> Option<String> {
    let near = (1..=MAX_DELAY).flat_map(|seconds| [-seconds, seconds]);
    let zones = QUARTERS.map(|quarters| quarters * 900);
    near.chain(zones).find_map(|offset| {
        let time = Timestamp::from_second(received.as_second().checked_add(offset)?).ok()?;
        let text = FORMS[0].write(time);
        is_signed(case, &text).then(|| {
            let (off, side) = (offset.unsigned_abs(), if offset < 0 { "earlier" } else { "later" });
            format!("The signature is right for `{text}`, which is {off} s {side}, so that the Date was replaced on the way")
        })
    })
}

fn is_signed(case: &Case<'_>, date: &str) -> bool {
    let message = case.message.with_field("date", date.as_bytes());
    case.secrets.iter().any(|secret| case.is_signed_by(secret.key(), &message))
}

impl Form {
    fn write(&self, time: Timestamp) -> String {
        time.strftime(self.write).to_string()
    }
}
