//! Where deliveries are taken in: each is read, judged, passed on and answered.

use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hooksig::{Clock, Error, Key, replay};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use httparse::Header;
use hyper::body::{Bytes, Incoming};
use tokio::{task, time};

use super::entry::{Entry, Forwarded, Unread};
use crate::{
    client::Client,
    clock,
    message::Message,
    policy::PolicyArgs,
    receiver::{Genuine, Receiver},
    terminal,
    verdict::Verdict,
};

/// How long a sender may take for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many deliveries are remembered: of ten minutes, by default, at fifty a second.
const REMEMBERED: usize = 1 << 16;

/// The one text that a sender is told, whatever the reason.
const REFUSAL: &str = "the delivery was refused\n";

/// The fields of a connection (RFC 9110, section 7.6.1), which are not passed on, and those that
/// the next one has of its own.
const OF_CONNECTION: [header::HeaderName; 10] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

pub(super) struct Desk {
    keys: Vec<Key>,
    policy: PolicyArgs,
    guard: Mutex<replay::Guard<Vec<replay::Entry>>>,
    forward: Option<Client>,
    max_body: usize,
    json: bool,
}

impl Desk {
    pub(super) fn new(
        keys: Vec<Key>,
        policy: PolicyArgs,
        forward: Option<Client>,
        max_body: usize,
        json: bool,
    ) -> Self {
        let guard = Mutex::new(replay::Guard::new(vec![replay::Entry::EMPTY; REMEMBERED]));
        Self { keys, policy, guard, forward, max_body, json }
    }

    /// Takes one delivery and gives what the sender is answered.
    pub(super) async fn receive(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let status = match self.handle(request).await {
            Ok(status) => status,
            Err(error) => {
                terminal::tell(format_args!("{error:#}"));
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        if status == StatusCode::UNAUTHORIZED {
            *response.body_mut() = REFUSAL.into();
            let scheme = HeaderValue::from_static("Signature");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }

    async fn handle(&self, request: Request<Incoming>) -> anyhow::Result<StatusCode> {
        let (head, body) = request.into_parts();
        let (mut entry, body) = match self.read(body).await {
            Ok(body) => (self.judge(&head, &body)?, body),
            Err(unread) => {
                Entry::unread(&unread, clock::now(None)?).print(self.json)?;
                return Ok(unread.status());
            }
        };
        let status = match &self.forward {
            _ if !entry.is_valid() => StatusCode::UNAUTHORIZED,
            None => StatusCode::NO_CONTENT,
            Some(client) => {
                let forwarded = forward(client.clone(), head.headers, body).await;
                let status = forwarded.status();
                entry.forwarded = Some(forwarded);
                status
            }
        };
        entry.print(self.json)?;
        Ok(status)
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, Unread> {
        let whole = Limited::new(body, self.max_body).collect();
        match time::timeout(BODY_TIMEOUT, whole).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                Err(Unread::TooLarge { max: self.max_body })
            }
            Ok(Err(_)) => Err(Unread::Broken),
            Err(_) => Err(Unread::TooSlow),
        }
    }

    fn judge(&self, head: &Parts, body: &[u8]) -> anyhow::Result<Entry> {
        let target = head.uri.to_string();
        let message = Message {
            method: head.method.as_str(),
            target: &target,
            fields: fields(&head.headers),
            body: Cow::from(body),
        };
        let (terms, clock) = (self.policy.terms()?, self.policy.clock()?);
        let receiver = Receiver { keys: &self.keys, terms: &terms, clock };
        let judged = receiver.judge(&message).and_then(|genuine| self.claim(genuine, clock));
        let verdict = match judged {
            Ok(genuine) => Verdict::valid(&genuine, &message, &receiver),
            Err(error) => Verdict::invalid(error, &message, &receiver),
        };
        Ok(Entry::judged(verdict, body, clock::now(None)?))
    }

    /// Refuses what was accepted before.
    fn claim<'m>(&self, genuine: Genuine<'m>, clock: Clock) -> Result<Genuine<'m>, Error> {
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        guard.claim(&genuine.verified, clock)?;
        Ok(genuine)
    }
}

fn fields(headers: &HeaderMap) -> Vec<Header<'_>> {
    let fields = headers.iter();
    fields.map(|(name, value)| Header { name: name.as_str(), value: value.as_bytes() }).collect()
}

async fn forward(client: Client, mut fields: HeaderMap, body: Bytes) -> Forwarded {
    for name in OF_CONNECTION {
        fields.remove(name);
    }
    // The client blocks.
    let answer = task::spawn_blocking(move || client.post(fields, &body).status).await;
    match answer {
        Ok(Ok(status)) => Forwarded::Answered { status: status.as_u16() },
        Ok(Err(error)) => Forwarded::Failed { error },
        Err(error) => Forwarded::Failed { error: error.to_string() },
    }
}
