//! The alphabet of base64 (RFC 4648, section 4).
//!
//! There is no table, so that no address depends on a digit.

/// Returns the difference between a digit and its value, or 0 for any other byte. The ranges of the
/// alphabet do not overlap, so at most one step is not 0.
pub(super) const fn step_from_digit(digit: u8) -> u8 {
    const fn step(is_taken: bool, from: u8, to: u8) -> u8 {
        if is_taken { to.wrapping_sub(from) } else { 0 }
    }
    step(digit.wrapping_sub(b'A') < 26, b'A', 0)
        | step(digit.wrapping_sub(b'a') < 26, b'a', 26)
        | step(digit.wrapping_sub(b'0') < 10, b'0', 52)
        | step(digit == b'+', b'+', 62)
        | step(digit == b'/', b'/', 63)
}

/// Returns the difference between a value and its digit, as the sum of the steps between the ranges of
/// the alphabet.
pub(super) const fn step_to_digit(value: u8) -> u8 {
    const fn step(is_taken: bool, step: u8) -> u8 {
        if is_taken { step } else { 0 }
    }
    b'A'.wrapping_add(step(value > 25, b'a' - b'A' - 26))
        .wrapping_add(step(value > 51, b'0'.wrapping_sub(b'a').wrapping_sub(26)))
        .wrapping_add(step(value > 61, b'+'.wrapping_sub(b'0').wrapping_sub(10)))
        .wrapping_add(step(value > 62, b'/' - b'+' - 1))
}
