//! The parameters of the `Signature` field: RFC 7235 auth-params, read and written.

mod value;

pub use value::Value;

use crate::{
    Error, HeaderList, Headers, Param, Request, Tag,
    bytes::Class,
    names::MAX_ESCAPED_LEN,
    primitives::{self, eq_ignore_case, is_word, start, take_while},
    request::{Fields, Singleton},
    writer::Writer,
};

/// The parameters of one signature (draft 10, section 2.1), borrowed from its field.
///
/// Parameters that the draft does not define are skipped.
#[derive(Clone, Copy, Debug)]
pub struct Params<'a> {
    pub(crate) key_id: Value<'a>,
    pub(crate) algorithm: Option<Value<'a>>,
    pub(crate) headers: HeaderList<'a>,
    pub(crate) signature: Value<'a>,
}

impl<'a> Params<'a> {
    /// Parses the value of a `Signature` field, or the part of `Authorization` after the scheme.
    ///
    /// Checks the syntax of the parameters, but not their values.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedParams`] if `field` is not a list of auth-params
    /// - [`Error::RepeatedParam`] if a parameter appears twice; of the parameters that the draft does
    ///   not define, only the first eight are checked
    /// - [`Error::MissingParam`] if `keyId`, `headers` or `signature` is absent, or if any parameter
    ///   that the draft defines is empty; the policy decides about an absent `algorithm`
    pub fn parse(field: &'a [u8]) -> Result<Self, Error> {
        Self::parse_field(field, false)
    }

    /// Does the same as [`parse`](Self::parse). In a request with `Signature-Input`, malformed
    /// parameters are those of RFC 9421.
    fn parse_field(field: &'a [u8], has_signature_input: bool) -> Result<Self, Error> {
        let [mut key_id, mut algorithm, mut headers, mut signature] = [None; 4];
        let mut unknown = Unknown::default();
        let mut reader = Reader { rest: field, len: field.len(), has_signature_input };
        while reader.has_next() {
            let Some((name, value)) = reader.next_param() else { return Err(reader.malformed()) };
            let (slot, param) = match start(name) {
                KEYI if is_word(name, b"keyid") => (&mut key_id, Param::KeyId),
                ALGO if is_word(name, b"algorithm") => (&mut algorithm, Param::Algorithm),
                HEAD if is_word(name, b"headers") => {
                    if value.escaped_len() > MAX_ESCAPED_LEN {
                        return Err(reader.malformed());
                    }
                    (&mut headers, Param::Headers)
                }
                SIGN if is_word(name, b"signature") => (&mut signature, Param::Signature),
                _ => {
                    unknown.add(name)?;
                    continue;
                }
            };
            if slot.replace(value).is_some() {
                return Err(Error::RepeatedParam(param));
            }
        }
        let algorithm = match algorithm {
            Some(_) => Some(present(algorithm, Param::Algorithm)?),
            None => None,
        };
        let key_id = present(key_id, Param::KeyId)?;
        let headers = HeaderList(present(headers, Param::Headers)?);
        let signature = present(signature, Param::Signature)?;
        Ok(Self { key_id, algorithm, headers, signature })
    }

    /// Parses the parameters of the signature of `request`, from `Signature` or `Authorization`.
    ///
    /// Does not verify the signature.
    ///
    /// # Errors
    ///
    /// - [`Error::MissingSignature`] or [`Error::RepeatedSignature`]
    /// - [`Error::Rfc9421Signature`] in place of [`Error::MalformedParams`] if there is a
    ///   `Signature-Input` field
    /// - those of [`parse`](Self::parse)
    pub fn find<H: Headers + ?Sized>(request: &Request<'a, H>) -> Result<Self, Error> {
        let Fields { signature, signature_input, .. } = Fields::find(request.headers);
        Self::read(signature, signature_input)
    }

    /// Does the same as [`find`](Self::find), for fields that were looked up before.
    pub(crate) fn read(signature: Singleton<'a>, signature_input: bool) -> Result<Self, Error> {
        let field = signature.get(Error::MissingSignature, Error::RepeatedSignature)?;
        Self::parse_field(field, signature_input)
    }

    /// Decodes the signature to `tag`. Returns `false` if it is not the base64 of a MAC.
    pub(crate) fn decode_signature(&self, tag: &mut Tag) -> bool {
        self.signature.decode(tag)
    }

    /// Returns `keyId`, which is not empty.
    pub fn key_id(&self) -> Value<'a> {
        self.key_id
    }

    /// Returns `algorithm` if there is one. It is not empty.
    pub fn algorithm(&self) -> Option<Value<'a>> {
        self.algorithm
    }

    /// Returns `headers`, which is not empty. It may be a malformed list.
    pub fn headers(&self) -> HeaderList<'a> {
        self.headers
    }

    /// Returns `signature`, which is not empty. It may be malformed base64.
    pub fn signature(&self) -> Value<'a> {
        self.signature
    }
}

