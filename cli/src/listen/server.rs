//! Accepts connections, a bounded number at once, until a signal comes.

use std::{net::TcpListener, pin::pin, sync::Arc, time::Duration};

use anyhow::Context;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::{
    net::{self, TcpStream},
    runtime, select,
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};

use super::{connection, desk::Desk, printer::Printer};

/// Most connections at once; others wait to be accepted.
const MAX_CONNECTIONS: usize = 256;

/// Time limit for pending requests at the end.
const GRACE: Duration = Duration::from_secs(5);

/// Time limit after that for their answers and lines.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves until a signal comes.
pub(super) fn run(
    listener: TcpListener,
    desk: &Arc<Desk>,
    printer: &Printer,
) -> anyhow::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(serve(listener, desk, printer));
    // A forwarded delivery may hang on its receiver.
    runtime.shutdown_timeout(Duration::ZERO);
    desk.finish(LAST_WORDS);
    served
}

async fn serve(listener: TcpListener, desk: &Arc<Desk>, printer: &Printer) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = net::TcpListener::from_std(listener)?;
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop_signal()?);
    let address = listener.local_addr()?;
    printer.tell(format!("listening on http://{address}/; Ctrl-C stops it"));
    loop {
        select! {
            (stream, permit) = accept(&listener, &room) => {
                let serve = connection::serve(stream, Arc::clone(desk), connections.watcher());
                tokio::spawn(async move {
                    serve.await;
                    drop(permit);
                });
            }
            () = &mut stop => break,
        }
    }
    drop(listener);
    let mut ended = pin!(connections.shutdown());
    if time::timeout(GRACE, &mut ended).await.is_err() {
        desk.stop();
        let _ = time::timeout(LAST_WORDS, ended).await;
    }
    Ok(())
}

async fn accept(
    listener: &net::TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let permit = Arc::clone(room).acquire_owned().await;
        match (listener.accept().await, permit) {
            (Ok((stream, _)), Ok(permit)) => return (stream, permit),
            // The connection is already gone, or too many files are open.
            _ => time::sleep(Duration::from_millis(50)).await,
        }
    }
}

#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    Ok(async move {
        select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await.context("Ctrl-C");
    })
}
