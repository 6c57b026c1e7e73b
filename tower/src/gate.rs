//! Decides which requests pass.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use hooksig::{Clock, Error, Headers, Key, Policy, Request, Verifier, drone::Delivery};
use http::{HeaderMap, Method, Response, Uri, Version, request::Parts};
use http_body::Body;
use tokio::time;

use crate::{
    Claim, ClaimError, Refusal, Refused, ResponseBody, Verified,
    claim::Now,
    reading::{BoxError, Reading},
    store::Store,
};

/// Called with each refused request.
pub(crate) type Hook = dyn Fn(&Refused<'_>) + Send + Sync;

/// Finds the URI as the server received it.
pub(crate) type UriOf = dyn for<'h> Fn(&'h Parts) -> &'h Uri + Send + Sync;

#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) keys: Arc<[Key]>,
    pub(crate) policy: Policy<'static>,
    /// `None` accepts replays.
    pub(crate) store: Option<Arc<dyn Store>>,
    pub(crate) max_body: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) hides_reset: bool,
    pub(crate) on_refusal: Arc<Hook>,
    pub(crate) uri_of: Arc<UriOf>,
    pub(crate) now: Now,
}

impl Gate {
    /// Verifies a request but does not claim it. Drains the body of a refused one.
    pub(crate) async fn verify<B>(
        &self,
        head: &Parts,
        body: Pin<&mut B>,
    ) -> Result<Verified, Refusal>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let mut reading = Reading::new(head, body, self.hides_reset);
        let verified = self.judge(head, &mut reading).await;
        if verified.is_err() {
            reading.drain().await;
        }
        verified
    }

    /// Judges the head first, so that only a holder of the secret has a body held or hashed.
    async fn judge<B>(
        &self,
        head: &Parts,
        reading: &mut Reading<'_, B>,
    ) -> Result<Verified, Refusal>
    where
        B: Body<Error: Into<BoxError>>,
    {
        if head.method != Method::POST {
            return Err(Refusal::MethodNotAllowed);
        }
        let uri = (self.uri_of)(head);
        let fields = Fields::new(head, uri);
        let request = match target(head, uri) {
            Some(target) => Request::new(head.method.as_str(), target, &fields),
            None => Request::from_headers(&fields),
        };
        let verifier = Verifier::with_policy(&self.keys, self.policy)?;
        let mut pending = verifier.begin(&request, Clock::At((self.now)()))?;

        let collected = reading.collect(self.max_body, |chunk| pending.update(chunk));
        let body = time::timeout(self.body_timeout, collected).await;
        let body = body.map_err(|_| Refusal::BodyTooSlow)??;
        let verified = pending.finish()?;
        Delivery::read(&body)?.check_event_field(&request)?;
        self.verdict(&verified, body).ok_or(Refusal::Invalid(Error::MissingDate))
    }

    /// Both times are known because there is a clock.
    fn verdict(&self, verified: &hooksig::Verified<'_>, body: Bytes) -> Option<Verified> {
        let claim = Claim {
            tag: *verified.tag(),
            date: verified.date()?,
            expires: verified.expires()?,
            now: Arc::clone(&self.now),
        };
        Some(Verified { key_index: verified.key_index(), claim, body })
    }

    /// Claims a verified delivery. Nothing may refuse it afterwards.
    pub(crate) async fn claim(&self, claim: &Claim) -> Result<(), Refusal> {
        match &self.store {
            Some(store) => {
                store.claim(claim).await?;
                // An answer that took so long that the store may have forgotten an earlier claim is
                // worthless.
                if claim.now() > claim.remember_until(store.max_skew()) {
                    return Err(ClaimError::Expired.into());
                }
                Ok(())
            }
            // The body may have been slow.
            None if claim.is_expired_at(claim.now()) => Err(ClaimError::Expired.into()),
            None => Ok(()),
        }
    }

    /// Reports a refused request to the operator, and returns the answer to its sender.
    pub(crate) fn refuse<R>(&self, head: &Parts, refusal: &Refusal) -> Response<ResponseBody<R>> {
        (self.on_refusal)(&Refused::new(head, refusal));
        refusal.response()
    }
}

/// Returns the target as received, or `None` if it is unknown, because `http::Uri` rewrites the
/// scheme and an empty path of an absolute-form target.
fn target<'h>(head: &Parts, uri: &'h Uri) -> Option<&'h str> {
    let is_absolute = uri.scheme().is_some() || uri.authority().is_some();
    if is_absolute && head.version < Version::HTTP_2 {
        return None;
    }
    uri.path_and_query().map(|target| target.as_str())
}

/// The fields of a request. The authority of its target is added as another `Host` field unless
/// they agree: HTTP/2's `:authority` replaces the field, and a contradiction must show.
struct Fields<'h> {
    fields: &'h HeaderMap,
    authority: Option<&'h str>,
}

impl<'h> Fields<'h> {
    fn new(head: &'h Parts, uri: &'h Uri) -> Self {
        let host = head.headers.get(http::header::HOST).map(|host| host.as_bytes());
        let is_other = |authority: &&str| {
            host.is_none_or(|host| !host.trim_ascii().eq_ignore_ascii_case(authority.as_bytes()))
        };
        let authority = uri.authority().map(|authority| authority.as_str()).filter(is_other);
        Self { fields: &head.headers, authority }
    }
}

impl Headers for Fields<'_> {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let host = self.authority.map(|authority| (b"host".as_slice(), authority.as_bytes()));
        self.fields.fields().chain(host)
    }
}

/// Returns the system time in Unix seconds.
pub(crate) fn system_time() -> i64 {
    // A clock before 1970 refuses everything.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX)
}
