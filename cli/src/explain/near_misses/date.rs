//! A Date that was rewritten on the way, and a recording that is merely old.

use hooksig::{Clock, Error};
use jiff::Timestamp;

use super::NearMiss;
use crate::{
    clock,
    explain::{Case, case::CoveredLine, probe, trial::Trial},
    terminal::visible,
};

/// Largest difference, in seconds, between a proxy's own Date and the sender's.
const MAX_DELAY: i64 = 900;

/// The time zones, in quarters of an hour: the error of a local time marked as GMT.
const QUARTERS: std::ops::RangeInclusive<i64> = -48..=56;

/// A format of a time.
struct Form {
    name: &'static str,
    write: &'static str,
}

const FORMS: [Form; 7] = [
    Form { name: "an IMF-fixdate", write: "%a, %d %b %Y %H:%M:%S GMT" },
    Form { name: "the form of RFC 850", write: "%A, %d-%b-%y %H:%M:%S GMT" },
    Form { name: "the form of asctime", write: "%a %b %e %H:%M:%S %Y" },
    Form { name: "the form of RFC 2822", write: "%a, %d %b %Y %H:%M:%S +0000" },
    Form { name: "an IMF-fixdate with UTC instead of GMT", write: "%a, %d %b %Y %H:%M:%S UTC" },
    Form { name: "the form of ISO 8601", write: "%Y-%m-%dT%H:%M:%SZ" },
    Form { name: "the form of ISO 8601", write: "%Y-%m-%dT%H:%M:%S+00:00" },
];

/// A recording that was not judged on arrival.
pub(super) fn find_old(case: &Case<'_>) -> Option<NearMiss> {
    let is_off = matches!(probe::date(case), Err(Error::DateTooOld | Error::DateTooNew));
    let is_right = is_off
        && case.signer.is_some()
        && matches!(probe::digest(case, &case.message.body), Ok(Ok(())));
    is_right.then(|| {
        let advice = "Secret, signature and body are right; only the time is not: if this is a \
                      recording, `--now date` judges it by its own Date; if it was refused on \
                      arrival, correct the clocks of server and receiver.";
        NearMiss::new("old-recording", "date", advice)
    })
}

pub(super) fn find_rewritten(case: &Case<'_>) -> Option<NearMiss> {
    if case.signer.is_some() {
        return None;
    }
    let trials = Trials::new(case)?;
    let [received] = trials.line.instances[..] else { return None };
    let time = read(received, case.receiver.clock)?;
    let what = other_form(&trials, time, received).or_else(|| other_time(&trials, time))?;
    let advice = format!(
        "{what}: find the proxy or gateway that does it and have it pass Date on unchanged."
    );
    Some(NearMiss::new("rewritten-date", "date", advice))
}

/// The signing string with other dates. All trials share the MAC of the part before the date.
struct Trials<'c, 'a> {
    case: &'c Case<'a>,
    line: &'c CoveredLine<'a>,
    before: Vec<Trial>,
    after: &'c [u8],
}

impl<'c, 'a> Trials<'c, 'a> {
    fn new(case: &'c Case<'a>) -> Option<Self> {
        let string = case.string.as_deref().ok()?;
        let index = case.lines.iter().position(|line| line.is("date"))?;
        let line = &case.lines[index];
        let length = |line: &CoveredLine<'_>| {
            line.name.len() + b": \n".len() + line.value.as_ref().map_or(0, Vec::len)
        };
        let start: usize = case.lines[..index].iter().map(length).sum();
        let value = start + b"date: ".len();
        let before = string.get(..value)?;
        let after = string.get(value + line.value.as_ref()?.len()..)?;
        let signature = case.signature?;
        let trial = |secret: &crate::secrets::Secret| {
            Trial::new(secret.bytes(), signature).continued(before)
        };
        let before = case.secrets.iter().map(trial).collect();
        Some(Self { case, line, before, after })
    }

    fn is_signed(&self, date: &str) -> bool {
        self.before.iter().any(|trial| {
            self.case.budget.pay_for_mac(date.len() + self.after.len())
                && trial.clone().continued(date.as_bytes()).continued(self.after).fits()
        })
    }
}

/// Parses a Date in any common format.
fn read(value: &[u8], clock: Clock) -> Option<Timestamp> {
    let now = match clock {
        Clock::At(now) => now,
        Clock::None => 0,
    };
    Timestamp::from_second(clock::parse_date(value, now)?).ok()
}

fn other_form(trials: &Trials<'_, '_>, time: Timestamp, received: &[u8]) -> Option<String> {
    let signed = FORMS.iter().find(|form| trials.is_signed(&form.write(time)))?;
    let into = FORMS.iter().find(|form| form.write(time).as_bytes() == received);
    let into = into.map_or("another form", |form| form.name);
    let text = visible(signed.write(time));
    Some(format!(
        "The signature is right for `{text}`; the Date was rewritten from {} into {into}",
        signed.name
    ))
}

fn other_time(trials: &Trials<'_, '_>, received: Timestamp) -> Option<String> {
    let near = (1..=MAX_DELAY).flat_map(|seconds| [-seconds, seconds]);
    let zones = QUARTERS.map(|quarters| quarters * 900);
    near.chain(zones).find_map(|offset| {
        let time = Timestamp::from_second(received.as_second().checked_add(offset)?).ok()?;
        let text = FORMS[0].write(time);
        trials.is_signed(&text).then(|| {
            let (off, side) = (offset.unsigned_abs(), if offset < 0 { "earlier" } else { "later" });
            format!("The signature is right for `{text}`, which is {off} s {side}; the Date was replaced on the way")
        })
    })
}

impl Form {
    fn write(&self, time: Timestamp) -> String {
        time.strftime(self.write).to_string()
    }
}
