//! The signing string (draft 10, section 2.3): what the MAC is made of.

use crate::{
    Error, HeaderNames, Headers, Name, Request,
    bytes::trim,
    date, digest,
    names::{self, MAX_REPEATED, NameIndex},
    primitives::{HELD_NAMES, Pieces, has_control},
    request::Single,
};

/// Writes the signing string of `request` over `names` to `out` and gives the part written.
///
/// For each name a line `name: value`, joined by `\n`: the name in lower case, the instances of
/// the header in order joined by `, `, each without the white space around it. `(request-target)`
/// is the method in lower case, a space and the target.
///
/// Signing and verifying do not need it: they stream the string into the MAC. It is here for
/// diagnostics and for other algorithms.
///
/// # Errors
///
/// - [`Error::BufferTooSmall`] with the length that is needed
/// - [`Error::EmptyList`], [`Error::TooManyNames`], [`Error::MalformedList`],
///   [`Error::RepeatedName`] or [`Error::UnsupportedName`] if `names` cannot be signed
/// - [`Error::MissingHeader`] if a name is not in the request
/// - [`Error::ControlByte`] if a covered value holds one, or the method or target one or a space
/// - [`Error::HostMismatch`] if `host` is in `names` and the request contradicts itself about it
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
    names::check(names.names())?;
    let string = SigningString::new(request, names.names())?;
    let mut counter = Writer::new(&mut []);
    string.write(&mut |octets| counter.push(octets))?;
    let mut writer = Writer::exact(out, counter.needed())?;
    string.write(&mut |octets| writer.push(octets))?;
    writer.finish()
}

/// The signing string of `request` over `names`, never held whole.
pub(crate) struct SigningString<'r, 'a, H: ?Sized, I> {
    request: &'r Request<'a, H>,
    names: I,
    /// The value of each name, found in one pass over the fields. Empty in builds that have no stack
    /// for it.
    values: heapless::Vec<Single<'a>, HELD_NAMES>,
}

impl<'r, 'a, 'n, H, I> SigningString<'r, 'a, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    /// Looks the names up, which must have been found to be a list.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyNames`] if there are several fields of more than [`MAX_REPEATED`] of them.
    #[inline(never)]
    pub(crate) fn new(request: &'r Request<'a, H>, names: I) -> Result<Self, Error> {
        let mut string = Self { request, names, values: heapless::Vec::new() };
        if string.count_repeated() > MAX_REPEATED {
            return Err(Error::TooManyNames);
        }
        Ok(string)
    }

    /// Of how many names there are several fields.
    fn count_repeated(&mut self) -> usize {
        if HELD_NAMES == 0 {
            let is_repeated =
                |name: &Name<'n>| self.request.values(|found| name.is(found)).nth(1).is_some();
            return self.names.clone().filter(is_repeated).count();
        }
        let index = NameIndex::new(self.names.clone());
        for _ in 0..index.len() {
            let _ = self.values.push(Single::Absent);
        }
        for (name, value) in self.request.headers.fields() {
            if let Some(found) = index.find(name).and_then(|at| self.values.get_mut(at)) {
                found.add(trim(value));
            }
        }
        self.values.iter().filter(|value| matches!(value, Single::Repeated)).count()
    }

    /// The value of the covered header at `index`, instance by instance.
    fn value(
        &self,
        name: Name<'n>,
        index: usize,
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(), Error> {
        if name.is_request_target() {
            let Request { method, target, .. } = self.request;
            let target = target.ok_or(Error::MissingHeader { index })?;
            // Neither could have been received with one of these.
            let unfit = |octet: &u8| *octet == b' ' || octet.is_ascii_control();
            if method.iter().any(unfit) || target.iter().any(unfit) {
                return Err(Error::ControlByte { index });
            }
            names::write_lower(method.iter().map(u8::to_ascii_lowercase), sink);
            sink(b" ");
            sink(target);
            return Ok(());
        }
        if name.is("host") {
            self.request.check_host()?;
        }
        match self.values.get(index) {
            Some(Single::Absent) => return Err(Error::MissingHeader { index }),
            Some(Single::Once(value)) => {
                sink(value);
                return check(value, index);
            }
            Some(Single::Repeated) | None => {}
        }
        let mut found = Err(Error::MissingHeader { index });
        for value in self.request.values(|found| name.is(found)) {
            if found.is_ok() {
                sink(b", ");
            }
            sink(value);
            check(value, index)?;
            found = Ok(());
        }
        found
    }
}

impl<'n, H, I> Pieces for SigningString<'_, '_, H, I>
where
    H: Headers + ?Sized,
    I: Iterator<Item = Name<'n>> + Clone,
{
    /// Gives the string to `sink`, piece by piece.
    ///
    /// # Errors
    ///
    /// [`Error::MissingHeader`], [`Error::HostMismatch`] or [`Error::ControlByte`], with which a line
    /// could be forged. `sink` may have been given a part of the string by then.
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

/// The length of the signing string of a Drone delivery.
pub(crate) const DRONES_LEN: usize = DIGEST_AT + digest::LEN;

const DIGEST_AT: usize = b"date: ".len() + date::LEN + b"\ndigest: ".len();

/// The signing string over `date digest`.
///
/// Nearly every request is signed over these two, and where all lengths are known, a few copies
/// make the string.
pub(crate) fn of_drone(date: &[u8; date::LEN], digest: &[u8; digest::LEN]) -> [u8; DRONES_LEN] {
    let mut string = *b"date: Sun, 06 Nov 1994 08:49:37 GMT\n\
        digest: SHA-256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (at, value) in [(b"date: ".len(), date.as_slice()), (DIGEST_AT, digest.as_slice())] {
        if let Some(to) = string.get_mut(at..).and_then(|rest| rest.get_mut(..value.len())) {
            to.copy_from_slice(value);
        }
    }
    string
}

/// Checks what is covered at `index`.
fn check(octets: &[u8], index: usize) -> Result<(), Error> {
    if has_control(octets) { Err(Error::ControlByte { index }) } else { Ok(()) }
}

/// Writes pieces into a caller's buffer and counts what would have been needed.
pub(crate) struct Writer<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl<'o> Writer<'o> {
    pub(crate) fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// A writer into `out`, if that has room for `needed` bytes; otherwise nothing will be written.
    pub(crate) fn exact(out: &'o mut [u8], needed: usize) -> Result<Self, Error> {
        match out.len() < needed {
            true => Err(Error::BufferTooSmall { needed }),
            false => Ok(Self::new(out)),
        }
    }

    pub(crate) fn push(&mut self, octets: &[u8]) {
        let room = self.out.get_mut(self.len..).and_then(|rest| rest.get_mut(..octets.len()));
        if let Some(room) = room {
            room.copy_from_slice(octets);
        }
        self.len = self.len.saturating_add(octets.len());
    }

    /// The length of all that was pushed, whether there was room for it or not.
    pub(crate) fn needed(&self) -> usize {
        self.len
    }

    /// The part written, or the length needed.
    pub(crate) fn finish(self) -> Result<&'o [u8], Error> {
        let out: &'o [u8] = self.out;
        out.get(..self.len).ok_or(Error::BufferTooSmall { needed: self.len })
    }
}
