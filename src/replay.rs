//! Refuses a delivery that was accepted before.

use crate::{Clock, Error, TAG_LEN, Tag, Verified};

/// Room for one delivery.
#[repr(C)] // C brings the room as zeroed memory, which must be an empty entry.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    tag: Tag,
    /// The last second in which the delivery could be accepted again.
    expires: i64,
    /// Not 0 where a delivery is remembered.
    used: u64,
}

impl Entry {
    /// An entry that holds nothing.
    pub const EMPTY: Self = Self { tag: [0; TAG_LEN], expires: 0, used: 0 };

    fn is_free(&self, clock: Clock) -> bool {
        match clock {
            Clock::At(now) => self.used == 0 || self.expires < now,
            Clock::None => self.used == 0,
        }
    }
}

/// Remembers accepted deliveries for as long as they could be replayed.
///
/// The caller brings the room: an array, a `Vec` or a borrowed slice of [`Entry`], 48 bytes each.
/// It must hold every delivery of a window of twice the policy's skew (ten minutes by default). A
/// guard that is full refuses further deliveries rather than forget one that could still be
/// replayed. Looking up costs time in proportion to the room.
///
/// One guard serves one process; behind several, replays must be looked for in a store that they
/// share, under [`Verified::tag`] until [`Verified::expires`].
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
}

impl<S: AsMut<[Entry]>> Guard<S> {
    /// A guard with this room, in which earlier deliveries may stand already.
    pub const fn new(entries: S) -> Self {
        Self { entries }
    }

    /// Claims a delivery for this receiver. Only a verified one can be claimed, so that nobody
    /// fills the guard without knowing the secret; claim it last, when nothing else can refuse it.
    ///
    /// Without a clock no entry ever becomes free again.
    ///
    /// # Errors
    ///
    /// - [`Error::Replayed`] if it was claimed before
    /// - [`Error::ReplayGuardFull`] if every entry holds a delivery that could still be replayed
    pub fn claim(&mut self, verified: &Verified<'_>, clock: Clock) -> Result<(), Error> {
        let expires = verified.expires().unwrap_or(i64::MAX);
        claim(self.entries.as_mut(), verified.tag(), expires, clock)
    }
}

/// Claims `tag` until `expires`. Entries past their time are compared as well: they cost nothing,
/// and help where a clock was set back.
pub(crate) fn claim(
    entries: &mut [Entry],
    tag: &Tag,
    expires: i64,
    clock: Clock,
) -> Result<(), Error> {
    if entries.iter().any(|entry| entry.used != 0 && entry.tag == *tag) {
        return Err(Error::Replayed);
    }
    let free = entries.iter_mut().find(|entry| entry.is_free(clock));
    *free.ok_or(Error::ReplayGuardFull)? = Entry { tag: *tag, expires, used: 1 };
    Ok(())
}
