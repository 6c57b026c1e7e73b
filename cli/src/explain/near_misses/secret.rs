//! A secret that is close to the sender's.

use std::collections::HashSet;

use super::NearMiss;
use crate::{
    explain::{Case, trial::Trial},
    secrets::Secret,
};

mod steps;

use steps::Step;

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    match case.signer {
        Some(0) => None,
        Some(index) => Some(swapped(index, case.secrets.len())),
        None => unsigned(case).or_else(|| {
            case.secrets.iter().enumerate().find_map(|(index, secret)| {
                let path = search(case, secret)?;
                Some(advice(&path, &which(index, case.secrets.len())))
            })
        }),
    }
}

/// Not an error, but rarely intended: the new secret comes first.
fn swapped(index: usize, count: usize) -> NearMiss {
    let advice = format!(
        "The sender uses secret {} of {count}, not the first: if the first is the new one, set \
         it as the server's DRONE_WEBHOOK_SECRET to end the rotation; if not, swap them.",
        index + 1
    );
    NearMiss::new("swapped-secrets", "secret", advice)
}

/// A server without a secret still signs, with an empty key.
fn unsigned(case: &Case<'_>) -> Option<NearMiss> {
    let advice = "The sender signs with the empty secret, as anyone can: DRONE_WEBHOOK_SECRET is \
                  unset or empty on the server; set it to the secret given here and restart the \
                  server.";
    fits(case, b"").then(|| NearMiss::new("server-without-secret", "secret", advice))
}

fn fits(case: &Case<'_>, secret: &[u8]) -> bool {
    let (Ok(string), Some(signature)) = (&case.string, case.signature) else { return false };
    case.budget.pay_for_mac(string.len()) && Trial::new(secret, signature).continued(string).fits()
}

/// Finds the shortest way from the given secret to the sender's: one or two steps.
fn search(case: &Case<'_>, secret: &Secret) -> Option<Vec<Step>> {
    case.string.as_ref().ok()?;
    let mut seen = HashSet::from([secret.bytes().to_vec(), vec![]]);
    let first = steps::from(secret.bytes());
    let first: Vec<_> = first.into_iter().filter(|step| seen.insert(step.bytes.clone())).collect();
    if let Some(step) = first.iter().find(|step| fits(case, &step.bytes)) {
        return Some(vec![step.clone()]);
    }
    first.iter().find_map(|step| {
        let second = steps::from(&step.bytes)
            .into_iter()
            .find(|second| seen.insert(second.bytes.clone()) && fits(case, &second.bytes))?;
        Some(vec![step.clone(), second])
    })
}

fn which(index: usize, count: usize) -> String {
    match count {
        1 => "the one given".into(),
        _ => format!("secret {} of {count}", index + 1),
    }
}

fn advice(path: &[Step], which: &str) -> NearMiss {
    let is = path.iter().fold(which.to_owned(), |is, step| step.is.replace("{}", &is));
    let advice: Vec<_> = path.iter().map(|step| step.advice).collect();
    let names: Vec<_> = path.iter().map(|step| step.name).collect();
    let advice = format!("The sender's secret is {is}: {}.", advice.join(", and "));
    NearMiss::new(names.join("+"), "secret", advice)
}
