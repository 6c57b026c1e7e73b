//! The signing string (draft 10, section 2.3), which is the input of the MAC.

use crate::{
    Error, HeaderNames, Headers, Name, Request,
    bytes::{Class, trim},
    names::{CheckedNames, MAX_REPEATS, NameIndex},
    primitives::{HELD_NAMES, Pieces, has_control},
    writer::Writer,
};

/// The length of the longest signing string, in bytes.
///
/// A signature over a longer one is refused with [`Error::SigningStringTooLong`], because every key
/// would hash it. The string of Drone has 96 bytes.
pub const MAX_SIGNING_STRING_LEN: usize = 4096;

/// Writes the signing string of `request` over `names` to `out` and returns the written part.
///
/// The string has a line `name: value` for each name, joined by `\n`. The name is in lower case, and
/// the trimmed values of a repeated header are joined by `, ` in order. The value of
/// `(request-target)` is the method in lower case, a space and the target.
///
/// This function is for diagnostics and for other algorithms. To sign and to verify, the crate streams
/// the string into the MAC.
///
/// # Errors
///
/// - [`Error::BufferTooSmall`] with the length needed
/// - [`Error::EmptyList`], [`Error::TooManyNames`], [`Error::MalformedList`],
///   [`Error::RepeatedName`] or [`Error::UnsupportedName`] if `names` cannot be signed
/// - [`Error::MissingHeader`] if a name is not in the request
/// - [`Error::ControlByte`] if a covered value holds a control byte, or a covered method or target holds
///   a control byte or a space
/// - [`Error::HostMismatch`] if `host` is in `names` and the request contradicts itself about it
/// - [`Error::SigningStringTooLong`] if the string is longer than [`MAX_SIGNING_STRING_LEN`] bytes
///
/// # Examples
///
/// ```
/// use hooksig::{signing_string, Request};
///
/// let headers = [("Host", "example.org"), ("Date", " Tue, 07 Jun 2014 20:51:35 GMT")];
/// let request = Request::new("GET", "/foo", &headers);
/// let mut out = [0; 128];
/// assert_eq!(
///     signing_string(&request, &["(request-target)", "date"], &mut out)?,
///     b"(request-target): get /foo\ndate: Tue, 07 Jun 2014 20:51:35 GMT",
/// );
/// # Ok::<(), hooksig::Error>(())
/// ```
pub fn signing_string<'o, H, N>(
    request: &Request<'_, H>,
    names: &N,
    out: &'o mut [u8],
) -> Result<&'o [u8], Error>
where
    H: Headers + ?Sized,
    N: HeaderNames + ?Sized,
{
    let (mut index, mut covered) = (NameIndex::new(), CoveredFields::default());
    let mut checked = CheckedNames::new(names.names(), &mut index)?;
    let string = SigningString::new(request, &mut checked, &mut covered);
    let mut writer = Writer::exact(out, string.check()?)?;
    string.write(&mut |bytes| writer.push(bytes));
    writer.finish()
}

const SEPARATOR: &[u8] = b", ";

/// The number of fields that repeat a covered header and are held: one more than is allowed.
const HELD_REPEATS: usize = if HELD_NAMES == 0 { 0 } else { MAX_REPEATS + 1 };

/// The values of every name, found in one pass over the fields of a request. Empty in builds with
/// `HELD_NAMES` 0, to save stack.
#[derive(Default)]
pub(crate) struct CoveredFields<'a> {
    /// The first value of each name.
    first: heapless::Vec<Option<&'a [u8]>, HELD_NAMES, u8>,
    /// The other values in order, each with the index of its name. If there are too many, some are left
    /// out.
    repeats: heapless::Vec<(u8, &'a [u8]), HELD_REPEATS, u8>,
}

impl<'a> CoveredFields<'a> {
    fn add(&mut self, index: usize, value: &'a [u8]) {
        match self.first.get_mut(index) {
            Some(first @ None) => *first = Some(value),
            _ => _ = self.repeats.push((index as u8, value)),
        }
    }

    /// Passes the values of the name at `index` to `take`, in order.
    fn for_each_value(&self, index: usize, mut take: impl FnMut(&'a [u8])) {
        if let Some(Some(first)) = self.first.get(index) {
            take(first);
        }
        for (of, value) in &self.repeats {
            if usize::from(*of) == index {
                take(value);
            }
        }
    }
}

/// A summary of the values of one covered header.
#[derive(Default)]
struct Summary<'a> {
    last: Option<&'a [u8]>,
    /// The length of all values, joined by [`SEPARATOR`].
    len: usize,
    has_control: bool,
}

/// The signing string of a request over a list of names.
pub(crate) struct SigningString<'s, 'a, 'm, 'n, H: ?Sized, I> {
    request: &'s Request<'a, H>,
    names: &'s CheckedNames<'m, 'n, I>,
    covered: &'s CoveredFields<'a>,
}

