//! A covered field that was changed, joined, moved or dropped on the way.

use super::NearMiss;
use crate::explain::{Case, case::CoveredLine, trial::Trial};
use crate::terminal::{escape, visible};

mod values;

/// A possible original value of a covered field.
struct Change {
    index: usize,
    value: Vec<u8>,
    /// The change since then, after the name.
    done: &'static str,
}

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    let signature = case.signature?;
    if case.signer.is_some() || case.lines.is_empty() {
        return None;
    }
    let missing = case.lines.iter().filter(|line| line.value.is_none()).count();
    // At most two changes are tried, and each missing field needs one.
    if missing > 2 {
        return None;
    }
    let candidates = values::candidates(case.message);
    let changes: Vec<_> = case
        .lines
        .iter()
        .enumerate()
        .flat_map(|(index, line)| values::of(case, &candidates, index, line))
        .collect();
    let values: usize = case.lines.iter().filter_map(|line| Some(line.value.as_ref()?.len())).sum();
    let fits = |changes: &[&Change]| {
        // Missing fields must be filled in.
        let made_up = changes.iter().filter(|change| case.lines[change.index].value.is_none());
        if made_up.count() < missing || !case.budget.pay_for_mac(values) {
            return false;
        }
        let string = string_with(case, changes);
        case.secrets.iter().any(|secret| {
            case.budget.pay_for_mac(string.len())
                && Trial::new(secret.bytes(), signature).continued(&string).fits()
        })
    };
    let one = changes.iter().find(|change| fits(&[change])).map(|change| vec![change]);
    let found = one.or_else(|| {
        let mut affordable =
            changes.iter().enumerate().take_while(|_| case.budget.affords_mac(values));
        affordable.find_map(|(at, first)| {
            let mut others = changes[at + 1..].iter().filter(|second| second.index != first.index);
            Some(vec![first, others.find(|second| fits(&[first, second]))?])
        })
    })?;
    Some(advice(case, &found))
}

fn string_with(case: &Case<'_>, changes: &[&Change]) -> Vec<u8> {
    let mut string = Vec::new();
    for (index, line) in case.lines.iter().enumerate() {
        let change = changes.iter().find(|change| change.index == index);
        let value = change.map(|change| &change.value).or(line.value.as_ref());
        if index > 0 {
            string.push(b'\n');
        }
        string.extend_from_slice(&line.name);
        string.extend_from_slice(b": ");
        string.extend_from_slice(value.map_or(b"", Vec::as_slice));
    }
    string
}

fn advice(case: &Case<'_>, changes: &[&Change]) -> NearMiss {
    let texts: Vec<_> =
        changes.iter().map(|change| text(&case.lines[change.index], change)).collect();
    let names: Vec<_> =
        changes.iter().map(|change| escape(&case.lines[change.index].name)).collect();
    let is_date = |change: &&Change| case.lines[change.index].is("date");
    let (name, about) = match changes.iter().all(is_date) {
        true => ("changed-date", "date"),
        false => ("changed-field", "field"),
    };
    let advice = format!(
        "The signature is right if {}: find the proxy or gateway that does it and have it pass \
         {} on unchanged.",
        texts.join(", and if "),
        names.join(" and "),
    );
    NearMiss::new(name, about, advice)
}

fn text(line: &CoveredLine<'_>, change: &Change) -> String {
    let (name, value) = (escape(&line.name), visible(&change.value));
    let is = match value.as_str() {
        "" => "empty".into(),
        value => format!("`{value}`"),
    };
    format!("{name} was {is} and {}", change.done)
}
