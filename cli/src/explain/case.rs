//! The request to explain, and the receiver that judged it.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{Error, HeaderList, MAX_NAMES, Params, Value, signing_string};

use super::trial::{Budget, Trial};
use crate::{message::Message, receiver::Receiver, secrets::Secret};

pub(crate) struct Case<'a> {
    pub(crate) message: &'a Message<'a>,
    pub(crate) receiver: &'a Receiver<'a>,
    pub(crate) secrets: &'a [Secret],
    pub(crate) params: Result<Params<'a>, Error>,
    /// The signature if it decodes to 32 bytes.
    pub(crate) signature: Option<[u8; 32]>,
    /// The signing string as the core builds it, or why it cannot.
    pub(crate) string: Result<Vec<u8>, Error>,
    /// One per covered name, up to the most that a signature may cover.
    pub(crate) lines: Vec<CoveredLine<'a>>,
    /// The index of the secret that made the signature.
    pub(crate) signer: Option<usize>,
    pub(crate) budget: Budget,
}

/// A line of the signing string and the fields that it comes from.
pub(crate) struct CoveredLine<'a> {
    /// In lower case.
    pub(crate) name: Vec<u8>,
    /// The value of each field of this name, or the method and target.
    pub(crate) instances: Vec<&'a [u8]>,
    /// `None` if the request has no such field.
    pub(crate) value: Option<Vec<u8>>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        message: &'a Message<'a>,
        receiver: &'a Receiver<'a>,
        secrets: &'a [Secret],
    ) -> Self {
        let params = Params::find(&message.request());
        let signature = params.ok().and_then(|params| decoded(params.signature()));
        let string = params.and_then(|params| signing_text(message, &params.headers()));
        let lines = params.map_or_else(|_| vec![], |params| lines(message, &params.headers()));
        let budget = Budget::new();
        let signer = None;
        let mut case =
            Self { message, receiver, secrets, params, signature, string, lines, signer, budget };
        case.signer = case.find_signer();
        case
    }

    fn find_signer(&self) -> Option<usize> {
        let string = self.string.as_ref().ok()?;
        let signature = self.signature?;
        // Every secret is tried, whatever the cost.
        self.secrets
            .iter()
            .position(|secret| Trial::new(secret.bytes(), signature).continued(string).fits())
    }

    /// The names that the signature covers.
    pub(crate) fn covered(&self) -> Result<HeaderList<'a>, Error> {
        Ok(self.params?.headers())
    }

    /// Returns the fault of the list itself. Faults of the fields that it names come later.
    pub(crate) fn check_list(&self) -> Result<(), Error> {
        let Err(error) = self.string else { return Ok(()) };
        let is_of_list = match error {
            // The other cause is repeated fields.
            Error::TooManyNames => self.covered()?.iter().count() > MAX_NAMES,
            Error::EmptyList
            | Error::MalformedList { .. }
            | Error::RepeatedName { .. }
            | Error::UnsupportedName { .. } => true,
            _ => false,
        };
        if is_of_list { Err(error) } else { Ok(()) }
    }
}

impl CoveredLine<'_> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name.as_bytes()
    }
}

fn decoded(signature: Value<'_>) -> Option<[u8; 32]> {
    let text: Vec<u8> = signature.bytes().collect();
    BASE64_STANDARD.decode(text).ok()?.try_into().ok()
}

fn signing_text(message: &Message<'_>, names: &HeaderList<'_>) -> Result<Vec<u8>, Error> {
    // Each field appears in the string at most once, preceded by `, `.
    let fields: usize =
        message.fields.iter().map(|field| field.name.len() + field.value.len() + 4).sum();
    let most = fields + message.method.len() + message.target.len() + 64;
    let mut string = vec![0; most];
    let len = signing_string(&message.request(), names, &mut string)?.len();
    string.truncate(len);
    Ok(string)
}

fn lines<'a>(message: &'a Message<'a>, names: &HeaderList<'_>) -> Vec<CoveredLine<'a>> {
    let names = names.iter().take(MAX_NAMES);
    let names: Vec<Vec<u8>> = names.map(|name| name.lower().collect()).collect();
    let mut found: HashMap<&[u8], Vec<&'a [u8]>> =
        names.iter().map(|name| (name.as_slice(), vec![])).collect();
    for field in &message.fields {
        let name = field.name.to_ascii_lowercase();
        if let Some(instances) = found.get_mut(name.as_bytes()) {
            instances.push(trim(field.value));
        }
    }
    let mut lines: Vec<_> = names
        .iter()
        .map(|name| {
            let instances = found.get(name.as_slice()).cloned().unwrap_or_default();
            let value = (!instances.is_empty()).then(|| instances.join(b", ".as_slice()));
            CoveredLine { name: name.clone(), instances, value }
        })
        .collect();
    for line in lines.iter_mut().filter(|line| line.is("(request-target)")) {
        let method = message.method.to_ascii_lowercase();
        line.value = (!method.is_empty())
            .then(|| [method.as_bytes(), b" ", message.target.as_bytes()].concat());
    }
    lines
}

/// Trims the white space around a field's value.
fn trim(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    &value[start..end]
}
