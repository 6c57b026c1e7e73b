//! An HTTP-date after eight bytes of clock: the core reads it as the model does, and can write and
//! reread it.
#![no_main]

use hooksig::date;
use hooksig_fuzz::read_date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, &[u8])| {
    let (now, text) = input;
    let read = date::parse(text, now).ok();
    assert_eq!(read.map(i128::from), read_date(text, now));
    let Some(unix) = read else { return };
    // Second 60 of the last minute of the year 9999 cannot be written.
    if let Ok(written) = date::format(unix) {
        assert_eq!(date::parse(written.as_str(), now), Ok(unix));
    }
});
