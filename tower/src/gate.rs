//! Where it is decided what is let through.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::{Buf, Bytes, BytesMut};
use hooksig::{Clock, Error, Key, Policy, Request, Verifier, drone::Delivery, replay};
use http::{header, request::Parts};
use http_body::Body;
use http_body_util::BodyExt;

use crate::{
    Refusal, Verified,
    layer::{DEFAULT_MAX_BODY, DEFAULT_REPLAY_ROOM},
};

/// How much of the body of a request that is refused is read over, in bytes: a sender that is cut
/// off while it sends may never see the answer.
const MAX_READ_OVER: usize = 64 << 10;

/// What a gate tells of a refused request.
type Hook = dyn Fn(&Parts, &Refusal) + Send + Sync;

#[derive(Clone)]
pub(crate) struct Gate {
    keys: Arc<[Key]>,
    room: usize,
    guard: Arc<Mutex<replay::Guard<Vec<replay::Entry>>>>,
    policy: Policy<'static>,
    pub(crate) max_body: usize,
    pub(crate) on_refusal: Arc<Hook>,
    pub(crate) clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl Gate {
    pub(crate) fn new(keys: Arc<[Key]>) -> Result<Self, Error> {
        Verifier::new(&keys)?;
        Ok(Self {
            keys,
            room: DEFAULT_REPLAY_ROOM,
            guard: guard(DEFAULT_REPLAY_ROOM, &Policy::DRONE),
            policy: Policy::DRONE,
            max_body: DEFAULT_MAX_BODY,
            on_refusal: Arc::new(|_, _| {}),
            clock: Arc::new(system_time),
        })
    }

    pub(crate) fn set_policy(&mut self, policy: Policy<'static>) -> Result<(), Error> {
        Verifier::with_policy(&self.keys, policy)?;
        self.guard = guard(self.room, &policy);
        self.policy = policy;
        Ok(())
    }

    pub(crate) fn set_room(&mut self, deliveries: usize) {
        self.room = deliveries;
        self.guard = guard(deliveries, &self.policy);
    }

    /// Takes a request and gives what is known of it, and its body.
    pub(crate) async fn receive<B: Body>(
        &self,
        head: &Parts,
        mut body: Pin<&mut B>,
    ) -> Result<(Verified, Bytes), Refusal> {
        let received = self.verify(head, body.as_mut()).await;
        // A sender that asked first has sent nothing yet.
        if received.is_err() && !head.headers.contains_key(header::EXPECT) {
            read_over(body).await;
        }
        received
    }

    /// The head first: without the secret nobody has a body held or hashed. The guard last: only
    /// what nothing else refuses is remembered.
    async fn verify<B: Body>(
        &self,
        head: &Parts,
        body: Pin<&mut B>,
    ) -> Result<(Verified, Bytes), Refusal> {
        let target = head.uri.path_and_query().map_or("", |target| target.as_str());
        let request = Request::new(head.method.as_str(), target, &head.headers);
        let verifier = Verifier::with_policy(&self.keys, self.policy)?;
        let mut pending = verifier.begin(&request, self.now())?;

        let body = self.collect(body, |chunk| pending.update(chunk)).await?;
        let verified = pending.finish()?;
        // What is signed need not be JSON of Drone's; where it is, it must be what it is said to be.
        if let Ok(delivery) = Delivery::read(&body) {
            delivery.check_event_field(&request)?;
        }
        self.claim(&verified)?;
        Ok((Verified::new(&verified), body))
    }

    /// The whole body, each chunk of which is shown as it comes.
    async fn collect<B: Body>(
        &self,
        mut body: Pin<&mut B>,
        mut show: impl FnMut(&[u8]),
    ) -> Result<Bytes, Refusal> {
        let too_large = Refusal::BodyTooLarge { max: self.max_body };
        let announced = body.size_hint().lower();
        let room = usize::try_from(announced).ok().filter(|&bytes| bytes <= self.max_body);
        let mut whole = BytesMut::with_capacity(room.ok_or(too_large)?);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refusal::BodyUnreadable)?;
            let Ok(mut data) = frame.into_data() else { continue };
            if data.remaining() > self.max_body - whole.len() {
                return Err(too_large);
            }
            let start = whole.len();
            bytes::BufMut::put(&mut whole, &mut data);
            show(&whole[start..]);
        }
        Ok(whole.freeze())
    }

    fn claim(&self, verified: &hooksig::Verified<'_>) -> Result<(), Error> {
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        // The body may have taken its time.
        guard.claim(verified, self.now())
    }

    fn now(&self) -> Clock {
        Clock::At((self.clock)())
    }
}

fn guard(room: usize, policy: &Policy<'_>) -> Arc<Mutex<replay::Guard<Vec<replay::Entry>>>> {
    let guard = replay::Guard::new(vec![replay::Entry::EMPTY; room]);
    Arc::new(Mutex::new(guard.max_skew(policy.skew())))
}

async fn read_over<B: Body>(mut body: Pin<&mut B>) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Buf::remaining);
        if read > MAX_READ_OVER {
            return;
        }
    }
}

/// The time of the system in Unix seconds.
fn system_time() -> i64 {
    // Before 1970 everything is refused.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX)
}
