//! Rule 2: the grammar of RFC 7235, one function per production.

use crate::rules::Word;

/// The values of the known parameters, none of them empty. A policy may not need the algorithm, so
/// a missing one is an error only when it is used.
pub(crate) struct Params {
    pub(crate) algorithm: Option<Vec<u8>>,
    pub(crate) headers: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// A repetition is noticed among this many unknown parameters; later ones are only skipped.
const REMEMBERED: usize = 8;

const KNOWN: [&[u8]; 4] = [b"keyid", b"algorithm", b"headers", b"signature"];

/// A name in lower case and a value.
type Param = (Vec<u8>, Vec<u8>);

pub(crate) fn parse(text: &[u8]) -> Result<Params, Word> {
    let found = list(&mut Text(text))?;
    let known = found.iter().filter(|(name, _)| KNOWN.contains(&name.as_slice()));
    if known.clone().any(|(_, value)| value.is_empty()) {
        return Err("missing-param");
    }
    let value =
        |name: &[u8]| known.clone().find(|(found, _)| found == name).map(|(_, v)| v.clone());
    value(b"keyid").ok_or("missing-param")?;
    Ok(Params {
        algorithm: value(b"algorithm"),
        headers: value(b"headers").ok_or("missing-param")?,
        signature: value(b"signature").ok_or("missing-param")?,
    })
}

/// `[ ( "," / auth-param ) *( OWS "," [ OWS auth-param ] ) ]`. White space after the last element
/// belongs to the field and is already removed.
fn list(text: &mut Text<'_>) -> Result<Vec<Param>, Word> {
    let mut params = Vec::new();
    if text.starts_with(b',') || text.0.is_empty() {
        elements(text, &mut params)?;
        return Ok(params);
    }
    element(text, &mut params)?;
    elements(text, &mut params)?;
    Ok(params)
}

/// `*( OWS "," [ OWS auth-param ] )` up to the end.
fn elements(text: &mut Text<'_>, params: &mut Vec<Param>) -> Result<(), Word> {
    while !text.0.is_empty() {
        text.white_space();
        text.take(b',').ok_or("malformed-params")?;
        text.white_space();
        if !text.0.is_empty() && !text.starts_with(b',') {
            element(text, params)?;
        }
    }
    Ok(())
}

/// Parses one parameter. A repeated one is refused, but a malformed one first.
fn element(text: &mut Text<'_>, params: &mut Vec<Param>) -> Result<(), Word> {
    let param = text.param().filter(|_| text.is_at_end_of_element()).ok_or("malformed-params")?;
    if is_repeated(&param.0, params) {
        return Err("repeated-param");
    }
    params.push(param);
    Ok(())
}

fn is_repeated(name: &[u8], earlier: &[Param]) -> bool {
    let is_known = |name: &[u8]| KNOWN.contains(&name);
    let mut alike = earlier.iter().filter(|(found, _)| is_known(found) == is_known(name));
    let same = |(found, _): &Param| found == name;
    if is_known(name) { alike.any(same) } else { alike.take(REMEMBERED).any(same) }
}

/// The unread rest.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn starts_with(&self, byte: u8) -> bool {
        self.0.first() == Some(&byte)
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.next().filter(|next| *next == byte).map(drop)
    }

    fn white_space(&mut self) {
        while self.starts_with(b' ') || self.starts_with(b'\t') {
            self.next();
        }
    }

    fn is_at_end_of_element(&self) -> bool {
        let mut ahead = Text(self.0);
        ahead.white_space();
        ahead.0.is_empty() || ahead.starts_with(b',')
    }

    /// `token BWS "=" BWS ( token / quoted-string )`
    fn param(&mut self) -> Option<Param> {
        let name = self.token()?.to_ascii_lowercase();
        self.white_space();
        self.take(b'=')?;
        self.white_space();
        if !self.starts_with(b'"') {
            return Some((name, self.token()?));
        }
        let (value, has_pairs) = self.quoted_string()?;
        let is_too_long = name == b"headers" && has_pairs && value.len() > 192;
        (!is_too_long).then_some((name, value))
    }

    fn token(&mut self) -> Option<Vec<u8>> {
        let len = self.0.iter().take_while(|byte| is_token(&[**byte])).count();
        let (token, rest) = self.0.split_at(len);
        self.0 = rest;
        is_token(token).then(|| token.to_vec())
    }

    fn quoted_string(&mut self) -> Option<(Vec<u8>, bool)> {
        self.take(b'"')?;
        let (mut value, mut has_pairs) = (Vec::new(), false);
        loop {
            let byte = match self.next()? {
                b'"' => return Some((value, has_pairs)),
                b'\\' => {
                    has_pairs = true;
                    self.next()?
                }
                byte => byte,
            };
            if byte.is_ascii_control() && byte != b'\t' {
                return None;
            }
            value.push(byte);
        }
    }
}

pub(crate) fn is_token(text: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(fits)
}
