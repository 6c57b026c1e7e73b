//! The parameters of the `Signature` field: RFC 7235 auth-params, read and written.

use crate::{
    Error, HeaderList, Param,
    octets::{self, is_control, is_token},
    signing_string::Writer,
};

/// The value of a parameter as received: a token, or the inside of a quoted-string in which
/// quoted-pairs may stand.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    raw: &'a [u8],
    /// A quoted-pair is in `raw`, so that it cannot be used as it stands.
    escaped: bool,
}

impl<'a> Value<'a> {
    /// A value without quoted-pairs.
    pub(crate) const fn plain(raw: &'a [u8]) -> Self {
        Self { raw, escaped: false }
    }

    /// The octets that the value stands for, quoted-pairs resolved.
    pub fn octets(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let escaped = self.escaped;
        let mut rest = self.raw.iter().copied();
        core::iter::from_fn(move || match rest.next() {
            Some(b'\\') if escaped => rest.next(),
            octet => octet,
        })
    }

    /// The octets as they stand in the request, or `None` where a quoted-pair is among them.
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        (!self.escaped).then_some(self.raw)
    }

    /// Whether the value stands for exactly these octets.
    pub fn is(&self, octets: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        match self.as_slice() {
            Some(plain) => plain == octets.as_ref(),
            None => self.octets().eq(octets.as_ref().iter().copied()),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The value in `N` bytes, or `None` where it has another length.
    pub(crate) fn to_array<const N: usize>(self) -> Option<[u8; N]> {
        if let Some(plain) = self.as_slice() {
            return plain.try_into().ok();
        }
        let mut array = [0; N];
        let mut octets = self.octets();
        for (to, from) in array.iter_mut().zip(&mut octets) {
            *to = from;
        }
        (self.octets().count() == N).then_some(array)
    }

    /// Splits at the first octet that `is_end` accepts, quoted-pairs resolved: what stands before
    /// it, and what stands behind it if it is there.
    pub(crate) fn split_once(self, is_end: impl Fn(u8) -> bool) -> (Self, Option<Self>) {
        let mut rest = self.raw;
        loop {
            let (octet, behind) = match rest {
                [b'\\', octet, behind @ ..] if self.escaped => (*octet, behind),
                [octet, behind @ ..] => (*octet, behind),
                [] => return (self, None),
            };
            if is_end(octet) {
                let len = self.raw.len().saturating_sub(rest.len());
                let before = self.raw.get(..len).unwrap_or_default();
                return (Self { raw: before, ..self }, Some(Self { raw: behind, ..self }));
            }
            rest = behind;
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
    /// - [`Error::RepeatedParam`] if a known parameter appears twice
    /// - [`Error::MissingParam`] if `keyId`, `headers` or `signature` is absent, or if any known
    ///   parameter is empty; an absent `algorithm` is the policy's to judge
    pub fn parse(field: &'a [u8]) -> Result<Self, Error> {
        let [mut key_id, mut algorithm, mut headers, mut signature] = [None; 4];
        let mut reader = Reader { rest: field, len: field.len() };
        while let Some((name, value)) = reader.next_param()? {
            let (slot, param) = match name.len() {
                5 if name.eq_ignore_ascii_case(b"keyId") => (&mut key_id, Param::KeyId),
                9 if name.eq_ignore_ascii_case(b"algorithm") => (&mut algorithm, Param::Algorithm),
                7 if name.eq_ignore_ascii_case(b"headers") => (&mut headers, Param::Headers),
                9 if name.eq_ignore_ascii_case(b"signature") => (&mut signature, Param::Signature),
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(Error::RepeatedParam(param));
            }
        }
        let algorithm = match algorithm {
            Some(_) => Some(present(algorithm, Param::Algorithm)?),
            None => None,
        };
        Ok(Self {
            key_id: present(key_id, Param::KeyId)?,
            algorithm,
            headers: HeaderList(present(headers, Param::Headers)?),
            signature: present(signature, Param::Signature)?,
        })
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
        let mut escaped = false;
        loop {
            (_, self.rest) = octets::split_qdtext(self.rest);
            match self.rest {
                [b'"', rest @ ..] => {
                    let len = start.len().saturating_sub(self.rest.len());
                    self.rest = rest;
                    let raw = start.get(..len).unwrap_or_default();
                    return Ok(Value { raw, escaped });
                }
                [b'\\', octet, rest @ ..] if !is_control(*octet) => {
                    self.rest = rest;
                    escaped = true;
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
        let (taken, rest) = octets::split(self.rest, fits);
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
