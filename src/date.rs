//! HTTP-dates: RFC 9110, section 5.6.7.
#![allow(clippy::arithmetic_side_effects)] // Every operand is bounded: days and seconds of an i64 of seconds.

use crate::{Error, Text};

/// The length of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub const LEN: usize = 29;

const SECONDS_A_DAY: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Reads an HTTP-date in any of its three forms and gives Unix seconds.
///
/// Letters are case-sensitive. The weekday must be one, but need not be that of the date; second
/// 60 is the first of the next minute. Two-digit years are those of the hundred years that end 50
/// years after `now`, which nothing else depends on.
///
/// # Errors
///
/// [`Error::MalformedDate`] if `text` is not an HTTP-date or names no day that there is.
///
/// # Examples
///
/// ```
/// let now = 784_111_800;
/// for text in [
///     "Sun, 06 Nov 1994 08:49:37 GMT",
///     "Sunday, 06-Nov-94 08:49:37 GMT",
///     "Sun Nov  6 08:49:37 1994",
/// ] {
///     assert_eq!(hooksig::date::parse(text, now), Ok(784_111_777));
/// }
/// ```
pub fn parse(text: &(impl AsRef<[u8]> + ?Sized), now: i64) -> Result<i64, Error> {
    let text = text.as_ref();
    let comma = text.iter().position(|&octet| octet == b',');
    let read = match comma {
        Some(3) => imf_fixdate(text),
        Some(_) => rfc850_date(Reader(text), now),
        None => asctime_date(Reader(text)),
    };
    read.and_then(DateTime::unix_seconds).ok_or(Error::MalformedDate)
}

/// Writes `unix` seconds as an IMF-fixdate, the only form that a sender may use.
///
/// # Errors
///
/// [`Error::TimeOutOfRange`] if the year is not in 0–9999.
///
/// # Examples
///
/// ```
/// assert_eq!(hooksig::date::format(784_111_777)?.as_str(), "Sun, 06 Nov 1994 08:49:37 GMT");
/// # Ok::<(), hooksig::Error>(())
/// ```
pub fn format(unix: i64) -> Result<Text<LEN>, Error> {
    let days = unix.div_euclid(SECONDS_A_DAY);
    let second = unix.rem_euclid(SECONDS_A_DAY);
    let (year, month, day) = civil_from_days(days);
    // 1970-01-01 was a Thursday.
    let weekday = DAYS.get((days + 3).rem_euclid(7) as usize);
    let month = MONTHS.get(month as usize - 1);
    let (Some(weekday), Some(month), 0..=9999) = (weekday, month, year) else {
        return Err(Error::TimeOutOfRange);
    };
    let mut text = Text::new();
    text.push(weekday)?;
    text.push(", ")?;
    push_two_digits(&mut text, day)?;
    text.push(" ")?;
    text.push(month)?;
    text.push(" ")?;
    push_two_digits(&mut text, year / 100)?;
    push_two_digits(&mut text, year % 100)?;
    text.push(" ")?;
    push_two_digits(&mut text, second / 3600)?;
    text.push(":")?;
    push_two_digits(&mut text, second / 60 % 60)?;
    text.push(":")?;
    push_two_digits(&mut text, second % 60)?;
    text.push(" GMT")?;
    Ok(text)
}

