//! The `Digest` field (RFC 3230), which ties the body to the signature.

use crate::{
    Error, FieldValue,
    bytes::{Class, trim},
    primitives::{self, BASE64_LEN, Hash, HashText, Sha256, WholeBody, is_word, take_while, usual},
};

/// The length of the value of a `Digest` field with one SHA-256, in bytes.
pub const LEN: usize = PREFIX.len().saturating_add(BASE64_LEN);

const PREFIX: &str = "SHA-256=";

/// Returns the value of the `Digest` field for `body`.
///
/// # Examples
///
/// ```
/// assert_eq!(
///     hooksig::digest::field(b"").as_str(),
///     "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
/// );
/// ```
pub fn field(body: &(impl AsRef<[u8]> + ?Sized)) -> FieldValue<LEN> {
    FieldValue::new(write(&primitives::sha256(body.as_ref())))
}

pub(crate) fn write(hash: &Hash) -> [u8; LEN] {
    let mut field = *b"SHA-256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    if let Some(text) = field.last_chunk_mut() {
        *text = primitives::encode(hash);
    }
    field
}

/// Parses the value of a `Digest` field. Returns the SHA-256 that the body must have, in base64.
///
/// # Errors
///
/// [`Error::MalformedDigest`], [`Error::UnsupportedDigest`] if the field has no SHA-256, and
/// [`Error::DigestMismatch`] if it has two that differ, because no body has both.
pub(crate) fn parse(field: &[u8]) -> Result<&HashText, Error> {
    // Fast path for the field that Drone sends, with one SHA-256 and nothing else.
    let only = field.strip_prefix(PREFIX.as_bytes());
    if let Some(text) = usual(only.and_then(|text| text.try_into().ok())) {
        return primitives::is_canonical(text).then_some(text).ok_or(Error::MalformedDigest);
    }
    let mut expected: Option<&HashText> = None;
    let mut rest = field;
    loop {
        rest = trim(rest);
        let algorithm = take_while(&mut rest, Class::TOKEN);
        match (algorithm, rest) {
            // Skip an empty element (RFC 9110, section 5.6.1.2).
            ([], [] | [b',', ..]) => {}
            ([_, ..], [b'=', value @ ..]) if is_word(algorithm, b"sha-256") => {
                let (text, after) = value.split_first_chunk().ok_or(Error::MalformedDigest)?;
                rest = trim(after);
                if !primitives::is_canonical(text) || !matches!(rest, [] | [b',', ..]) {
                    return Err(Error::MalformedDigest);
                }
                if expected.is_some_and(|other| other != text) {
                    return Err(Error::DigestMismatch);
                }
                expected = Some(text);
            }
            ([_, ..], [b'=', ..]) => {}
            _ => return Err(Error::MalformedDigest),
        }
        take_while(&mut rest, Class::ELEMENT);
        match rest {
            [_, next @ ..] => rest = next,
            [] => return expected.ok_or(Error::UnsupportedDigest),
        }
    }
}

/// An incremental SHA-256 of a body, and the expected hash.
#[derive(Clone)]
pub(crate) struct BodyDigest {
    hash: Sha256,
    expected: HashText,
}

impl BodyDigest {
    pub(crate) fn new(expected: &HashText) -> Self {
        Self { hash: Sha256::default(), expected: *expected }
    }

    pub(crate) fn update(&mut self, chunk: &[u8]) {
        self.hash.update(chunk);
    }

    /// Returns whether the body is the expected one. Call it once.
    pub(crate) fn matches(&mut self) -> bool {
        is_equal(&self.hash.finish(), &self.expected)
    }
}

/// Returns whether a body in one buffer is the expected one.
pub(crate) fn is_body(body: WholeBody<'_>, expected: &HashText) -> bool {
    is_equal(&body.hash(), expected)
}

/// Compares in constant time. The text is canonical, because [`parse`] returned it.
fn is_equal(hash: &Hash, expected: &HashText) -> bool {
    let mut decoded = Hash::default();
    primitives::decode(expected, &mut decoded) && primitives::ct_eq(hash, &decoded).to_bool()
}
