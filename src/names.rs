//! The names of covered headers: the `headers` parameter.

use core::cmp::Ordering;

use crate::{
    Error,
    bytes::{Class, in_bounds},
    params::Value,
    primitives::{HELD_NAMES, eq_ignore_case, usual},
};

/// The largest number of names that a signature may cover.
///
/// A signature with more names is refused with [`Error::TooManyNames`]. So is a signature that covers
/// more than eight repeated headers.
pub const MAX_NAMES: usize = 128;

/// The largest number of covered headers that the request may repeat, because each takes a pass over
/// all its fields. With more, the request is refused with [`Error::TooManyNames`].
pub(crate) const MAX_REPEATED: usize = 8;

/// The headers that Drone covers, in its order.
pub(crate) const COVERED: [&str; 2] = ["date", "digest"];

/// [`COVERED`] as a list.
pub(crate) const DATE_DIGEST: &[u8] = b"date digest";

/// The names with a special meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// `(request-target)` covers method and target (draft 10, section 2.3).
    RequestTarget,
    Host,
    /// `(created)` and `(expires)`, which drafts 11 and 12 forbid with HMAC.
    Unsupported,
}

/// The name that covers method and target.
pub(crate) const REQUEST_TARGET: &[u8] = b"(request-target)";

static SPECIAL: [(Name<'static>, Special); 4] = [
    (Name::plain(REQUEST_TARGET), Special::RequestTarget),
    (Name::plain(b"host"), Special::Host),
    (Name::plain(b"(created)"), Special::Unsupported),
    (Name::plain(b"(expires)"), Special::Unsupported),
];

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

    /// Returns the special meaning of the name, if it has one.
    pub(crate) fn special(&self) -> Option<Special> {
        SPECIAL.iter().find(|(name, _)| self.same(name)).map(|(_, special)| *special)
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
            Some(plain) if !plain.iter().any(u8::is_ascii_uppercase) => sink(plain),
            _ => self.lower().for_each(|byte| sink(&[byte])),
        }
    }

    /// Returns a hash of the name in lower case. Different names can have the same one.
    fn fingerprint(&self) -> u16 {
        let print = match self.0.as_slice() {
            Some(plain) => {
                let (words, rest) = plain.as_chunks();
                let fold = |print, word: &[u8; 8]| mix(print, lower_word(*word));
                mix_rest(words.iter().fold(0, fold), rest)
            }
            None => {
                let mut name = self.0.bytes();
                let (mut print, mut word) = (0, [0; 8]);
                loop {
                    let filled =
                        word.iter_mut().zip(&mut name).map(|(to, byte)| *to = byte).count();
                    match word.get(..filled) {
                        Some(rest) if filled < word.len() => break mix_rest(print, rest),
                        _ => print = mix(print, lower_word(word)),
                    }
                }
            }
        };
        // The upper bits depend on every bit of the name.
        (print >> 48) as u16
    }

    /// Orders names that have the same fingerprint.
    fn order(&self, other: &Name<'_>) -> Ordering {
        if let (Some(one), Some(other)) = (self.0.as_slice(), other.0.as_slice()) {
            return one.len().cmp(&other.len()).then_with(|| order_lower(one, other));
        }
        self.lower().cmp(other.lower())
    }

    pub(crate) fn same(&self, other: &Name<'_>) -> bool {
        match (self.0.plain_slice(), other.0.plain_slice()) {
            (Some(one), Some(other)) => eq_ignore_case(one, other),
            _ => self.0.equals(&other.0, true),
        }
    }

    fn check_syntax(&self, index: usize) -> Result<(), Error> {
        match self.special() {
            Some(Special::Unsupported) => Err(Error::UnsupportedName { index }),
            None if self.0.is_empty() || !self.0.all(Class::TOKEN) => {
                Err(Error::MalformedList { index })
            }
            _ => Ok(()),
        }
    }
}

/// Returns eight bytes in lower case as a number. Its order is that of the bytes.
const fn lower_word(bytes: [u8; 8]) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    let word = u64::from_be_bytes(bytes);
    let low = word & !TOPS;
    // The top bit of a byte tells in `from_a` whether the byte is at least 'A', and in `after_z`
    // whether it is greater than 'Z'. No sum carries into the next byte.
    let from_a = low.wrapping_add(ONES.wrapping_mul(const { (0x80 - b'A') as u64 }));
    let after_z = low.wrapping_add(ONES.wrapping_mul(const { (0x7f - b'Z') as u64 }));
    // Upper and lower case differ in the bit 0x20, which is the top bit shifted by two.
    word | ((from_a ^ after_z) & !word & TOPS) >> 2
}

