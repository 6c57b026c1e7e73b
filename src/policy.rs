//! What a receiver demands of a signature beyond its being right.

use crate::{
    Error, HeaderList, Params, date,
    names::{self, COVERED, CheckedNames},
};

/// How far the `Date` of a request may lie from the receiver's clock by default, in seconds.
pub const DEFAULT_MAX_SKEW: u32 = 300;

/// The receiver's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The present time in Unix seconds.
    At(i64),
    /// There is no clock. `Date` is then only signed text, and **a delivery can be replayed for
    /// ever**: keep a [`replay`](crate::replay) guard that never forgets.
    None,
}

/// What a receiver demands. [`Policy::DRONE`] is the default.
///
/// Each setter that makes the policy more lenient says what it opens.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    required: Required<'a>,
    max_skew: u32,
    key_id: Option<&'a [u8]>,
    allow_missing_algorithm: bool,
    allow_hs2019: bool,
}

/// The names that must be covered.
#[derive(Clone, Copy, Debug)]
enum Required<'a> {
    /// `date` and `digest`.
    DateDigest,
    Names(&'a [&'a str]),
    List(HeaderList<'a>),
}

impl Required<'_> {
    /// Returns the index of the first name that `covered` lacks.
    fn first_missing(&self, covered: &CheckedNames<'_>) -> Option<usize> {
        let covered = match (self, covered) {
            (Self::DateDigest, CheckedNames::DateDigest) => return None,
            _ => covered.list(),
        };
        let names = match self {
            Self::DateDigest => COVERED.as_slice(),
            Self::Names(names) => names,
            Self::List(list) => {
                return list.iter().position(|name| !covered.contains_name(&name));
            }
        };
        names.iter().position(|name| !covered.contains(name))
    }
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self::DRONE
    }
}

impl Policy<'_> {
    /// Covers at least `date` and `digest`, `Date` within 300 s, any keyId, `algorithm` exactly
    /// `hmac-sha256`: what Drone sends, and nothing less.
    pub const DRONE: Self = Self {
        required: Required::DateDigest,
        max_skew: DEFAULT_MAX_SKEW,
        key_id: None,
        allow_missing_algorithm: false,
        allow_hs2019: false,
    };
}

impl<'a> Policy<'a> {
    /// Sets the headers that a signature must cover, in place of `date` and `digest`.
    ///
    /// # Security
    ///
    /// Without `digest` anyone who sees one request can send it on with another body and a
    /// `Digest` of that; without `date`, an old one with a new date. `Date` and `Digest` must be
    /// present and right even when they are not covered, but then they are not the sender's word.
    /// A policy with no name at all gets no verifier.
    #[must_use]
    pub const fn require(self, names: &'a [&'a str]) -> Self {
        Self { required: Required::Names(names), ..self }
    }

    /// As [`require`](Self::require), with the names in one text such as `date digest host`.
    ///
    /// # Errors
    ///
    /// Those of a list to sign, such as [`Error::MalformedList`].
    pub fn require_list(self, list: HeaderList<'a>) -> Result<Self, Error> {
        names::check_list(list.iter())?;
        Ok(self.require_checked(list))
    }

    /// As [`require_list`](Self::require_list), of a list that was found to be one.
    pub(crate) const fn require_checked(self, list: HeaderList<'a>) -> Self {
        Self { required: Required::List(list), ..self }
    }

    /// Sets how far `Date` may lie from the clock on either side, in seconds, both ends included.
    ///
    /// # Security
    ///
    /// A recorded request can be replayed until so long after its `Date` where no
    /// [`replay`](crate::replay) guard stands.
    #[must_use]
    pub const fn max_skew(self, seconds: u32) -> Self {
        Self { max_skew: seconds, ..self }
    }

    /// Returns how far `Date` may lie from the clock on either side, in seconds.
    pub const fn skew(&self) -> u32 {
        self.max_skew
    }

    /// Demands this keyId. By default any is taken: Drone always sends `hmac-key`, whatever the
    /// secret.
    #[must_use]
    pub const fn expect_key_id(self, key_id: &'a [u8]) -> Self {
        Self { key_id: Some(key_id), ..self }
    }

    /// Takes a signature without `algorithm` for HMAC-SHA-256.
    ///
    /// # Security
    ///
    /// The key alone decides what is computed, so that this opens nothing for these keys; it
    /// hides from the operator a sender that means another algorithm.
    #[must_use]
    pub const fn allow_missing_algorithm(self, allow: bool) -> Self {
        Self { allow_missing_algorithm: allow, ..self }
    }

    /// Takes `algorithm="hs2019"` (drafts 11 and 12: "as the key says") for HMAC-SHA-256.
    ///
    /// # Security
    ///
    /// As for [`allow_missing_algorithm`](Self::allow_missing_algorithm).
    #[must_use]
    pub const fn allow_hs2019(self, allow: bool) -> Self {
        Self { allow_hs2019: allow, ..self }
    }

    /// Whether no header at all must be covered.
    pub(crate) const fn requires_nothing(&self) -> bool {
        matches!(self.required, Required::Names([]))
    }

    /// Checks algorithm, keyId and the covered names.
    pub(crate) fn check_params(
        &self,
        params: &Params<'_>,
        covered: &CheckedNames<'_>,
    ) -> Result<(), Error> {
        match params.algorithm {
            Some(algorithm) if algorithm.is(b"hmac-sha256") => {}
            Some(algorithm) if self.allow_hs2019 && algorithm.is(b"hs2019") => {}
            None if self.allow_missing_algorithm => {}
            None => return Err(Error::MissingParam(crate::Param::Algorithm)),
            Some(_) => return Err(Error::UnsupportedAlgorithm),
        }
        if self.key_id.is_some_and(|expected| !params.key_id.is(expected)) {
            return Err(Error::UnexpectedKeyId);
        }
        match self.required.first_missing(covered) {
            Some(index) => Err(Error::NotCovered { index }),
            None => Ok(()),
        }
    }

    /// Reads the value of `Date` and checks it against the clock. Returns `None` without a clock.
    pub(crate) fn read_date(&self, field: &[u8], clock: Clock) -> Result<Option<i64>, Error> {
        let Clock::At(now) = clock else { return Ok(None) };
        let date = date::parse(field, now)?;
        if date.abs_diff(now) <= u64::from(self.max_skew) {
            Ok(Some(date))
        } else if date < now {
            Err(Error::DateTooOld)
        } else {
            Err(Error::DateTooNew)
        }
    }

    /// The last second at which a request of `date` can still be accepted.
    pub(crate) fn expires(&self, date: i64) -> i64 {
        date.saturating_add(i64::from(self.max_skew))
    }
}
