//! An HTTP-date, behind eight octets of clock: what is read can be written and read again.
#![no_main]

use hooksig::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, &[u8])| {
    let (now, text) = input;
    let Ok(unix) = date::parse(text, now) else { return };
    // Second 60 of the last minute of the year 9999 cannot be written.
    if let Ok(written) = date::format(unix) {
        assert_eq!(date::parse(written.as_str(), now), Ok(unix));
    }
});
