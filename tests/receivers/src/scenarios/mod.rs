//! Attacks with more than a request and its answer.

pub(crate) mod cost;
pub(crate) mod genuine;
pub(crate) mod hang_ups;
mod heads;
pub(crate) mod idle;
pub(crate) mod log;
pub(crate) mod refused_posts;
pub(crate) mod startup;
pub(crate) mod unread_log;
pub(crate) mod window;

use std::net::SocketAddr;

use anyhow::Result;

use crate::client::Connection;

const SERVED: &str = "others are served";

/// Sends a whole request, and then reads the status of its answer.
fn post(address: SocketAddr, request: &[u8]) -> Result<Option<u16>> {
    let mut connection = Connection::open(address)?;
    connection.send(request)?;
    connection.answer()
}
