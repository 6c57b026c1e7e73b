//! The head of a raw HTTP/1.1 request: its request line and its field lines, in one buffer.
//!
//! Parsed in place, one line at a time, so the number of fields is unlimited. `httparse` is not used
//! because it needs a slice for all headers up front.

use crate::{
    Error, Headers, Request,
    bytes::{Class, trim},
    primitives::{has_control, take_part},
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
    /// The field lines and the empty line, each with its CRLF.
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
        let mut rest = head;
        let (method, target) =
            take_request_line(&mut rest).ok_or(Error::MalformedHead { at: 0 })?;
        let fields = rest;
        while !matches!(rest, b"\r\n") {
            let at = head.len().saturating_sub(rest.len());
            if !take_field(&mut rest).is_some_and(is_field) {
                return Err(Error::MalformedHead { at });
            }
        }
        Ok(Self { method, target, fields })
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
        core::iter::from_fn(move || take_field(&mut rest))
    }
}

/// Removes the next line, and splits it into name and value. Returns `None` if it is not of that form.
fn take_field<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut line = take_line(rest)?;
    let name = take_part(&mut line, b':')?;
    Some((name, trim(line)))
}

/// Returns whether this is a `field-name` and a `field-value`.
fn is_field((name, value): (&[u8], &[u8])) -> bool {
    is_filled(name, Class::TOKEN) && !has_control(value)
}

/// Removes and returns the next line. Returns `None` if there is none, or no CR before its LF.
fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    take_part(rest, b'\n')?.strip_suffix(b"\r")
}

/// Returns whether `text` has bytes, and only those of `class`.
fn is_filled(text: &[u8], class: Class) -> bool {
    !text.is_empty() && class.has_all(text)
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

/// Removes `method SP request-target SP HTTP-version CRLF`. Returns the method and the target.
fn take_request_line<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut line = take_line(rest)?;
    let method = take_part(&mut line, b' ')?;
    let target = take_part(&mut line, b' ')?;
    let fits = is_filled(method, Class::TOKEN)
        && is_filled(target, Class::VISIBLE)
        && matches!(line.strip_prefix(b"HTTP/1."), Some(b"1" | b"0"));
    fits.then_some((method, target))
}
