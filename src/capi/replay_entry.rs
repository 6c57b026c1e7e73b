use crate::replay::Entry;

/// The size of a hooksig_replay_entry in 64-bit words, the same on every target: 48 bytes.
pub const HOOKSIG_REPLAY_ENTRY_WORDS: usize = 6;

/// Memory for one delivery in a replay guard, which refuses a delivery that was accepted before. A
/// replay guard is an array of these that starts as zeros, as a static array does. A delivery is
/// remembered for twice the largest skew, ten minutes by default. Use twice as many entries as
/// arrive in that time: 1200 at one delivery per second. 4096 entries take 192 KiB. A delivery has
/// only 64 possible places, so a lookup costs the same in a guard of any length, and
/// _REPLAY_GUARD_FULL can come when half the entries are in use. Entries are valid only in a guard
/// of the same length. Two deliveries of the same body, dated in the same second and signed with
/// the same key, have the same tag: the second is _REPLAYED.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_replay_entry {
    opaque: [u64; HOOKSIG_REPLAY_ENTRY_WORDS],
}

const _: () = assert!(size_of::<Entry>() == size_of::<hooksig_replay_entry>());
const _: () = assert!(align_of::<Entry>() <= align_of::<hooksig_replay_entry>());
