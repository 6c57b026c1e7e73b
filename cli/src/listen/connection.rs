//! One connection: a request, its answer, and the end.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::Watcher,
};
use tokio::{
    io::{self, AsyncRead, AsyncReadExt, ReadBuf},
    net::{TcpStream, tcp::OwnedReadHalf},
    time,
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
pub(super) async fn serve(stream: TcpStream, desk: Arc<Desk>, watcher: Watcher) {
    let (input, output) = stream.into_split();
    let input = Arc::new(Mutex::new(input));
    let line = Arc::new(Mutex::new(RequestLine::default()));
    let seen = Arc::clone(&line);
    let reader = InspectReader::new(Input(Arc::clone(&input)), move |bytes: &[u8]| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).read(bytes);
    });
    let stream = io::join(reader, output);
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
    // The output was closed with the connection. Closing the socket while the sender is still writing
    // resets it, and the sender gets a broken pipe instead of the answer.
    let mut rest = Input(input).take(MAX_DRAINED);
    let _ = time::timeout(DRAIN_TIMEOUT, io::copy(&mut rest, &mut io::sink())).await;
}

/// The input of a connection, which is read on after the connection. A copy of the socket would need a
/// second descriptor.
struct Input(Arc<Mutex<OwnedReadHalf>>);

impl AsyncRead for Input {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut half = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *half).poll_read(context, buffer)
    }
}

/// The first line of the input, which holds the target as received: the server drops fragments and
/// rewrites URIs.
#[derive(Default)]
struct RequestLine {
    bytes: Vec<u8>,
    is_complete: bool,
}

impl RequestLine {
    fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                _ if self.is_complete => return,
                // The server skips empty lines before a request.
                b'\r' | b'\n' if self.bytes.is_empty() => {}
                b'\n' => self.is_complete = true,
                _ => self.bytes.push(byte),
            }
        }
    }

    /// Returns the target, or nothing if it is not UTF-8, which the server refuses earlier.
    fn target(&self) -> String {
        let target = self.bytes.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
        str::from_utf8(target).unwrap_or_default().to_owned()
    }
}
