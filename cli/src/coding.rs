//! Encodings of bytes as text.

use std::fmt::Write;

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Decodes base64 in either alphabet, with or without padding and line breaks.
pub(crate) fn base64_decoded(given: &[u8]) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text: Vec<u8> = given.iter().copied().filter(|o| !o.is_ascii_whitespace()).collect();
    [&STANDARD, &URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(&text).ok())
}

/// Decodes percent escapes in `text`; in forms, `+` is a space.
pub(crate) fn percent_decoded(text: &[u8], is_form: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let escaped = digit(text.get(at + 1)).zip(digit(text.get(at + 2)));
        match (byte, escaped) {
            (b'%', Some((high, low))) => {
                decoded.push((high << 4 | low) as u8);
                at += 2;
            }
            (b'+', _) if is_form => decoded.push(b' '),
            _ => decoded.push(byte),
        }
        at += 1;
    }
    decoded
}

/// Percent-encodes everything except letters, digits and `-_.~`.
pub(crate) fn percent_encoded(text: &[u8]) -> Vec<u8> {
    text.iter()
        .flat_map(|&byte| match byte {
            b'-' | b'_' | b'.' | b'~' => vec![byte],
            _ if byte.is_ascii_alphanumeric() => vec![byte],
            _ => format!("%{byte:02X}").into_bytes(),
        })
        .collect()
}

pub(crate) fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        match rest.strip_prefix(from) {
            Some(after) => {
                replaced.extend_from_slice(to);
                rest = after;
            }
            None => {
                replaced.push(*first);
                rest = after;
            }
        }
    }
    replaced
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

pub(crate) fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit =
        |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
