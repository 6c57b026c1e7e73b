//! Senders that hang up or shut down their side.

use anyhow::{Result, ensure};

use super::SERVED;
use crate::{
    client::{self, Connection},
    delivery::{Delivery, mac},
    receivers::{NONE, Receiver},
};

pub(crate) fn hanging_up_in_the_head(receiver: &Receiver) -> Result<String> {
    let head = Delivery::new().head();
    for len in 0..50 {
        Connection::open(receiver.address())?.send(&head[..len * head.len() / 50])?;
    }
    receiver.accepts_another()?;
    Ok(SERVED.into())
}

pub(crate) fn hanging_up_in_the_body(receiver: &Receiver) -> Result<String> {
    let delivery = Delivery::new();
    let raw = delivery.raw();
    let head = raw.len() - delivery.body.len();
    for len in head..raw.len() {
        // The receiver may be faster, and refuse half a body.
        let _ = Connection::open(receiver.address())?.send(&raw[..len]);
    }
    let answers = client::exchange(receiver.address(), &raw, 1)?.statuses;
    Ok(answers.first().map_or("closed".into(), ToString::to_string))
}

pub(crate) fn half_a_body(receiver: &Receiver) -> Result<String> {
    half(receiver, &Delivery::new())
}

pub(crate) fn half_a_forged_body(receiver: &Receiver) -> Result<String> {
    half(receiver, &Delivery { mac: mac("x"), ..Delivery::new() })
}

/// Sends half of the body, says that nothing more is to come, and reads the answer.
fn half(receiver: &Receiver, delivery: &Delivery) -> Result<String> {
    let raw = delivery.raw();
    let mark = receiver.mark();
    let mut connection = Connection::open(receiver.address())?;
    connection.send(&raw[..raw.len() - delivery.body.len() / 2])?;
    connection.finish()?;
    let Some(status) = connection.answer()? else { return Ok(NONE.into()) };
    let word = receiver.words_since(mark, 1, |_| true).pop();
    Ok(format!("{status} {}", word.unwrap_or_default()))
}

pub(crate) fn hanging_up_after_the_body(receiver: &Receiver) -> Result<String> {
    for _ in 0..50 {
        Connection::open(receiver.address())?.send(Delivery::new().raw())?;
    }
    receiver.accepts_another()?;
    Ok(SERVED.into())
}

/// Says that nothing more is to come as soon as the delivery is sent, and reads the answer.
pub(crate) fn shutting_down_after_the_body(receiver: &Receiver) -> Result<String> {
    for number in 0..20 {
        let mut connection = Connection::open(receiver.address())?;
        connection.send(Delivery::new().raw())?;
        connection.finish()?;
        let status = connection.answer()?;
        ensure!(status == Some(204), "delivery {number} got {status:?}");
    }
    Ok("each is accepted".into())
}
