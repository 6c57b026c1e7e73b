//! The names of covered headers: the `headers` parameter.

use crate::{
    Error,
    octets::{VECTORS, ends, is_token},
    params::Value,
};

/// The most names that a signature may cover; with more it is refused with
/// [`Error::TooManyNames`].
pub const MAX_NAMES: usize = 128;

const REQUEST_TARGET: &[u8] = b"(request-target)";

/// The name of a covered header; compared without regard to ASCII case.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a>(Value<'a>);

impl<'a> Name<'a> {
    const fn plain(name: &'a [u8]) -> Self {
        Self(Value::plain(name))
    }

    /// Whether this is `name`.
    pub fn is(&self, name: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        self.same(&Name::plain(name.as_ref()))
    }

    /// Whether this stands for the method and the target (draft 10, section 2.3).
    pub(crate) fn is_request_target(&self) -> bool {
        self.is(REQUEST_TARGET)
    }

    /// The octets of the name, letters in lower case.
    pub fn lower(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.0.octets().map(|octet| octet.to_ascii_lowercase())
    }

    /// Gives the name in lower case to `sink`, in one piece where it stands so already.
    pub(crate) fn lowercase(&self, sink: &mut impl FnMut(&[u8])) {
        match self.0.as_fast_slice() {
            Some(plain) if !plain.iter().any(u8::is_ascii_uppercase) => sink(plain),
            _ => self.lower().for_each(|octet| sink(&[octet])),
        }
    }

    pub(crate) fn same(&self, other: &Name<'_>) -> bool {
        match (self.0.as_fast_slice(), other.0.as_fast_slice()) {
            (Some(one), Some(other)) => {
                may_be_same(one, other) && (one == other || one.eq_ignore_ascii_case(other))
            }
            _ => self.lower().eq(other.lower()),
        }
    }

    fn check(&self, index: usize) -> Result<(), Error> {
        if !self.0.is_empty() && self.0.all(is_token) || self.is_request_target() {
            return Ok(());
        }
        match self.is(b"(created)") || self.is(b"(expires)") {
            true => Err(Error::UnsupportedName { index }),
            false => Err(Error::MalformedList { index }),
        }
    }
}

/// Whether two names have the same length and, apart from the bit that tells letters' cases apart,
/// the same octets at both ends: of many names, that leaves few to be compared whole.
fn may_be_same(one: &[u8], other: &[u8]) -> bool {
    const FOLD: u64 = u64::from_ne_bytes([0x20; 8]);
    let folded = |name| ends(name).map(|end| u64::from_ne_bytes(end) | FOLD);
    one.len() == other.len() && folded(one) == folded(other)
}

/// A list of header names to sign or that were signed, in order.
///
/// Implemented for slices and arrays of anything that is octets, such as `&str`, and for
/// [`HeaderList`].
pub trait HeaderNames {
    /// The names in order.
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

/// A list as the `headers` parameter writes it: names separated by single spaces.
#[derive(Clone, Copy, Debug)]
pub struct HeaderList<'a>(pub(crate) Value<'a>);

impl<'a> HeaderList<'a> {
    /// A list such as `date digest`. Whether it is a list of names is checked where it is used.
    pub fn new(list: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self(Value::plain(list.as_ref()))
    }

    /// The text of the list as received.
    pub fn value(&self) -> Value<'a> {
        self.0
    }

    /// The names, for as long as the list's text lives.
    pub fn iter(&self) -> impl Iterator<Item = Name<'a>> + Clone + use<'a> {
        let mut rest = (!self.0.is_empty()).then_some(self.0);
        core::iter::from_fn(move || {
            let (name, behind) = rest?.split_once(b' ');
            rest = behind;
            Some(Name(name))
        })
    }

    /// Whether this is seen to be the list of every Drone server. It is then known to be a list
    /// of names, and which.
    #[cfg_attr(not(sha2_backend_soft = "compact"), inline(always))]
    pub(crate) fn is_drones(&self) -> bool {
        self.0.as_fast_slice().is_some_and(|list| list == b"date digest")
    }

    /// Checks that this is a list of header names.
    #[cfg_attr(not(sha2_backend_soft = "compact"), inline(always))]
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_drones() { Ok(()) } else { check(self.iter()) }
    }

    /// Whether `name` is in the list.
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

/// Checks that `names` are at most [`MAX_NAMES`] header names, none of them twice, and at least one.
pub(crate) fn check<'a>(names: impl Iterator<Item = Name<'a>> + Clone) -> Result<(), Error> {
    if names.clone().next().is_none() {
        return Err(Error::EmptyList);
    }
    // Where there is room on the stack, a list is split once and not again for each of its names.
    let mut earlier = heapless::Vec::<Name<'_>, { if VECTORS { MAX_NAMES } else { 0 } }>::new();
    for (index, name) in names.clone().enumerate() {
        if index == MAX_NAMES {
            return Err(Error::TooManyNames);
        }
        name.check(index)?;
        let is_repeated = match VECTORS {
            true => earlier.iter().any(|earlier| earlier.same(&name)),
            false => names.clone().take(index).any(|earlier| earlier.same(&name)),
        };
        if is_repeated {
            return Err(Error::RepeatedName { index });
        }
        // Full where none is kept.
        let _ = earlier.push(name);
    }
    Ok(())
}
