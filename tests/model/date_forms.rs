//! Writes dates in three forms.

use crate::dates::{DAY, DAYS, MONTHS, civil_of};

/// Writes the date in form 0, 1 or 2: IMF-fixdate, RFC 850, asctime.
pub(crate) fn write(unix: i64, form: usize) -> String {
    let [year, month, day, hour, minute, second] = civil_of(unix.into());
    let weekday = DAYS[(i128::from(unix).div_euclid(DAY) + 4).rem_euclid(7) as usize];
    let (short, month) = (&weekday[..3], MONTHS[month as usize - 1]);
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match form {
        0 => format!("{short}, {day:02} {month} {year:04} {clock} GMT"),
        1 => format!("{weekday}, {day:02}-{month}-{:02} {clock} GMT", year.rem_euclid(100)),
        _ => format!("{short} {month} {day:2} {clock} {year:04}"),
    }
}