impl<'s, 'a, 'm, 'n, H, I> SigningString<'s, 'a, 'm, 'n, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    /// Looks up the names. The caller lends the memory for their fields. Call [`check`](Self::check)
    /// before the string is written.
    pub(crate) fn new(
        request: &'s Request<'a, H>,
        names: &'s mut CheckedNames<'m, 'n, I>,
        covered: &'s mut CoveredFields<'a>,
    ) -> Self {
        if HELD_NAMES != 0 {
            names.hold();
            names.iter().for_each(|_| _ = covered.first.push(None));
            for (name, value) in request.headers.fields() {
                if let Some(index) = names.find(name) {
                    covered.add(index, trim(value));
                }
            }
        }
        Self { request, names, covered }
    }

    /// Checks every line. Returns the length of the string.
    ///
    /// # Errors
    ///
    /// - [`Error::TooManyNames`] if more than [`MAX_REPEATS`] fields repeat one of the names
    /// - [`Error::MissingHeader`], [`Error::HostMismatch`], or [`Error::ControlByte`], because a
    ///   control byte could forge a line
    /// - [`Error::SigningStringTooLong`]
    pub(crate) fn check(&self) -> Result<usize, Error> {
        // The first line has no LF. No sum overflows, because every byte is in memory.
        let (mut len, mut repeats, mut checked) = (0usize.wrapping_sub(1), 0usize, Ok(()));
        for (index, name) in self.names.iter().enumerate() {
            let values = self.summarize(name, index, &mut repeats);
            len = len.wrapping_add(b"\n: ".len()).wrapping_add(name.len());
            if checked.is_ok() {
                checked = self.check_values(name, index, &values, &mut len);
            }
        }
        if repeats > MAX_REPEATS {
            return Err(Error::TooManyNames);
        }
        checked?;
        if len > MAX_SIGNING_STRING_LEN {
            return Err(Error::SigningStringTooLong);
        }
        Ok(len)
    }

    /// Passes the values of the name at `index` to `take`, in order.
    fn for_each_value(&self, name: Name<'n>, index: usize, mut take: impl FnMut(&'a [u8])) {
        if HELD_NAMES != 0 {
            return self.covered.for_each_value(index, take);
        }
        for value in self.request.values(name) {
            take(value);
        }
    }

    /// Summarizes the values of the name at `index`. Adds the number of values after the first to
    /// `repeats`.
    fn summarize(&self, name: Name<'n>, index: usize, repeats: &mut usize) -> Summary<'a> {
        let mut values = Summary::default();
        self.for_each_value(name, index, |value| {
            if values.last.is_some() {
                *repeats = repeats.wrapping_add(1);
                values.len = values.len.wrapping_add(SEPARATOR.len());
            }
            values.has_control |= has_control(value);
            values.len = values.len.wrapping_add(value.len());
            values.last = Some(value);
        });
        values
    }

    /// Checks the values of the name at `index`, and adds their length to `len`.
    fn check_values(
        &self,
        name: Name<'n>,
        index: usize,
        values: &Summary<'a>,
        len: &mut usize,
    ) -> Result<(), Error> {
        let is_clean = if self.names.is_target(index) {
            let Request { method, target, .. } = self.request;
            let target = target.ok_or(Error::MissingHeader { index })?;
            *len = len.wrapping_add(method.len()).wrapping_add(target.len()).wrapping_add(1);
            Class::VISIBLE.has_all(method) && Class::VISIBLE.has_all(target)
        } else {
            let value = values.last.ok_or(Error::MissingHeader { index })?;
            let is_other = || values.len != value.len() || self.request.is_for_other(value);
            if name.is(b"host") && is_other() {
                return Err(Error::HostMismatch);
            }
            *len = len.wrapping_add(values.len);
            !values.has_control
        };
        if is_clean { Ok(()) } else { Err(Error::ControlByte { index }) }
    }

    /// Passes the value of the name at `index` to `sink`.
    fn write_value(&self, name: Name<'n>, index: usize, sink: &mut impl FnMut(&[u8])) {
        if self.names.is_target(index) {
            let Request { method, target, .. } = self.request;
            Name::plain(method).lowercase(sink);
            sink(b" ");
            return sink(target.unwrap_or_default());
        }
        let mut separator: &[u8] = b"";
        self.for_each_value(name, index, |value| {
            sink(separator);
            sink(value);
            separator = SEPARATOR;
        });
    }
}

impl<'n, H, I> Pieces for SigningString<'_, '_, '_, 'n, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    fn write(&self, sink: &mut impl FnMut(&[u8])) {
        let mut separator: &[u8] = b"";
        for (index, name) in self.names.iter().enumerate() {
            sink(separator);
            separator = b"\n";
            name.lowercase(sink);
            sink(b": ");
            self.write_value(name, index, sink);
        }
    }
}
