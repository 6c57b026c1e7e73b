//! Receivers that are started with an unusable secret.

use anyhow::Result;

use crate::{
    delivery::{Delivery, mac_under},
    receivers::{self, Receiver},
};

/// Starts another receiver with an unusable secret, and sends a delivery signed with it.
pub(crate) fn start(receiver: &Receiver, secret: &[u8]) -> Result<String> {
    let Ok(receiver) = Receiver::start_with(receiver.kind, &[secret]) else {
        return Ok(NO_START.into());
    };
    let d = Delivery::new();
    let mac = mac_under(secret, &format!("date: {}\ndigest: {}", d.date, d.digest));
    Ok(match receiver.answer(&d.instead(&d.mac, mac), "500")?.as_str() {
        receivers::NONE => NO_START.into(),
        answer => format!("starts, and answers {answer}"),
    })
}

const NO_START: &str = "does not start";
