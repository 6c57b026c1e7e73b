//! The head of a raw HTTP/1.1 request: its request line and its field lines, in one buffer.
//!
//! It is read in place and line by line, so that any number of fields needs no memory; that is
//! why it does not stand on an HTTP parser, which wants room for all of them.

use crate::{
    Error, Headers, Request,
    octets::{self, is_control, is_token, trim, without_control},
};

/// The head of an HTTP/1.1 or HTTP/1.0 request (RFC 9112), checked and ready for lookup.
///
/// # Examples
///
/// ```
/// use hooksig::Head;
///
/// let head = Head::parse("POST /hooks HTTP/1.1\r\nHost: ci.example\r\n\r\n")?;
/// assert_eq!(head.method(), b"POST");
/// assert_eq!(head.target(), b"/hooks");
/// # Ok::<(), hooksig::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    method: &'a [u8],
    target: &'a [u8],
    /// The field lines, each with its CRLF, without the empty line.
    fields: &'a [u8],
}

impl<'a> Head<'a> {
    /// Reads a head from its request line to the empty line, and nothing behind it.
    ///
    /// Nothing is tolerated in the form of a line that RFC 9112 does not allow a sender: every line
    /// ends in CRLF, no line is folded, nothing stands between a name and its colon. What a target
    /// or a field means is not looked at: the target may be any octets but white space and control
    /// octets, and `Host` need not be there.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedHead`] with the offset of the first line that does not fit.
    pub fn parse(head: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let head = head.as_ref();
        let (request_line, fields) = split_line(head).ok_or(Error::MalformedHead { at: 0 })?;
        let (method, target) =
            parse_request_line(request_line).ok_or(Error::MalformedHead { at: 0 })?;
        let mut rest = fields;
        loop {
            let malformed = Error::MalformedHead { at: head.len().saturating_sub(rest.len()) };
            let (line, behind) = split_line(rest).ok_or(malformed)?;
            match (line, behind) {
                ([], []) => break,
                _ if is_field(line) => rest = behind,
                _ => return Err(malformed),
            }
        }
        let len = fields.len().saturating_sub(rest.len());
        Ok(Self { method, target, fields: fields.get(..len).unwrap_or_default() })
    }

    /// The method.
    pub fn method(&self) -> &'a [u8] {
        self.method
    }

    /// The target as it stands in the request line.
    pub fn target(&self) -> &'a [u8] {
        self.target
    }

    /// The request that this is the head of.
    pub fn request(&self) -> Request<'_, Self> {
        Request::new(self.method, self.target, self)
    }
}

impl Headers for Head<'_> {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.fields;
        core::iter::from_fn(move || next_field(&mut rest))
    }
}

fn next_field<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (line, behind) = split_line(rest)?;
    *rest = behind;
    split_field(line)
}

/// Splits at the first LF, which must stand behind a CR.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = octets::split_at(text, b'\n');
    Some((line.strip_suffix(b"\r")?, rest.get(1..)?))
}

/// `method SP request-target SP HTTP-version`
fn parse_request_line(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (method, rest) = octets::split_at(line, b' ');
    let (target, version) = octets::split_at(rest.get(1..)?, b' ');
    let fits = !method.is_empty()
        && method.iter().copied().all(is_token)
        && !target.is_empty()
        && !target.iter().any(|&octet| octet == b'\t' || is_control(octet))
        && matches!(version.strip_prefix(b" HTTP/1."), Some(b"1" | b"0"));
    fits.then_some((method, target))
}

fn split_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = octets::split_at(line, b':');
    Some((name, trim(value.get(1..)?)))
}

/// `field-name ":" OWS field-value OWS`
fn is_field(line: &[u8]) -> bool {
    split_field(line).is_some_and(|(name, value)| {
        !name.is_empty() && name.iter().copied().all(is_token) && without_control(value)
    })
}
