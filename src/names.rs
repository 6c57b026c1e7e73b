//! The names of covered headers: the `headers` parameter.

use core::cmp::Ordering;

use crate::{
    Error,
    bytes::{Class, in_bounds},
    params::Value,
    primitives::{HELD_NAMES, PIECE_LEN, SHORTCUTS, eq_ignore_case},
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

/// The names with a meaning of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// `(request-target)` covers method and target (draft 10, section 2.3).
    RequestTarget,
    Host,
    /// `(created)` and `(expires)`, which drafts 11 and 12 forbid with HMAC.
    Unsupported,
}

static SPECIAL: [(Name<'static>, Special); 4] = [
    (Name::plain(b"(request-target)"), Special::RequestTarget),
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

    /// Returns the meaning of the name if it has one of its own.
    pub(crate) fn special(&self) -> Option<Special> {
        SPECIAL.iter().find(|(name, _)| self.same(name)).map(|(_, special)| *special)
    }

    /// Returns the bytes of the name in lower case.
    pub fn lower(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }

    /// Passes the name in lower case to `sink`, in one piece if it is in lower case already.
    pub(crate) fn lowercase(&self, sink: &mut impl FnMut(&[u8])) {
        match self.0.plain_slice() {
            Some(plain) if !plain.iter().any(u8::is_ascii_uppercase) => sink(plain),
            _ => write_lower(self.lower(), sink),
        }
    }

    /// Returns a hash of the name in lower case. Different names can have the same one.
    fn fingerprint(&self) -> u64 {
        match self.0.as_slice() {
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
                        Some(rest) if filled < word.len() => return mix_rest(print, rest),
                        _ => print = mix(print, lower_word(word)),
                    }
                }
            }
        }
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

/// Passes bytes to `sink` in pieces, because every piece is a call for each of many MACs.
fn write_lower(mut lower: impl Iterator<Item = u8>, sink: &mut impl FnMut(&[u8])) {
    let mut piece = [0; PIECE_LEN];
    loop {
        let filled = piece.iter_mut().zip(&mut lower).map(|(to, byte)| *to = byte).count();
        match piece.get(..filled) {
            None | Some([]) => return,
            Some(piece) => sink(piece),
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
    names: heapless::Vec<Name<'n>, HELD_NAMES>,
    /// Fingerprints with indexes into `names`, sorted by fingerprint and then name.
    sorted: heapless::Vec<(u64, u8), HELD_NAMES>,
}

impl<'n> NameIndex<'n> {
    /// Creates an index without names.
    pub(crate) const fn new() -> Self {
        Self { names: heapless::Vec::new(), sorted: heapless::Vec::new() }
    }

    /// Adds a name at the end of the list. Returns `false` if the list has it already.
    fn insert(&mut self, name: Name<'n>) -> bool {
        let print = name.fingerprint();
        let Err(at) = self.search(print, &name) else { return false };
        let mut moved = (print, self.names.len() as u8);
        if self.names.push(name).is_ok() && self.sorted.push(moved).is_ok() {
            let behind = in_bounds(self.sorted.get_mut(at..));
            behind.iter_mut().for_each(|place| core::mem::swap(place, &mut moved));
        }
        true
    }

    /// Returns the position of `name` in the list.
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        let name = Name::plain(name);
        let at = self.search(name.fingerprint(), &name).ok()?;
        self.sorted.get(at).map(|(_, index)| usize::from(*index))
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns the position of `name` in `sorted`, or the position to insert it at as an error.
    fn search(&self, print: u64, name: &Name<'_>) -> Result<usize, usize> {
        self.sorted.binary_search_by(|(found, index)| {
            found.cmp(&print).then_with(|| match self.names.get(usize::from(*index)) {
                Some(found) => found.order(name),
                None => Ordering::Greater,
            })
        })
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
    /// Whether this is known to be the list of every Drone server. Never set in builds without
    /// shortcuts.
    pub(crate) is_date_digest: bool,
}

impl<'a> CheckedNames<'a> {
    /// Checks the syntax of a list, and makes the index of its names, which Drone's list does not need.
    pub(crate) fn new(
        list: HeaderList<'a>,
        index: &mut Option<NameIndex<'a>>,
    ) -> Result<Self, Error> {
        if SHORTCUTS && list.0.is(DATE_DIGEST) {
            return Ok(Self { list, is_date_digest: true });
        }
        check_list(list.iter(), index.insert(NameIndex::new()))?;
        Ok(Self { list, is_date_digest: false })
    }

    pub(crate) fn list(&self) -> HeaderList<'a> {
        self.list
    }
}

/// Checks that `names` are 1 to [`MAX_NAMES`] header names without repetition, and adds them to `known`,
/// which must be empty.
pub(crate) fn check_list<'a>(
    names: impl Iterator<Item = Name<'a>> + Clone,
    known: &mut NameIndex<'a>,
) -> Result<(), Error> {
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
