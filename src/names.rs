//! The names of covered headers: the `headers` parameter.

use core::{cmp::Ordering, mem};

use crate::{
    Error,
    bytes::{Class, in_bounds},
    params::Value,
    primitives::{self, FEW_NAMES, Fingerprint, HELD_NAMES, eq_ignore_case, words},
};

/// The largest number of names that a signature may cover.
///
/// A signature with more names is refused with [`Error::TooManyNames`]. So is a request in which more
/// than sixteen fields repeat a covered header.
pub const MAX_NAMES: usize = 128;

/// The largest number of fields that may repeat a covered header, because each is held until the
/// signing string is written. With more, the request is refused with [`Error::TooManyNames`].
pub(crate) const MAX_REPEATS: usize = 16;

/// The largest length of a list with quoted-pairs, in bytes, without their backslashes. A longer one is
/// malformed. No name needs them, and to compare them with every field takes long.
pub(crate) const MAX_ESCAPED_LEN: usize = 192;

/// Memory for a list whose quoted-pairs are resolved. Empty in builds with `HELD_NAMES` 0.
pub(crate) type ResolvedList =
    heapless::Vec<u8, { if HELD_NAMES == 0 { 0 } else { MAX_ESCAPED_LEN } }>;

/// The headers that Drone covers, in its order.
pub(crate) const COVERED: [&str; 2] = ["date", "digest"];

/// [`COVERED`] as a list.
pub(crate) const DATE_DIGEST: &[u8] = b"date digest";

/// The names that drafts 11 and 12 forbid with HMAC.
const UNSUPPORTED: [&[u8]; 2] = [b"(created)", b"(expires)"];

/// The name of a covered header, compared ignoring ASCII case.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a>(Value<'a>);

impl<'a> Name<'a> {
    pub(crate) const fn plain(name: &'a [u8]) -> Self {
        Self(Value::plain(name))
    }

    /// Returns whether this is `name`.
    pub fn is(&self, name: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        self.same(&Name::plain(name.as_ref()))
    }

    /// Returns the bytes of the name in lower case.
    pub fn lower(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }

    /// Returns the length of the name, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.plain_slice().map_or_else(|| self.0.bytes().count(), <[u8]>::len)
    }

    /// Passes the name in lower case to `sink`, in one piece if it is in lower case already.
    pub(crate) fn lowercase(&self, sink: &mut impl FnMut(&[u8])) {
        match self.0.plain_slice() {
            Some(plain) if !words::has_upper_case(plain) => sink(plain),
            _ => self.lower().for_each(|byte| sink(&[byte])),
        }
    }

    /// Returns a hash of the name, ignoring case. Different names can have the same one.
    fn fingerprint(&self) -> Fingerprint {
        match self.0.as_slice() {
            Some(plain) => words::fingerprint(plain),
            None => {
                // A list of `Params` that a caller passes in, with at most MAX_ESCAPED_LEN bytes.
                let mut resolved = ResolvedList::new();
                HeaderList(self.0).resolve(&mut resolved);
                words::fingerprint(&resolved)
            }
        }
    }

    /// Orders names that have the same fingerprint.
    fn order(&self, other: &Name<'_>) -> Ordering {
        self.len().cmp(&other.len()).then_with(|| match (self.0.as_slice(), other.0.as_slice()) {
            (Some(one), Some(other)) => words::order_lower(one, other),
            _ => self.lower().cmp(other.lower()),
        })
    }

    pub(crate) fn same(&self, other: &Name<'_>) -> bool {
        match (self.0.plain_slice(), other.0.plain_slice()) {
            (Some(one), Some(other)) => eq_ignore_case(one, other),
            _ => self.0.equals(&other.0, true),
        }
    }
}

/// An index of the names of a list. Empty in builds with `HELD_NAMES` 0, to save stack.
pub(crate) struct NameIndex<'n> {
    /// The names as received.
    names: heapless::Vec<&'n [u8], HELD_NAMES, u8>,
    /// Whether a name may contain a quoted-pair.
    has_escapes: bool,
    /// Sorted by fingerprint and then name. Empty up to [`FEW_NAMES`], if none contains a quoted-pair.
    sorted: heapless::Vec<Place, HELD_NAMES, u8>,
}

/// The place of a name in an index.
#[derive(Clone, Copy)]
struct Place {
    fingerprint: Fingerprint,
    index: u8,
}

impl<'n> NameIndex<'n> {
    /// Creates an index without names.
    pub(crate) const fn new() -> Self {
        Self { names: heapless::Vec::new(), has_escapes: false, sorted: heapless::Vec::new() }
    }

    /// Adds a name at the end of the list. Returns `false` if the list has it already.
    fn insert(&mut self, raw: &'n [u8], has_escapes: bool) -> bool {
        self.has_escapes |= has_escapes;
        let is_sorted = self.has_escapes || self.names.len() >= FEW_NAMES;
        if is_sorted {
            self.sort();
        }
        if self.find(&Name(Value::from_raw(raw, has_escapes))).is_some() {
            return false;
        }
        let _ = self.names.push(raw);
        if is_sorted {
            self.sort();
        }
        true
    }

