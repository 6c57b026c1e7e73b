//! Signing, and the value of the `Signature` field.

use crate::{
    Error, HeaderNames, Headers, Key, Request,
    bytes::is_control,
    names::{CheckedNames, NameIndex},
    params,
    primitives::{self, BASE64_LEN},
    signing_string::{CoveredFields, SigningString},
    writer::Writer,
};

/// Signs requests with one key under one keyId.
///
/// # Examples
///
/// ```
/// use hooksig::{Key, Request, Signer, digest};
///
/// let key = Key::new("secret")?;
/// let digest = digest::field("{}");
/// let headers = [("Date", "Tue, 07 Jun 2014 20:51:35 GMT"), ("Digest", digest.as_str())];
/// let mut out = [0; 128];
/// let request = Request::new("POST", "/hook", &headers);
/// let value = Signer::new(&key, "hmac-key")?.sign(&request, &["date", "digest"], &mut out)?;
/// assert!(value.starts_with(br#"keyId="hmac-key",algorithm="hmac-sha256",signature=""#));
/// # Ok::<(), hooksig::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Signer<'k> {
    key: &'k Key,
    key_id: &'k [u8],
}

impl<'k> Signer<'k> {
    /// Creates a signer that names its key `key_id`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidKeyId`] if `key_id` is empty or holds a quote, a backslash or a control
    /// byte (including HTAB), which could forge another parameter.
    pub fn new(key: &'k Key, key_id: &'k (impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let key_id = key_id.as_ref();
        let unfit = |byte| is_control(byte) || matches!(byte, b'\t' | b'"' | b'\\');
        if key_id.is_empty() || key_id.iter().copied().any(unfit) {
            return Err(Error::InvalidKeyId);
        }
        Ok(Self { key, key_id })
    }

    /// Signs the headers `names` of `request`. Writes the value of the `Signature` field to `out` and
    /// returns the written part. The value of `Authorization` is the same after `Signature `.
    ///
    /// Writes the parameters in Drone's order: keyId, algorithm, signature, headers, with the names in
    /// lower case. The body is covered only through `digest`
    /// ([`digest::field`](crate::digest::field)). A receiver for Drone requires `date` and `digest`.
    ///
    /// # Errors
    ///
    /// - [`Error::BufferTooSmall`] if `out` is shorter than [`signature_len`]; nothing is written
    /// - [`Error::EmptyList`], [`Error::TooManyNames`], [`Error::MalformedList`],
    ///   [`Error::RepeatedName`] or [`Error::UnsupportedName`] if `names` cannot be signed
    /// - [`Error::MissingHeader`] if a name is not in the request
    /// - [`Error::ControlByte`] if a covered value holds a control byte, or a covered method or target
    ///   holds a control byte or a space
    /// - [`Error::HostMismatch`] if `host` is in `names` and the request contradicts itself about it
    /// - [`Error::SigningStringTooLong`], because no receiver would accept the signature
    pub fn sign<'o, H, N>(
        &self,
        request: &Request<'_, H>,
        names: &N,
        out: &'o mut [u8],
    ) -> Result<&'o [u8], Error>
    where
        H: Headers + ?Sized,
        N: HeaderNames + ?Sized,
    {
        let (mut index, mut covered) = (NameIndex::new(), CoveredFields::default());
        let mut checked = CheckedNames::new(names.names(), &mut index)?;
        let string = SigningString::new(request, &mut checked, &mut covered);
        string.check()?;
        let tag = self.key.mac(&string);
        let mut writer = Writer::exact(out, signature_len(self.key_id, names))?;
        let signature = primitives::encode(&tag);
        params::write(self.key_id, names.names(), &signature, &mut writer);
        writer.finish()
    }
}

/// Returns the length of the value of a `Signature` field with this keyId and these names, in bytes.
pub fn signature_len<N>(key_id: &(impl AsRef<[u8]> + ?Sized), names: &N) -> usize
where
    N: HeaderNames + ?Sized,
{
    let mut writer = Writer::new(&mut []);
    params::write(key_id.as_ref(), names.names(), &[0; BASE64_LEN], &mut writer);
    writer.needed()
}
