//! The fields that every verification needs.

use crate::{
    Headers,
    bytes::trim,
    primitives::{is_word, start},
};

/// A field that must occur exactly once, and the number of times that it does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Singleton<'a> {
    pub(crate) count: usize,
    /// The last value, or an empty one.
    value: &'a [u8],
}

impl<'a> Singleton<'a> {
    pub(crate) fn add(&mut self, value: &'a [u8]) {
        // Each field takes memory, so the count does not overflow.
        self.count = self.count.wrapping_add(1);
        self.value = value;
    }

    /// Returns the value if the field occurs exactly once.
    pub(crate) fn once(self) -> Option<&'a [u8]> {
        (self.count == 1).then_some(self.value)
    }

    /// Returns the value, or the given error if the field is absent or repeated.
    pub(crate) fn get<E>(self, absent: E, repeated: E) -> Result<&'a [u8], E> {
        match self.count {
            0 => Err(absent),
            1 => Ok(self.value),
            _ => Err(repeated),
        }
    }
}

/// The fields that every verification needs, found in one pass over the headers.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a> {
    /// The parameters of the signature, from `Signature` or from `Authorization`.
    pub(crate) signature: Singleton<'a>,
    /// Whether there is a `Signature-Input` field, which only RFC 9421 uses.
    pub(crate) signature_input: bool,
    pub(crate) date: Singleton<'a>,
    pub(crate) digest: Singleton<'a>,
}

impl<'a> Fields<'a> {
    #[inline(always)]
    pub(crate) fn find<H: Headers + ?Sized>(headers: &'a H) -> Self {
        const DATE: u32 = start(b"date");
        const DIGE: u32 = start(b"dige");
        const SIGN: u32 = start(b"sign");
        const AUTH: u32 = start(b"auth");
        let mut fields = Self::default();
        for (name, value) in headers.fields() {
            // The first four bytes rule out most other names.
            match start(name) {
                DATE if is_word(name, b"date") => fields.date.add(trim(value)),
                DIGE if is_word(name, b"digest") => fields.digest.add(trim(value)),
                SIGN if is_word(name, b"signature") => fields.signature.add(trim(value)),
                SIGN if is_word(name, b"signature-input") => fields.signature_input = true,
                AUTH if is_word(name, b"authorization") => {
                    if let Some(params) = signature_credentials(trim(value)) {
                        fields.signature.add(params);
                    }
                }
                _ => {}
            }
        }
        fields
    }
}

/// Returns the parameters after the scheme `Signature` (in any case) and its spaces in the value of
/// `Authorization` (RFC 9110, section 11.4), or `None` if the scheme is another.
fn signature_credentials(value: &[u8]) -> Option<&[u8]> {
    let (scheme, mut params) = value.split_at_checked(b"Signature".len())?;
    if !is_word(scheme, b"signature") || params.first().is_some_and(|&b| b != b' ') {
        return None;
    }
    while let [b' ', rest @ ..] = params {
        params = rest;
    }
    Some(params)
}