    /// Sorts the names that are not sorted yet.
    fn sort(&mut self) {
        for index in self.sorted.len()..self.names.len() {
            self.sort_in(index);
        }
    }

    /// Adds the name at `index` to the sorted ones.
    fn sort_in(&mut self, index: usize) {
        let Some(name) = self.name(index) else { return };
        let place = Place { fingerprint: name.fingerprint(), index: index as u8 };
        let at = self.search(place.fingerprint, &name).unwrap_or_else(|at| at);
        let _ = self.sorted.push(place);
        let from = in_bounds(self.sorted.get_mut(at..));
        from.iter_mut().fold(place, |place, to| mem::replace(to, place));
    }

    /// Returns the position of `name` in the list.
    fn find(&self, name: &Name<'_>) -> Option<usize> {
        if self.sorted.is_empty() {
            // No name of the list contains a quoted-pair.
            return primitives::position(&self.names, name.0.plain_slice()?);
        }
        let at = self.search(name.fingerprint(), name).ok()?;
        self.sorted.get(at).map(|place| usize::from(place.index))
    }

    /// Returns the position of `name` in `sorted`, or the position to insert it at as an error.
    fn search(&self, fingerprint: Fingerprint, name: &Name<'_>) -> Result<usize, usize> {
        let at = self.sorted.partition_point(|place| place.fingerprint < fingerprint);
        match self.sorted.get(at) {
            Some(place) if place.fingerprint == fingerprint => self.search_from(at, *place, name),
            _ => Err(at),
        }
    }

    /// Does the same as [`search`](Self::search) among the places from `at` with the fingerprint of `name`.
    fn search_from(&self, at: usize, first: Place, name: &Name<'_>) -> Result<usize, usize> {
        if self.name(first.index.into()).is_some_and(|held| held.same(name)) {
            return Ok(at);
        }
        let from = in_bounds(self.sorted.get(at..));
        let count = from.partition_point(|place| place.fingerprint == first.fingerprint);
        let same = in_bounds(from.get(..count));
        let found = same.binary_search_by(|place| self.order(place, name));
        found.map(|place| at.wrapping_add(place)).map_err(|place| at.wrapping_add(place))
    }

    /// Compares the name at a place with one that has the same fingerprint.
    fn order(&self, place: &Place, name: &Name<'_>) -> Ordering {
        self.name(place.index.into()).map_or(Ordering::Less, |held| held.order(name))
    }

    /// Returns the name at `index`.
    fn name(&self, index: usize) -> Option<Name<'n>> {
        let raw = self.names.get(index)?;
        Some(Name(Value::from_raw(raw, self.has_escapes)))
    }
}

/// An ordered list of header names that a signature covers.
///
/// Implemented for slices and arrays of `&str` and other types with bytes, and for [`HeaderList`].
pub trait HeaderNames {
    /// Returns the names in order.
    fn names(&self) -> impl Iterator<Item = Name<'_>> + Clone;
}

impl<T: AsRef<[u8]>> HeaderNames for [T] {
    fn names(&self) -> impl Iterator<Item = Name<'_>> + Clone {
        self.iter().map(|name| Name::plain(name.as_ref()))
    }
}

impl<T: AsRef<[u8]>, const N: usize> HeaderNames for [T; N] {
    fn names(&self) -> impl Iterator<Item = Name<'_>> + Clone {
        self.as_slice().names()
    }
}

/// A list of names in the form of the `headers` parameter: names separated by single spaces.
#[derive(Clone, Copy, Debug)]
pub struct HeaderList<'a>(pub(crate) Value<'a>);

impl<'a> HeaderList<'a> {
    /// Creates a list from a text such as `date digest`. The syntax is checked when the list is used.
    pub fn new(list: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self(Value::plain(list.as_ref()))
    }

    /// Returns the text of the list as received.
    pub fn value(&self) -> Value<'a> {
        self.0
    }

    /// Returns the names. They borrow the text of the list, not the list.
    pub fn iter(&self) -> impl Iterator<Item = Name<'a>> + Clone + use<'a> {
        self.0.split_at_spaces().map(Name)
    }

    /// Resolves the quoted-pairs of a list, in builds that hold names.
    pub(crate) fn resolve<'m>(self, memory: &'m mut ResolvedList) -> HeaderList<'m>
    where
        'a: 'm,
    {
        if HELD_NAMES == 0 || self.0.as_slice().is_some() {
            return self;
        }
        for byte in self.0.bytes() {
            let _ = memory.push(byte);
        }
        HeaderList::new(memory)
    }

    /// Returns whether `name` is in the list.
    pub fn contains(&self, name: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        let name = Name::plain(name.as_ref());
        self.iter().any(|listed| listed.same(&name))
    }
}

