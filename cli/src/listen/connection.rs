//! One connection: a request, its answer, and the end.

use std::{
    convert::Infallible,
    net::TcpStream,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::Watcher,
};
use tokio::{
    io::{self, AsyncReadExt, AsyncWriteExt},
    net, time,
};
use tokio_util::io::InspectReader;

use super::desk::Desk;

/// Time limit for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest head.
const MAX_HEAD: usize = 32 << 10;

/// Limits on the bytes and the time to drain a connection after the answer.
const MAX_DRAINED: u64 = 8 << 20;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves one request. Errors of the connection are not reported here; the sender sees them.
pub(super) async fn serve(
    stream: net::TcpStream,
    desk: Arc<Desk>,
    watcher: Watcher,
) -> io::Result<()> {
    let stream = stream.into_std()?;
    let rest = stream.try_clone()?;
    let line = Arc::new(Mutex::new(RequestLine::default()));
    let seen = Arc::clone(&line);
    let stream = InspectReader::new(net::TcpStream::from_std(stream)?, move |octets: &[u8]| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).read(octets);
    });
    let answer = service_fn(move |request: http::Request<_>| {
        let (desk, line) = (Arc::clone(&desk), Arc::clone(&line));
        async move {
            let target = line.lock().unwrap_or_else(PoisonError::into_inner).target();
            let (head, body) = request.into_parts();
            Ok::<_, Infallible>(desk.receive(head, &target, body).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        // The request line is read off the connection, so it must hold only one request.
        .keep_alive(false)
        // A sender that has closed its side may still wait for the answer. One that has gone must
        // not end the processing: a claimed delivery is forwarded, and its line printed.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), answer);
    let _ = watcher.watch(connection).await;
    let _ = time::timeout(DRAIN_TIMEOUT, drain(rest)).await;
    Ok(())
}

/// Reads the rest that the sender is still writing, within bounds. Closing a socket before that
/// resets the connection, and the sender gets a broken pipe instead of the answer.
async fn drain(rest: TcpStream) -> io::Result<()> {
    let mut rest = net::TcpStream::from_std(rest)?;
    rest.shutdown().await?;
    io::copy(&mut rest.take(MAX_DRAINED), &mut io::sink()).await?;
    Ok(())
}

/// The first line of the input, which holds the target as received: the server drops fragments and
/// rewrites URIs.
#[derive(Default)]
struct RequestLine {
    octets: Vec<u8>,
    is_complete: bool,
}

impl RequestLine {
    fn read(&mut self, octets: &[u8]) {
        for &octet in octets {
            match octet {
                _ if self.is_complete => return,
                // The server skips empty lines before a request.
                b'\r' | b'\n' if self.octets.is_empty() => {}
                b'\n' => self.is_complete = true,
                _ => self.octets.push(octet),
            }
        }
    }

    /// Returns the target, or nothing if it is not UTF-8, which the server refuses earlier.
    fn target(&self) -> String {
        let target = self.octets.split(|&octet| octet == b' ').nth(1).unwrap_or_default();
        str::from_utf8(target).unwrap_or_default().to_owned()
    }
}
