//! Senders that hold their connections open.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::SERVED;
use crate::{
    client::Connection,
    delivery::{Delivery, mac},
    receivers::Receiver,
};

/// Holds connections with half a head, and with a genuine head and half a body.
pub(crate) fn slow_senders(receiver: &Receiver) -> Result<String> {
    let mut held = Vec::new();
    for number in 0..60 {
        let raw = Delivery::new().raw();
        let len = if number % 2 == 0 { raw.len() / 4 } else { raw.len() - 1 };
        let mut connection = Connection::open(receiver.address())?;
        connection.send(&raw[..len])?;
        held.push(connection);
    }
    let begun = Instant::now();
    for _ in 0..5 {
        receiver.accepts_another()?;
    }
    // Every receiver cuts off a slow sender, but only after ten seconds.
    let took = begun.elapsed();
    ensure!(took < Duration::from_secs(8), "others are served after {took:?}");
    Ok(SERVED.into())
}

/// Holds connections that were given up half way, or whose answers nobody reads.
pub(crate) fn idle_connections(receiver: &Receiver) -> Result<String> {
    const LONGEST: Duration = Duration::from_secs(35);
    receiver.accepts_another()?;
    let Some(before) = receiver.open_files() else { return Ok(CUT_OFF.into()) };
    let mut held = Vec::new();
    for request in unfinished() {
        for is_half_closed in [false, true] {
            let mut connection = Connection::open(receiver.address())?;
            // A receiver may hang up before it has read all of it.
            let _ = connection.send(&request);
            if is_half_closed {
                let _ = connection.finish();
            }
            held.push(connection);
        }
    }
    let begun = Instant::now();
    loop {
        thread::sleep(Duration::from_millis(250));
        let open = receiver.open_files().context("it has ended")?;
        if open <= before && begun.elapsed() > Duration::from_secs(1) {
            receiver.accepts_another()?;
            return Ok(CUT_OFF.into());
        }
        if begun.elapsed() > LONGEST {
            let left = open.saturating_sub(before);
            return Ok(format!("{left} of {} are open after {LONGEST:?}", held.len()));
        }
    }
}

const CUT_OFF: &str = "cut off within 35 s";

/// Requests that end early, or are followed by more than is answered at once.
fn unfinished() -> Vec<Vec<u8>> {
    let half = |len: usize| Delivery::new().raw()[..len].to_vec();
    let head = Delivery::new().head().len() + 2;
    let expecting = Delivery::new().head() + "Expect: 100-continue\r\n\r\n";
    let refused = Delivery::new();
    let refused = refused.instead(&refused.mac, mac("x"));
    vec![
        Vec::new(),
        half(10),
        half(200),
        half(head),
        half(head + 10),
        Delivery::new().raw(),
        refused[..refused.len() - 1].to_vec(),
        [refused.as_slice(), &[b'x'; 300_000]].concat(),
        expecting.into_bytes(),
        Delivery::new().chunked("5\r\n{\"e"),
        Delivery::new().chunked("fffffff\r\n{\"e"),
        (0..300).flat_map(|_| Delivery::new().raw()).collect(),
    ]
}
