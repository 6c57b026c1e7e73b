//! Long requests that are refused before their end.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use anyhow::Result;

use crate::{
    client::Connection,
    delivery::{Delivery, long_body, mac},
    receivers::Receiver,
};

pub(crate) fn refused_posts_of_1_4_mb(receiver: &Receiver) -> Result<String> {
    refused_posts(receiver, 1_400_000)
}

pub(crate) fn refused_posts_of_5_mb(receiver: &Receiver) -> Result<String> {
    refused_posts(receiver, 5_000_000)
}

/// Sends as Drone does: the whole request, then it reads the answer. A sender that cannot write all of
/// its body may never read.
fn refused_posts(receiver: &Receiver, len: usize) -> Result<String> {
    const POSTS: usize = 100;
    let delivery = Delivery::of(long_body(len));
    let request = delivery.instead(&delivery.mac, mac("x"));
    let (begun, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let address = receiver.address();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while begun.fetch_add(1, Ordering::Relaxed) < POSTS {
                    if matches!(post_in_pieces(address, &request), Ok(Some(401 | 413))) {
                        read.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    receiver.accepts_another()?;
    Ok(match read.into_inner() {
        99.. => "99 or more read the answer".into(),
        read => format!("{read} of {POSTS} read the answer"),
    })
}

/// Writes as Drone's client does, piece by piece, and at the pace of a network. The buffers of one machine
/// could take the whole request before the receiver closes the connection.
fn post_in_pieces(address: SocketAddr, request: &[u8]) -> Result<Option<u16>> {
    const PIECE: usize = 32 << 10;
    const PAUSE: Duration = Duration::from_micros(200);
    let mut connection = Connection::open(address)?;
    for piece in request.chunks(PIECE) {
        connection.send(piece)?;
        thread::sleep(PAUSE);
    }
    connection.answer()
}
