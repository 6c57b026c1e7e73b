//! HTTP-dates compared with the `httpdate` crate and with a calendar counted day by day.

use std::time::{Duration, UNIX_EPOCH};

use hooksig::{Error, date};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

const NOW: i64 = 1_577_836_800; // 2020
const DAY: i64 = 86_400;
/// The first second of the year 0, and the first of the year 10000.
const YEARS: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [(&str, u32); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// Returns every day of the years 0–9999 as (weekday, day, month, year).
fn days() -> impl Iterator<Item = (&'static str, u32, &'static str, u32)> {
    let leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let dates = (0..=9999).flat_map(move |year| {
        MONTHS.into_iter().flat_map(move |(month, days)| {
            let days = if month == "Feb" && leap(year) { 29 } else { days };
            (1..=days).map(move |day| (day, month, year))
        })
    });
    // The first day of the year 0 was a Saturday.
    let weekdays = WEEKDAYS.into_iter().cycle().skip(6);
    dates.zip(weekdays).map(|((day, month, year), weekday)| (weekday, day, month, year))
}

fn peer_parse(text: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(text).ok()?;
    Some(time.duration_since(UNIX_EPOCH).unwrap().as_secs() as i64)
}

fn peer_format(unix: i64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix as u64))
}

#[test]
fn days_are_read_and_written_as_the_calendar_has_them() {
    // The calendar repeats after 400 years; for the other years, the ends of months suffice.
    let wanted = |day: u32, year: u32| matches!(day, 1 | 28..) || (1800..2200).contains(&year);
    let mut count = 0;
    for (index, (weekday, day, month, year)) in days().enumerate() {
        count += 1;
        if !wanted(day, year) {
            continue;
        }
        // A different second of the day for each day.
        let second = index as i64 * 7_919 % DAY;
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let weekday = &weekday[..3];
        let text = format!(
            "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{:02} GMT",
            second % 60
        );
        let unix = YEARS.start + index as i64 * DAY + second;
        assert_eq!(date::parse(&text, NOW), Ok(unix), "{text}");
        assert_eq!(date::format(unix).unwrap().as_str(), text, "{unix}");
    }
    assert_eq!(count, (YEARS.end - YEARS.start) / DAY);
}

#[test]
fn days_that_are_not_in_the_calendar_are_refused() {
    for year in ["1900", "2000", "2019", "2020"] {
        for (month, days) in MONTHS {
            let leap = month == "Feb" && matches!(year, "2000" | "2020");
            let last = if leap { 29 } else { days };
            for day in 0..100 {
                let read = date::parse(&format!("Mon, {day:02} {month} {year} 00:00:00 GMT"), NOW);
                assert_eq!(read.is_ok(), (1..=last).contains(&day), "{day} {month} {year}");
            }
        }
    }
}

#[test]
fn times_that_are_not_on_the_clock_are_refused() {
    for number in 0..100 {
        for (text, limit) in [
            (format!("Mon, 01 Jan 2020 {number:02}:00:00 GMT"), 24),
            (format!("Mon, 01 Jan 2020 00:{number:02}:00 GMT"), 60),
            (format!("Mon, 01 Jan 2020 00:00:{number:02} GMT"), 61),
        ] {
            assert_eq!(date::parse(&text, NOW).is_ok(), number < limit, "{text}");
        }
    }
}

#[test]
fn second_sixty_is_the_first_of_the_next_minute() {
    assert_eq!(date::parse("Tue, 31 Dec 2019 23:59:60 GMT", NOW), Ok(NOW));
}