impl HeaderNames for HeaderList<'_> {
    fn names(&self) -> impl Iterator<Item = Name<'_>> + Clone {
        self.iter()
    }
}

/// One to [`MAX_NAMES`] header names without repetition. They are split once, into an index that the
/// caller lends.
pub(crate) struct CheckedNames<'m, 'n, I> {
    listed: I,
    index: &'m mut NameIndex<'n>,
    /// The position of `(request-target)`, which covers method and target (draft 10, section 2.3).
    /// [`NOWHERE`] without that name.
    target: u8,
    /// Whether this is known to be the list of every Drone server. Never set in builds without
    /// shortcuts. The index is empty until the names are [held](Self::hold).
    pub(crate) is_date_digest: bool,
}

/// A position that no name has.
const NOWHERE: u8 = MAX_NAMES as u8;

/// Checks the list of a signature.
pub(crate) fn check_covered<'m, 'n>(
    list: HeaderList<'n>,
    index: &'m mut NameIndex<'n>,
) -> Result<CheckedNames<'m, 'n, impl Iterator<Item = Name<'n>> + Clone + use<'n>>, Error> {
    if list.0.plain_slice() == Some(DATE_DIGEST) {
        let listed = list.iter();
        return Ok(CheckedNames { listed, index, target: NOWHERE, is_date_digest: true });
    }
    CheckedNames::new(list.iter(), index)
}

impl<'m, 'n, I: Iterator<Item = Name<'n>> + Clone> CheckedNames<'m, 'n, I> {
    /// Checks names.
    pub(crate) fn new(listed: I, index: &'m mut NameIndex<'n>) -> Result<Self, Error> {
        let names = listed.clone();
        let mut checked = Self { listed, index, target: NOWHERE, is_date_digest: false };
        let mut count = 0;
        for name in names {
            checked.check(count, name)?;
            count = count.wrapping_add(1);
        }
        if count == 0 { Err(Error::EmptyList) } else { Ok(checked) }
    }

    /// Checks the name at `index`, and adds it.
    fn check(&mut self, index: usize, name: Name<'n>) -> Result<(), Error> {
        if index == MAX_NAMES {
            return Err(Error::TooManyNames);
        }
        let is_usual = name.0.plain_slice().is_some_and(words::is_usual_name);
        // Names in parentheses are not tokens.
        if !is_usual && (name.0.is_empty() || !name.0.all(Class::TOKEN)) {
            if UNSUPPORTED.iter().any(|unsupported| name.is(unsupported)) {
                return Err(Error::UnsupportedName { index });
            }
            if !name.is(b"(request-target)") {
                return Err(Error::MalformedList { index });
            }
            self.target = index as u8;
        }
        let is_new = if HELD_NAMES != 0 { self.insert(name) } else { self.search(&name) == index };
        if is_new { Ok(()) } else { Err(Error::RepeatedName { index }) }
    }

    /// Adds a name to the index. Returns `false` if it is there already.
    fn insert(&mut self, name: Name<'n>) -> bool {
        let (raw, has_escapes) = name.0.raw();
        self.index.insert(raw, has_escapes)
    }

    /// Fills the index, so that [`find`](Self::find) finds the names.
    pub(crate) fn hold(&mut self) {
        if self.is_date_digest {
            self.is_date_digest = false;
            self.listed.clone().for_each(|name| {
                self.insert(name);
            });
        }
    }

    /// Returns the names in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Name<'n>> {
        let (mut listed, mut index) = (self.listed.clone(), 0..);
        core::iter::from_fn(move || {
            if HELD_NAMES == 0 { listed.next() } else { self.index.name(index.next()?) }
        })
    }

    /// Returns whether the name at `index` is `(request-target)`.
    pub(crate) fn is_target(&self, index: usize) -> bool {
        usize::from(self.target) == index
    }

    /// Returns the position of the name of a field. Only for builds that hold the names.
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        self.index.find(&Name::plain(name))
    }

    /// Returns whether `name` is in the list.
    pub(crate) fn contains(&self, name: &Name<'_>) -> bool {
        if HELD_NAMES != 0 && !self.is_date_digest {
            return self.index.find(name).is_some();
        }
        self.search(name) < MAX_NAMES
    }

    /// Returns the position of `name`, found without the index, or `usize::MAX`.
    fn search(&self, name: &Name<'_>) -> usize {
        self.listed.clone().position(|listed| listed.same(name)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::Params;

    #[test]
    fn quoted_pairs_of_a_list_are_resolved() {
        let field = br#"keyId="k",algorithm="a",headers="\date di\gest",signature="s""#;
        let params = Params::parse(field).expect("the parameters are well-formed");
        let mut memory = ResolvedList::new();
        let list = params.headers().resolve(&mut memory);
        let expected = (HELD_NAMES != 0).then_some(DATE_DIGEST);
        assert_eq!(list.value().as_slice(), expected);
    }
}
