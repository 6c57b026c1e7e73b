//! Genuine deliveries in other forms than a single request.

use anyhow::{Context, Result};
use hooksig_vectors::deliveries;

use crate::{client::Connection, delivery::Delivery, receivers::Receiver};

/// Signs the bodies of the recorded deliveries for now and sends them with their other fields.
pub(crate) fn recorded_deliveries(receiver: &Receiver) -> Result<String> {
    for (name, request) in deliveries() {
        let request = String::from_utf8(request)?;
        let (head, body) = request.split_once("\r\n\r\n").context("the head ends")?;
        let delivery = Delivery::of(body);
        let others: String = head
            .lines()
            .skip(1)
            .filter(|line| {
                !["date:", "digest:", "signature:", "content-length:", "host:", "content-type:"]
                    .iter()
                    .any(|name| line.to_lowercase().starts_with(name))
            })
            .map(|line| format!("{line}\r\n"))
            .collect();
        let answer = receiver.answer(&delivery.with(others), "204")?;
        if answer != "204" {
            return Ok(format!("{name}: {answer}"));
        }
    }
    Ok("all accepted".into())
}

/// Waits to be asked for the body.
pub(crate) fn expect_continue(receiver: &Receiver) -> Result<String> {
    let delivery = Delivery::new();
    let mut connection = Connection::open(receiver.address())?;
    connection.send(delivery.head() + "Expect: 100-continue\r\n\r\n")?;
    let asked = connection.answer()?.context("no answer")?;
    connection.send(&delivery.body)?;
    let answer = connection.answer()?.context("no second answer")?;
    Ok(format!("{asked}, {answer}"))
}