#[test]
fn two_digit_years_lie_at_most_fifty_years_ahead() {
    // The start of 2020; noon of 29 February 2024; the last second before 1 March 2026.
    let (leap_day, february) = (1_709_208_000, 1_772_323_199);
    for (now, text, expected) in [
        (NOW, "01-Jan-69 00:00:00", "01 Jan 2069 00:00:00"),
        (NOW, "01-Jan-70 00:00:00", "01 Jan 2070 00:00:00"),
        (NOW, "01-Jan-70 00:00:01", "01 Jan 1970 00:00:01"),
        (NOW - 1, "31-Dec-69 23:59:59", "31 Dec 2069 23:59:59"),
        (NOW - 1, "31-Dec-69 23:59:60", "01 Jan 1970 00:00:00"),
        (NOW, "31-Dec-69 23:59:60", "01 Jan 2070 00:00:00"),
        (NOW, "01-Jan-71 00:00:00", "01 Jan 1971 00:00:00"),
        (NOW, "01-Jan-00 00:00:00", "01 Jan 2000 00:00:00"),
        (1_795_420_800, "25-Dec-76 06:13:13", "25 Dec 1976 06:13:13"),
        (leap_day, "28-Feb-74 23:59:59", "28 Feb 2074 23:59:59"),
        (leap_day, "01-Mar-74 00:00:00", "01 Mar 1974 00:00:00"),
        (february, "28-Feb-76 23:59:59", "28 Feb 2076 23:59:59"),
        (february, "29-Feb-76 00:00:00", "29 Feb 1976 00:00:00"),
        (february + 1, "29-Feb-76 23:59:59", "29 Feb 2076 23:59:59"),
    ] {
        let read = date::parse(&format!("Sunday, {text} GMT"), now);
        assert_eq!(read, date::parse(&format!("Sun, {expected} GMT"), now), "{text} at {now}");
    }
}

#[test]
fn two_digit_years_can_be_read_at_any_time() {
    for now in [i64::MIN, YEARS.start, -1, 0, 1, NOW, YEARS.end, i64::MAX] {
        for year in 0..100 {
            let text = format!("Sunday, 06-Nov-{year:02} 08:49:37 GMT");
            let read = date::parse(&text, now).unwrap();
            // Years have four digits; otherwise, take the nearest one that has.
            let present = now.clamp(YEARS.start, YEARS.end);
            assert!(read.abs_diff(present) < 101 * 366 * DAY as u64, "{text} at {now}");
        }
    }
}

#[test]
fn only_the_years_that_have_four_digits_are_written() {
    for unix in [i64::MIN, YEARS.start - 1, YEARS.end, i64::MAX] {
        assert_eq!(date::format(unix), Err(Error::TimeOutOfRange));
    }
    assert_eq!(date::format(YEARS.start).unwrap().as_str(), "Sat, 01 Jan 0000 00:00:00 GMT");
    assert_eq!(date::format(YEARS.end - 1).unwrap().as_str(), "Fri, 31 Dec 9999 23:59:59 GMT");
}

/// Returns a date in one of the three forms, possibly with one part changed.
fn near_date() -> impl Strategy<Value = String> {
    let parts = (0..7usize, 1..=31u32, 0..12usize, 1970..10_000u32, 0..DAY as u32, 0..3);
    let byte = select(b" :,-0123456789aGMTSunday".to_vec()).prop_map(char::from);
    let edits = vec((any::<Index>(), byte), 0..2);
    (parts, edits).prop_map(|((weekday, day, month, year, second, form), edits)| {
        let (weekday, month) = (WEEKDAYS[weekday], MONTHS[month].0);
        let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let mut text = match form {
            0 => format!("{}, {day:02} {month} {year} {time} GMT", &weekday[..3]),
            1 => format!("{weekday}, {day:02}-{month}-{:02} {time} GMT", year % 100),
            _ => format!("{} {month} {day:2} {time} {year}", &weekday[..3]),
        };
        for (index, byte) in edits {
            let at = index.index(text.len());
            text.replace_range(at..=at, byte.encode_utf8(&mut [0; 4]));
        }
        text
    })
}

