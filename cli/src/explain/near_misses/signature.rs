//! A correct signature in the wrong encoding.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::NearMiss;
use crate::{
    coding,
    explain::{Case, trial::Trial},
};

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    let text: Vec<u8> = case.params.ok()?.signature().bytes().collect();
    // The core judges base64 that decodes.
    if text.len() > 256 || BASE64_STANDARD.decode(&text).is_ok_and(|bytes| bytes.len() == 32) {
        return None;
    }
    let string = case.string.as_ref().ok()?;
    let spaced = coding::replaced(&text, b" ", b"+");
    let percent = coding::percent_decoded(&text, false);
    let forms = [
        ("hexadecimal digits", coding::unhex(&text)),
        ("base64 without its padding, or in the alphabet for URLs", coding::base64_decoded(&text)),
        ("base64 in which each `+` became a space", coding::base64_decoded(&spaced)),
        ("base64 with percent escapes", coding::base64_decoded(&percent)),
    ];
    let (what, _) = forms.into_iter().find(|(_, bytes)| {
        let signature = bytes.as_ref().and_then(|bytes| bytes.as_slice().try_into().ok());
        signature.is_some_and(|signature| {
            case.secrets.iter().any(|secret| {
                case.budget.pay_for_mac(string.len())
                    && Trial::new(secret.bytes(), signature).continued(string).fits()
            })
        })
    })?;
    let advice = format!(
        "The signature is right, but written as {what}: have the sender write it as standard \
         base64 with padding, and let nothing on the way re-encode it."
    );
    Some(NearMiss::new("recoded-signature", "signature", advice))
}
