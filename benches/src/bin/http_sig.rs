//! The crate `http-sig`: draft 12 of HTTP Signatures, only in `Authorization`. Checks MAC, date and
//! digest.

use std::time::Duration;

use hooksig_bench::{
    contestant::{Call, Material, serve},
    delivery::Delivery,
    operation::{Kind, MAX_SKEW, Operation},
    versions::of_crate,
};
use http_sig::{
    ClientRequestLike, Header, HmacSha256, HttpDigest, HttpSignatureVerify, KeyProvider,
    RequestLike, ServerRequestLike, SigningConfig, SigningExt, VerifyingConfig, VerifyingExt,
};
use http02::{
    HeaderMap, HeaderValue,
    header::{AUTHORIZATION, DATE, HeaderName},
};
use std::sync::Arc;

fn main() {
    serve(&of_crate("http-sig"), |material, operation| Some(prepare(material, operation)));
}

fn prepare(material: &Material, operation: &Operation) -> Call {
    let secrets = material.secrets(operation);
    let mut request = Request::of(material.delivery(operation));
    let digest = Header::Normal(HeaderName::from_static("digest"));
    let names = [Header::Normal(DATE), digest];
    if operation.kind == Kind::Sign {
        let config = SigningConfig::new_default("hmac-key", secrets[0].as_bytes());
        let config = config.with_add_host(false).with_headers(&names);
        return Box::new(move || {
            for name in ["date", "digest"] {
                request.headers.remove(name);
            }
            request.sign(&config).is_ok()
        });
    }
    let keys = secrets.iter().map(|secret| HmacSha256::new(secret.as_bytes()));
    let keys: Vec<_> = keys.map(|key| Arc::new(key) as Arc<dyn HttpSignatureVerify>).collect();
    let config = VerifyingConfig::new(Keys(keys))
        .with_required_headers(&names)
        .with_validate_digest(operation.kind == Kind::Verify)
        .with_date_leeway(Duration::from_secs(MAX_SKEW.into()));
    Box::new(move || request.verify(&config).is_ok())
}

/// A set of keys that are all tried, whatever the keyId.
#[derive(Debug)]
struct Keys(Vec<Arc<dyn HttpSignatureVerify>>);

impl KeyProvider for Keys {
    fn provide_keys(&self, _: &str) -> Vec<Arc<dyn HttpSignatureVerify>> {
        self.0.clone()
    }
}

struct Request {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    fn of(delivery: Delivery) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in delivery.headers {
            let (name, value) = match name.as_str() {
                "Signature" => (AUTHORIZATION, format!("Signature {value}")),
                _ => (name.parse().expect("a field name"), value),
            };
            headers.insert(name, HeaderValue::from_str(&value).expect("a field value"));
        }
        Self { headers, body: delivery.body }
    }
}

impl RequestLike for Request {
    fn header(&self, header: &Header) -> Option<HeaderValue> {
        match header {
            Header::Normal(name) => self.headers.get(name).cloned(),
            _ => None,
        }
    }
}

impl ServerRequestLike for &Request {
    type Remnant = ();

    fn complete_with_digest(self, digest: &dyn HttpDigest) -> (Option<String>, ()) {
        (Some(digest.http_digest(&self.body)), ())
    }

    fn complete(self) {}
}

impl ClientRequestLike for Request {
    fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }

    fn compute_digest(&mut self, digest: &dyn HttpDigest) -> Option<String> {
        Some(digest.http_digest(&self.body))
    }
}
