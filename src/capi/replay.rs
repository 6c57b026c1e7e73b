use super::{
    HOOKSIG_DEFAULT_MAX_SKEW, HOOKSIG_NO_CLOCK, hooksig_receiver, hooksig_status, hooksig_verified,
    memory::{reference, status, view_mut},
};
use crate::{
    Clock,
    replay::{self, Entry},
};

/// The guard of a receiver, with all that a claim needs.
pub(super) struct Guard<'a> {
    /// `None` if the receiver has no guard.
    entries: Option<&'a mut [Entry]>,
    max_skew: u32,
    clock: Clock,
}

impl Guard<'_> {
    /// SAFETY: the guard of `receiver` is NULL or points to as many entries as its length says, which
    /// nothing else uses for as long as this exists.
    pub(super) unsafe fn of(receiver: &hooksig_receiver) -> Result<Self, hooksig_status> {
        let is_absent = receiver.guard.is_null() && receiver.guard_len == 0;
        // SAFETY: passed on; the two types have the same layout (asserted), and any bits are an `Entry`.
        let entries = unsafe { view_mut(receiver.guard.cast::<Entry>(), receiver.guard_len) }?;
        Ok(Self {
            entries: (!is_absent).then_some(entries),
            max_skew: match receiver.guard_max_skew {
                0 => HOOKSIG_DEFAULT_MAX_SKEW,
                seconds => seconds,
            },
            clock: receiver.clock(),
        })
    }

    /// Claims a delivery if there is a guard.
    pub(super) fn claim(self, verified: &hooksig_verified) -> Result<(), hooksig_status> {
        match self.entries {
            None => Ok(()),
            Some(entries) => {
                let window = (verified.date != HOOKSIG_NO_CLOCK)
                    .then_some((verified.date, verified.expires));
                replay::claim(entries, &verified.tag, window, self.max_skew, self.clock)?;
                Ok(())
            }
        }
    }
}

/// Claims a verified delivery, so that it is accepted once. Call it after hooksig_verify or
/// hooksig_pending_body_finish. hooksig_receive, hooksig_pending_body_receive,
/// hooksig_pending_body_finish_delivery and their _head forms claim the delivery themselves if they
/// get a guard. Claim last, when nothing else can refuse the delivery.
///
/// A full guard refuses new deliveries; it never forgets one that could still be replayed. Without
/// a clock, entries never become free. A guard serves one process. For several, use a shared store
/// that remembers verified->tag for longer than any of them could accept the delivery.
///
/// receiver  the settings; only now and the guard's are used. now is HOOKSIG_NO_CLOCK if the
///           delivery was verified without a clock
/// verified  the result of a verifying function
///
/// Returns HOOKSIG_STATUS_OK if the delivery is new; _SKEW_TOO_LARGE if it was verified under a
/// policy with a larger skew than guard_max_skew; _REPLAYED if it was claimed before; _DATE_TOO_OLD
/// if it expired after its head was verified, for example while a slow body arrived;
/// _REPLAY_GUARD_FULL, also if there is no guard. The guard changes only on HOOKSIG_STATUS_OK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_replay_claim(
    receiver: *const hooksig_receiver,
    verified: *const hooksig_verified,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says, and nobody else
        // uses the guard during the call.
        unsafe {
            let guard = Guard::of(reference(receiver)?)?;
            let verified = reference(verified)?;
            if guard.entries.is_none() {
                return Err(hooksig_status::ReplayGuardFull);
            }
            guard.claim(verified)
        }
    })
}
