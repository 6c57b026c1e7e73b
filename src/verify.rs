//! Verification in two phases: the head, then the body.

use core::fmt;

use crate::{
    Clock, Error, HeaderList, Headers, Key, Params, Policy, Request, TAG_LEN, Tag, Value,
    crypto::{self, BASE64_LEN, HashText},
    date,
    digest::{self, BodyDigest},
    mac,
    request::Fields,
    signing_string::{SigningString, of_drone},
};

/// Decides whether a request is genuine.
///
/// Keys and policy are borrowed; a verifier is cheap to make and to copy, and may be shared
/// between threads. `K` is a [`Key`] or what holds one, such as `&Key` or `Arc<Key>`.
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
    /// A verifier that takes the signature of any of `keys` under the default policy.
    ///
    /// Several keys are what the rotation of a secret needs: Drone's keyId does not tell an old
    /// secret from a new one.
    ///
    /// # Errors
    ///
    /// [`Error::NoKeys`] if `keys` is empty.
    pub const fn new(keys: &'k [K]) -> Result<Self, Error> {
        Self::with_policy(keys, Policy::DRONE)
    }

    /// A verifier with a policy of the caller's.
    ///
    /// # Errors
    ///
    /// [`Error::NoKeys`] if `keys` is empty.
    pub const fn with_policy(keys: &'k [K], policy: Policy<'k>) -> Result<Self, Error> {
        match keys {
            [] => Err(Error::NoKeys),
            _ => Ok(Self { keys, policy }),
        }
    }

    /// Looks at the head of a request: parameters, policy, date, then the MAC.
    ///
    /// What it gives is **not a verdict**: the body must be fed to it and
    /// [`finish`](PendingBody::finish) must say so. A request that is refused here costs no
    /// hashing of its body, and one that is not even well-formed, or stale, no hashing at all.
    ///
    /// # Errors
    ///
    /// In this order, those of one line in the order in which they are met:
    ///
    /// - [`Error::MissingSignature`], [`Error::RepeatedSignature`]
    /// - [`Error::MalformedParams`] or [`Error::Rfc9421Signature`], [`Error::RepeatedParam`],
    ///   [`Error::MissingParam`]
    /// - [`Error::TooManyNames`], [`Error::UnsupportedName`], [`Error::MalformedList`],
    ///   [`Error::RepeatedName`]
    /// - [`Error::UnsupportedAlgorithm`], [`Error::UnexpectedKeyId`], [`Error::NotCovered`]
    /// - [`Error::MalformedSignature`]
    /// - [`Error::MissingDate`], [`Error::RepeatedDate`], [`Error::MalformedDate`],
    ///   [`Error::DateTooOld`], [`Error::DateTooNew`]
    /// - [`Error::MissingDigest`], [`Error::RepeatedDigest`], [`Error::MalformedDigest`],
    ///   [`Error::UnsupportedDigest`], [`Error::DigestMismatch`] if it contradicts itself
    /// - [`Error::MissingHeader`], [`Error::ControlOctet`]
    /// - [`Error::SignatureMismatch`]
    pub fn begin<'r, H>(
        &self,
        request: &Request<'r, H>,
        clock: Clock,
    ) -> Result<PendingBody<'r>, Error>
    where
        H: Headers + ?Sized,
    {
        let (digest, verified) = self.head(request, clock)?;
        Ok(PendingBody { body: BodyDigest::new(digest), verified })
    }

    /// The checks of [`begin`](Self::begin): what the digest must be, and the verdict on all else.
    pub(crate) fn head<'r, H>(
        &self,
        request: &Request<'r, H>,
        clock: Clock,
    ) -> Result<(&'r HashText, Verified<'r>), Error>
    where
        H: Headers + ?Sized,
    {
        let fields = Fields::find(request.headers);
        let params = Params::of(&fields)?;
        params.headers.check()?;
        self.policy.check(&params)?;
        let mut room;
        let signature = match params.signature.as_fast_slice() {
            Some(plain) => plain.try_into().ok(),
            None => {
                room = [0; BASE64_LEN];
                params.signature.fill(&mut room).then_some(&room)
            }
        };
        let signature = signature.filter(|text| crypto::is_text(text));
        let signature = signature.ok_or(Error::MalformedSignature)?;

        let date = fields.date.get(Error::MissingDate, Error::RepeatedDate)?;
        let date = match clock {
            Clock::At(now) => Some(date::parse(date, now)?),
            Clock::None => None,
        };
        if let (Clock::At(now), Some(date)) = (clock, date) {
            self.policy.check_date(date, now)?;
        }
        let digest = fields.digest.get(Error::MissingDigest, Error::RepeatedDigest)?;
        let digest = digest::parse(digest)?;

        let string = SigningString { request, fields: &fields, names: params.headers.iter() };
        let drones = if params.headers.is_drones() { of_drone(&fields) } else { None };
        let mut tag = [0; TAG_LEN];
        let key_index = mac::find_key(self.keys, &string, drones.as_ref(), signature, &mut tag)?;
        let verified = Verified {
            key_index,
            tag,
            date,
            expires: date.map(|date| self.policy.expires(date)),
            key_id: params.key_id,
            covered: params.headers,
        };
        Ok((digest, verified))
    }

    /// Verifies a request whose body is at hand: [`begin`](Self::begin),
    /// [`update`](PendingBody::update) and [`finish`](PendingBody::finish) in one.
    ///
    /// # Errors
    ///
    /// Those of `begin`, then [`Error::DigestMismatch`] if the body is not the one signed.
    pub fn verify<'r, H>(
        &self,
        request: &Request<'r, H>,
        body: &(impl AsRef<[u8]> + ?Sized),
        clock: Clock,
    ) -> Result<Verified<'r>, Error>
    where
        H: Headers + ?Sized,
    {
        let (digest, verified) = self.head(request, clock)?;
        let mut digest = BodyDigest::new(digest);
        digest.update(body.as_ref());
        digest.check()?;
        Ok(verified)
    }
}

