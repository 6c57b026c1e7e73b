use super::{
    clock::clock_at,
    hooksig_key, hooksig_policy, hooksig_replay_entry, hooksig_status, hooksig_verified,
    key::{MadeKey, made_keys},
    policy::policy_or_default,
};
use crate::{Clock, Headers, Request, Verifier, primitives::HashText};

/// The settings of a receiver. Fill it with zeros, then set keys, keys_len and now. To accept each
/// delivery once, also set guard and guard_len. All pointers are borrowed only during a call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_receiver {
    /// The accepted keys, such as the old and the new one during a rotation. All are always tried.
    pub keys: *const hooksig_key,
    /// The number of keys, at least 1.
    pub keys_len: usize,
    /// The policy, or NULL for the default one.
    pub policy: *const hooksig_policy,
    /// The present time in Unix seconds, or HOOKSIG_NO_CLOCK.
    pub now: i64,
    /// The replay guard, or NULL with 0 for none. hooksig_replay_claim lists the functions that use
    /// it.
    pub guard: *mut hooksig_replay_entry,
    /// The number of entries of the guard.
    pub guard_len: usize,
    /// The largest skew, in seconds, of all policies that share the guard. Pass the same value in
    /// every call; 0 means HOOKSIG_DEFAULT_MAX_SKEW. The guard remembers a delivery for 2 s longer.
    pub guard_max_skew: u32,
}

impl hooksig_receiver {
    pub(super) const fn clock(&self) -> Clock {
        clock_at(self.now)
    }

    /// Runs every check on the head, as [`Verifier::head`].
    ///
    /// SAFETY: each pointer is NULL or points to as many elements as its length says, readable
    /// and unchanged during the call.
    pub(super) unsafe fn head<'r, H: Headers + ?Sized>(
        &self,
        request: &Request<'r, H>,
    ) -> Result<(&'r HashText, hooksig_verified), hooksig_status> {
        // SAFETY: the caller's contract covers the keys and the policy.
        let verifier = unsafe { self.verifier() }?;
        let (expected, verified) = verifier.head::<H, hooksig_status>(request, self.clock())?;
        Ok((expected, verified.into()))
    }

    /// Runs every check on the head and the body, as [`Verifier::verify`].
    ///
    /// SAFETY: as for [`head`](Self::head).
    pub(super) unsafe fn verify<H: Headers + ?Sized>(
        &self,
        request: &Request<'_, H>,
        body: &[u8],
    ) -> Result<hooksig_verified, hooksig_status> {
        // SAFETY: the caller's contract covers the keys and the policy.
        let verifier = unsafe { self.verifier() }?;
        verifier.verify_whole::<H, hooksig_status>(request, body, self.clock()).map(Into::into)
    }

    /// SAFETY: as for [`head`](Self::head).
    unsafe fn verifier(&self) -> Result<Verifier<'_, MadeKey>, hooksig_status> {
        // SAFETY: the caller's contract covers both pointers.
        let (keys, policy) =
            unsafe { (made_keys(self.keys, self.keys_len)?, policy_or_default(self.policy)?) };
        Ok(Verifier::with_policy(keys, policy)?)
    }
}
