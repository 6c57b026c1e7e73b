use crate::replay::Entry;

/// The size of a hooksig_replay_entry in 64-bit words, the same on every target: 48 bytes.
pub const HOOKSIG_REPLAY_ENTRY_WORDS: usize = 6;

/// Memory for one delivery in a replay guard, which refuses a delivery that was accepted before. A
/// replay guard is an array of these; an array of zeros, such as a static one, is an empty guard.
/// Count the deliveries that arrive within twice the largest skew (ten minutes by default) and use
/// twice as many entries: 1200 at one delivery per second. 4096 entries take 192 KiB. A delivery
/// has only 64 possible places. A lookup therefore costs the same in a guard of any length, but
/// _REPLAY_GUARD_FULL is possible once half the entries are in use. Entries are valid only in a
/// guard of the same length. If two deliveries have the same body, Date and key, their tags are
/// equal and the second is _REPLAYED.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_replay_entry {
    opaque: [u64; HOOKSIG_REPLAY_ENTRY_WORDS],
}

const _: () = assert!(size_of::<Entry>() == size_of::<hooksig_replay_entry>());
const _: () = assert!(align_of::<Entry>() <= align_of::<hooksig_replay_entry>());
