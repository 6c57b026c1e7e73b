//! Forwards deliveries and waits for the next receiver's answers.

use http::HeaderMap;
use hyper::body::Bytes;
use tokio::task;
use tokio_util::sync::CancellationToken;

use super::entry::Forwarded;
use crate::client::{Answer, Client, Content};

pub(super) struct Forwarder {
    client: Client,
    stop: CancellationToken,
}

impl Forwarder {
    pub(super) fn new(client: Client) -> Self {
        Self { client: client.keeping_answers(), stop: CancellationToken::new() }
    }

    /// Forwards a delivery and waits for the answer, until [`Self::stop`]. Also returns the body of the
    /// answer.
    pub(super) async fn pass_on(&self, fields: HeaderMap, body: Bytes) -> (Forwarded, Content) {
        let client = self.client.clone();
        // The client blocks.
        let answer = task::spawn_blocking(move || client.post(fields, &body));
        let error = match self.stop.run_until_cancelled(answer).await {
            Some(Ok(Answer { status: Ok(status), content, .. })) => {
                return (Forwarded::Answered { status: status.as_u16() }, content);
            }
            None => "listen was stopped before an answer came".into(),
            Some(Ok(Answer { status: Err(error), .. })) => error,
            Some(Err(error)) => error.to_string(),
        };
        (Forwarded::Failed { error }, Content::default())
    }

    /// Stops waiting for answers. The deliveries are claimed, so their lines must be printed.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}
