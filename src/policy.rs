//! Receiver policy: requirements on a signature besides its being valid.

use crate::{
    Error, HeaderList, HeaderNames, Name, Params, date,
    names::{COVERED, CheckedNames, NameIndex},
};

/// The default for [`Policy::max_skew`], in seconds.
pub const DEFAULT_MAX_SKEW: u32 = 300;

/// The receiver's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The present time in Unix seconds.
    At(i64),
    /// There is no clock. `Date` is then only signed text, and **a delivery can be replayed
    /// forever**, so keep a [`replay`](crate::replay) guard that never forgets.
    None,
}

/// The receiver's requirements on a signature. [`Policy::DRONE`] is the default.
///
/// The documentation of each setter that makes the policy more lenient names the risk.
///
/// # Examples
///
/// ```
/// use hooksig::Policy;
///
/// let policy = Policy::DRONE.max_skew(60).require(&["(request-target)", "date", "digest"]);
/// assert_eq!(policy.skew(), 60);
/// ```
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
    fn first_missing<'n>(
        &self,
        covered: &CheckedNames<'_, 'n, impl Iterator<Item = Name<'n>> + Clone>,
    ) -> Option<usize> {
        let is_missing = |name: Name<'_>| !covered.contains(&name);
        let names = match self {
            Self::DateDigest if covered.is_date_digest => return None,
            Self::DateDigest => &COVERED,
            Self::Names(names) => *names,
            Self::List(list) => return list.iter().position(is_missing),
        };
        names.names().position(is_missing)
    }
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self::DRONE
    }
}

impl Policy<'_> {
    /// The default policy, which fits every Drone server.
    ///
    /// At least `date` and `digest` must be covered, `Date` must be within 300 s of the clock, and
    /// `algorithm` must be `hmac-sha256`. Any keyId is accepted.
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
    /// Without `digest`, an observer of one request can resend it with another body and a matching
    /// `Digest`. Without `date`, an observer can resend it later with a new date. `Date` and `Digest`
    /// must always be present and correct, but if they are not covered, anyone can change them.
    /// A verifier cannot be created with an empty list.
    #[must_use]
    pub const fn require(self, names: &'a [&'a str]) -> Self {
        Self { required: Required::Names(names), ..self }
    }

    /// Does the same as [`require`](Self::require), for names in one text such as `date digest host`.
    ///
    /// # Errors
    ///
    /// The errors of a list to sign, such as [`Error::MalformedList`].
    pub fn require_list(self, list: HeaderList<'a>) -> Result<Self, Error> {
        CheckedNames::new(list.iter(), &mut NameIndex::new())?;
        Ok(self.require_checked(list))
    }

    /// Does the same as [`require_list`](Self::require_list), for a list that was checked before.
    pub(crate) const fn require_checked(self, list: HeaderList<'a>) -> Self {
        Self { required: Required::List(list), ..self }
    }

    /// Sets the largest accepted difference between `Date` and the clock, in seconds, in the past and
    /// in the future.
    ///
    /// # Security
    ///
    /// Without a [`replay`](crate::replay) guard, a recorded request can be replayed for this long
    /// after its `Date`.
    #[must_use]
    pub const fn max_skew(self, seconds: u32) -> Self {
        Self { max_skew: seconds, ..self }
    }

    /// Returns the largest accepted difference between `Date` and the clock, in seconds.
    pub const fn skew(&self) -> u32 {
        self.max_skew
    }

    /// Accepts only this keyId. By default any is accepted, because Drone sends `hmac-key` with every
    /// secret.
    #[must_use]
    pub const fn expect_key_id(self, key_id: &'a [u8]) -> Self {
        Self { key_id: Some(key_id), ..self }
    }

    /// Treats a signature without `algorithm` as HMAC-SHA-256.
    ///
    /// # Security
    ///
    /// This opens no attack, because the key alone decides the algorithm. But a sender that uses
    /// another algorithm is then reported as [`Error::SignatureMismatch`].
    #[must_use]
    pub const fn allow_missing_algorithm(self, allow: bool) -> Self {
        Self { allow_missing_algorithm: allow, ..self }
    }

    /// Treats `algorithm="hs2019"` as HMAC-SHA-256. In drafts 11 and 12 that name leaves the algorithm
    /// to the key.
    ///
    /// # Security
    ///
    /// See [`allow_missing_algorithm`](Self::allow_missing_algorithm).
    #[must_use]
    pub const fn allow_hs2019(self, allow: bool) -> Self {
        Self { allow_hs2019: allow, ..self }
    }

    /// Returns whether no header must be covered.
    pub(crate) const fn requires_nothing(&self) -> bool {
        matches!(self.required, Required::Names([]))
    }

    /// Checks algorithm, keyId and the covered names.
    pub(crate) fn check_params<'n>(
        &self,
        params: &Params<'_>,
        covered: &CheckedNames<'_, 'n, impl Iterator<Item = Name<'n>> + Clone>,
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
}
