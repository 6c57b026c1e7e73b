//! What is explained: a request, and the receiver that it came to.

use hooksig::{Error, HeaderList, Key, Params, signing_string};

use super::mac;
use crate::{message::Message, receiver::Receiver, secrets::Secret};

pub(crate) struct Case<'a> {
    pub(crate) message: &'a Message<'a>,
    pub(crate) receiver: &'a Receiver<'a>,
    pub(crate) secrets: &'a [Secret],
    pub(crate) params: Result<Params<'a>, Error>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        message: &'a Message<'a>,
        receiver: &'a Receiver<'a>,
        secrets: &'a [Secret],
    ) -> Self {
        Self { message, receiver, secrets, params: Params::find(&message.request()) }
    }

    /// The names that the signature covers.
    pub(crate) fn covered(&self) -> Result<HeaderList<'a>, Error> {
        Ok(self.params?.headers())
    }

    pub(crate) fn signing_string(&self) -> Result<Vec<u8>, Error> {
        let (request, names) = (self.message.request(), self.covered()?);
        let mut string = match signing_string(&request, &names, &mut []) {
            Err(Error::BufferTooSmall { needed }) => vec![0; needed],
            other => other?.to_vec(),
        };
        signing_string(&request, &names, &mut string)?;
        Ok(string)
    }

    /// The signature that `key` makes of `message` over the names that are covered here.
    pub(crate) fn mac(&self, key: &Key, message: &Message<'_>) -> Result<String, Error> {
        mac::of(key, &message.request(), &self.covered()?)
    }

    /// Whether `key` makes of `message` the signature that is here.
    pub(crate) fn is_signed_by(&self, key: &Key, message: &Message<'_>) -> bool {
        let signature = self.params.map(|params| params.signature());
        let mac = self.mac(key, message);
        matches!((signature, mac), (Ok(signature), Ok(mac)) if signature.is(&mac))
    }

    /// The index of the secret that made the signature.
    pub(crate) fn signer(&self) -> Option<usize> {
        self.secrets.iter().position(|secret| self.is_signed_by(secret.key(), self.message))
    }
}
