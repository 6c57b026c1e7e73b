//! The interface of stores of accepted deliveries.

use std::{pin::Pin, sync::Arc};

use crate::{Claim, ClaimError};

mod entries;
mod local_first;
mod memory;
#[cfg(feature = "redis")]
mod redis;

pub use local_first::LocalFirst;
pub use memory::{DEFAULT_MEMORY_CAPACITY, MemoryStore};
#[cfg(feature = "redis")]
pub use redis::{DEFAULT_REDIS_PREFIX, RedisStore};

/// The largest skew of a policy that a store serves by default, in seconds.
pub const DEFAULT_MAX_SKEW: u32 = hooksig::DEFAULT_MAX_SKEW;

/// Remembers accepted deliveries for as long as they could be accepted again.
///
/// # Examples
///
/// Wrap your own shared store in [`LocalFirst`], so that replays of deliveries that this process
/// knows cost it nothing:
///
/// ```
/// use hooksig_tower::{Claim, ClaimError, Key, LocalFirst, ReplayStore, VerifyLayer};
///
/// struct Table;
///
/// impl ReplayStore for Table {
///     async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
///         let until = claim.remember_until(self.max_skew());
///         // INSERT INTO deliveries (tag, until) VALUES (...) ON CONFLICT DO NOTHING
///         # let _ = until;
///         Ok(())
///     }
/// }
///
/// # fn layer() -> Result<VerifyLayer, hooksig_tower::Error> {
/// let layer = VerifyLayer::new([Key::new("secret")?])?.replay_store(LocalFirst::new(Table))?;
/// # Ok(layer)
/// # }
/// # layer().expect("there is a key");
/// ```
pub trait ReplayStore: Send + Sync + 'static {
    /// Returns the largest skew, in seconds, that a policy may have with this store. Every delivery is
    /// remembered for that long. A layer whose policy has a larger skew refuses the store.
    fn max_skew(&self) -> u32 {
        DEFAULT_MAX_SKEW
    }

    /// Claims a delivery. Returns `Ok` for the first claim of its [`tag`](Claim::tag), and an error for
    /// others until [`Claim::remember_until`] with [`max_skew`](Self::max_skew) has passed.
    ///
    /// Look up and store the tag in one atomic step. Limit the time that it takes. The layer refuses a
    /// delivery whose claim is answered after it has expired, because the store may have forgotten an earlier
    /// claim.
    ///
    /// # Errors
    ///
    /// - [`ClaimError::Replayed`] if it was claimed before
    /// - [`ClaimError::Expired`] if it is [expired](Claim::is_expired_at) now
    /// - [`ClaimError::Full`] rather than forget a delivery that could still be replayed
    /// - [`ClaimError::Failed`] if the store cannot tell
    fn claim(&self, claim: &Claim) -> impl Future<Output = Result<(), ClaimError>> + Send;
}

impl<S: ReplayStore> ReplayStore for Arc<S> {
    fn max_skew(&self) -> u32 {
        S::max_skew(self)
    }

    fn claim(&self, claim: &Claim) -> impl Future<Output = Result<(), ClaimError>> + Send {
        S::claim(self, claim)
    }
}

/// The future of a claim.
type Claiming<'s> = Pin<Box<dyn Future<Output = Result<(), ClaimError>> + Send + 's>>;

/// A [`ReplayStore`] of any type.
pub(crate) trait Store: Send + Sync {
    fn max_skew(&self) -> u32;
    fn claim<'s>(&'s self, claim: &'s Claim) -> Claiming<'s>;
}

impl<S: ReplayStore> Store for S {
    fn max_skew(&self) -> u32 {
        ReplayStore::max_skew(self)
    }

    fn claim<'s>(&'s self, claim: &'s Claim) -> Claiming<'s> {
        Box::pin(ReplayStore::claim(self, claim))
    }
}
