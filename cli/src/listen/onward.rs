//! The fields of a forwarded delivery.

use hooksig::{Verified, drone::Delivery};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::outgoing::USER_AGENT;

const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const DIGEST: HeaderName = HeaderName::from_static("digest");
const EVENT: HeaderName = HeaderName::from_static("x-drone-event");

/// The fields of a connection (RFC 9110, section 7.6.1), which are not forwarded, and those that
/// the next connection sets itself.
const OF_CONNECTION: [HeaderName; 10] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Returns the signature, the covered fields, and the other fields that Drone sends.
///
/// The delivery is already claimed, and an observer may have sent it first with other unsigned
/// fields. The next receiver must not refuse it because of these.
pub(super) fn fields(
    received: &HeaderMap,
    verified: &Verified<'_>,
    delivery: &Delivery<'_>,
) -> HeaderMap {
    let mut fields = HeaderMap::new();
    let event = delivery.event().and_then(|event| HeaderValue::from_str(event.as_str()).ok());
    fields.extend(event.map(|event| (EVENT, event)));
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    fields.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    for name in received.keys().filter(|name| is_kept(name, verified)) {
        fields.remove(name);
        for value in received.get_all(name).iter().filter(|value| is_signature(name, value)) {
            fields.append(name, value.clone());
        }
    }
    fields
}

fn is_kept(name: &HeaderName, verified: &Verified<'_>) -> bool {
    let of_signature = [SIGNATURE, DIGEST, header::AUTHORIZATION, header::DATE].contains(name);
    let is_covered =
        || verified.covered().iter().any(|covered| covered.lower().eq(name.as_str().bytes()));
    !OF_CONNECTION.contains(name) && (of_signature || is_covered())
}

/// Returns false for an `Authorization` without a signature, which the next receiver may refuse.
fn is_signature(name: &HeaderName, value: &HeaderValue) -> bool {
    let scheme = value.as_bytes().split(|&byte| byte == b' ').next().unwrap_or_default();
    *name != header::AUTHORIZATION || scheme.eq_ignore_ascii_case(b"signature")
}
