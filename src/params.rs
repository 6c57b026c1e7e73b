//! The parameters of the `Signature` field: RFC 7235 auth-params, read and written.

use crate::{
    Error, HeaderList, Headers, Param, Request, Tag,
    bytes::{is_control, is_token, split_while},
    primitives::{self, BASE64_LEN, is_word},
    request::Fields,
    writer::Writer,
};

/// The value of a parameter as received: a token, or the inside of a quoted-string in which
/// quoted-pairs may stand.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    raw: &'a [u8],
    /// At most this many quoted-pairs are in `raw`; without any it stands for itself. Not a `bool`,
    /// which would leave a value with padding: copying that is slow.
    escapes: usize,
}

impl<'a> Value<'a> {
    /// A value without quoted-pairs.
    pub(crate) const fn plain(raw: &'a [u8]) -> Self {
        Self { raw, escapes: 0 }
    }

    /// The octets that the value stands for, quoted-pairs resolved.
    pub fn octets(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let mut rest = *self;
        core::iter::from_fn(move || rest.take_first())
    }

    /// Takes away the first octet that the value stands for.
    fn take_first(&mut self) -> Option<u8> {
        let (octet, rest) = match self.raw {
            [b'\\', octet, rest @ ..] if self.escapes > 0 => (octet, rest),
            [octet, rest @ ..] => (octet, rest),
            [] => return None,
        };
        self.raw = rest;
        Some(*octet)
    }

    /// The octets as they stand in the request, or `None` where a quoted-pair is among them.
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        (self.escapes == 0).then_some(self.raw)
    }

    /// Whether the value stands for exactly these octets.
    pub fn is(&self, octets: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        match self.as_slice() {
            Some(plain) => plain == octets.as_ref(),
            None => self.octets().eq(Value::plain(octets.as_ref()).octets()),
        }
    }

    /// Whether every octet fits.
    pub(crate) fn all(&self, fits: impl Fn(u8) -> bool) -> bool {
        match self.as_slice() {
            Some(plain) => plain.iter().copied().all(fits),
            None => self.octets().all(fits),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Fills `room` with the value; `false` where the value has another length.
    pub(crate) fn fill(&self, room: &mut [u8]) -> bool {
        let mut octets = self.octets();
        let filled = room.iter_mut().all(|to| octets.next().map(|octet| *to = octet).is_some());
        filled && octets.next().is_none()
    }

    /// Splits at the first `separator`, quoted-pairs resolved: what stands before it, and what
    /// stands behind it if it is there.
    pub(crate) fn split_once(self, separator: u8) -> (Self, Option<Self>) {
        let mut behind = self;
        if let Some(plain) = self.as_slice() {
            behind.raw = primitives::split_at(plain, separator).1;
        }
        loop {
            let len = self.raw.len().saturating_sub(behind.raw.len());
            match behind.take_first() {
                Some(octet) if octet != separator => {}
                found => {
                    let before = self.raw.get(..len).unwrap_or_default();
                    return (Self { raw: before, ..self }, found.map(|_| behind));
                }
            }
        }
    }
}

/// The parameters of one signature (draft 10, section 2.1), borrowed from its field.
///
/// Parameters that the draft does not know are read over.
#[derive(Clone, Copy, Debug)]
pub struct Params<'a> {
    pub(crate) key_id: Value<'a>,
    pub(crate) algorithm: Option<Value<'a>>,
    pub(crate) headers: HeaderList<'a>,
    pub(crate) signature: Value<'a>,
}

impl<'a> Params<'a> {
    /// Reads the value of a `Signature` field, or what follows the scheme in `Authorization`.
    ///
    /// Only the syntax is checked here, of the parameters and not of their values.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedParams`] if `field` is not a list of auth-params
    /// - [`Error::RepeatedParam`] if a parameter appears twice; of those that the draft does not
    ///   know, one of the first eight
    /// - [`Error::MissingParam`] if `keyId`, `headers` or `signature` is absent, or if any known
    ///   parameter is empty; an absent `algorithm` is the policy's to judge
    pub fn parse(field: &'a [u8]) -> Result<Self, Error> {
        let [mut key_id, mut algorithm, mut headers, mut signature] = [None; 4];
        let mut unknown = Unknown::default();
        let mut reader = Reader { rest: field, len: field.len() };
        while let Some((name, value)) = reader.next_param()? {
            let (slot, param) = match name.len() {
                5 if is_word(name, b"keyid") => (&mut key_id, Param::KeyId),
                9 if is_word(name, b"algorithm") => (&mut algorithm, Param::Algorithm),
                7 if is_word(name, b"headers") => (&mut headers, Param::Headers),
                9 if is_word(name, b"signature") => (&mut signature, Param::Signature),
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

    /// The parameters of the one signature that `request` has, wherever it stands. Nothing about
    /// it is verified.
    ///
    /// # Errors
    ///
    /// - [`Error::MissingSignature`] or [`Error::RepeatedSignature`]
    /// - [`Error::Rfc9421Signature`] in place of [`Error::MalformedParams`] if there is a
    ///   `Signature-Input` field
    /// - those of [`parse`](Self::parse)
    pub fn find<H: Headers + ?Sized>(request: &Request<'a, H>) -> Result<Self, Error> {
        Self::read(&Fields::find(request.headers))
    }

    /// As [`find`](Self::find), of fields that were found.
    pub(crate) fn read(fields: &Fields<'a>) -> Result<Self, Error> {
        let field = fields.signature.get(Error::MissingSignature, Error::RepeatedSignature)?;
        Self::parse(field).map_err(|error| match error {
            Error::MalformedParams { .. } if fields.signature_input => Error::Rfc9421Signature,
            error => error,
        })
    }

    /// The MAC whose text the signature is, if it is one.
    pub(crate) fn tag(&self) -> Option<Tag> {
        match self.signature.as_slice() {
            Some(plain) => primitives::decode(plain.try_into().ok()?),
            None => {
                let mut text = [0; BASE64_LEN];
                self.signature.fill(&mut text).then(|| primitives::decode(&text))?
            }
        }
    }

    /// `keyId`; not empty.
    pub fn key_id(&self) -> Value<'a> {
        self.key_id
    }

    /// `algorithm`, if it is there; not empty.
    pub fn algorithm(&self) -> Option<Value<'a>> {
        self.algorithm
    }

    /// `headers`, not yet checked to be a list of names; not empty.
    pub fn headers(&self) -> HeaderList<'a> {
        self.headers
    }