/// A request whose head is genuine and whose body has still to show that it is.
///
/// Not a verdict: only [`finish`](Self::finish) gives one.
#[must_use = "nothing is verified until `finish` says so"]
#[derive(Clone)]
pub struct PendingBody<'r> {
    body: BodyDigest,
    verified: Verified<'r>,
}

impl<'r> PendingBody<'r> {
    /// Takes the next bytes of the body, as received (before any decompression), in chunks of
    /// any size.
    pub fn update(&mut self, chunk: &[u8]) {
        self.body.update(chunk);
    }

    /// The verdict, once the whole body was given.
    ///
    /// # Errors
    ///
    /// [`Error::DigestMismatch`] if the body is not the one that was signed.
    pub fn finish(mut self) -> Result<Verified<'r>, Error> {
        self.body.check()?;
        Ok(self.verified)
    }
}

impl fmt::Debug for PendingBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingBody(..)")
    }
}

/// What is known of a request that is genuine: MAC, date and body belong together.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'r> {
    key_index: usize,
    tag: Tag,
    date: Option<i64>,
    expires: Option<i64>,
    key_id: Value<'r>,
    covered: HeaderList<'r>,
}

impl<'r> Verified<'r> {
    /// The index of the key that made the signature, in the slice given to [`Verifier::new`].
    pub fn key_index(&self) -> usize {
        self.key_index
    }

    /// The MAC: a key under which to remember the delivery.
    pub fn tag(&self) -> &Tag {
        &self.tag
    }

    /// `Date` in Unix seconds, or `None` where there was no clock.
    pub fn date(&self) -> Option<i64> {
        self.date
    }

    /// The last second (Unix) at which this request would be accepted, or `None` where there was
    /// no clock: a replay must be looked for until then.
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// The keyId. Drone's is always `hmac-key`.
    pub fn key_id(&self) -> Value<'r> {
        self.key_id
    }

    /// The headers that the signature covers. Any other header may have been changed or added on
    /// the way.
    pub fn covered(&self) -> HeaderList<'r> {
        self.covered
    }
}
