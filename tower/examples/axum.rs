//! A receiver with axum: `axum ADDRESS SECRET_FILE...`, the new secret first. ADDRESS may have port 0.
//!
//! Try it:
//!
//! ```text
//! hooksig secret > drone.secret
//! cargo run -p hooksig-tower --example axum -- 127.0.0.1:3000 drone.secret &
//! hooksig trigger --secret-file drone.secret '*' http://127.0.0.1:3000/hook
//! ```
//!
//! It answers 204 to each genuine delivery to `/hook`. The log goes to standard error: the address, a line
//! with `received` for each delivery, and one with `refused` and the reason for each refused request. SIGTERM and Ctrl-C
//! stop it after it has answered pending requests.

mod serve;

use std::{
    env,
    error::Error,
    fs,
    io::{self, IsTerminal},
    time::Duration,
};

use axum::{
    Extension, Router, body::Bytes, extract::DefaultBodyLimit, http::StatusCode, routing::post,
};
use hooksig::payload::Payload;
use hooksig_tower::{Escaped, Key, Refused, Verified, VerifyLayer};
use tokio::{net::TcpListener, select, signal::unix};
use tracing::{info, warn};

/// The longest body that is accepted, in bytes.
const MAX_BODY: usize = 4 << 20;

/// How long the body of a request may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let log_format = tracing_subscriber::fmt().with_ansi(io::stderr().is_terminal());
    log_format.with_writer(io::stderr).init();
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or("usage: axum ADDRESS SECRET_FILE...")?;
    let keys = arguments.map(|path| read_key(&path)).collect::<Result<Vec<_>, _>>()?;

    let verify =
        VerifyLayer::new(keys)?.max_body(MAX_BODY).body_timeout(BODY_TIMEOUT).on_refusal(log);
    let router = Router::new()
        // On the route itself: a claimed delivery must not end in 404 or 405.
        .route("/hook", post(receive).route_layer(verify))
        // The layer limits the body. A smaller limit further in would refuse claimed deliveries.
        .layer(DefaultBodyLimit::disable());

    let listener = TcpListener::bind(address).await?;
    info!("listening on {}", listener.local_addr()?);
    serve::serve(listener, router, stop_signal()).await;
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

/// Runs once for each genuine delivery. Takes the body as bytes, because axum's `Json` checks
/// `Content-Type`. That field is not signed, so anyone could change it to have a claimed delivery
/// refused.
async fn receive(Extension(verified): Extension<Verified>, body: Bytes) -> StatusCode {
    // The delivery is claimed, and Drone does not send it again: an unexpected form is no reason to refuse it.
    let payload: Payload = serde_json::from_slice(&body).unwrap_or_else(|error| {
        warn!("a genuine body of another form: {}", Escaped::new(&error.to_string()));
        Payload::default()
    });
    // Not read again, because another reader may take a repeated member for the event.
    let (event, action) = (verified.event(), verified.action());
    let cut = |text: &str| Escaped::new(text).to_string();
    info!(
        event = event.as_ref().map(|event| cut(event.as_str())),
        action = action.as_ref().map(|action| cut(action.as_str())),
        repo = payload.repo.and_then(|repo| repo.slug).map(|slug| cut(&slug)),
        build = payload.build.and_then(|build| build.number),
        secret = verified.key_index(),
        "received"
    );
    StatusCode::NO_CONTENT
}

/// The reason is for the operator; the sender gets one fixed text. The sender's text is escaped.
fn log(refused: &Refused<'_>) {
    warn!(reason = refused.reason(), "refused: {refused}");
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
