//! What a Drone server sends beside the body, and where to.

use anyhow::{bail, ensure};
use hooksig::drone::{Delivery, SignedHeaders};
use http::Uri;

use crate::terminal::escape;

/// That of a Drone server, so that a receiver sees what it will see in earnest.
pub(crate) const USER_AGENT: &str = "Go-http-client/1.1";

/// The longest event that is sent, in bytes; Drone's own have five at most.
const MAX_EVENT: usize = 64;

pub(crate) type Field = (&'static str, String);

/// The value of `X-Drone-Event`: the one asked for, or the body's.
///
/// `option` is where it was asked for.
pub(crate) fn event(
    asked: Option<String>,
    option: &str,
    body: &[u8],
) -> anyhow::Result<Option<String>> {
    let delivery = Delivery::read(body).unwrap_or_default();
    let own = delivery.event().map(|event| event.as_str().to_owned());
    let event = match (asked, own) {
        (Some(asked), Some(own)) if asked != own => {
            bail!("{option} {}: the body's event is {}", escape(asked), escape(own))
        }
        (asked, own) => asked.or(own),
    };
    if let Some(event) = &event {
        ensure!(
            (1..=MAX_EVENT).contains(&event.len())
                && event.bytes().all(|octet| octet.is_ascii_graphic()),
            "the event `{}` cannot be the value of X-Drone-Event; one ASCII word is needed",
            escape(&event.as_bytes()[..event.len().min(MAX_EVENT)])
        );
    }
    Ok(event)
}

/// The fields that belong to the body, in the order in which Drone sends them.
pub(crate) fn fields(signed: &SignedHeaders, body_len: usize, event: Option<String>) -> Vec<Field> {
    let mut fields = vec![
        ("Content-Length", body_len.to_string()),
        ("Content-Type", "application/json".to_owned()),
        ("Date", signed.date().to_owned()),
        ("Digest", signed.digest().to_owned()),
        ("Signature", signed.signature().to_owned()),
    ];
    fields.extend(event.map(|event| ("X-Drone-Event", event)));
    fields
}

/// What of a URL goes into a request.
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
        ensure!(!host.as_str().contains('@'), "the URL holds a user name, which Host cannot");
        // What is no port is taken for none, which would be another address.
        let has_port = url.port_u16().is_some() || host.as_str() == host.host();
        ensure!(has_port, "the URL's port is not one");
        let target = url.path_and_query().map_or("/", |target| target.as_str());
        ensure!(target.is_ascii(), "the URL holds more than ASCII; percent-encode it");
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self { host: host.to_string(), target: format!("{slash}{target}") })
    }
}
