//! A client that sends bytes as they are and reads answers.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

/// How long a receiver may be silent before the suite gives up on it; a busy machine needs some of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A connection to a receiver.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    /// Whether the answers have no body, since they answer HEAD.
    answers_head: bool,
    /// Whether an answer said that it is the last.
    is_over: bool,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("cannot connect")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new(), answers_head: false, is_over: false })
    }

    /// Sends bytes; fails if the receiver hung up.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.answers_head = bytes.as_ref().starts_with(b"HEAD ");
        self.stream.write_all(bytes.as_ref())
    }

    /// Says that nothing more is to come.
    pub(crate) fn finish(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Reads the status of the next answer and skips its body; `None` if the receiver hung up instead.
    pub(crate) fn answer(&mut self) -> Result<Option<u16>> {
        // libmicrohttpd sends the head of some of its own errors twice.
        if self.is_over {
            return Ok(None);
        }
        let Some(head_len) = self.read_head()? else { return Ok(None) };
        let head = String::from_utf8_lossy(&self.read[..head_len]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        let Some(status) = status else { bail!("this is no answer: {head:?}") };
        self.read.drain(..head_len);
        self.is_over = head.contains("\r\nconnection: close\r\n");
        let is_chunked = head.contains("\r\ntransfer-encoding: chunked\r\n");
        let length = head.split("\r\ncontent-length: ").nth(1);
        let length = length.and_then(|rest| rest.split('\r').next()?.parse::<usize>().ok());
        match length {
            _ if status < 200 || status == 204 || self.answers_head => {}
            Some(length) => self.skip(length)?,
            None if is_chunked => bail!("an answer in chunks is not expected"),
            None => {
                while self.read_more()? > 0 {}
                self.read.clear();
            }
        }
        Ok(Some(status))
    }

    /// Says that nothing more is to come, and gives the statuses of all further answers.
    pub(crate) fn rest(mut self) -> Result<Vec<u16>> {
        let _ = self.finish();
        let mut statuses = Vec::new();
        while let Some(status) = self.answer()? {
            statuses.push(status);
        }
        Ok(statuses)
    }

    /// The length of the next head, up to its empty line.
    fn read_head(&mut self) -> Result<Option<usize>> {
        loop {
            if let Some(at) = self.read.windows(4).position(|part| part == b"\r\n\r\n") {
                return Ok(Some(at + 4));
            }
            if self.read_more()? == 0 {
                ensure!(self.read.is_empty(), "half an answer: {}", self.read.escape_ascii());
                return Ok(None);
            }
        }
    }

    fn skip(&mut self, length: usize) -> Result<()> {
        while self.read.len() < length {
            if self.read_more()? == 0 {
                bail!("the answer's body is shorter than announced");
            }
        }
        self.read.drain(..length);
        Ok(())
    }

    /// Reads the available bytes; 0 if the receiver hung up, politely or not.
    fn read_more(&mut self) -> Result<usize> {
        let mut bytes = [0; 16 << 10];
        match self.stream.read(&mut bytes) {
            Ok(count) => {
                self.read.extend_from_slice(&bytes[..count]);
                Ok(count)
            }
            Err(error) if is_hang_up(&error) => Ok(0),
            Err(error) => Err(error).context("no answer"),
        }
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}

/// The result of sending some bytes.
pub(crate) struct Exchange {
    pub(crate) statuses: Vec<u16>,
    /// The port that they were sent from.
    pub(crate) port: u16,
}

/// Sends bytes on a connection of their own and reads `expected` answers, then those that were not
/// expected.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8], expected: usize) -> Result<Exchange> {
    let mut connection = Connection::open(address)?;
    let port = connection.stream.local_addr()?.port();
    // A receiver may have enough of it at any time.
    let _ = connection.send(bytes);
    let mut statuses = Vec::new();
    while statuses.len() < expected {
        let Some(status) = connection.answer()? else { return Ok(Exchange { statuses, port }) };
        statuses.push(status);
    }
    statuses.extend(connection.rest()?);
    Ok(Exchange { statuses, port })
}
