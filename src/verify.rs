//! Verification in two phases: the head, then the body.

use core::fmt;

use crate::{
    Clock, Error, HeaderList, Headers, Key, Params, Policy, Request, Tag, Value,
    digest::{self, BodyDigest},
    key,
    names::{self, NameIndex, ResolvedList},
    primitives::{HashText, WholeBody, has_control},
    request::Fields,
    signing_string::{CoveredFields, SigningString},
    verbatim,
};

/// Verifies requests with a set of keys and a policy.
///
/// Keys and policy are borrowed, so a verifier is cheap to create and to copy. It may be shared
/// between threads. `K` is a [`Key`], or a type that holds one, such as `&Key` or `Arc<Key>`.
///
/// # Examples
///
/// ```
/// use hooksig::{Clock, Error, Key, Request, Verifier};
///
/// let keys = [Key::new("new secret")?, Key::new("old secret")?];
/// let verifier = Verifier::new(&keys)?;
/// let request = Request::new("POST", "/hook", &[("Date", "Tue, 07 Jun 2014 20:51:35 GMT")]);
/// let verified = verifier.verify(&request, b"{}", Clock::At(1_402_174_295));
/// assert_eq!(verified.err(), Some(Error::MissingSignature));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Verifier<'k, K = Key> {
    keys: &'k [K],
    policy: Policy<'k>,
}

impl<K> Clone for Verifier<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Verifier<'_, K> {}

impl<'k, K: AsRef<Key>> Verifier<'k, K> {
    /// Creates a verifier with the default policy, which accepts a signature by any of `keys`.
    ///
    /// Pass the old and the new key while a secret is rotated. Drone's keyId is the same for both.
    ///
    /// # Errors
    ///
    /// [`Error::NoKeys`] if `keys` is empty.
    pub const fn new(keys: &'k [K]) -> Result<Self, Error> {
        Self::with_policy(keys, Policy::DRONE)
    }

    /// Creates a verifier with the given policy.
    ///
    /// # Errors
    ///
    /// [`Error::NoKeys`] if `keys` is empty, [`Error::EmptyList`] if the policy requires no header
    /// to be covered, because it would accept a signature that covers nothing.
    pub const fn with_policy(keys: &'k [K], policy: Policy<'k>) -> Result<Self, Error> {
        match keys {
            [] => Err(Error::NoKeys),
            _ if policy.requires_nothing() => Err(Error::EmptyList),
            _ => Ok(Self { keys, policy }),
        }
    }