    /// `signature`, not yet checked to be base64; not empty.
    pub fn signature(&self) -> Value<'a> {
        self.signature
    }
}

/// The names of the first parameters that the draft does not know. Were all remembered, a header
/// of nothing but such names would cost time in proportion to its square.
#[derive(Default)]
struct Unknown<'a>(heapless::Vec<&'a [u8], 8>);

impl<'a> Unknown<'a> {
    fn add(&mut self, name: &'a [u8]) -> Result<(), Error> {
        if self.0.iter().any(|earlier| earlier.eq_ignore_ascii_case(name)) {
            return Err(Error::RepeatedParam(Param::Unknown));
        }
        // Where there is no room left, the name is not remembered.
        let _ = self.0.push(name);
        Ok(())
    }
}

fn present(value: Option<Value<'_>>, param: Param) -> Result<Value<'_>, Error> {
    value.filter(|value| !value.is_empty()).ok_or(Error::MissingParam(param))
}

/// Reads `#auth-param` (RFC 7235, section 2.1, with the list rule of RFC 7230, section 7).
struct Reader<'a> {
    rest: &'a [u8],
    /// The length of the whole text, to tell offsets.
    len: usize,
}

impl<'a> Reader<'a> {
    /// The next parameter as (name, value), or `None` at the end of the list.
    ///
    /// The list has no space in front of its first element: its field was trimmed.
    fn next_param(&mut self) -> Result<Option<(&'a [u8], Value<'a>)>, Error> {
        while self.take(b',') {
            self.skip_space();
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let name = self.token()?;
        self.skip_space();
        if !self.take(b'=') {
            return Err(self.malformed());
        }
        self.skip_space();
        let value =
            if self.take(b'"') { self.quoted_string()? } else { Value::plain(self.token()?) };
        self.skip_space();
        match self.rest.first() {
            None | Some(b',') => Ok(Some((name, value))),
            Some(_) => Err(self.malformed()),
        }
    }

    fn token(&mut self) -> Result<&'a [u8], Error> {
        match self.take_while(is_token) {
            [] => Err(self.malformed()),
            token => Ok(token),
        }
    }

    /// The inside of a quoted-string whose opening quote was taken.
    fn quoted_string(&mut self) -> Result<Value<'a>, Error> {
        let start = self.rest;
        let mut escapes = 0usize;
        loop {
            (_, self.rest) = primitives::split_qdtext(self.rest);
            match self.rest {
                [b'"', rest @ ..] => {
                    let len = start.len().saturating_sub(self.rest.len());
                    self.rest = rest;
                    let raw = start.get(..len).unwrap_or_default();
                    return Ok(Value { raw, escapes });
                }
                [b'\\', octet, rest @ ..] if !is_control(*octet) => {
                    self.rest = rest;
                    escapes = escapes.saturating_add(1);
                }
                // What does not fit stands behind the backslash.
                [b'\\', rest @ ..] => {
                    self.rest = rest;
                    return Err(self.malformed());
                }
                _ => return Err(self.malformed()),
            }
        }
    }

    fn take(&mut self, octet: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == octet => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let (taken, rest) = split_while(self.rest, fits);
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.take_while(|octet| matches!(octet, b' ' | b'\t'));
    }

    fn malformed(&self) -> Error {
        Error::MalformedParams { at: self.len.saturating_sub(self.rest.len()) }
    }
}

/// Writes the parameters in the order in which Drone sends them.
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
        name.lowercase(&mut |octets| out.push(octets));
    }
    out.push(b"\"");
}