/// The names of the first eight parameters that the draft does not define. With more, the time for
/// a header full of such names would be quadratic in its length.
#[derive(Default)]
struct Unknown<'a>(heapless::Vec<&'a [u8], 8>);

impl<'a> Unknown<'a> {
    fn add(&mut self, name: &'a [u8]) -> Result<(), Error> {
        if self.0.iter().any(|earlier| eq_ignore_case(earlier, name)) {
            return Err(Error::RepeatedParam(Param::Unknown));
        }
        let _ = self.0.push(name);
        Ok(())
    }
}

fn present(value: Option<Value<'_>>, param: Param) -> Result<Value<'_>, Error> {
    value.filter(|value| !value.is_empty()).ok_or(Error::MissingParam(param))
}

/// Returns the length of the name at the start of a text if the draft defines it and `=` follows at once.
fn len_of_known_name(text: &[u8]) -> Option<usize> {
    fn starts_with<const N: usize>(text: &[u8], lower: &[u8; N]) -> bool {
        text.first_chunk::<N>().is_some_and(|start| is_word(start, lower))
    }
    match start(text) {
        KEYI if starts_with(text, b"keyid=") => Some(5),
        ALGO if starts_with(text, b"algorithm=") => Some(9),
        HEAD if starts_with(text, b"headers=") => Some(7),
        SIGN if starts_with(text, b"signature=") => Some(9),
        _ => None,
    }
}

// The first four bytes of a name rule out most others.
const KEYI: u32 = start(b"keyi");
const ALGO: u32 = start(b"algo");
const HEAD: u32 = start(b"head");
const SIGN: u32 = start(b"sign");

/// Reads `#auth-param` (RFC 7235, section 2.1, with the list rule of RFC 7230, section 7).
struct Reader<'a> {
    rest: &'a [u8],
    /// The length of the whole text, to compute offsets.
    len: usize,
    has_signature_input: bool,
}

impl<'a> Reader<'a> {
    /// Returns whether there is another parameter, after the empty elements before it.
    ///
    /// Expects no space before the first element, because the field was trimmed.
    fn has_next(&mut self) -> bool {
        while self.take(b',').is_some() {
            self.skip_space();
        }
        !self.rest.is_empty()
    }

    /// Returns the next parameter as (name, value), or `None` if it is malformed. The rest then begins
    /// with the byte at fault.
    fn next_param(&mut self) -> Option<(&'a [u8], Value<'a>)> {
        let name = self.name()?;
        self.skip_space();
        self.take(b'=')?;
        self.skip_space();
        let value = match self.take(b'"') {
            Some(()) => self.quoted_string()?,
            None => Value::plain(self.token()?),
        };
        self.skip_space();
        matches!(self.rest, [] | [b',', ..]).then_some((name, value))
    }

    /// Removes and returns a name. To compare one with those of the draft takes less time than to search for
    /// its end.
    fn name(&mut self) -> Option<&'a [u8]> {
        let Some(len) = primitives::usual(Some(self.rest)).and_then(len_of_known_name) else {
            return self.token();
        };
        let name;
        (name, self.rest) = self.rest.split_at_checked(len)?;
        Some(name)
    }

    fn token(&mut self) -> Option<&'a [u8]> {
        let token = take_while(&mut self.rest, Class::TOKEN);
        (!token.is_empty()).then_some(token)
    }

    /// Reads a quoted-string after its opening quote. Returns its content.
    fn quoted_string(&mut self) -> Option<Value<'a>> {
        let start = self.rest;
        let mut escapes = 0usize;
        loop {
            primitives::take_qdtext(&mut self.rest);
            if self.take(b'"').is_some() {
                // The rest is the end of the start, after the content and the quote.
                let len = start.len().wrapping_sub(self.rest.len()).wrapping_sub(1);
                return Some(Value::quoted(start.get(..len)?, escapes));
            }
            self.take(b'\\')?;
            let (byte, rest) = self.rest.split_first()?;
            if !Class::TEXT.has(*byte) {
                return None;
            }
            self.rest = rest;
            escapes = escapes.wrapping_add(1);
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    fn skip_space(&mut self) {
        take_while(&mut self.rest, Class::SPACE);
    }

    fn malformed(&self) -> Error {
        if self.has_signature_input {
            return Error::Rfc9421Signature;
        }
        Error::MalformedParams { at: self.len.saturating_sub(self.rest.len()) }
    }
}

/// Writes the parameters in Drone's order.
pub(crate) fn write<'a>(
    key_id: &[u8],
    names: impl Iterator<Item = crate::Name<'a>>,
    signature: &[u8],
    out: &mut Writer<'_>,
) {
    out.push(b"keyId=\"");
    out.push(key_id);
    out.push(b"\",algorithm=\"hmac-sha256\",signature=\"");
    out.push(signature);
    out.push(b"\",headers=\"");
    for (index, name) in names.enumerate() {
        if index > 0 {
            out.push(b" ");
        }
        name.lowercase(&mut |bytes| out.push(bytes));
    }
    out.push(b"\"");
}
