//! Asks the core about one rule, with a request that is otherwise valid.

use hooksig::{
    Clock, Error, Key, Policy, Request, Signer, Verifier, digest, drone::KEY_ID, signature_len,
};
use httparse::Header;

use super::Case;

/// Returns the core's verdict on the request's `Date` fields.
pub(crate) fn date(case: &Case<'_>) -> Result<(), Error> {
    let digest = digest::field("");
    let mut fields = case.message.named("date");
    fields.push(Header { name: "Digest", value: digest.as_bytes() });
    let policy = Policy::DRONE.require(&["digest"]).max_skew(case.receiver.terms.args.max_skew);
    ask(&fields, "", "digest", policy, case.receiver.clock)?
}

/// Returns the core's verdict on the request's `Digest` fields; if they are well-formed, also the
/// one on `body`.
pub(crate) fn digest(case: &Case<'_>, body: &[u8]) -> Result<Result<(), Error>, Error> {
    let mut fields = case.message.named("digest");
    fields.push(Header { name: "Date", value: b"" });
    ask(&fields, body, "date", Policy::DRONE.require(&["date"]), Clock::None)
}

/// Signs `covered` of a request with these fields. Returns the core's verdict on the head, with the
/// one on the body inside.
fn ask(
    fields: &[Header<'_>],
    body: impl AsRef<[u8]>,
    covered: &str,
    policy: Policy<'_>,
    clock: Clock,
) -> Result<Result<(), Error>, Error> {
    let keys = [Key::new("any")?];
    let mut room = vec![0; signature_len(KEY_ID, &[covered])];
    let signer = Signer::new(&keys[0], KEY_ID)?;
    let value = signer.sign(&Request::new("", "", fields), &[covered], &mut room)?;
    let fields = [fields, &[Header { name: "Signature", value }]].concat();

    let request = Request::new("", "", fields.as_slice());
    let mut pending = Verifier::with_policy(&keys, policy)?.begin(&request, clock)?;
    pending.update(body.as_ref());
    Ok(pending.finish().map(|_| ()))
}
