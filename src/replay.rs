//! Refuses a delivery that was accepted before.

use core::fmt;

use crate::{Clock, DEFAULT_MAX_SKEW, Error, TAG_LEN, Tag, Verified};

/// Room for one delivery.
#[repr(C)] // C brings the room as zeroed memory, which must be an empty entry.
#[derive(Clone, Copy)]
pub struct Entry {
    tag: Tag,
    /// The last second in which the delivery is remembered.
    until: i64,
    /// Not 0 where a delivery is remembered.
    used: u64,
}

impl Entry {
    /// An entry that holds nothing.
    pub const EMPTY: Self = Self { tag: [0; TAG_LEN], until: 0, used: 0 };

    fn is_free(&self, clock: Clock) -> bool {
        match clock {
            Clock::At(now) => self.used == 0 || self.until < now,
            Clock::None => self.used == 0,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entry(..)")
    }
}

/// How much longer a delivery is remembered than it could be accepted, in seconds: clocks that are
/// read one after the other need not agree.
const MARGIN: i64 = 2;

/// Remembers accepted deliveries for longer than they could be replayed.
///
/// Read the time for [`claim`](Self::claim) while you hold the lock around the guard. Times out of
/// order let a delivery be claimed twice.
///
/// A guard is made for a largest skew, [`DEFAULT_MAX_SKEW`] unless [`max_skew`](Self::max_skew) says
/// otherwise. It remembers every delivery for that long, so that verifiers with different policies
/// can share it, and refuses the deliveries of one whose skew is larger.
///
/// The caller brings the room: an array, a `Vec` or a borrowed slice of [`Entry`], 48 bytes each.
/// It should hold twice as many as there are deliveries in a window of twice the largest skew
/// (ten minutes by default): each has only 64 entries to stand in, so that looking up costs the
/// same in any room. Where those are full, the guard refuses the delivery rather than forget one
/// that could still be replayed.
///
/// One guard serves one process. Several processes need a store that they share: it remembers
/// [`Verified::tag`] for longer than any of them could accept the delivery.
///
/// # Examples
///
/// ```
/// use hooksig::{drone, replay, Clock, Error, Key, Request, Verifier};
///
/// let keys = [Key::new("secret")?];
/// let sent = drone::sign(&keys[0], b"{}", 1_000)?;
/// let headers = [("Date", sent.date()), ("Digest", sent.digest()), ("Signature", sent.signature())];
/// let request = Request::new("POST", "/", &headers);
///
/// let clock = Clock::At(1_001);
/// let mut guard = replay::Guard::new([replay::Entry::EMPTY; 64]);
/// let verified = Verifier::new(&keys)?.verify(&request, b"{}", clock)?;
/// assert_eq!(guard.claim(&verified, clock), Ok(()));
/// assert_eq!(guard.claim(&verified, clock), Err(Error::Replayed));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Guard<S> {
    entries: S,
    max_skew: u32,
}

impl<S: AsMut<[Entry]>> Guard<S> {
    /// A guard with this room, in which earlier deliveries may stand already if they came into
    /// it by a guard of the same length: the length decides where a delivery is looked for.
    pub const fn new(entries: S) -> Self {
        Self { entries, max_skew: DEFAULT_MAX_SKEW }
    }

    /// Sets the largest skew, in seconds, of any policy whose deliveries are claimed here.
    #[must_use]
    pub fn max_skew(self, seconds: u32) -> Self {
        Self { max_skew: seconds, ..self }
    }

    /// Claims a delivery for this receiver. Only a verified one can be claimed, so that nobody
    /// fills the guard without knowing the secret; claim it last, when nothing else can refuse it.
    ///
    /// Without a clock no entry ever becomes free again.
    ///
    /// # Errors
    ///
    /// - [`Error::SkewTooLarge`] if it was verified under a policy with a larger skew than the
    ///   guard is made for
    /// - [`Error::Replayed`] if it was claimed before
    /// - [`Error::DateTooOld`] if its time has passed since its head was verified, as a body that
    ///   trickles in can make it: an earlier claim of it may be forgotten by now
    /// - [`Error::ReplayGuardFull`] if every entry that it may stand in holds a delivery that could
    ///   still be replayed
    pub fn claim(&mut self, verified: &Verified<'_>, clock: Clock) -> Result<(), Error> {
        let window = verified.date().zip(verified.expires());
        claim(self.entries.as_mut(), verified.tag(), window, self.max_skew, clock)
    }
}

/// How many entries a tag may stand in, from the one that its first octets choose.
///
/// Tags are as good as random, and nobody chooses them without the secret: they spread evenly,
/// so that looking up need not search all the room.
const PLACES: usize = 64;

/// Claims `tag`, which was verified with a date and could be accepted until a second time, or
/// without a clock. Entries past their time are compared as well: they cost nothing, and help when
/// a clock was set back.
pub(crate) fn claim(
    entries: &mut [Entry],
    tag: &Tag,
    window: Option<(i64, i64)>,
    max_skew: u32,
    clock: Clock,
) -> Result<(), Error> {
    let until = match window {
        Some((date, expires)) => {
            let longest = date.saturating_add(i64::from(max_skew));
            if longest < expires {
                return Err(Error::SkewTooLarge);
            }
            longest.saturating_add(MARGIN)
        }
        None => i64::MAX,
    };
    let mut free: Option<&mut Entry> = None;
    for entry in places(entries, tag) {
        if entry.used != 0 && entry.tag == *tag {
            return Err(Error::Replayed);
        }
        // What was never used goes before what is past its time, which is forgotten late.
        if entry.is_free(clock) && free.as_ref().is_none_or(|free| free.used > entry.used) {
            free = Some(entry);
        }
    }
    if let (Some((_, expires)), Clock::At(now)) = (window, clock)
        && expires < now
    {
        return Err(Error::DateTooOld);
    }
    *free.ok_or(Error::ReplayGuardFull)? = Entry { tag: *tag, until, used: 1 };
    Ok(())
}

/// The entries that `tag` may stand in.
fn places<'e>(entries: &'e mut [Entry], tag: &Tag) -> impl Iterator<Item = &'e mut Entry> {
    let [a, b, c, d, ..] = *tag;
    let first = u32::from_le_bytes([a, b, c, d]) as usize;
    let first = first.checked_rem(entries.len()).unwrap_or_default();
    let (before, from) = entries.split_at_mut_checked(first).unwrap_or_default();
    from.iter_mut().chain(before).take(PLACES)
}
