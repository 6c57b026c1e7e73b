//! The rules as written, one after the other, without regard to speed or memory.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::{
    dates,
    params::{self, Params, is_token},
};

/// The reason for a refusal, in the words of `Error::reason`.
pub(crate) type Word = &'static str;

/// A request with its fields as received.
#[derive(Clone, Default)]
pub(crate) struct Message {
    pub(crate) method: Vec<u8>,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Returns the values of all fields of this name, in order, without white space around them.
    pub(crate) fn values(&self, name: &[u8]) -> Vec<Vec<u8>> {
        let fields = self.headers.iter();
        let found = fields.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| trim(value).to_vec()).collect()
    }
}

/// Returns the index of the secret that signed the request, or the first broken rule.
pub(crate) fn judge(
    message: &Message,
    secrets: &[Vec<u8>],
    now: Option<i64>,
) -> Result<usize, Word> {
    check_secrets(secrets)?;
    let params = signature_params(message)?;
    let names = names(&params.headers)?;
    check_algorithm(params.algorithm.as_deref())?;
    if [&b"date"[..], b"digest"].iter().any(|required| !names.iter().any(|name| name == required)) {
        return Err("not-covered");
    }
    let mac = base64_of_32(&params.signature).ok_or("malformed-signature")?;
    check_date(message, now)?;
    let digest = digest(message)?;
    let string = signing_string(message, &names)?;
    let fits = |secret: &Vec<u8>| mac_of(secret, &string) == mac;
    let index = secrets.iter().position(fits).ok_or("signature-mismatch")?;
    if Sha256::digest(&message.body).as_slice() != digest {
        return Err("digest-mismatch");
    }
    Ok(index)
}

fn check_secrets(secrets: &[Vec<u8>]) -> Result<(), Word> {
    match secrets {
        [] => Err("no-keys"),
        // HMAC pads a secret with NUL.
        secrets if secrets.iter().any(|secret| secret.iter().all(|byte| *byte == 0)) => {
            Err("empty-secret")
        }
        _ => Ok(()),
    }
}

/// Rules 1 and 2.
fn signature_params(message: &Message) -> Result<Params, Word> {
    let mut signatures = message.values(b"Signature");
    let authorizations = message.values(b"Authorization");
    signatures.extend(authorizations.iter().filter_map(|value| credentials(value)));
    match signatures.as_slice() {
        [] => Err("missing-signature"),
        [signature] => params::parse(signature).map_err(|word| {
            let rfc9421 = !message.values(b"Signature-Input").is_empty();
            if word == "malformed-params" && rfc9421 { "rfc9421-signature" } else { word }
        }),
        _ => Err("repeated-signature"),
    }
}

/// Returns the credentials after the scheme `Signature`: `auth-scheme [ 1*SP #auth-param ]`.
fn credentials(value: &[u8]) -> Option<Vec<u8>> {
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    let start = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
    scheme.eq_ignore_ascii_case(b"Signature").then(|| rest[start..].to_vec())
}

/// Rule 4, for the list by itself.
fn names(list: &[u8]) -> Result<Vec<Vec<u8>>, Word> {
    let mut names = Vec::new();
    for name in list.split(|byte| *byte == b' ') {
        if names.len() == 128 {
            return Err("too-many-names");
        }
        let name = name.to_ascii_lowercase();
        if name == b"(created)" || name == b"(expires)" {
            return Err("unsupported-name");
        }
        if !is_token(&name) && name != b"(request-target)" {
            return Err("malformed-list");
        }
        if names.contains(&name) {
            return Err("repeated-name");
        }
        names.push(name);
    }
    Ok(names)
}

/// Rule 3.
fn check_algorithm(algorithm: Option<&[u8]>) -> Result<(), Word> {
    match algorithm {
        None => Err("missing-param"),
        Some(b"hmac-sha256") => Ok(()),
        Some(_) => Err("unsupported-algorithm"),
    }
}

