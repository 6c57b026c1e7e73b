use crate::Clock;

/// Pass this as a time if there is no clock. Date is then not compared with the time, so a delivery
/// can be replayed forever. Use a replay guard, which then never forgets.
pub const HOOKSIG_NO_CLOCK: i64 = i64::MIN;

/// A time that means never.
pub const HOOKSIG_NEVER: i64 = i64::MAX;

/// Returns the clock for `now`.
pub(super) const fn clock_at(now: i64) -> Clock {
    match now {
        HOOKSIG_NO_CLOCK => Clock::None,
        now => Clock::At(now),
    }
}
