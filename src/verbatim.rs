//! The exact bytes that a Drone server writes. Only this file contains them.
//!
//! Nearly every request has this form. The general reader accepts the same bytes with the same result,
//! and reads every other form.

use crate::{
    HeaderList, Params, Tag, Value, date, digest,
    names::DATE_DIGEST,
    primitives::{self, BASE64_LEN, usual},
    writer::Writer,
};

/// The parameters before and after the signature.
const PARAMS_START: &[u8; 52] = br#"keyId="hmac-key",algorithm="hmac-sha256",signature=""#;
const PARAMS_END: &[u8; 23] = br#"",headers="date digest""#;

/// The length of the parameters, in bytes.
pub(crate) const PARAMS_LEN: usize = PARAMS_START.len() + BASE64_LEN + PARAMS_END.len();

/// Recognises the parameters. Returns them, and decodes the signature to `tag`.
pub(crate) fn read_params<'a>(field: &'a [u8], tag: &mut Tag) -> Option<Params<'a>> {
    let field: &[u8; PARAMS_LEN] = usual(field.try_into().ok())?;
    let (start, rest) = field.split_first_chunk()?;
    let (signature, end) = rest.split_first_chunk()?;
    if !is_equal(start, PARAMS_START) || end != PARAMS_END {
        return None;
    }
    // Decoding fails if the signature contains a quote.
    primitives::decode(signature, tag).then(|| Params {
        key_id: Value::plain(b"hmac-key"),
        algorithm: Some(Value::plain(b"hmac-sha256")),
        headers: HeaderList::new(DATE_DIGEST),
        signature: Value::plain(signature),
    })
}

/// Compares every byte, without a call of `memcmp`.
fn is_equal<const N: usize>(bytes: &[u8; N], other: &[u8; N]) -> bool {
    let mut differ = 0;
    for (byte, other) in bytes.iter().zip(other) {
        differ |= byte ^ other;
    }
    differ == 0
}

/// Writes the parameters.
pub(crate) fn write_params(tag: &Tag) -> [u8; PARAMS_LEN] {
    let mut field = [0; PARAMS_LEN];
    let mut writer = Writer::new(&mut field);
    writer.push(PARAMS_START);
    writer.push(&primitives::encode(tag));
    writer.push(PARAMS_END);
    field
}

/// The length of the signing string, in bytes.
pub(crate) const SIGNING_STRING_LEN: usize = DIGEST_AT + digest::LEN;

const DATE_AT: usize = b"date: ".len();
const DIGEST_AT: usize = DATE_AT + date::LEN + b"\ndigest: ".len();

/// Returns the signing string over [`DATE_DIGEST`] if both values have the length of Drone's. The
/// caller checks that they hold no control byte.
pub(crate) fn read_signing_string(date: &[u8], digest: &[u8]) -> Option<[u8; SIGNING_STRING_LEN]> {
    Some(write_signing_string(usual(date.try_into().ok())?, digest.try_into().ok()?))
}

/// Writes the signing string over [`DATE_DIGEST`].
pub(crate) fn write_signing_string(
    date: &[u8; date::LEN],
    digest: &[u8; digest::LEN],
) -> [u8; SIGNING_STRING_LEN] {
    let mut string = *b"date: Sun, 06 Nov 1994 08:49:37 GMT\n\
        digest: SHA-256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (at, value) in [(DATE_AT, date.as_slice()), (DIGEST_AT, digest.as_slice())] {
        if let Some(to) = string.get_mut(at..).and_then(|rest| rest.get_mut(..value.len())) {
            to.copy_from_slice(value);
        }
    }
    string
}

/// Returns the date and the digest that [`write_signing_string`] wrote.
pub(crate) fn split_signing_string(
    string: &[u8; SIGNING_STRING_LEN],
) -> ([u8; date::LEN], [u8; digest::LEN]) {
    let mut values = ([0; date::LEN], [0; digest::LEN]);
    for (at, value) in [(DATE_AT, values.0.as_mut_slice()), (DIGEST_AT, values.1.as_mut_slice())] {
        if let Some(from) = string.get(at..).and_then(|rest| rest.get(..value.len())) {
            value.copy_from_slice(from);
        }
    }
    values
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::{Error, Request, primitives::has_control, signing_string};

    const PARAMS: &[u8; 119] = br#"keyId="hmac-key",algorithm="hmac-sha256",signature="huzpVbeWzgna3SGdxJ15qHyB+H8anlMlh5+g5uMX2aQ=",headers="date digest""#;

    fn values<'a>(params: &Params<'a>) -> [Option<&'a [u8]>; 4] {
        let values = [params.key_id, params.headers.value(), params.signature];
        let [key_id, list, signature] = values.map(|value| value.as_slice());
        [key_id, params.algorithm.and_then(|value| value.as_slice()), list, signature]
    }

    #[test]
    fn params_with_any_byte_changed_are_read_as_the_general_reader_reads_them() {
        let mut recognised = 0;
        for (at, byte) in (0..PARAMS.len()).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
            let mut field = *PARAMS;
            field[at] = byte;
            let (mut tag, mut general) = (Tag::default(), Tag::default());
            if let Some(params) = read_params(&field, &mut tag) {
                let read = Params::parse(&field).expect("parameters");
                assert_eq!(values(&read), values(&params), "{field:?}");
                assert!(read.decode_signature(&mut general), "{field:?}");
                assert_eq!(general, tag, "{field:?}");
                recognised += 1;
            }
        }
        // Each of the 119 bytes is also tried unchanged. Any other digit is recognised in the first
        // 42 digits of the signature. In the last digit only four bits count, so 15 others are.
        assert_eq!(recognised, usual(Some(119 + 42 * 63 + 15)).unwrap_or(0));
    }

    #[test]
    fn params_are_written_as_they_are_read() {
        let mut tag = Tag::default();
        assert!(Params::parse(PARAMS).expect("parameters").decode_signature(&mut tag));
        assert_eq!(&write_params(&tag), PARAMS);
    }

    #[test]
    fn signing_strings_with_any_byte_changed_are_those_of_the_general_writer() {
        const DATE: &[u8; 29] = b"Sun, 06 Nov 1994 08:49:37 GMT";
        const DIGEST: &[u8; 52] = b"SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let places =
            (0..DATE.len() + DIGEST.len()).flat_map(|at| (0..=255).map(move |byte| (at, byte)));
        for (at, byte) in places {
            let (mut date, mut digest) = (*DATE, *DIGEST);
            *date.iter_mut().chain(&mut digest).nth(at).expect("a place") = byte;
            // Values are trimmed before.
            if [date[0], date[28], digest[0], digest[51]]
                .iter()
                .any(|byte| matches!(byte, b' ' | b'\t'))
            {
                continue;
            }
            let fields: [(&str, &[u8]); 2] = [("Date", &date), ("Digest", &digest)];
            let mut out = [0; SIGNING_STRING_LEN];
            let string =
                signing_string(&Request::from_headers(&fields), &["date", "digest"], &mut out);
            if has_control(&date) || has_control(&digest) {
                assert!(matches!(string, Err(Error::ControlByte { .. })));
            } else {
                let verbatim = read_signing_string(&date, &digest);
                let verbatim = verbatim.as_ref().map(|string| &string[..]);
                assert_eq!(usual(string.ok()), verbatim);
            }
        }
    }
}
