//! One of several receivers that share a Redis: `replica ADDRESS REDIS`, such as
//! `replica 127.0.0.1:3000 redis://127.0.0.1:6379`.
//!
//! The secret is in `DRONE_WEBHOOK_SECRET`. It prints `listening on ADDRESS`, and for each delivery a line to
//! standard error: `accepted ok EVENT:ACTION` or `refused …`. SIGTERM stops it.

mod serve;

use std::{
    env,
    error::Error,
    io::{self, Write},
};

use axum::{Extension, Router, http::StatusCode, routing::post};
use hooksig_tower::{Key, RedisStore, Verified, VerifyLayer};
use tokio::{net::TcpListener, signal::unix};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(address), Some(redis)) = (arguments.next(), arguments.next()) else {
        return Err("usage: replica ADDRESS REDIS".into());
    };
    let keys = [Key::new(&env::var("DRONE_WEBHOOK_SECRET")?)?];
    let verify = VerifyLayer::new(keys)?
        .replay_store(RedisStore::open(redis)?)?
        .on_refusal(|refused| eprintln!("refused {refused}"));
    let router = Router::new().route("/hooks", post(receive).route_layer(verify));

    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    serve::serve(listener, router, terminate.recv()).await;
    Ok(())
}

async fn receive(Extension(verified): Extension<Verified>) -> StatusCode {
    let (event, action) = (verified.event(), verified.action());
    let event = event.as_ref().map_or("", |event| event.as_str());
    let action = action.as_ref().map_or("", |action| action.as_str());
    // One write a line, so that a kill leaves no half of one.
    let line = format!("accepted ok {event}:{action}\n");
    let _ = io::stderr().write_all(line.as_bytes());
    StatusCode::NO_CONTENT
}
