//! The head of a raw HTTP/1.1 request: its request line and its field lines, in one buffer.
//!
//! Parsed in place, one line at a time, so the number of fields is unlimited. `httparse` is not used
//! because it needs a slice for all headers up front.

use crate::{
    Error, Headers, Request,
    bytes::{Class, in_bounds, trim},
    primitives::{has_control, split_at},
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
    /// Parses a head, from its request line to the empty line. Nothing may follow.
    ///
    /// Only lines that RFC 9112 allows a sender are accepted. Every line ends in CRLF, no line is
    /// folded, and no space comes between a name and its colon. The meaning of the target and the
    /// fields is not checked. The target may be any bytes other than white space and control bytes,
    /// and `Host` may be absent.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedHead`] with the offset of the first line that does not fit.
    pub fn parse(head: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let head = head.as_ref();
        let (method, target, fields) =
            parse_request_line(head).ok_or(Error::MalformedHead { at: 0 })?;
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
        Ok(Self { method, target, fields: in_bounds(fields.get(..len)) })
    }

    /// Returns the head at the start of `received`, including its empty line, or `None` if the empty
    /// line has not been received yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use hooksig::Head;
    ///
    /// let received = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
    /// let head = Head::find(received).unwrap();
    /// assert_eq!(head.len(), 38);
    /// assert_eq!(Head::parse(head)?.body_len(), Some(2));
    /// assert_eq!(Head::find(&received[..37]), None);
    /// # Ok::<(), hooksig::Error>(())
    /// ```
    pub fn find(received: &'a (impl AsRef<[u8]> + ?Sized)) -> Option<&'a [u8]> {
        const END: &[u8] = b"\r\n\r\n";
        let received = received.as_ref();
        let at = received.windows(END.len()).position(|four| four == END)?;
        received.get(..at.checked_add(END.len())?)
    }

    /// Returns the length of the body: `Content-Length`, or 0 without that field.
    ///
    /// Returns `None` if the end of the body is not certain. Then there is a `Transfer-Encoding` field,
    /// more than one `Content-Length`, or one that is not a decimal number or exceeds `isize::MAX`. A
    /// receiver refuses such a request and closes the connection.
    pub fn body_len(&self) -> Option<usize> {
        let mut len = None;
        for (name, value) in self.fields() {
            if name.eq_ignore_ascii_case(b"Transfer-Encoding") {
                return None;
            }
            if name.eq_ignore_ascii_case(b"Content-Length")
                && len.replace(parse_len(value)?).is_some()
            {
                return None;
            }
        }
        Some(len.unwrap_or_default())
    }

    /// Returns the method.
    pub fn method(&self) -> &'a [u8] {
        self.method
    }

    /// Returns the target as written in the request line.
    pub fn target(&self) -> &'a [u8] {
        self.target
    }

    /// Returns a view of this head as a request.
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

/// Splits at the first LF. Returns `None` if there is none, or no CR before it.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = split_at(text, b'\n');
    Some((line.strip_suffix(b"\r")?, rest.get(1..)?))
}

/// Parses `1*DIGIT`, at most `isize::MAX`, the largest size of an object.
fn parse_len(value: &[u8]) -> Option<usize> {
    let mut len = if value.is_empty() { None } else { Some(0usize) };
    for byte in value {
        let digit = usize::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        len = len?.checked_mul(10)?.checked_add(digit);
    }
    len.filter(|len| isize::try_from(*len).is_ok())
}

/// Parses `method SP request-target SP HTTP-version CRLF`. Returns the method, the target and the rest.
fn parse_request_line(head: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (line, fields) = split_line(head)?;
    let (method, rest) = split_at(line, b' ');
    let (target, version) = split_at(rest.get(1..)?, b' ');
    let fits = !method.is_empty()
        && Class::TOKEN.has_all(method)
        && !target.is_empty()
        && Class::VISIBLE.has_all(target)
        && matches!(version.strip_prefix(b" HTTP/1."), Some(b"1" | b"0"));
    fits.then_some((method, target, fields))
}

fn split_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = split_at(line, b':');
    Some((name, trim(value.get(1..)?)))
}

/// Returns whether `line` is `field-name ":" OWS field-value OWS`.
fn is_field(line: &[u8]) -> bool {
    split_field(line).is_some_and(|(name, value)| {
        !name.is_empty() && Class::TOKEN.has_all(name) && !has_control(value)
    })
}
