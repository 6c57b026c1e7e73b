//! JSON that a library re-encoded.

use super::Step;
use crate::{
    explain::trial::Budget,
    json::{self, Escapes},
};

pub(super) fn steps(body: &[u8], budget: &Budget) -> Vec<Step> {
    if !budget.pay_for_body(body.len()) {
        return vec![];
    }
    let Some(tokens) = json::tokens(body) else { return vec![] };
    let mut steps = Vec::new();
    for style in json::STYLES {
        // Each text is digested twice.
        let text = json::write_within(&tokens, style, budget.longest_body() / 4);
        let Some(text) = text.filter(|text| budget.pay_for_body(text.len())) else { break };
        let (name, done) = match style.escapes {
            Escapes::AsTheyAre => ("re-indented-json", "was re-indented"),
            _ => ("re-encoded-json", "was parsed and re-encoded as JSON"),
        };
        steps.push(Step::new(name, [&text, b"\n".as_slice()].concat(), done));
        steps.push(Step::new(name, text, done));
    }
    steps
}
