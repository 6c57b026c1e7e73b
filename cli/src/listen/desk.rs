//! Receives deliveries: each is judged, forwarded and answered.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hooksig::{Clock, Error, Key, replay};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use tokio::time;

use super::{
    clerk::Clerk,
    entry::{Entry, Unread},
    forwarder::Forwarder,
    onward,
    printer::Printer,
    record::{self, Record},
    totals::Totals,
};
use crate::{
    client::Content,
    clock,
    message::Message,
    policy::PolicyArgs,
    receiver::{Genuine, Receiver},
    verdict::Verdict,
};

/// Time limit for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Number of remembered deliveries: those of ten minutes, by default, at fifty per second.
const REMEMBERED: usize = 1 << 16;

/// The only text that a sender gets, whatever the reason.
const REFUSAL: &str = "the delivery was refused\n";

/// Settings besides keys and policy.
pub(super) struct Terms {
    pub(super) forwarder: Option<Forwarder>,
    pub(super) has_guard: bool,
    pub(super) max_body: usize,
}

pub(super) struct Desk {
    keys: Vec<Key>,
    policy: Arc<PolicyArgs>,
    guard: Option<Mutex<replay::Guard<Vec<replay::Entry>>>>,
    terms: Terms,
    clerk: Clerk,
    printer: Printer,
    totals: Totals,
}

/// The result of a request.
enum Judged {
    /// Its verdict, its body, and the fields to forward.
    Genuine(Verdict, Bytes, HeaderMap),
    /// Its verdict, and its body if that was read.
    Refused(Verdict, Option<Bytes>),
    Unread(Unread),
}

impl Judged {
    /// Returns the body if it was read.
    fn body(&self) -> Option<Bytes> {
        match self {
            Self::Genuine(_, body, _) => Some(body.clone()),
            Self::Refused(_, body) => body.clone(),
            Self::Unread(_) => None,
        }
    }
}

impl Desk {
    pub(super) fn new(
        keys: Vec<Key>,
        policy: Arc<PolicyArgs>,
        terms: Terms,
        clerk: Clerk,
        printer: Printer,
    ) -> Self {
        let guard = || replay::Guard::new(vec![replay::Entry::EMPTY; REMEMBERED]);
        let guard = terms.has_guard.then(|| Mutex::new(guard().max_skew(policy.max_skew)));
        Self { keys, policy, guard, terms, clerk, printer, totals: Totals::default() }
    }

