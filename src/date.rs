//! HTTP-dates: RFC 9110, section 5.6.7.
#![allow(clippy::arithmetic_side_effects)] // Every operand is bounded: years have four digits.

use core::ops::Range;

use crate::{
    Error, FieldValue,
    bytes::{Class, in_bounds, trim},
    primitives::{out_of_line, take_while, usual},
};

/// The length of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub const LEN: usize = 29;

const SECONDS_A_DAY: i64 = 86_400;
/// 1970-01-01, counted as [`days_before`] does.
const EPOCH: i64 = days_before(1970 * 12) as i64 + 1;
/// The times in the years 0–9999.
const TIMES: Range<i64> = -62_167_219_200..253_402_300_800;
const MONTHS: [[u8; 3]; 12] = [
    *b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun", *b"Jul", *b"Aug", *b"Sep", *b"Oct",
    *b"Nov", *b"Dec",
];
const DAYS: [[u8; 3]; 7] = [*b"Mon", *b"Tue", *b"Wed", *b"Thu", *b"Fri", *b"Sat", *b"Sun"];
/// The long names of the days, each with spaces up to the length of the longest.
const LONG_DAYS: [[u8; 9]; 7] = [
    *b"Monday   ",
    *b"Tuesday  ",
    *b"Wednesday",
    *b"Thursday ",
    *b"Friday   ",
    *b"Saturday ",
    *b"Sunday   ",
];

/// Parses an HTTP-date in any of its three forms and returns Unix seconds.
///
/// Letters are case-sensitive. The name of the weekday must be valid, but need not match the date.
/// Second 60 is the first of the next minute. A two-digit year is the latest year before 10000 with
/// which the date is at most 50 years after `now`; nothing else depends on `now`.
///
/// # Errors
///
/// [`Error::MalformedDate`] if `text` is not an HTTP-date, or its day or time does not exist.
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
    let read = match usual(text.try_into().ok()) {
        Some(text) => read_imf_fixdate(text).and_then(|date| date.unix_seconds(None)),
        None => read(text, now),
    };
    read.ok_or(Error::MalformedDate)
}

/// Formats Unix seconds as an IMF-fixdate, the only form that a sender may use.
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
pub fn format(unix: i64) -> Result<FieldValue<LEN>, Error> {
    write(unix).map(FieldValue::new)
}

/// Returns an error if the year is not in 0–9999.
pub(crate) fn check_time(unix: i64) -> Result<(), Error> {
    if TIMES.contains(&unix) { Ok(()) } else { Err(Error::TimeOutOfRange) }
}

pub(crate) fn write(unix: i64) -> Result<[u8; LEN], Error> {
    check_time(unix)?;
    let days = unix.div_euclid(SECONDS_A_DAY) as i32;
    let second = unix.rem_euclid(SECONDS_A_DAY) as u32;
    let (year, month, day) = civil_from_days(days);
    // 1970-01-01 was a Thursday.
    let weekday = in_bounds(DAYS.get((days + 3).rem_euclid(7) as usize).copied());
    let month = in_bounds(MONTHS.get(month as usize - 1).copied());
    let mut text = *b"Sun, 06 Nov 1994 08:49:37 GMT";
    #[rustfmt::skip]
    let [
        w0, w1, w2, _, _, d0, d1, _, m0, m1, m2, _, y0, y1, y2, y3, _,
        h0, h1, _, n0, n1, _, s0, s1, _, _, _, _,
    ] = &mut text;
    [*w0, *w1, *w2] = weekday;
    [*d0, *d1] = two_digits(day as u32);
    [*m0, *m1, *m2] = month;
    [*y0, *y1] = two_digits(year as u32 / 100);
    [*y2, *y3] = two_digits(year as u32 % 100);
    [*h0, *h1] = two_digits(second / 3600);
    [*n0, *n1] = two_digits(second / 60 % 60);
    [*s0, *s1] = two_digits(second % 60);
    Ok(text)
}

/// Returns the digits of a number below 100.
const fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// The forms of a date after its weekday. A letter from `a` to `g` is a byte of a part: `a` of the
/// century, `b` of the year in it, `c` of the month, `d` of the day, and `e`, `f` and `g` of the time.
/// The rest is literal.
static FORMS: [&[u8]; 4] = [
    b", dd ccc aabb ee:ff:gg GMT",
    RFC850_FORM,
    b" ccc dd ee:ff:gg aabb",
    b" ccc  d ee:ff:gg aabb",
];
const RFC850_FORM: &[u8] = b", dd-ccc-bb ee:ff:gg GMT";

/// Reads a date in any of its forms.
fn read(text: &[u8], now: i64) -> Option<i64> {
    let mut rest = text;
    let weekday = take_while(&mut rest, Class::TOKEN);
    let date = FORMS.iter().find_map(|form| read_form(form, rest))?;
    let is_rfc850 = rest.len() == RFC850_FORM.len();
    let is_weekday = LONG_DAYS.iter().any(|day| {
        let short = || day.first_chunk::<3>().map_or(&[][..], |day| day);
        weekday == if is_rfc850 { trim(day) } else { short() }
    });
    if is_weekday { date.unix_seconds(is_rfc850.then_some(now)) } else { None }
}

