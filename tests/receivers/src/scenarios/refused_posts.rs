//! Long requests that are refused before their end.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::Result;

use super::post;
use crate::{
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
                    if matches!(post(address, &request), Ok(Some(401 | 413))) {
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
