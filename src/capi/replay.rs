use super::{
    HOOKSIG_NO_CLOCK, hooksig_status, hooksig_verified,
    memory::{reference, status, view_mut},
    verify::clock,
};
use crate::replay::{self, Entry};

/// The size of a hooksig_replay_entry in 64-bit words, the same on every target: 48 bytes.
pub const HOOKSIG_REPLAY_ENTRY_WORDS: usize = 6;

/// Room for one delivery in a replay guard.
///
/// A replay guard is an array of these, of any length, that starts as zeros, as a static one does;
/// 4096 entries take 192 KiB. It holds no pointer. It should hold twice as many as there are
/// deliveries in a window of twice the largest skew (ten minutes by default): each has only 64
/// entries to stand in, so that looking up costs the same in any room. The entries are good for
/// a guard of the same length alone, which decides where a delivery is looked for. One thread at
/// a time may use it: a server with several threads puts a lock around hooksig_replay_claim, and
/// reads the time inside it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_replay_entry {
    opaque: [u64; HOOKSIG_REPLAY_ENTRY_WORDS],
}

const _: () = assert!(size_of::<Entry>() == size_of::<hooksig_replay_entry>());
const _: () = assert!(align_of::<Entry>() <= align_of::<hooksig_replay_entry>());

/// Claims a verified delivery for this receiver, so that it is accepted once. Claim it last, when
/// nothing else can refuse it.
///
/// A guard without a free entry refuses rather than forget a delivery that could still be replayed.
/// Without a clock no entry ever becomes free again. One guard serves one process; behind several,
/// replays must be looked for in a store that they share: it remembers verified->tag for longer than
/// any of them could accept the delivery.
///
/// guard      the entries, zeros at first
/// guard_len  how many
/// max_skew   the largest skew of any policy whose deliveries are claimed here, in seconds, such as
///            HOOKSIG_DEFAULT_MAX_SKEW; the same in every call: a delivery is remembered for that
///            long and 2 s more, so that receivers with different policies can share the guard
/// verified   what a verifying function gave
/// now        the present time in Unix seconds, read while the guard's lock is held: times out of
///            order let a delivery be claimed twice; or HOOKSIG_NO_CLOCK if that was given to verify
///
/// Returns HOOKSIG_STATUS_OK if the delivery is new; _SKEW_TOO_LARGE if it was verified under a policy
/// with a larger skew than max_skew; _REPLAYED if it was claimed before;
/// _DATE_TOO_OLD if its time has passed since its head was verified, as a body that trickles in
/// can make it; _REPLAY_GUARD_FULL; _NULL_POINTER or _INVALID_LENGTH. On any other than
/// HOOKSIG_STATUS_OK the guard is unchanged.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_replay_claim(
    guard: *mut hooksig_replay_entry,
    guard_len: usize,
    max_skew: u32,
    verified: *const hooksig_verified,
    now: i64,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says; the two
        // types have the same layout (asserted), and any bits are an `Entry`.
        let (entries, verified) =
            unsafe { (view_mut(guard.cast::<Entry>(), guard_len)?, reference(verified)?) };
        let window =
            (verified.date != HOOKSIG_NO_CLOCK).then_some((verified.date, verified.expires));
        replay::claim(entries, &verified.tag, window, max_skew, clock(now))?;
        Ok(())
    })
}
