//! The encoding of a recording: UTF-8 with or without a byte order mark, or UTF-16.

use std::borrow::Cow;

/// Converts the text to UTF-8 without a byte order mark. Also returns a note if that changed it.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, [u8]>, Option<&'static str>) {
    if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return (text.into(), Some("the file begins with a byte order mark, which was skipped"));
    }
    let units = |from_bytes: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(move |pair| from_bytes([pair[0], pair[1]]));
        let text: String =
            char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
        text.trim_start_matches('\u{feff}').as_bytes().to_vec()
    };
    const UTF_16: &str = "the file is UTF-16 and was read as UTF-8";
    match bytes {
        [0xff, 0xfe, ..] => (units(u16::from_le_bytes).into(), Some(UTF_16)),
        [0xfe, 0xff, ..] => (units(u16::from_be_bytes).into(), Some(UTF_16)),
        [b' '..=b'~', 0, b' '..=b'~', 0, ..] => (units(u16::from_le_bytes).into(), Some(UTF_16)),
        [0, b' '..=b'~', 0, b' '..=b'~', ..] => (units(u16::from_be_bytes).into(), Some(UTF_16)),
        _ => (bytes.into(), None),
    }
}
