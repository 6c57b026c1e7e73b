use core::ffi::c_char;

use super::{
    digest::copy,
    hooksig_status,
    memory::{fill, status, store, text},
};
use crate::date;

/// The length of an HTTP-date as senders write it (IMF-fixdate), in bytes without a NUL.
pub const HOOKSIG_DATE_LEN: usize = 29;

const _: () = assert!(HOOKSIG_DATE_LEN == date::LEN);

/// Writes a time as an HTTP-date, such as "Sun, 06 Nov 1994 08:49:37 GMT".
///
/// unix_seconds       the time
/// out, out_capacity  the buffer, of at least HOOKSIG_DATE_LEN bytes
/// out_len            receives HOOKSIG_DATE_LEN, also on _BUFFER_TOO_SMALL
///
/// Returns HOOKSIG_STATUS_OK, _TIME_OUT_OF_RANGE or _BUFFER_TOO_SMALL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_date_format(
    unix_seconds: i64,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says, and outputs
    // overlap nothing else.
    status(|| unsafe {
        fill(out, out_capacity, out_len, |out| copy(date::format(unix_seconds)?.as_ref(), out))
    })
}

/// Parses an HTTP-date in any of its three forms (RFC 9110, section 5.6.7).
///
/// date, date_len  the text; letters are case-sensitive; the weekday need not fit the date
/// now             the present time, not HOOKSIG_NO_CLOCK; decides the century of a two-digit year
/// unix_seconds    receives the time
///
/// Returns HOOKSIG_STATUS_OK or _MALFORMED_DATE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_date_parse(
    date: *const c_char,
    date_len: usize,
    now: i64,
    unix_seconds: *mut i64,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { store(unix_seconds, date::parse(text(date, date_len)?, now)?) })
}
