//! The signing string (draft 10, section 2.3), which is the input of the MAC.

use crate::{
    Error, HeaderNames, Headers, Name, Request,
    bytes::{Class, trim},
    names::{self, MAX_REPEATED, NameIndex, Special},
    primitives::{HELD_NAMES, Pieces, has_control},
    request::Singleton,
    writer::Writer,
};

/// The length of the longest signing string, in bytes.
///
/// A signature over a longer one is refused with [`Error::SigningStringTooLong`], because every key
/// would hash it. Builds for firmware have no room for it; they hash it once and then refuse it.
/// The string of Drone has 96 bytes.
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
/// - [`Error::ControlByte`] if a covered value holds one, or the method or target one or a space
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
    let mut index = NameIndex::new();
    names::check_list(names.names(), &mut index)?;
    let string = SigningString::new(request, names.names(), Some(&index))?;
    let mut counter = Writer::new(&mut []);
    string.write(&mut |bytes| counter.push(bytes))?;
    if counter.needed() > MAX_SIGNING_STRING_LEN {
        return Err(Error::SigningStringTooLong);
    }
    let mut writer = Writer::exact(out, counter.needed())?;
    string.write(&mut |bytes| writer.push(bytes))?;
    writer.finish()
}

/// The signing string of `request` over `names`, which is written in pieces.
pub(crate) struct SigningString<'r, 'a, H: ?Sized, I> {
    request: &'r Request<'a, H>,
    names: I,
    /// The value of each name, found in one pass over the fields. Empty in builds with `HELD_NAMES` 0,
    /// to save stack.
    values: heapless::Vec<Singleton<'a>, HELD_NAMES>,
}

impl<'r, 'a, 'n, H, I> SigningString<'r, 'a, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    /// Looks up the names, which [`names::check_list`] has checked and added to `index`.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyNames`] if the request repeats more than [`MAX_REPEATED`] of them.
    pub(crate) fn new(
        request: &'r Request<'a, H>,
        names: I,
        index: Option<&NameIndex<'n>>,
    ) -> Result<Self, Error> {
        let mut string = Self { request, names, values: heapless::Vec::new() };
        if string.count_repeated(index) > MAX_REPEATED {
            return Err(Error::TooManyNames);
        }
        Ok(string)
    }

    /// Returns the number of names that the request repeats.
    fn count_repeated(&mut self, index: Option<&NameIndex<'n>>) -> usize {
        if HELD_NAMES == 0 {
            let is_repeated = |name: &Name<'n>| {
                let mut values = self.request.values(*name);
                values.next().is_some() && values.next().is_some()
            };
            return self.names.clone().filter(is_repeated).count();
        }
        // Drone's list has no index: its two names were found once each.
        let Some(index) = index else { return 0 };
        for _ in 0..index.len() {
            let _ = self.values.push(Singleton::default());
        }
        for (name, value) in self.request.headers.fields() {
            if let Some(found) = index.find(name).and_then(|at| self.values.get_mut(at)) {
                found.add(trim(value));
            }
        }
        self.values.iter().filter(|value| value.count > 1).count()
    }

    /// Passes the value of the covered header at `index` to `sink`.
    fn value(
        &self,
        name: Name<'n>,
        index: usize,
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(), Error> {
        match name.special() {
            Some(Special::RequestTarget) => return self.request_target(index, sink),
            Some(Special::Host) => self.request.check_host()?,
            _ => {}
        }
        if HELD_NAMES != 0
            && let Some(held) = self.values.get(index)
            && held.count < 2
        {
            let value = held.once().ok_or(Error::MissingHeader { index })?;
            sink(value);
            return check_value(value, index);
        }
        let mut found = Err(Error::MissingHeader { index });
        for value in self.request.values(name) {
            if found.is_ok() {
                sink(b", ");
            }
            sink(value);
            check_value(value, index)?;
            found = Ok(());
        }
        found
    }

    /// Passes method and target to `sink`.
    fn request_target(&self, index: usize, sink: &mut impl FnMut(&[u8])) -> Result<(), Error> {
        let Request { method, target, .. } = self.request;
        let target = target.ok_or(Error::MissingHeader { index })?;
        // Neither can hold one of these in a request that was received.
        if !Class::VISIBLE.has_all(method) || !Class::VISIBLE.has_all(target) {
            return Err(Error::ControlByte { index });
        }
        Name::plain(method).lowercase(sink);
        sink(b" ");
        sink(target);
        Ok(())
    }
}

impl<'n, H, I> Pieces for SigningString<'_, '_, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    /// Passes the string to `sink`, piece by piece.
    ///
    /// # Errors
    ///
    /// [`Error::MissingHeader`], [`Error::HostMismatch`] or [`Error::ControlByte`], because a control
    /// byte could forge a line. `sink` may have received a part of the string by then.
    fn write(&self, sink: &mut impl FnMut(&[u8])) -> Result<(), Error> {
        for (index, name) in self.names.clone().enumerate() {
            if index > 0 {
                sink(b"\n");
            }
            name.lowercase(sink);
            sink(b": ");
            self.value(name, index, sink)?;
        }
        Ok(())
    }
}

/// Checks that the value of the covered header at `index` holds no control byte.
fn check_value(bytes: &[u8], index: usize) -> Result<(), Error> {
    if has_control(bytes) { Err(Error::ControlByte { index }) } else { Ok(()) }
}
