//! Recognises signatures of other products.

use super::NearMiss;
use crate::{explain::Case, message::Message, terminal::excerpt};

/// One kind of signature.
struct Scheme {
    name: &'static str,
    mark: Mark,
    /// Names the kind, and says why it is not Drone's.
    what: &'static str,
    advice: &'static str,
}

/// The mark of a kind.
enum Mark {
    /// One of these fields.
    Fields(&'static [&'static str]),
    /// How `Authorization` or `Proxy-Authorization` begins, in lower case.
    Credentials(&'static str),
    /// How `Signature` begins.
    Signature(&'static str),
}

use Mark::{Credentials, Fields, Signature};

const REPOSITORY: &str = "point the repository's webhook at the Drone server, and set \
                          DRONE_WEBHOOK_ENDPOINT there to this address";
const ELSEWHERE: &str =
    "give that sender another address, and verify its requests there by its rules";
const STRIPE: &str = "uses Stripe's signatures (`t=`, `v1=`), not Drone's";
const STRIPES: &str =
    "give that sender another address, and verify its requests there with Stripe's library";
const GITHUB: &str = "uses GitHub's signatures (a hexadecimal HMAC of the body)";

/// The first match wins, because some senders also send the fields of other kinds.
const SCHEMES: [Scheme; 28] = [
    Scheme {
        name: "rfc9421-signature",
        mark: Fields(&["signature-input"]),
        what: "is signed as in RFC 9421 (HTTP Message Signatures), not as by Drone",
        advice: "find out what sends it here, or verify it with a library for RFC 9421",
    },
    Scheme {
        name: "stripe-signature",
        mark: Fields(&["stripe-signature"]),
        what: STRIPE,
        advice: STRIPES,
    },
    Scheme { name: "stripe-signature", mark: Signature("t="), what: STRIPE, advice: STRIPES },
    Scheme {
        name: "gitlab-token",
        mark: Fields(&["x-gitlab-token", "x-gitlab-event"]),
        what: "is a webhook of GitLab, whose X-Gitlab-Token is a password and no signature",
        advice: "point GitLab's webhook at the Drone server, and set DRONE_WEBHOOK_ENDPOINT there to this address",
    },
    Scheme {
        name: "forgejo-signature",
        mark: Fields(&["x-forgejo-signature", "x-forgejo-event"]),
        what: "is a webhook of Forgejo, signed with a hexadecimal HMAC of the body",
        advice: REPOSITORY,
    },
    Scheme {
        name: "gitea-signature",
        mark: Fields(&["x-gitea-signature", "x-gitea-event"]),
        what: "is a webhook of Gitea, signed with a hexadecimal HMAC of the body",
        advice: REPOSITORY,
    },
    Scheme {
        name: "gogs-signature",
        mark: Fields(&["x-gogs-signature", "x-gogs-event"]),
        what: "is a webhook of Gogs, signed with a hexadecimal HMAC of the body",
        advice: REPOSITORY,
    },
    Scheme {
        name: "gitness-signature",
        mark: Fields(&["x-gitness-signature", "x-gitness-trigger"]),
        what: "is a webhook of Gitness (Harness Open Source), signed with a hexadecimal HMAC of the body",
        advice: REPOSITORY,
    },
    Scheme {
        name: "harness-signature",
        mark: Fields(&["x-harness-signature", "x-harness-trigger"]),
        what: "is a webhook of Harness, signed with a hexadecimal HMAC of the body",
        advice: REPOSITORY,
    },
    Scheme {
        name: "bitbucket-signature",
        mark: Fields(&["x-event-key", "x-hook-uuid"]),
        what: "is a webhook of Bitbucket, signed with a hexadecimal HMAC of the body",
        advice: REPOSITORY,
    },
    Scheme {
        name: "github-signature",
        mark: Fields(&["x-hub-signature-256", "x-hub-signature", "x-github-event"]),
        what: GITHUB,
        advice: REPOSITORY,
    },
    Scheme {
        name: "github-signature",
        mark: Signature("sha256="),
        what: GITHUB,
        advice: REPOSITORY,
    },
    Scheme { name: "github-signature", mark: Signature("sha1="), what: GITHUB, advice: REPOSITORY },
    Scheme {
        name: "slack-signature",
        mark: Fields(&["x-slack-signature", "x-slack-request-timestamp"]),
        what: "uses Slack's signatures (X-Slack-Signature, `v0=`)",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "standard-webhooks-signature",
        mark: Fields(&["webhook-signature", "webhook-id", "svix-signature", "svix-id"]),
        what: "is signed by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature)",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "kong-signature",
        mark: Credentials("hmac "),
        what: "is signed by Kong's hmac-auth (`hmac username=`), which resembles Drone's scheme",
        advice: "let Kong pass on Drone's own Signature, and verify that; Kong's signature is for Kong",
    },
    Scheme {
        name: "shopify-signature",
        mark: Fields(&["x-shopify-hmac-sha256"]),
        what: "is a webhook of Shopify",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "twilio-signature",
        mark: Fields(&["x-twilio-signature"]),
        what: "is a webhook of Twilio",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "discord-signature",
        mark: Fields(&["x-signature-ed25519"]),
        what: "is a webhook of Discord",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "pagerduty-signature",
        mark: Fields(&["x-pagerduty-signature"]),
        what: "is a webhook of PagerDuty",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "circleci-signature",
        mark: Fields(&["circleci-signature"]),
        what: "is a webhook of CircleCI",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "buildkite-signature",
        mark: Fields(&["x-buildkite-signature", "x-buildkite-token"]),
        what: "is a webhook of Buildkite",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "vercel-signature",
        mark: Fields(&["x-vercel-signature"]),
        what: "is a webhook of Vercel",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "linear-signature",
        mark: Fields(&["linear-signature"]),
        what: "is a webhook of Linear",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "sentry-signature",
        mark: Fields(&["sentry-hook-signature"]),
        what: "is a webhook of Sentry",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "azure-devops-signature",
        mark: Fields(&["x-vss-activityid"]),
        what: "is a webhook of Azure DevOps",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "aws-signature",
        mark: Credentials("aws4-hmac-sha256"),
        what: "uses AWS Signature Version 4",
        advice: ELSEWHERE,
    },
    Scheme {
        name: "documentation-example",
        mark: Credentials("hmac-key\""),
        what: "is the example in Drone's documentation, which lacks `Signature keyId=\"` and the headers parameter; no server sends it",
        advice: "try the output of `hooksig sign --http`",
    },
];

/// Searches only if there are no parameters of Drone's kind, because otherwise such a field does
/// not matter.
pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    if case.params.is_ok() {
        return None;
    }
    let scheme = SCHEMES.iter().find(|scheme| scheme.mark.is_on(case.message));
    scheme
        .map(|Scheme { name, what, advice, .. }| {
            NearMiss::new(*name, "scheme", format!("This {what}: {advice}."))
        })
        .or_else(|| unknown_field(case.message))
        .or_else(|| unknown_credentials(case.message))
}