    /// Handles a delivery sent to `target`, and returns the answer.
    pub(super) async fn receive(
        &self,
        head: Parts,
        target: &str,
        body: Incoming,
    ) -> Response<Full<Bytes>> {
        match self.handle(head, target, body).await {
            Ok(response) => response,
            Err(error) => {
                self.printer.tell(format!("{error:#}"));
                answer(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    async fn handle(
        &self,
        head: Parts,
        target: &str,
        body: Incoming,
    ) -> anyhow::Result<Response<Full<Bytes>>> {
        let time = clock::now(None)?;
        let clock = self.policy.clock()?;
        let judged = self.judge(&head, target, body, clock).await?;
        let record = judged.body().filter(|_| self.clerk.needs_record());
        let record = record.map(|body| Record::new(&head, target, body, clock));
        let (entry, response) = match judged {
            Judged::Genuine(verdict, body, fields) => {
                let mut entry = Entry::judged(verdict, &body, time);
                let mut response = answer(StatusCode::NO_CONTENT);
                if let Some(forwarder) = &self.terms.forwarder {
                    let (forwarded, content) = forwarder.pass_on(fields, body).await;
                    response = passed_back(forwarded.status(), content);
                    entry.forwarded = Some(forwarded);
                }
                (entry, response)
            }
            Judged::Refused(verdict, _) => {
                (Entry::judged(verdict, &[], time), answer(StatusCode::UNAUTHORIZED))
            }
            Judged::Unread(unread) => (Entry::unread(&unread, time), answer(unread.status())),
        };
        self.totals.add(entry.verdict());
        self.clerk.take(entry, record);
        Ok(response)
    }

    /// Saves and prints the rest, then the totals, unless that takes longer than `patience`.
    pub(super) fn finish(&self, patience: Duration) {
        self.clerk.finish(patience);
        self.printer.finish(self.totals.line(), patience);
    }

    /// Stops waiting for answers to forwarded deliveries.
    pub(super) fn stop(&self) {
        if let Some(forwarder) = &self.terms.forwarder {
            forwarder.stop();
        }
    }

    /// Judges the head, and reads the body only if that is genuine or the clerk needs it.
    ///
    /// The claim comes last, because a request that is refused for another reason must not use the
    /// delivery up.
    async fn judge(
        &self,
        head: &Parts,
        target: &str,
        body: Incoming,
        clock: Clock,
    ) -> anyhow::Result<Judged> {
        if head.method != Method::POST {
            return Ok(Judged::Unread(Unread::NotPost));
        }
        let max = self.terms.max_body;
        if body.size_hint().lower() > max as u64 {
            return Ok(Judged::Unread(Unread::TooLarge { max }));
        }
        let (method, fields) = (head.method.as_str(), record::fields(&head.headers));
        let message = Message { method, target, fields, body: Cow::Borrowed(&[]) };
        let terms = self.policy.terms()?;
        let receiver = Receiver { keys: &self.keys, terms: &terms, clock };
        let mut pending = match receiver.begin(&message) {
            Ok(pending) => pending,
            Err(error) => {
                let verdict = Verdict::invalid(error, &message, &receiver);
                let needed = self.clerk.needs_record();
                let body = if needed { self.read(body).await.ok() } else { None };
                return Ok(Judged::Refused(verdict, body));
            }
        };
        let body = match self.read(body).await {
            Ok(body) => body,
            Err(unread) => return Ok(Judged::Unread(unread)),
        };
        pending.update(&body);
        let message =
            Message { fields: message.fields.clone(), body: Cow::from(body.as_ref()), ..message };
        let judged = pending
            .finish()
            .and_then(|verified| Genuine::read(verified, &message))
            .and_then(|genuine| genuine.delivery.map(|delivery| (genuine, delivery)));
        let claimed = match judged {
            Ok((genuine, delivery)) => self.claim(&genuine)?.map(|()| (genuine, delivery)),
            Err(error) => Err(error),
        };
        Ok(match claimed {
            Ok((genuine, delivery)) => {
                let verdict = Verdict::valid(&genuine, &message, &receiver);
                let fields = onward::fields(&head.headers, &genuine.verified, &delivery);
                Judged::Genuine(verdict, body, fields)
            }
            Err(error) => {
                let verdict = Verdict::invalid(error, &message, &receiver);
                Judged::Refused(verdict, Some(body))
            }
        })
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, Unread> {
        let max = self.terms.max_body;
        match time::timeout(BODY_TIMEOUT, Limited::new(body, max).collect()).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLarge { max }),
            Ok(Err(_)) => Err(Unread::Broken),
            Err(_) => Err(Unread::TooSlow),
        }
    }

    /// Refuses a delivery that was accepted before.
    fn claim(&self, genuine: &Genuine<'_>) -> anyhow::Result<Result<(), Error>> {
        let Some(guard) = &self.guard else { return Ok(Ok(())) };
        let mut guard = guard.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock; otherwise times out of order could let a delivery be claimed twice.
        let clock = self.policy.clock()?;
        Ok(guard.claim(&genuine.verified, clock))
    }
}

/// Returns the answer of the next receiver.
fn passed_back(status: StatusCode, content: Content) -> Response<Full<Bytes>> {
    let mut response = answer(status);
    response.headers_mut().extend(content.fields);
    *response.body_mut() = content.body.into();
    response
}

fn answer(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    let fields = response.headers_mut();
    match status {
        StatusCode::UNAUTHORIZED => {
            fields.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Signature"));
            *response.body_mut() = REFUSAL.into();
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            fields.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        _ => {}
    }
    response
}
