//! The header fields that a Drone server sends, and the destinations it sends to.

use std::str::FromStr;

use anyhow::{bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{
    Error, Key, Request, Signer, date, digest,
    drone::{self, Delivery},
};
use http::Uri;

use crate::{coding, extension::Extension, terminal::escape};

/// A Drone server's, so that a receiver sees the same as in production.
pub(crate) const USER_AGENT: &str = "Go-http-client/1.1";

/// Longest event sent, in bytes; Drone's own have at most five.
const MAX_EVENT: usize = 64;

/// Longest value of `Signature`, in bytes; that of a request to an extension has 152.
const MAX_SIGNATURE: usize = 256;

pub(crate) type Field = (&'static str, String);

/// Returns the value of `X-Drone-Event`: the requested one, or the body's.
///
/// `option` names the option that requested it.
pub(crate) fn event(
    asked: Option<String>,
    option: &str,
    body: &[u8],
) -> anyhow::Result<Option<String>> {
    let delivery = Delivery::read(body).unwrap_or_default();
    let own = delivery.event().map(|event| event.as_str().to_owned());
    let event = match (asked, own) {
        (Some(asked), Some(own)) if asked != own => {
            bail!("{option} {}: the event of the body is {}", escape(asked), escape(own))
        }
        (asked, own) => asked.or(own),
    };
    if let Some(event) = &event {
        ensure!(
            (1..=MAX_EVENT).contains(&event.len())
                && event.bytes().all(|byte| byte.is_ascii_graphic()),
            "the event `{}` cannot be the value of X-Drone-Event; one ASCII word is needed",
            escape(&event.as_bytes()[..event.len().min(MAX_EVENT)])
        );
    }
    Ok(event)
}

/// A kind of request that Drone sends.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// A webhook, with the value of `X-Drone-Event` if it has one.
    Webhook(Option<String>),
    Extension(Extension),
}

impl Form {
    /// Returns the names that Drone covers.
    pub(crate) fn covered(&self) -> &'static [&'static str] {
        match self {
            Self::Webhook(_) => &drone::COVERED,
            Self::Extension(_) => &drone::EXTENSION_COVERED,
        }
    }

    /// Signs `body` at `now`. Returns the fields that go with it, in the order of a Drone server.
    pub(crate) fn fields(&self, key: &Key, body: &[u8], now: i64) -> Result<Vec<Field>, Error> {
        let mut fields = vec![("Content-Length", body.len().to_string())];
        if let Self::Extension(extension) = self {
            fields.push(("Accept", extension.media_type().to_owned()));
            fields.push(("Accept-Encoding", "identity".to_owned()));
        }
        fields.extend([
            ("Content-Type", "application/json".to_owned()),
            ("Date", date::format(now)?.to_string()),
            ("Digest", digest::field(body).to_string()),
        ]);
        let mut out = [0; MAX_SIGNATURE];
        let request = Request::from_headers(fields.as_slice());
        let signature =
            Signer::new(key, drone::KEY_ID)?.sign(&request, self.covered(), &mut out)?;
        fields.push(("Signature", String::from_utf8_lossy(signature).into_owned()));
        if let Self::Webhook(Some(event)) = self {
            fields.push(("X-Drone-Event", event.clone()));
        }
        Ok(fields)
    }
}

/// Adds the field of a webhook that Go's HTTP client adds. In a request to an extension, Drone sets it.
pub(crate) fn add_encoding(fields: &mut Vec<Field>) {
    if fields.iter().all(|(name, _)| *name != "Accept-Encoding") {
        fields.push(("Accept-Encoding", "gzip".to_owned()));
    }
}

/// A destination: a URL as a Drone server accepts it.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) url: Uri,
    /// The value of `Authorization`, if the URL has a user name.
    pub(crate) authorization: Option<String>,
}

impl FromStr for Destination {
    type Err = anyhow::Error;

    /// Parses a URL; its scheme (`http`) and host (`:3000`) are optional.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = match text.split_once("://") {
            Some(_) => text.to_owned(),
            None if text.starts_with(':') => format!("http://localhost{text}"),
            None => format!("http://{text}"),
        };
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (user, rest) = match rest[..end].rfind('@') {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        // The error does not quote the text, which may hold a password.
        let Ok(url) = format!("{scheme}://{rest}").parse() else { bail!("this is not a URL") };
        Endpoint::of(&url)?;
        let authorization = user.map(|user| {
            let user = coding::percent_decoded(user.as_bytes(), false);
            let colon = if user.contains(&b':') { b"".as_slice() } else { b":" };
            format!("Basic {}", BASE64_STANDARD.encode([user.as_slice(), colon].concat()))
        });
        Ok(Self { url, authorization })
    }
}

/// The parts of a URL that go into a request.
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) target: String,
}

impl Endpoint {
    pub(crate) fn of(url: &Uri) -> anyhow::Result<Self> {
        let http = matches!(url.scheme_str(), Some("http" | "https"));
        let (true, Some(host)) = (http, url.authority()) else {
            bail!("the URL does not begin with http:// or https:// and a host");
        };
        // An invalid port would be ignored, which is another address.
        let has_port = url.port_u16().is_some() || host.as_str() == host.host();
        ensure!(has_port, "the URL's port is invalid");
        let target = url.path_and_query().map_or("/", |target| target.as_str());
        ensure!(target.is_ascii(), "the URL has non-ASCII characters; percent-encode them");
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self { host: host.to_string(), target: format!("{slash}{target}") })
    }
}