/// Reads the part of a date after its weekday in the given form.
fn read_form(form: &[u8], text: &[u8]) -> Option<DateTime> {
    if form.len() != text.len() {
        return None;
    }
    let mut parts = [0; 7];
    for (&expected, &byte) in form.iter().zip(text) {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        match parts.get_mut(usize::from(expected.wrapping_sub(b'a'))) {
            None if byte == expected => {}
            Some(name) if expected == b'c' => *name = *name >> 8 | u32::from(byte) << 16,
            Some(number) if digit <= 9 => *number = *number * 10 + digit,
            _ => return None,
        }
    }
    let [century, year, month, day, hour, minute, second] = parts;
    let [m0, m1, m2, _] = month.to_le_bytes();
    let month = month_of(century * 100 + year, [m0, m1, m2])?;
    Some(DateTime { month, day, hour, minute, second })
}

/// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
#[rustfmt::skip]
fn read_imf_fixdate(text: &[u8; LEN]) -> Option<DateTime> {
    let &[
        w0, w1, w2, b',', b' ', d0, d1, b' ', m0, m1, m2, b' ', y0, y1, y2, y3, b' ',
        h0, h1, b':', n0, n1, b':', s0, s1, b' ', b'G', b'M', b'T',
    ] = text else { return None };
    let [century, year_of_century, _, _] = numbers([y0, y1, y2, y3, b'0', b'0', b'0', b'0'])?;
    let [day, hour, minute, second] = numbers([d0, d1, h0, h1, n0, n1, s0, s1])?;
    let month = month_of(century * 100 + year_of_century, [m0, m1, m2])?;
    let date = DateTime { month, day, hour, minute, second };
    (place(&DAYS, [w0, w1, w2]) > 0).then_some(date)
}

/// Returns four numbers of two digits.
fn numbers(digits: [u8; 8]) -> Option<[u32; 4]> {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let values = u64::from_le_bytes(digits) ^ each(b'0');
    // Any value above 9 sets a top bit.
    if (values.wrapping_add(each(0x80 - 10)) | values) & each(0x80) != 0 {
        return None;
    }
    let [first, _, second, _, third, _, fourth, _] = (values * 10 + (values >> 8)).to_le_bytes();
    Some([first, second, third, fourth].map(u32::from))
}

/// A date of the proleptic Gregorian calendar and a time of day.
struct DateTime {
    /// The number of months from January of the year 0.
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
}

impl DateTime {
    /// Returns Unix seconds, or `None` if the month has no such day or the day no such second.
    ///
    /// With `now`, first completes a two-digit year to the latest year with which the date is at most
    /// 50 years after `now` (RFC 9110, section 5.6.7).
    fn unix_seconds(mut self, mut now: Option<i64>) -> Option<i64> {
        loop {
            // The month that is 50 years before the one of the next century.
            let month = self.month + if now.is_some() { 50 * 12 } else { 0 };
            let (time, day_exists) = self.time_in(month);
            match now {
                Some(now) if self.month < 9900 * 12 && time <= now => self.month += 100 * 12,
                Some(_) => now = None,
                None => return (day_exists && self.second_exists()).then_some(time),
            }
        }
    }

    fn second_exists(&self) -> bool {
        // 60 is a leap second.
        self.hour < 24 && self.minute < 60 && self.second <= 60
    }

    /// Returns Unix seconds of this day and time in a month, and whether the month has such a day. If
    /// it ends before, the time is that of the start of the day.
    fn time_in(&self, month: u32) -> (i64, bool) {
        let start = out_of_line(days_before, month);
        let day = start + self.day;
        // Every month has at least 28 days.
        let end = if self.day <= 28 { day } else { out_of_line(days_before, month + 1) };
        let day_exists = self.day > 0 && day <= end;
        let second = (self.hour * 60 + self.minute) * 60 + self.second;
        let midnight = (i64::from(day) - EPOCH) * SECONDS_A_DAY;
        (midnight + i64::from(if day_exists { second } else { 0 }), day_exists)
    }
}

/// Returns the number of the month with this name, from January of the year 0.
fn month_of(year: u32, name: [u8; 3]) -> Option<u32> {
    let month = place(&MONTHS, name).checked_sub(1)?;
    Some(year * 12 + month)
}

/// Returns the number of days before a month, from March of the year -400.
const fn days_before(month: u32) -> u32 {
    // The leap day is the last of a year that starts in March, and no year is negative.
    let month = month + (400 * 12 - 2);
    let (year, month) = (month / 12, month % 12);
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * month + 2) / 5
}

/// Returns (year, month, day) of a number of days since 1970-01-01.
fn civil_from_days(days: i32) -> (i32, i32, i32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month, day)
}

/// Returns the place of a word of three letters in `words`, from 1, or 0 if it is not one of them.
fn place(words: &[[u8; 3]], word: [u8; 3]) -> u32 {
    let found = words.iter().zip(1..).find(|(listed, _)| **listed == word);
    found.map_or(0, |(_, place)| place)
}
