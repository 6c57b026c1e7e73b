//! Serves a router as `axum::serve` does, but ends connections, and answers senders that have shut down their
//! side. `axum::serve` waits for a head forever, and may drop the request of such a sender.

use std::{
    future::ready,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::Request, middleware::map_request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};

/// How many connections are served at once. More wait.
const MAX_CONNECTIONS: usize = 1024;

/// How long a head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may be without a new request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the last request may take after that, or when the program is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` is ready, and then until all requests are answered or [`GRACE`] is over.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (stopping, stopped) = watch::channel(());
    let accept = async {
        loop {
            let Ok(place) = room.clone().acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                sleep(Duration::from_secs(1)).await; // There may be too many open files.
                continue;
            };
            let (router, stopped) = (router.clone(), stopped.clone());
            tokio::spawn(async move {
                serve_connection(stream, router, stopped).await;
                drop(place);
            });
        }
    };
    select! {
        () = accept => {}
        _ = stop => {}
    }
    drop((listener, stopped));
    stopping.send_replace(());
    let _ = timeout(GRACE, stopping.closed()).await;
}

async fn serve_connection(stream: TcpStream, router: Router, mut stopped: watch::Receiver<()>) {
    let mut builder = Builder::new(TokioExecutor::new());
    let mut http1 = builder.http1();
    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).half_close(true);
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let service = TowerToHyperService::new(router.layer(map_request(move |request: Request| {
        count.fetch_add(1, Ordering::Relaxed);
        ready(request)
    })));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    loop {
        let before = requests.load(Ordering::Relaxed);
        select! {
            _ = connection.as_mut() => return,
            () = sleep(IDLE_TIMEOUT) => {
                if requests.load(Ordering::Relaxed) == before {
                    break;
                }
            }
            _ = stopped.changed() => break,
        }
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(GRACE, connection).await;
}
