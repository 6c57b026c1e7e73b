//! A log that nobody reads.

use std::{net::SocketAddr, thread};

use anyhow::{Result, ensure};

use crate::{client::Connection, receivers::Receiver};

/// Sends refused requests until the pipe of the log is full, and expects every answer.
pub(crate) fn unread_log(receiver: &Receiver) -> Result<String> {
    // More than a pipe of 64 KiB, the buffers of both sides, and 1,024 waiting lines.
    const REQUESTS: usize = 2000;
    const SENDERS: usize = 4;
    let mark = receiver.mark();
    receiver.pause_log(true);
    let send = || -> Result<()> {
        for _ in 0..REQUESTS / SENDERS {
            let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
            let answer = post(receiver.address(), request)?;
            ensure!(answer == Some(401), "{answer:?}");
        }
        Ok(())
    };
    let results: Vec<Result<()>> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        senders.into_iter().map(|sender| sender.join().expect("it does not panic")).collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    receiver.accepts_another()?;
    receiver.pause_log(false);
    let lost = receiver.lost_lines(mark)?;
    receiver.accepts_another()?;
    let told = receiver.words_since(mark, REQUESTS + 2 - lost, |_| true).len();
    ensure!(told + lost == REQUESTS + 2, "{told} lines, and {lost} lost");
    Ok("all are answered, lost lines are counted".into())
}

/// Sends a whole request, and then reads the status of its answer.
fn post(address: SocketAddr, request: &[u8]) -> Result<Option<u16>> {
    let mut connection = Connection::open(address)?;
    connection.send(request)?;
    connection.answer()
}
