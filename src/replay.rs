//! Refuses a delivery that was accepted before.

use core::fmt;

use crate::{Clock, DEFAULT_MAX_SKEW, Error, TAG_LEN, Tag, Verified, bytes::in_bounds};

/// The memory for one delivery. The default is [`Entry::EMPTY`].
#[repr(C)] // Zeroed memory from C must be an empty entry.
#[derive(Clone, Copy)]
pub struct Entry {
    tag: Tag,
    /// The last Unix second at which the delivery is remembered.
    until: i64,
    /// Not 0 if the entry holds a delivery.
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

impl Default for Entry {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entry(..)")
    }
}

/// The number of seconds that a delivery is remembered after it expires, because two readings of a clock
/// need not agree.
const MARGIN: i64 = 2;

/// Remembers accepted deliveries for longer than they can be replayed.
///
/// If a lock protects the guard, read the time for [`claim`](Self::claim) while you hold it. Times
/// that go backwards let a delivery be claimed twice.
///
/// Verifiers with different policies can share a guard. Set its [`max_skew`](Self::max_skew) to the
/// largest of their skews; the default is [`DEFAULT_MAX_SKEW`]. The guard refuses a delivery that was
/// verified with a larger skew.
///
/// The memory is caller-allocated: an array, a `Vec` or a borrowed slice of [`Entry`], 48 bytes each.
/// Count the deliveries in a window of twice the largest skew (ten minutes by default), and provide twice
/// as many entries. A delivery can use only 64 of the entries, so a lookup costs the same however many
/// there are. If those 64 are full, the guard refuses the delivery, because it never forgets one that
/// could still be replayed.
///
/// A guard serves one process. Several processes need a shared store that remembers
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
    /// Creates a guard over `entries`.
    ///
    /// The entries may already hold deliveries, but only if they were claimed with the same number of
    /// entries, because that number decides which entries a delivery can use.
    pub const fn new(entries: S) -> Self {
        Self { entries, max_skew: DEFAULT_MAX_SKEW }
    }

    /// Sets the largest skew, in seconds, of the policies whose deliveries are claimed here.
    #[must_use]
    pub fn max_skew(self, seconds: u32) -> Self {
        Self { max_skew: seconds, ..self }
    }

    /// Claims a delivery for this receiver.
    ///
    /// Only a verified delivery can be claimed, so nobody can fill the guard without the secret. Claim a
    /// delivery last, after every other check. Without a clock no entry is ever freed.
    ///
    /// # Errors
    ///
    /// - [`Error::SkewTooLarge`] if it was verified with a larger skew than the guard's
    /// - [`Error::Replayed`] if it was claimed before
    /// - [`Error::DateTooOld`] if it expired after its head was verified, for example while a slow body
    ///   arrived, because an earlier claim may already be forgotten
    /// - [`Error::ReplayGuardFull`] if every entry that it can use holds a delivery that could still
    ///   be replayed
    pub fn claim(&mut self, verified: &Verified<'_>, clock: Clock) -> Result<(), Error> {
        let window = verified.date().zip(verified.expires());
        claim(self.entries.as_mut(), verified.tag(), window, self.max_skew, clock)
    }
}

/// The number of entries that a tag can use, beginning with the one that its first bytes choose.
///
/// Tags spread evenly, because they are as good as random and cannot be chosen without the secret.
const PLACES: usize = 64;

/// Claims `tag`. `window` is the date of the delivery and the last second at which it is accepted, or
/// `None` without a clock.
///
/// Expired entries are compared too. That costs nothing, and helps if a clock was set back.
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
        // Prefer a never-used entry over an expired one, to remember expired tags for longer.
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

/// Returns the entries that `tag` can use.
fn places<'e>(entries: &'e mut [Entry], tag: &Tag) -> impl Iterator<Item = &'e mut Entry> {
    let [a, b, c, d, ..] = *tag;
    let first = u32::from_le_bytes([a, b, c, d]) as usize;
    let first = first.checked_rem(entries.len()).unwrap_or_default();
    let (before, from) = in_bounds(entries.split_at_mut_checked(first));
    from.iter_mut().chain(before).take(PLACES)
}