/// A field that looks like the signature of a product that is not listed.
fn unknown_field(message: &Message<'_>) -> Option<NearMiss> {
    let field = message.fields.iter().find(|field| {
        let name = field.name.to_ascii_lowercase();
        name.contains("signature") && name != "signature"
    });
    let hex = message
        .values("signature")
        .any(|value| value.len() >= 40 && value.iter().all(u8::is_ascii_hexdigit));
    let name = match field {
        Some(field) => excerpt(field.name),
        None if hex => "Signature, which holds only hexadecimal digits,".into(),
        None => return None,
    };
    let advice = format!("This has the field {name} of another product, not Drone's: {ELSEWHERE}.");
    Some(NearMiss::new("unknown-signature", "scheme", advice))
}

fn unknown_credentials(message: &Message<'_>) -> Option<NearMiss> {
    let known = [("basic", "a user name and a password"), ("bearer", "a token")];
    let (_, what) = known.into_iter().find(|(scheme, _)| Credentials(scheme).is_on(message))?;
    let advice = format!(
        "The Authorization field holds {what} and no signature: if Drone sent this, something on \
         the way dropped the field Signature; if not, {ELSEWHERE}."
    );
    Some(NearMiss::new("unsigned-credentials", "scheme", advice))
}

impl Mark {
    fn is_on(&self, message: &Message<'_>) -> bool {
        let begins = |value: &[u8], with: &str| {
            value.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
        };
        match self {
            Fields(names) => names.iter().any(|name| message.values(name).next().is_some()),
            Signature(with) => message.values("signature").any(|value| begins(value, with)),
            Credentials(with) => ["authorization", "proxy-authorization"]
                .iter()
                .any(|name| message.values(name).any(|value| begins(value, with))),
        }
    }
}
