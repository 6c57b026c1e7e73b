//! Forwards deliveries and waits for the next receiver's answers.

use http::HeaderMap;
use hyper::body::Bytes;
use tokio::task;
use tokio_util::sync::CancellationToken;

use super::entry::Forwarded;
use crate::client::Client;

pub(super) struct Forwarder {
    client: Client,
    stop: CancellationToken,
}

impl Forwarder {
    pub(super) fn new(client: Client) -> Self {
        Self { client, stop: CancellationToken::new() }
    }

    /// Forwards a delivery and waits for the answer, until [`Self::stop`].
    pub(super) async fn pass_on(&self, fields: HeaderMap, body: Bytes) -> Forwarded {
        let client = self.client.clone();
        // The client blocks.
        let answer = task::spawn_blocking(move || client.post(fields, &body).status);
        match self.stop.run_until_cancelled(answer).await {
            None => Forwarded::Failed { error: "listen was stopped before an answer came".into() },
            Some(Ok(Ok(status))) => Forwarded::Answered { status: status.as_u16() },
            Some(Ok(Err(error))) => Forwarded::Failed { error },
            Some(Err(error)) => Forwarded::Failed { error: error.to_string() },
        }
    }

    /// Stops waiting for answers. The deliveries are claimed, so their lines must be printed.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}
