//! The signing string (draft 10, section 2.3), which is the input of the MAC.

use crate::{
    Error, HeaderNames, Headers, Name, Request,
    bytes::{Class, trim},
    names::{self, MAX_REPEATED, NameIndex, Special},
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
    names::check_list(names.names())?;
    let mut covered = CoveredFields::default();
    let string = SigningString::new(request, names.names(), &mut covered);
    let mut writer = Writer::exact(out, string.check()?)?;
    string.write(&mut |bytes| writer.push(bytes));
    writer.finish()
}

/// The fields of one covered header.
#[derive(Clone, Copy, Default)]
struct CoveredField<'a> {
    /// The last value, or one with a control byte if there is one. `None` if there is no field.
    value: Option<&'a [u8]>,
    /// The length of all values, joined by [`SEPARATOR`].
    len: usize,
}

const SEPARATOR: &[u8] = b", ";

impl<'a> CoveredField<'a> {
    fn add(&mut self, value: &'a [u8]) {
        // Every byte is in memory, and each field takes more of it than its separator.
        self.len = self.len.wrapping_add(value.len());
        if let Some(earlier) = self.value {
            self.len = self.len.wrapping_add(SEPARATOR.len());
            if has_control(earlier) {
                return;
            }
        }
        self.value = Some(value);
    }

    /// Returns the value if there is one field.
    fn once(&self) -> Option<&'a [u8]> {
        self.value.filter(|value| value.len() == self.len)
    }

    fn is_repeated(&self) -> bool {
        self.value.unwrap_or_default().len() != self.len
    }
}

/// The fields of every name, found in one pass over the fields of a request. Empty in builds with
/// `HELD_NAMES` 0, to save stack.
#[derive(Default)]
pub(crate) struct CoveredFields<'a>(heapless::Vec<CoveredField<'a>, HELD_NAMES>);

impl<'a> CoveredFields<'a> {
    /// Returns the fields of the name at `index`, unless they are not held.
    fn get(&self, index: usize) -> Option<CoveredField<'a>> {
        if HELD_NAMES != 0 { self.0.get(index).copied() } else { None }
    }

    fn find<'n, H>(&mut self, headers: &'a H, names: impl Iterator<Item = Name<'n>>)
    where
        H: Headers + ?Sized,
    {
        let mut index = NameIndex::new();
        for name in names {
            index.insert(name);
            let _ = self.0.push(CoveredField::default());
        }
        for (name, value) in headers.fields() {
            if let Some(field) = index.find(name).and_then(|at| self.0.get_mut(at)) {
                field.add(trim(value));
            }
        }
    }
}

/// The signing string of a request over a list of names.
pub(crate) struct SigningString<'s, 'a, H: ?Sized, I> {
    request: &'s Request<'a, H>,
    names: I,
    covered: &'s CoveredFields<'a>,
}

impl<'s, 'a, 'n, H, I> SigningString<'s, 'a, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    /// Looks up the names, which [`names::check_list`] has checked. The caller lends the memory for
    /// their fields. Call [`check`](Self::check) before the string is written.
    pub(crate) fn new(
        request: &'s Request<'a, H>,
        names: I,
        covered: &'s mut CoveredFields<'a>,
    ) -> Self {
        if HELD_NAMES != 0 {
            covered.find(request.headers, names.clone());
        }
        Self { request, names, covered }
    }

    /// Checks every line. Returns the length of the string.
    ///
    /// # Errors
    ///
    /// - [`Error::TooManyNames`] if the request repeats more than [`MAX_REPEATED`] of the names
    /// - [`Error::MissingHeader`], [`Error::HostMismatch`], or [`Error::ControlByte`], because a
    ///   control byte could forge a line
    /// - [`Error::SigningStringTooLong`]
    pub(crate) fn check(&self) -> Result<usize, Error> {
        // The first line has no LF. No sum overflows, because every byte is in memory.
        let (mut len, mut repeated, mut checked) = (0usize.wrapping_sub(1), 0usize, Ok(()));
        for (index, name) in self.names.clone().enumerate() {
            let field = self.field(name, index);
            repeated = repeated.wrapping_add(usize::from(field.is_repeated()));
            len = len.wrapping_add(b"\n: ".len()).wrapping_add(name.len());
            if checked.is_ok() {
                checked = self.check_value(name, index, field, &mut len);
            }
        }
        if repeated > MAX_REPEATED {
            return Err(Error::TooManyNames);
        }
        checked?;
        if len > MAX_SIGNING_STRING_LEN {
            return Err(Error::SigningStringTooLong);
        }
        Ok(len)
    }

    /// Returns the fields of the name at `index`.
    fn field(&self, name: Name<'n>, index: usize) -> CoveredField<'a> {
        if let Some(field) = self.covered.get(index) {
            return field;
        }
        let mut field = CoveredField::default();
        for value in self.request.values(name) {
            field.add(value);
        }
        field
    }

    /// Checks the value of the name at `index`, and adds its length to `len`.
    fn check_value(
        &self,
        name: Name<'n>,
        index: usize,
        field: CoveredField<'a>,
        len: &mut usize,
    ) -> Result<(), Error> {
        let is_clean = match name.special() {
            Some(Special::RequestTarget) => {
                let Request { method, target, .. } = self.request;
                let target = target.ok_or(Error::MissingHeader { index })?;
                *len = len.wrapping_add(method.len()).wrapping_add(target.len()).wrapping_add(1);
                Class::VISIBLE.has_all(method) && Class::VISIBLE.has_all(target)
            }
            special => {
                let value = field.value.ok_or(Error::MissingHeader { index })?;
                let is_other = || field.is_repeated() || self.request.is_for_other(value);
                if special == Some(Special::Host) && is_other() {
                    return Err(Error::HostMismatch);
                }
                *len = len.wrapping_add(field.len);
                !has_control(value)
            }
        };
        if is_clean { Ok(()) } else { Err(Error::ControlByte { index }) }
    }

    /// Passes the value of the name at `index` to `sink`.
    fn write_value(&self, name: Name<'n>, index: usize, sink: &mut impl FnMut(&[u8])) {
        let Request { method, target, .. } = self.request;
        if name.is(names::REQUEST_TARGET) {
            Name::plain(method).lowercase(sink);
            sink(b" ");
            return sink(target.unwrap_or_default());
        }
        if let Some(value) = self.covered.get(index).and_then(|field| field.once()) {
            return sink(value);
        }
        let mut separator: &[u8] = b"";
        for value in self.request.values(name) {
            sink(separator);
            sink(value);
            separator = SEPARATOR;
        }
    }
}

impl<'n, H, I> Pieces for SigningString<'_, '_, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    fn write(&self, sink: &mut impl FnMut(&[u8])) {
        let mut separator: &[u8] = b"";
        for (index, name) in self.names.clone().enumerate() {
            sink(separator);
            separator = b"\n";
            name.lowercase(sink);
            sink(b": ");
            self.write_value(name, index, sink);
        }
    }
}
