//! Memory of the process in front of a shared store.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use hooksig::TAG_LEN;
use tokio::sync::watch;

use super::{DEFAULT_MEMORY_CAPACITY, ReplayStore, entries::Entries};
use crate::{Claim, ClaimError};

/// The answer of the shared store, for waiting claims.
type Answer = Option<Result<(), ClaimError>>;

/// Asks a shared store only about deliveries that this process does not know.
///
/// It remembers the deliveries that the store accepted or called replayed, so that a flood of
/// replays does not reach the store. Claims of the same delivery that arrive together ask once. A claim that
/// failed is forgotten.
pub struct LocalFirst<S> {
    store: S,
    state: Mutex<State>,
}

struct State {
    known: Entries,
    asked: HashMap<[u8; TAG_LEN], watch::Receiver<Answer>>,
}

/// The next step for a claim.
enum Turn {
    Done(Result<(), ClaimError>),
    Ask(watch::Sender<Answer>),
    Wait(watch::Receiver<Answer>),
}

impl<S: ReplayStore> LocalFirst<S> {
    /// Puts a memory of [`DEFAULT_MEMORY_CAPACITY`] deliveries in front of `store`. Once it is full,
    /// the store is asked.
    pub fn new(store: S) -> Self {
        Self::with_capacity(store, DEFAULT_MEMORY_CAPACITY)
    }

    pub(super) fn with_capacity(store: S, capacity: usize) -> Self {
        let known = Entries::new(capacity);
        Self { store, state: Mutex::new(State { known, asked: HashMap::new() }) }
    }

    #[cfg(feature = "redis")]
    pub(super) fn store(&self) -> &S {
        &self.store
    }

    #[cfg(feature = "redis")]
    pub(super) fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// Claims a delivery in the memory of this process, without the store. If the memory is full, it
    /// refuses, because it would accept every replay.
    #[cfg(feature = "redis")]
    pub(super) fn claim_alone(&self, claim: &Claim) -> Result<(), ClaimError> {
        self.lock().known.claim(claim, self.store.max_skew())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, claim: &Claim) -> Turn {
        let mut state = self.lock();
        if state.known.contains(claim.tag()) {
            return Turn::Done(Err(ClaimError::Replayed));
        }
        if claim.is_expired_at(claim.now()) {
            return Turn::Done(Err(ClaimError::Expired));
        }
        if let Some(answer) = state.asked.get(claim.tag()) {
            return Turn::Wait(answer.clone());
        }
        let (sender, receiver) = watch::channel(None);
        state.asked.insert(*claim.tag(), receiver);
        Turn::Ask(sender)
    }

    async fn ask(&self, claim: &Claim, waiting: watch::Sender<Answer>) -> Result<(), ClaimError> {
        let asking = Asking { front: self, claim };
        let answer = self.store.claim(claim).await;
        if matches!(answer, Ok(()) | Err(ClaimError::Replayed)) {
            let until = claim.remember_until(self.store.max_skew());
            // If the memory is full, the store is asked again next time.
            let _ = self.lock().known.insert(*claim.tag(), until, claim.now());
        }
        waiting.send_replace(Some(answer.clone()));
        drop(asking);
        answer
    }
}

/// A claim sent to the store; dropped when it is answered or abandoned.
struct Asking<'f, S: ReplayStore> {
    front: &'f LocalFirst<S>,
    claim: &'f Claim,
}

impl<S: ReplayStore> Drop for Asking<'_, S> {
    fn drop(&mut self) {
        self.front.lock().asked.remove(self.claim.tag());
    }
}

impl<S: ReplayStore> ReplayStore for LocalFirst<S> {
    fn max_skew(&self) -> u32 {
        self.store.max_skew()
    }

    async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
        loop {
            match self.turn(claim) {
                Turn::Done(answer) => return answer,
                Turn::Ask(waiting) => return self.ask(claim, waiting).await,
                Turn::Wait(mut answer) => {
                    // If the asking claim was abandoned, the next one asks.
                    if let Ok(answer) = answer.wait_for(Option::is_some).await {
                        return match &*answer {
                            Some(Err(error)) => Err(error.clone()),
                            _ => Err(ClaimError::Replayed),
                        };
                    }
                }
            }
        }
    }
}

impl<S> fmt::Debug for LocalFirst<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalFirst(..)")
    }
}
