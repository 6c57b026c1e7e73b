//! Rule 7: the three forms of RFC 7231, section 7.1.1.1, split into words.

pub(crate) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
pub(crate) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(crate) const DAY: i128 = 86_400;
/// The calendar repeats after 400 years, which are 146,097 days.
const CYCLE: (i128, i128) = (400, 146_097);

/// A civil time: year, month from 1, day, hour, minute, second.
type Civil = [i128; 6];

/// Parses an HTTP-date to Unix seconds. `now` gives two-digit years their century.
pub(crate) fn parse(text: &[u8], now: i128) -> Option<i128> {
    let text = str::from_utf8(text).ok()?;
    let civil = imf_fixdate(text).or_else(|| asctime(text)).or_else(|| rfc850(text, now))?;
    is_possible(civil).then(|| unix(civil))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn imf_fixdate(text: &str) -> Option<Civil> {
    let [weekday, day, month, year, clock, "GMT"] = words(text)? else { return None };
    short_day(weekday.strip_suffix(',')?)?;
    time([number(year, 4)?, month_number(month)?, number(day, 2)?], clock)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(text: &str, now: i128) -> Option<Civil> {
    let [weekday, date, clock, "GMT"] = words(text)? else { return None };
    DAYS.contains(&weekday.strip_suffix(',')?).then_some(())?;
    let [day, month, year] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    let civil = time([number(year, 2)?, month_number(month)?, number(day, 2)?], clock)?;
    Some(with_century(civil, now))
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &str) -> Option<Civil> {
    let (weekday, month, day, clock, year) = match words::<6>(text) {
        Some([weekday, month, "", day, clock, year]) => {
            (weekday, month, number(day, 1)?, clock, year)
        }
        Some(_) => return None,
        None => {
            let [weekday, month, day, clock, year] = words(text)?;
            (weekday, month, number(day, 2)?, clock, year)
        }
    };
    short_day(weekday)?;
    time([number(year, 4)?, month_number(month)?, day], clock)
}

fn words<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split(' ').collect::<Vec<_>>().try_into().ok()
}

fn short_day(text: &str) -> Option<()> {
    DAYS.iter().any(|day| day[..3] == *text).then_some(())
}

fn month_number(text: &str) -> Option<i128> {
    let index = MONTHS.iter().position(|month| *month == text)?;
    Some(index as i128 + 1)
}

fn number(text: &str, digits: usize) -> Option<i128> {
    let all_digits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok())?
}

fn time([year, month, day]: [i128; 3], clock: &str) -> Option<Civil> {
    let [hour, minute, second] = clock.split(':').collect::<Vec<_>>().try_into().ok()?;
    Some([year, month, day, number(hour, 2)?, number(minute, 2)?, number(second, 2)?])
}

/// Returns the date in the latest year with these last two digits, of at most four digits, that is
/// at most fifty years after `now`.
fn with_century([last_digits, rest @ ..]: Civil, now: i128) -> Civil {
    let in_year = |year| {
        let [month, day, hour, minute, second] = rest;
        [year, month, day, hour, minute, second]
    };
    let mut latest = civil_of(now);
    latest[0] += 50;
    let years = (0..=9_999).rev().filter(|year| year % 100 == last_digits);
    years.map(in_year).find(|date| *date <= latest).unwrap_or(in_year(last_digits))
}

/// Second 60 is a leap second, on any day.
fn is_possible([year, month, day, hour, minute, second]: Civil) -> bool {
    (1..=days_of_month(year, month)).contains(&day) && hour < 24 && minute < 60 && second <= 60
}

fn days_of_month(year: i128, month: i128) -> i128 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_of_year(year: i128) -> i128 {
    (1..=12).map(|month| days_of_month(year, month)).sum()
}

fn unix([year, month, day, hour, minute, second]: Civil) -> i128 {
    let cycles = (year - 1970).div_euclid(CYCLE.0);
    let near = year - cycles * CYCLE.0;
    let days = cycles * CYCLE.1
        + (1970..near).map(days_of_year).sum::<i128>()
        + (1..month).map(|month| days_of_month(near, month)).sum::<i128>();
    (days + day - 1) * DAY + hour * 3600 + minute * 60 + second
}

pub(crate) fn civil_of(unix: i128) -> Civil {
    let cycles = unix.div_euclid(CYCLE.1 * DAY);
    let mut days = unix.div_euclid(DAY) - cycles * CYCLE.1;
    let (mut year, mut month) = (1970, 1);
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    while days >= days_of_month(year, month) {
        days -= days_of_month(year, month);
        month += 1;
    }
    let second = unix.rem_euclid(DAY);
    let year = year + cycles * CYCLE.0;
    [year, month, days + 1, second / 3600, second / 60 % 60, second % 60]
}
