//! A signature of another kind than Drone's.

use super::NearMiss;
use crate::{explain::Case, message::Message};

/// One kind of signature.
struct Scheme {
    name: &'static str,
    fits: fn(&Message<'_>) -> bool,
    advice: &'static str,
}

/// The first that fits is it: senders of some kinds send the fields of others as well.
const SCHEMES: [Scheme; 5] = [
    Scheme {
        name: "rfc9421-signature",
        fits: |message| has(message, "signature-input"),
        advice: "This is signed by RFC 9421 (HTTP Message Signatures), which no Drone server sends: \
                 find out what sends it here, or verify it with a library for RFC 9421.",
    },
    Scheme {
        name: "stripe-signature",
        fits: |message| has(message, "stripe-signature") || signature_begins(message, b"t="),
        advice: "This is signed in the way of Stripe (`t=`, `v1=`), which no Drone server does: \
                 give that sender an address of its own and verify it with Stripe's library.",
    },
    Scheme {
        name: "gitlab-token",
        fits: |message| has(message, "x-gitlab-token"),
        advice: "This is a webhook of GitLab, whose X-Gitlab-Token is compared and signs nothing: \
                 let GitLab call the Drone server, and set DRONE_WEBHOOK_ENDPOINT there to this \
                 address.",
    },
    Scheme {
        name: "github-signature",
        fits: |message| {
            has(message, "x-hub-signature-256")
                || has(message, "x-hub-signature")
                || signature_begins(message, b"sha256=")
        },
        advice: "This is signed in the way of GitHub (HMAC of the body alone, in hexadecimal): let \
                 the repository's webhook call the Drone server, and set DRONE_WEBHOOK_ENDPOINT \
                 there to this address.",
    },
    Scheme {
        name: "documentation-example",
        fits: |message| {
            message.values("authorization").any(|value| value.starts_with(b"hmac-key\""))
        },
        advice: "This is the example of Drone's documentation, which lacks `Signature keyId=\"` and \
                 the headers parameter and which no server sends: try a delivery of `hooksig sign \
                 --http`.",
    },
];

/// Looks only where there are no parameters of Drone's kind: beside those, such a field is
/// nobody's business.
pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    let scheme = SCHEMES.iter().find(|scheme| (scheme.fits)(case.message));
    let found = scheme.filter(|_| case.params.is_err())?;
    Some(NearMiss { name: found.name, about: "scheme", advice: found.advice.into() })
}

fn has(message: &Message<'_>, name: &str) -> bool {
    message.values(name).next().is_some()
}

fn signature_begins(message: &Message<'_>, with: &[u8]) -> bool {
    message.values("signature").any(|value| value.starts_with(with))
}