/// Rule 5.
fn signing_string(message: &Message, names: &[Vec<u8>]) -> Result<Vec<u8>, Word> {
    let repeats = names.iter().map(|name| message.values(name).len().saturating_sub(1));
    if repeats.sum::<usize>() > 16 {
        return Err("too-many-names");
    }
    let lines = names.iter().map(|name| {
        if name == b"host" && !is_one_host(message) {
            return Err("host-mismatch");
        }
        let value = covered_value(message, name)?;
        let forbidden = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
        if value.iter().any(forbidden) {
            return Err("control-byte");
        }
        Ok([name, b": ".as_slice(), &value].concat())
    });
    let string = lines.collect::<Result<Vec<_>, Word>>()?.join(b"\n".as_slice());
    if string.len() > 4096 { Err("signing-string-too-long") } else { Ok(string) }
}

fn covered_value(message: &Message, name: &[u8]) -> Result<Vec<u8>, Word> {
    if name == b"(request-target)" {
        let (method, target) = (message.method.to_ascii_lowercase(), &message.target);
        if [&method, target].iter().any(|part| part.iter().any(|byte| b" \t".contains(byte))) {
            return Err("control-byte");
        }
        return Ok([&method, b" ".as_slice(), target].concat());
    }
    let values = message.values(name);
    if values.is_empty() {
        return Err("missing-header");
    }
    Ok(values.join(b", ".as_slice()))
}

/// Returns true if fields and an absolute target name no two different hosts.
fn is_one_host(message: &Message) -> bool {
    let mut hosts = message.values(b"Host");
    if !hosts.is_empty() {
        hosts.extend(target_authority(&message.target));
    }
    let fields = message.values(b"Host").len();
    fields < 2 && hosts.iter().all(|host| host.eq_ignore_ascii_case(&hosts[0]))
}

/// `absolute-form = scheme "://" authority path-abempty [ "?" query ]`
fn target_authority(target: &[u8]) -> Option<Vec<u8>> {
    let colon = target.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = (&target[..colon], target[colon..].strip_prefix(b"://")?);
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    (scheme.first()?.is_ascii_alphabetic() && scheme.iter().all(fits)).then_some(())?;
    Some(rest.split(|byte| b"/?#".contains(byte)).next().unwrap_or_default().to_vec())
}

pub(crate) fn mac_of(secret: &[u8], string: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("a secret has any length");
    mac.chain_update(string).finalize().into_bytes().to_vec()
}

/// Rule 7.
fn check_date(message: &Message, now: Option<i64>) -> Result<(), Word> {
    let date = match message.values(b"Date").as_slice() {
        [] => return Err("missing-date"),
        [date] => date.clone(),
        _ => return Err("repeated-date"),
    };
    let Some(now) = now.map(i128::from) else { return Ok(()) };
    match dates::parse(&date, now).ok_or("malformed-date")? - now {
        ..-300 => Err("date-too-old"),
        -300..=300 => Ok(()),
        _ => Err("date-too-new"),
    }
}

/// Rule 8 without the body: returns the hash that the sender claims.
fn digest(message: &Message) -> Result<Vec<u8>, Word> {
    let field = match message.values(b"Digest").as_slice() {
        [] => return Err("missing-digest"),
        [field] => field.clone(),
        _ => return Err("repeated-digest"),
    };
    let mut hash: Option<Vec<u8>> = None;
    for element in field.split(|byte| *byte == b',').filter(|element| !trim(element).is_empty()) {
        let found = digest_element(trim(element))?.or(hash.clone());
        if hash.is_some() && hash != found {
            return Err("digest-mismatch");
        }
        hash = found;
    }
    hash.ok_or("unsupported-digest")
}

/// Returns the hash of a SHA-256 element, or nothing for another algorithm.
fn digest_element(element: &[u8]) -> Result<Option<Vec<u8>>, Word> {
    let equals = element.iter().position(|byte| *byte == b'=').ok_or("malformed-digest")?;
    let (name, value) = (&element[..equals], &element[equals + 1..]);
    if !is_token(name) {
        return Err("malformed-digest");
    }
    if !name.eq_ignore_ascii_case(b"SHA-256") {
        return Ok(None);
    }
    base64_of_32(value).ok_or("malformed-digest").map(Some)
}

/// Decodes canonical, padded, standard base64 of 32 bytes.
fn base64_of_32(text: &[u8]) -> Option<Vec<u8>> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    let canonical = BASE64_STANDARD.encode(&bytes).as_bytes() == text;
    (bytes.len() == 32 && canonical).then_some(bytes)
}

/// Trims SP and HTAB.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