fn push_two_digits(text: &mut Text<LEN>, number: i64) -> Result<(), Error> {
    let digit = |number: i64| b'0' + (number % 10) as u8;
    let digits = [digit(number / 10), digit(number)];
    text.push(core::str::from_utf8(&digits).unwrap_or_default())
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
///
/// The form that every sender must write: all places are known.
#[rustfmt::skip]
fn imf_fixdate(text: &[u8]) -> Option<DateTime> {
    let &[
        w0, w1, w2, b',', b' ', d0, d1, b' ', m0, m1, m2, b' ', y0, y1, y2, y3, b' ',
        h0, h1, b':', n0, n1, b':', s0, s1, b' ', b'G', b'M', b'T',
    ] = text else { return None };
    position(&DAYS, [w0, w1, w2])?;
    Some(DateTime {
        year: number([y0, y1, y2, y3])?,
        month: position(&MONTHS, [m0, m1, m2])? + 1,
        day: number([d0, d1])?,
        second: second_of_day([h0, h1], [n0, n1], [s0, s1])?,
    })
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850_date(mut text: Reader<'_>, now: i64) -> Option<DateTime> {
    text.word(&LONG_DAYS)?;
    text.literal(b", ")?;
    let day = text.number::<2>()?;
    text.literal(b"-")?;
    let month = text.month()?;
    text.literal(b"-")?;
    let year = full_year(text.number::<2>()?, now);
    text.literal(b" ")?;
    let second = text.time_of_day()?;
    text.literal(b" GMT")?;
    text.end(DateTime { year, month, day, second })
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime_date(mut text: Reader<'_>) -> Option<DateTime> {
    text.word(&DAYS)?;
    text.literal(b" ")?;
    let month = text.month()?;
    text.literal(b" ")?;
    let day = match text.literal(b" ") {
        Some(()) => text.number::<1>()?,
        None => text.number::<2>()?,
    };
    text.literal(b" ")?;
    let second = text.time_of_day()?;
    text.literal(b" ")?;
    let year = text.number::<4>()?;
    text.end(DateTime { year, month, day, second })
}

/// The latest year with these last two digits that is at most 50 years ahead.
fn full_year(two_digits: i64, now: i64) -> i64 {
    let latest = civil_from_days(now.div_euclid(SECONDS_A_DAY)).0 + 50;
    latest - (latest - two_digits).rem_euclid(100)
}

/// A date of the proleptic Gregorian calendar and the second of its day.
struct DateTime {
    year: i64,
    month: i64,
    day: i64,
    second: i64,
}

impl DateTime {
    /// Unix seconds, or `None` where the month has no such day or, a two-digit year having been
    /// read at the end of time, an `i64` has no such second.
    fn unix_seconds(self) -> Option<i64> {
        let exists = (1..=days_in_month(self.year, self.month)).contains(&self.day);
        let days = days_from_civil(self.year, self.month, self.day);
        let midnight = days.checked_mul(SECONDS_A_DAY).filter(|_| exists)?;
        midnight.checked_add(self.second)
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01. The year is taken to begin in March, so that the leap day is its last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// (year, month, day) of a count of days since 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Takes a text apart from its start; `None` is "does not fit".
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    #[inline(always)]
    fn literal<const N: usize>(&mut self, text: &[u8; N]) -> Option<()> {
        let (found, rest) = self.0.split_first_chunk()?;
        (found == text).then(|| self.0 = rest)
    }

    /// The index of the word that stands here.
    fn word(&mut self, words: &[&str]) -> Option<i64> {
        let index = words.iter().position(|word| self.0.starts_with(word.as_bytes()))?;
        self.0 = self.0.get(words.get(index)?.len()..)?;
        i64::try_from(index).ok()
    }

    fn month(&mut self) -> Option<i64> {
        Some(self.word(&MONTHS)? + 1)
    }

    /// A number of exactly `N` digits.
    fn number<const N: usize>(&mut self) -> Option<i64> {
        number::<N>(*self.take()?)
    }

    /// The second of the day that `08:49:37` names.
    fn time_of_day(&mut self) -> Option<i64> {
        let &[h0, h1, b':', m0, m1, b':', s0, s1] = self.take()? else { return None };
        second_of_day([h0, h1], [m0, m1], [s0, s1])
    }

    fn take<const N: usize>(&mut self) -> Option<&[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    /// Gives `value` if nothing is left.
    fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// The index of the word of three letters.
fn position(words: &[&str], word: [u8; 3]) -> Option<i64> {
    let index = words.iter().position(|listed| listed.as_bytes() == word)?;
    i64::try_from(index).ok()
}

fn number<const N: usize>(digits: [u8; N]) -> Option<i64> {
    let number = digits.iter().fold(0, |n, digit| n * 10 + i64::from(digit.wrapping_sub(b'0')));
    digits.iter().all(u8::is_ascii_digit).then_some(number)
}

fn second_of_day(hour: [u8; 2], minute: [u8; 2], second: [u8; 2]) -> Option<i64> {
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    // A leap second may be named.
    let fits = hour < 24 && minute < 60 && second <= 60;
    fits.then_some((hour * 60 + minute) * 60 + second)
}