/// Returns a date in one of the three forms, with its Unix seconds.
fn true_date() -> impl Strategy<Value = (String, i64)> {
    (0..YEARS.end, 0..3).prop_map(|(unix, form)| {
        let text = peer_format(unix);
        let (weekday, day, month) = (&text[..3], &text[5..7], &text[8..11]);
        let (year, time) = (&text[12..16], &text[17..25]);
        let long = WEEKDAYS.iter().find(|long| long.starts_with(weekday)).unwrap();
        let text = match form {
            0 => text.clone(),
            1 => format!("{long}, {day}-{month}-{} {time} GMT", &year[2..]),
            _ => format!(
                "{weekday} {month} {} {time} {year}",
                day.replacen('0', " ", day.starts_with('0') as usize)
            ),
        };
        (text, unix)
    })
}

proptest! {
    #![proptest_config(crate::common::cases(4096))]

    #[test]
    fn what_is_written_is_what_the_peer_writes_and_is_read_again(unix in 0..YEARS.end) {
        let text = date::format(unix)?;
        prop_assert_eq!(text.as_str(), peer_format(unix));
        prop_assert_eq!(date::parse(&text, NOW), Ok(unix));
    }

    #[test]
    fn all_three_forms_are_read_alike((text, unix) in true_date()) {
        // Read at its own time, a two-digit year is that year.
        prop_assert_eq!(date::parse(&text, unix), Ok(unix), "{}", text);
    }

    /// Known differences of the peer: it resolves two-digit years at 70 whatever the time, ignores
    /// the text before the time of such a date, requires the right weekday, rejects second 60, and
    /// trims.
    #[test]
    fn what_the_peer_reads_is_read_alike(text in near_date()) {
        let read = date::parse(&text, NOW).ok();
        let two_digits = text.contains('-');
        if let Some(peer) = peer_parse(&text).filter(|_| text.trim() == text) {
            let is_ahead = text.contains("01-Jan-70 00:00:00");
            let pivoted = peer + if is_ahead { 36_525 * DAY } else { 0 };
            let overlooked = two_digits && text.matches(' ').count() == 2;
            prop_assert!(read == Some(pivoted) || read.is_none() && overlooked, "{text}: {read:?}");
        } else if let Some(unix) = read.filter(|unix| (0..YEARS.end).contains(unix)) {
            let weekday_differs = !peer_format(unix).starts_with(&text[..3]);
            prop_assert!(weekday_differs || two_digits || text.contains(":60"), "{text}: {unix}");
        }
    }

    #[test]
    fn any_bytes_get_a_verdict(text in vec(any::<u8>(), 0..40), now in any::<i64>()) {
        let _ = date::parse(&text, now);
    }
}

/// A date in each of the three forms.
const FORMS: [&str; 3] =
    ["Mon, 01 Jan 2001 01:01:01 GMT", "Monday, 01-Jan-01 01:01:01 GMT", "Mon Jan 11 01:01:01 2001"];

fn digit_places(text: &str) -> impl Iterator<Item = usize> {
    (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii_digit())
}

#[test]
fn only_digits_stand_where_digits_do() {
    for text in FORMS {
        assert!(date::parse(text, NOW).is_ok(), "{text}");
        for at in digit_places(text) {
            for byte in (0..=255u8).filter(|byte| !byte.is_ascii_digit()) {
                let mut edited = text.as_bytes().to_vec();
                edited[at] = byte;
                let shown = edited.escape_ascii();
                // In the third form, the day may be one digit after a space.
                let one_digit = byte == b' ' && text.as_bytes()[at - 1..].starts_with(b" 11");
                let read = date::parse(&edited, NOW);
                assert_eq!(read.is_ok(), one_digit && !text.contains(','), "{shown}");
            }
        }
    }
}

#[test]
fn two_bytes_that_are_no_digits_do_not_make_up_for_each_other() {
    for text in FORMS {
        for one in digit_places(text) {
            for other in digit_places(text).filter(|other| *other != one) {
                // `:` follows 9, so the ones would be one too many.
                let mut edited = text.as_bytes().to_vec();
                edited[one] = b':';
                edited[other] = b':';
                let shown = edited.escape_ascii();
                assert_eq!(date::parse(&edited, NOW), Err(Error::MalformedDate), "{shown}");
            }
        }
    }
}
