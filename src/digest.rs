//! The `Digest` field (RFC 3230): which body the signature is for.

use ctutils::Choice;

use crate::{
    Error, Text,
    crypto::{HashStream, HashText},
    request::{is_token, trim},
};

/// The length of the value of a `Digest` field with one SHA-256.
pub const LEN: usize = PREFIX.len().saturating_add(crate::crypto::BASE64_LEN);

const PREFIX: &str = "SHA-256=";

/// Writes the value of the `Digest` field for `body`.
///
/// # Examples
///
/// ```
/// assert_eq!(
///     hooksig::digest::field(b"").as_str(),
///     "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
/// );
/// ```
pub fn field(body: &(impl AsRef<[u8]> + ?Sized)) -> Text<LEN> {
    let mut hash = HashStream::default();
    hash.update(body.as_ref());
    let mut text = Text::new();
    // Both parts together have exactly the length of the text.
    let _ = text.push(PREFIX).and_then(|()| text.push(HashText::encode(&hash.finish()).as_str()));
    text
}

/// Reads the value of a `Digest` field: the SHA-256 that the body must have.
///
/// # Errors
///
/// [`Error::MalformedDigest`], [`Error::UnsupportedDigest`] where no SHA-256 is in it, and
/// [`Error::DigestMismatch`] where it holds two that differ: no body has both.
pub(crate) fn parse(field: &[u8]) -> Result<HashText, Error> {
    let mut expected: Option<HashText> = None;
    for element in field.split(|&octet| octet == b',') {
        let element = trim(element);
        let equals =
            element.iter().position(|&octet| octet == b'=').ok_or(Error::MalformedDigest)?;
        let (algorithm, value) = element.split_at_checked(equals).unwrap_or_default();
        if algorithm.is_empty() || !algorithm.iter().copied().all(is_token) {
            return Err(Error::MalformedDigest);
        }
        if !algorithm.eq_ignore_ascii_case(b"SHA-256") {
            continue;
        }
        let text = value.get(1..).and_then(|text| text.try_into().ok());
        let text = text.and_then(HashText::parse).ok_or(Error::MalformedDigest)?;
        if expected.is_some_and(|other| other.as_bytes() != text.as_bytes()) {
            return Err(Error::DigestMismatch);
        }
        expected = Some(text);
    }
    expected.ok_or(Error::UnsupportedDigest)
}

/// The SHA-256 of a body in the making, and the one that it must become.
#[derive(Clone)]
pub(crate) struct BodyDigest {
    hash: HashStream,
    expected: HashText,
}

impl BodyDigest {
    pub(crate) fn new(expected: HashText) -> Self {
        Self { hash: HashStream::default(), expected }
    }

    pub(crate) fn update(&mut self, chunk: &[u8]) {
        self.hash.update(chunk);
    }

    pub(crate) fn matches(self) -> Choice {
        HashText::encode(&self.hash.finish()).ct_eq(&self.expected)
    }
}
