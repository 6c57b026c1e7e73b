//! The cost of refusing a head, compared with reading it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::heads::{head_of_longest_string, head_of_repeated_names, largest_heads};
use crate::{
    delivery::SECRET,
    receivers::{Kind, Receiver},
};

pub(crate) fn largest_head_with_1_secret(receiver: &Receiver) -> Result<String> {
    cost_of(receiver, &largest_heads(receiver.kind), 9)
}

pub(crate) fn largest_head_with_16_secrets(receiver: &Receiver) -> Result<String> {
    cost_of(&with_16_secrets(receiver.kind)?, &largest_heads(receiver.kind), 9)
}

pub(crate) fn repeated_names_with_1_secret(receiver: &Receiver) -> Result<String> {
    cost_of(receiver, &[head_of_repeated_names(receiver.kind)], 100)
}

pub(crate) fn repeated_names_with_16_secrets(receiver: &Receiver) -> Result<String> {
    cost_of(&with_16_secrets(receiver.kind)?, &[head_of_repeated_names(receiver.kind)], 100)
}

pub(crate) fn longest_string_with_1_secret(receiver: &Receiver) -> Result<String> {
    cost_of(receiver, &[head_of_longest_string()], 500)
}

pub(crate) fn longest_string_with_16_secrets(receiver: &Receiver) -> Result<String> {
    cost_of(&with_16_secrets(receiver.kind)?, &[head_of_longest_string()], 500)
}

fn with_16_secrets(kind: Kind) -> Result<Receiver> {
    let secrets: Vec<String> = (0..16).map(|number| format!("{SECRET}{number}")).collect();
    let secrets: Vec<&[u8]> = secrets.iter().map(String::as_bytes).collect();
    Receiver::start_with(kind, &secrets)
}

/// Compares the least time of the answer to each head with that for the same head without a signature.
fn cost_of(receiver: &Receiver, heads: &[Vec<u8>], rounds: usize) -> Result<String> {
    let mut worst = 0.0_f64;
    for signed in heads {
        let unsigned =
            String::from_utf8(signed.clone())?.replace("\r\nSignature:", "\r\nXignature:");
        let mut least = [Duration::MAX; 2];
        for _ in 0..rounds {
            for (least, request) in least.iter_mut().zip([signed, unsigned.as_bytes()]) {
                let begun = Instant::now();
                let answer = receiver.answer(request, "401")?;
                ensure!(answer.starts_with("401"), "{answer}");
                *least = begun.elapsed().min(*least);
            }
        }
        let [signed, unsigned] = least.map(|time| time.as_secs_f64());
        worst = worst.max(signed / unsigned);
        if std::env::var_os("VERBOSE").is_some() {
            println!(
                "      {:?}: {:.3} ms, {:.3} ms without a signature",
                receiver.kind,
                signed * 1e3,
                unsigned * 1e3
            );
        }
    }
    Ok(match worst {
        ..=3.0 => "at most 3 times the cost of reading it".into(),
        _ => format!("{worst:.1} times the cost of reading it"),
    })
}