const fn mix(print: u64, word: u64) -> u64 {
    (print.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Mixes in the last bytes, fewer than eight, and their number.
fn mix_rest(print: u64, rest: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
    mix(mix(print, lower_word(word)), rest.len() as u64)
}

/// Compares two texts of the same length in lower case, eight bytes at a time.
fn order_lower(one: &[u8], other: &[u8]) -> Ordering {
    let (words, rest) = one.as_chunks();
    let (other_words, other_rest) = other.as_chunks();
    for (word, other) in words.iter().zip(other_words) {
        let order = lower_word(*word).cmp(&lower_word(*other));
        if order.is_ne() {
            return order;
        }
    }
    let lower = |rest: &[u8]| {
        let mut word = [0; 8];
        word.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
        lower_word(word)
    };
    lower(rest).cmp(&lower(other_rest))
}

/// An index of the names of a list, for a binary search by fingerprint. Names are compared only if
/// their fingerprints are equal. Empty in builds with `HELD_NAMES` 0, to save stack.
pub(crate) struct NameIndex<'n> {
    /// The names as received.
    names: heapless::Vec<&'n [u8], HELD_NAMES>,
    /// Sorted by fingerprint and then name.
    sorted: heapless::Vec<Place, HELD_NAMES>,
}

/// The place of a name in an index.
#[derive(Clone, Copy)]
struct Place {
    fingerprint: u16,
    index: u8,
    has_escapes: bool,
}

impl<'n> NameIndex<'n> {
    /// Creates an index without names.
    pub(crate) const fn new() -> Self {
        Self { names: heapless::Vec::new(), sorted: heapless::Vec::new() }
    }

    /// Adds a name at the end of the list. Returns `false` if the list has it already.
    pub(crate) fn insert(&mut self, name: Name<'n>) -> bool {
        let fingerprint = name.fingerprint();
        let Err(at) = self.search(fingerprint, &name) else { return false };
        let (raw, has_escapes) = name.0.raw();
        let place = Place { fingerprint, index: self.names.len() as u8, has_escapes };
        if self.names.push(raw).is_ok() && self.sorted.push(place).is_ok() {
            let from = in_bounds(self.sorted.get_mut(at..));
            if !from.is_empty() {
                from.rotate_right(1);
            }
        }
        true
    }

    /// Returns the position of `name` in the list.
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        let name = Name::plain(name);
        let at = self.search(name.fingerprint(), &name).ok()?;
        self.sorted.get(at).map(|place| usize::from(place.index))
    }

    /// Returns the position of `name` in `sorted`, or the position to insert it at as an error.
    fn search(&self, fingerprint: u16, name: &Name<'_>) -> Result<usize, usize> {
        let at = self.sorted.partition_point(|place| place.fingerprint < fingerprint);
        let from = in_bounds(self.sorted.get(at..));
        let count = from.partition_point(|place| place.fingerprint == fingerprint);
        let same = in_bounds(from.get(..count));
        let found = same.binary_search_by(|place| self.name(place).order(name));
        found.map(|place| at.wrapping_add(place)).map_err(|place| at.wrapping_add(place))
    }

    /// Returns the name at a place.
    fn name(&self, place: &Place) -> Name<'n> {
        let raw = in_bounds(self.names.get(usize::from(place.index)).copied());
        Name(Value::from_raw(raw, place.has_escapes))
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
        let mut rest = (!self.0.is_empty()).then_some(self.0);
        core::iter::from_fn(move || {
            let (name, behind) = rest?.split_once(b' ');
            rest = behind;
            Some(Name(name))
        })
    }

    /// Returns whether `name` is in the list.
    pub fn contains(&self, name: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        self.contains_name(&Name::plain(name.as_ref()))
    }

    pub(crate) fn contains_name(&self, name: &Name<'_>) -> bool {
        self.iter().any(|listed| listed.same(name))
    }
}

impl HeaderNames for HeaderList<'_> {
    fn names(&self) -> impl Iterator<Item = Name<'_>> + Clone {
        self.iter()
    }
}

/// A covered list that was checked.
#[derive(Clone, Copy)]
pub(crate) struct CheckedNames<'a> {
    list: HeaderList<'a>,
    /// Set if this is known to be the list that every Drone server sends. Not set in builds without
    /// shortcuts.
    pub(crate) is_date_digest: bool,
}

impl<'a> CheckedNames<'a> {
    /// Checks a list.
    pub(crate) fn new(list: HeaderList<'a>) -> Result<Self, Error> {
        if usual(Some(list)).is_some_and(|list| list.0.is(DATE_DIGEST)) {
            return Ok(Self { list, is_date_digest: true });
        }
        check_list(list.iter())?;
        Ok(Self { list, is_date_digest: false })
    }

    pub(crate) fn list(&self) -> HeaderList<'a> {
        self.list
    }
}

/// Checks that `names` are 1 to [`MAX_NAMES`] header names without repetition.
pub(crate) fn check_list<'a>(names: impl Iterator<Item = Name<'a>> + Clone) -> Result<(), Error> {
    let mut known = NameIndex::new();
    let mut checked = Err(Error::EmptyList);
    for (index, name) in names.clone().enumerate() {
        if index == MAX_NAMES {
            return Err(Error::TooManyNames);
        }
        name.check_syntax(index)?;
        let is_repeated = if HELD_NAMES != 0 {
            !known.insert(name)
        } else {
            names.clone().position(|listed| listed.same(&name)) != Some(index)
        };
        if is_repeated {
            return Err(Error::RepeatedName { index });
        }
        checked = Ok(());
    }
    checked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lowered_as_byte_by_byte() {
        for (one, other) in (0..=255).flat_map(|one| (0..=255).map(move |other| (one, other))) {
            let bytes = [one, other, b'A', one, b'Z', other, other, one];
            let lower = bytes.map(|byte: u8| byte.to_ascii_lowercase());
            assert_eq!(lower_word(bytes), u64::from_be_bytes(lower), "{bytes:?}");
        }
    }
}
