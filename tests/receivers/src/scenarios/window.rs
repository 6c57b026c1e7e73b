//! Replays at the ends of the window.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Mutex,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, bail};

use crate::{
    client::Connection,
    delivery::{Delivery, body, now},
    receivers::Receiver,
};

/// A second at which the window of some deliveries begins or ends.
struct Edge {
    second: i64,
    deliveries: Vec<Vec<u8>>,
}

/// How often each request was accepted.
type Accepted<'e> = Mutex<BTreeMap<&'e [u8], usize>>;

/// Sends each delivery over and over on 4 connections while its window begins, or ends.
pub(crate) fn replays_at_the_ends_of_the_window(receiver: &Receiver) -> Result<String> {
    const SKEW: i64 = 300;
    const CONNECTIONS: usize = 4;
    let start = now() + 3;
    let edges: Vec<Edge> = (0..4)
        .map(|number| {
            let second = start + number;
            // Those that are accepted from this second on, and those that no longer are.
            let dates = [second + SKEW; 5].into_iter().chain([second - SKEW - 1; 5]);
            let deliveries = dates.map(|date| Delivery::signed(body(), date).raw()).collect();
            Edge { second, deliveries }
        })
        .collect();
    let accepted = Accepted::default();
    let address = receiver.address();
    let results: Vec<Result<()>> = thread::scope(|scope| {
        let attack = || {
            scope.spawn(|| {
                // A delivery that is first accepted in its last second may be remembered for longer.
                edges.iter().try_for_each(|edge| send_once(address, edge, &accepted))?;
                edges.iter().try_for_each(|edge| hammer(address, edge, &accepted))
            })
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| attack()).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    let accepted = accepted.into_inner().expect("no other thread panicked");
    let all = edges.iter().flat_map(|edge| &edge.deliveries);
    let wrong: Vec<_> = all
        .map(|request| accepted.get(request.as_slice()).copied().unwrap_or(0))
        .filter(|&times| times != 1)
        .collect();
    Ok(match wrong.as_slice() {
        [] => "each accepted once".into(),
        _ => format!("{} of {} accepted otherwise: {wrong:?} times", wrong.len(), accepted.len()),
    })
}

fn send_once<'e>(address: SocketAddr, edge: &'e Edge, accepted: &Accepted<'e>) -> Result<()> {
    for request in &edge.deliveries {
        send_again(address, &[request], accepted)?;
    }
    Ok(())
}

/// Sends the deliveries of an edge over and over around it, and each once after it.
fn hammer<'e>(address: SocketAddr, edge: &'e Edge, accepted: &Accepted<'e>) -> Result<()> {
    let at = edge.second as f64;
    wait_until(at - 0.1);
    // As many at once as the buffers of a socket hold, so that the receiver need not wait for the next.
    let mut at_once = 60;
    let mut requests = edge.deliveries.iter().cycle();
    while time() < at + 0.2 {
        let batch: Vec<&Vec<u8>> = requests.by_ref().take(at_once).collect();
        if send_again(address, &batch, accepted)? < batch.len() {
            // A receiver that closes the connection after an answer gets one request at a time.
            at_once = 1;
        }
    }
    send_once(address, edge, accepted)
}

/// Sends requests on a connection, counts those that are accepted, and gives how many were answered.
fn send_again<'e>(
    address: SocketAddr,
    requests: &[&'e Vec<u8>],
    accepted: &Accepted<'e>,
) -> Result<usize> {
    let mut connection = Connection::open(address)?;
    if connection.send(requests.iter().copied().flatten().copied().collect::<Vec<u8>>()).is_err() {
        return Ok(0);
    }
    for (index, request) in requests.iter().enumerate() {
        match connection.answer()? {
            Some(204) => {
                let mut accepted = accepted.lock().expect("no other thread panicked");
                *accepted.entry(request.as_slice()).or_default() += 1;
            }
            Some(401) => {}
            Some(status) => bail!("status {status}"),
            None => return Ok(index),
        }
    }
    Ok(requests.len())
}

fn wait_until(second: f64) {
    while time() < second {
        thread::sleep(Duration::from_millis(5));
    }
}

fn time() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970").as_secs_f64()
}
