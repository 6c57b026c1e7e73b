//! A receiver with axum: `axum ADDRESS SECRET_FILE...`, the new secret first.
//!
//! Try it:
//!
//! ```text
//! hooksig secret > drone.secret
//! cargo run -p hooksig-tower --example axum -- 127.0.0.1:3000 drone.secret &
//! hooksig trigger --secret-file drone.secret '*' http://127.0.0.1:3000/hook
//! ```
//!
//! Where no rule is broken the answer is 204. It stops at SIGTERM and Ctrl-C, once what was begun
//! was answered.

use std::{
    env,
    error::Error,
    fs,
    io::{self, IsTerminal},
    time::Duration,
};

use axum::{
    Extension, Json, Router,
    extract::DefaultBodyLimit,
    http::{StatusCode, request::Parts},
    routing::post,
};
use hooksig::payload::Payload;
use hooksig_tower::{Key, Refusal, Verified, VerifyLayer};
use tokio::{net::TcpListener, select, signal::unix, time};
use tower_http::timeout::TimeoutLayer;
use tracing::{info, warn};

/// The longest body that is taken, in bytes.
const MAX_BODY: usize = 4 << 20;

/// How long a delivery may take, from the end of its head to the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long what was begun may take to end when the program is stopped.
const GRACE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let log_format = tracing_subscriber::fmt().with_ansi(io::stderr().is_terminal());
    log_format.with_writer(io::stderr).init();
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or("usage: axum ADDRESS SECRET_FILE...")?;
    let keys = arguments.map(|path| read_key(&path)).collect::<Result<Vec<_>, _>>()?;

    // The layer that was added last is the first to see a request.
    let router = Router::new()
        .route("/hook", post(receive))
        // The length of a body is limited where it is verified.
        .layer(DefaultBodyLimit::disable())
        .layer(VerifyLayer::new(keys)?.max_body(MAX_BODY).on_refusal(log))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT));

    let listener = TcpListener::bind(address).await?;
    info!("listening on {}", listener.local_addr()?);
    let server = axum::serve(listener, router).with_graceful_shutdown(stop_signal());
    select! {
        served = server => served?,
        // A connection that says nothing is not waited for.
        () = async { stop_signal().await; time::sleep(GRACE).await } => {}
    }
    info!("stopped");
    Ok(())
}

/// One newline at the end of the file, LF or CRLF, is not part of the secret.
fn read_key(path: &str) -> Result<Key, Box<dyn Error>> {
    let content = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let secret = content
        .strip_suffix(b"\n")
        .map_or(content.as_slice(), |line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(Key::new(secret).map_err(|error| format!("{path}: {error}"))?)
}

/// Called with genuine deliveries alone, each once.
async fn receive(
    Extension(verified): Extension<Verified>,
    Json(payload): Json<Payload>,
) -> StatusCode {
    info!(
        event = payload.event.as_deref(),
        action = payload.action.as_deref(),
        repo = payload.repo.and_then(|repo| repo.slug),
        build = payload.build.and_then(|build| build.number),
        secret = verified.key_index(),
        "received"
    );
    StatusCode::NO_CONTENT
}

/// The reason is for the operator; the sender is told one text.
fn log(head: &Parts, refusal: &Refusal) {
    warn!(path = head.uri.path(), reason = refusal.reason(), "refused: {refusal}");
}

async fn stop_signal() {
    let signal = |kind| unix::signal(kind).expect("the signal can be waited for");
    let mut interrupt = signal(unix::SignalKind::interrupt());
    let mut terminate = signal(unix::SignalKind::terminate());
    select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