    /// Checks the head of a request: parameters, policy, date, digest, covered headers, then the MAC.
    ///
    /// The result is **not a verdict**. Pass the body to [`update`](PendingBody::update); only
    /// [`finish`](PendingBody::finish) tells whether the request is genuine. The body of a request that
    /// is refused here is never hashed. Malformed parameters, a stale date and a malformed digest are
    /// refused before anything is hashed.
    ///
    /// # Errors
    ///
    /// Checked in this order. Of the errors in one line, the first one to be found is returned:
    ///
    /// - [`Error::MissingSignature`], [`Error::RepeatedSignature`]
    /// - [`Error::MalformedParams`] or [`Error::Rfc9421Signature`], [`Error::RepeatedParam`],
    ///   [`Error::MissingParam`]
    /// - [`Error::TooManyNames`], [`Error::UnsupportedName`], [`Error::MalformedList`],
    ///   [`Error::RepeatedName`]
    /// - [`Error::UnsupportedAlgorithm`] or, if `algorithm` is absent, [`Error::MissingParam`];
    ///   [`Error::UnexpectedKeyId`], [`Error::NotCovered`]
    /// - [`Error::MalformedSignature`]
    /// - [`Error::MissingDate`], [`Error::RepeatedDate`], [`Error::MalformedDate`],
    ///   [`Error::DateTooOld`], [`Error::DateTooNew`]
    /// - [`Error::MissingDigest`], [`Error::RepeatedDigest`], [`Error::MalformedDigest`],
    ///   [`Error::UnsupportedDigest`], or [`Error::DigestMismatch`] if it has two different SHA-256
    ///   values
    /// - [`Error::TooManyNames`] if more than sixteen fields repeat a covered header
    /// - [`Error::MissingHeader`], [`Error::ControlByte`], [`Error::HostMismatch`]
    /// - [`Error::SigningStringTooLong`]
    /// - [`Error::SignatureMismatch`]
    pub fn begin<'r, H>(
        &self,
        request: &Request<'r, H>,
        clock: Clock,
    ) -> Result<PendingBody<'r>, Error>
    where
        H: Headers + ?Sized,
    {
        let (digest, verified) = self.head::<H, Error>(request, clock)?;
        Ok(PendingBody { body: BodyDigest::new(digest), verified })
    }

    /// Runs every check on the head. Hashes nothing of a body.
    ///
    /// Returns the expected body digest, and the facts to report once the body matches it. `E` is
    /// [`Error`], or the status of the C interface.
    pub(crate) fn head<'r, H, E>(
        &self,
        request: &Request<'r, H>,
        clock: Clock,
    ) -> Result<(&'r HashText, Verified<'r>), E>
    where
        H: Headers + ?Sized,
        E: From<Error>,
    {
        // An empty body: nothing is hashed at the same time as the MAC.
        self.head_beside(request, clock, &mut WholeBody::new(&[]))
    }

    /// Runs every check on the head, in the order of `docs/rules.md`. May hash the first blocks of the
    /// body at the same time as the MAC.
    ///
    /// Returns the same as [`head`](Self::head).
    fn head_beside<'r, H, E>(
        &self,
        request: &Request<'r, H>,
        clock: Clock,
        body: &mut WholeBody<'_>,
    ) -> Result<(&'r HashText, Verified<'r>), E>
    where
        H: Headers + ?Sized,
        E: From<Error>,
    {
        let fields = Fields::find(request.headers);
        let mut tag = Tag::default();
        let field = fields.signature.once();
        // Drone's exact bytes come first, and their signature is decoded at once. All else, such as no
        // signature or two, goes to the general reader, which knows the errors.
        let (params, is_decoded) =
            match field.and_then(|field| verbatim::read_params(field, &mut tag)) {
                Some(params) => (params, true),
                None => (Params::read(fields.signature, fields.signature_input)?, false),
            };
        // Memory for the names, unless the list is Drone's.
        let (mut resolved, mut index) = (ResolvedList::new(), NameIndex::new());
        let mut names = names::check_covered(params.headers.resolve(&mut resolved), &mut index)?;
        self.policy.check_params(&params, &names)?;
        if !is_decoded && !params.decode_signature(&mut tag) {
            return Err(Error::MalformedSignature.into());
        }
        let date_field = fields.date.get(Error::MissingDate, Error::RepeatedDate)?;
        let date = self.policy.read_date(date_field, clock)?;
        let digest_field = fields.digest.get(Error::MissingDigest, Error::RepeatedDigest)?;
        // The signing string of Drone's list, if both values have Drone's lengths. Each occurs once, so only
        // control bytes are left to check. A parsed date has none, and neither has such a digest if it parses.
        let usual = if names.is_date_digest && (date.is_some() || !has_control(date_field)) {
            verbatim::read_signing_string(date_field, digest_field)
        } else {
            None
        };
        let digest = digest::parse(digest_field)?;
        let key_index = if let Some(string) = usual {
            key::find_key_of_whole(self.keys, &string, &tag, body)?
        } else {
            let mut covered = CoveredFields::default();
            let string = SigningString::new(request, &mut names, &mut covered);
            string.check()?;
            key::find_key(self.keys, &string, &tag, body)?
        };
        let verified = Verified {
            key_index,
            tag,
            date,
            skew: self.policy.skew(),
            key_id: params.key_id,
            covered: params.headers,
        };
        Ok((digest, verified))
    }

    /// Verifies a request and its whole body in one call.
    ///
    /// Returns the same verdict as [`begin`](Self::begin), [`update`](PendingBody::update) and
    /// [`finish`](PendingBody::finish). With the feature `lanes`, the first blocks of a body of 192 bytes
    /// or more are hashed at the same time as the MAC, at most as many as the MAC has. The rest is hashed
    /// only if the MAC is right.
    ///
    /// # Errors
    ///
    /// Those of `begin`, then [`Error::DigestMismatch`] if the body is not the signed one.
    pub fn verify<'r, H>(
        &self,
        request: &Request<'r, H>,
        body: &(impl AsRef<[u8]> + ?Sized),
        clock: Clock,
    ) -> Result<Verified<'r>, Error>
    where
        H: Headers + ?Sized,
    {
        self.verify_whole(request, body.as_ref(), clock)
    }

    pub(crate) fn verify_whole<'r, H, E>(
        &self,
        request: &Request<'r, H>,
        body: &[u8],
        clock: Clock,
    ) -> Result<Verified<'r>, E>
    where
        H: Headers + ?Sized,
        E: From<Error>,
    {
        let mut body = WholeBody::new(body);
        let (digest, verified) = self.head_beside(request, clock, &mut body)?;
        if digest::is_body(body, digest) { Ok(verified) } else { Err(Error::DigestMismatch.into()) }
    }
}

/// A request whose head is verified and whose body is not verified yet.
///
/// This is not a verdict. Only [`finish`](Self::finish) returns one.
///
/// # Examples
///
/// ```
/// use hooksig::{drone, Clock, Key, Request, Verifier};
///
/// let keys = [Key::new("secret")?];
/// let sent = drone::sign(&keys[0], "a body in pieces", 1_000)?;
/// let headers = [("Date", sent.date()), ("Digest", sent.digest()), ("Signature", sent.signature())];
/// let request = Request::new("POST", "/hook", &headers);
///
/// let mut pending = Verifier::new(&keys)?.begin(&request, Clock::At(1_001))?;
/// for chunk in ["a body ", "in pieces"] {
///     pending.update(chunk.as_bytes());
/// }
/// assert_eq!(pending.finish()?.key_index(), 0);
/// # Ok::<(), hooksig::Error>(())
/// ```
#[must_use = "nothing is verified until `finish` says so"]
#[derive(Clone)]
pub struct PendingBody<'r> {
    body: BodyDigest,
    verified: Verified<'r>,
}

impl<'r> PendingBody<'r> {
    /// Hashes the next chunk of the body, of any size, as received and before any decompression.
    pub fn update(&mut self, chunk: &[u8]) {
        self.body.update(chunk);
    }

    /// Returns the verdict. Call it after the whole body was passed to [`update`](Self::update).
    ///
    /// `X-Drone-Event` is not signed. For a Drone delivery, compare it with
    /// [`Delivery::check_event_field`](crate::drone::Delivery::check_event_field) before the claim.
    ///
    /// # Errors
    ///
    /// [`Error::DigestMismatch`] if the body is not the signed one.
    pub fn finish(mut self) -> Result<Verified<'r>, Error> {
        if self.body.matches() { Ok(self.verified) } else { Err(Error::DigestMismatch) }
    }
}

impl fmt::Debug for PendingBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingBody(..)")
    }
}

/// The facts about a genuine request. Its MAC and body were checked and, if there was a clock, its date.
#[derive(Clone, Copy)]
pub struct Verified<'r> {
    key_index: usize,
    tag: Tag,
    date: Option<i64>,
    skew: u32,
    key_id: Value<'r>,
    covered: HeaderList<'r>,
}

impl<'r> Verified<'r> {
    /// Returns the index of the key that made the signature, in the slice given to [`Verifier::new`].
    pub fn key_index(&self) -> usize {
        self.key_index
    }

    /// Returns the MAC, which identifies the delivery in a replay store.
    pub fn tag(&self) -> &Tag {
        &self.tag
    }

    /// Returns `Date` in Unix seconds, or `None` if there was no clock.
    pub fn date(&self) -> Option<i64> {
        self.date
    }

    /// Returns the last Unix second at which this request is accepted, or `None` if there was no clock.
    /// To refuse a replay, remember the delivery until then.
    pub fn expires(&self) -> Option<i64> {
        // The year of a date has four digits, so the sum does not overflow.
        self.date.map(|date| date.wrapping_add(i64::from(self.skew)))
    }

    /// Returns the keyId. Drone always sends `hmac-key`.
    pub fn key_id(&self) -> Value<'r> {
        self.key_id
    }

    /// Returns the headers that the signature covers. Any other header may have been changed or
    /// added in transit.
    pub fn covered(&self) -> HeaderList<'r> {
        self.covered
    }
}

/// Omits the MAC, to keep it out of logs.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key_index", &self.key_index)
            .field("date", &self.date)
            .field("expires", &self.expires())
            .field("key_id", &self.key_id)
            .field("covered", &self.covered)
            .finish_non_exhaustive()
    }
}
