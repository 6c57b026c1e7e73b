//! The crates `httpsig` and `httpsig-hyper`: only RFC 9421, so the same content is signed in that
//! form. They check MAC and digest, and leave the date to the caller.

use bytes::Bytes;
use futures::executor::block_on;
use hooksig_bench::{
    contestant::{Call, Material, serve},
    operation::{Kind, Operation},
    versions::of_crate,
};
use http::{HeaderValue, Request};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use httpsig_hyper::{
    ContentDigestType, HyperDigestError, MessageSignatureReqSync, RequestContentDigest,
    prelude::{HttpSignatureParams, SharedKey, message_component::HttpMessageComponentId},
};

type Message = Request<BoxBody<Bytes, HyperDigestError>>;

fn main() {
    let title = format!("{} (RFC 9421)", of_crate("httpsig-hyper"));
    serve(&title, |material, operation| Some(prepare(material, operation)));
}

fn prepare(material: &Material, operation: &Operation) -> Call {
    let secrets = material.secrets(operation);
    let keys: Vec<_> = secrets.iter().map(|secret| key(secret)).collect();
    let mut message = Some(message(material, operation, &secrets[secrets.len() - 1]));
    match operation.kind {
        Kind::Sign => Box::new(move || {
            let mut unsigned = message.take().expect("it is put back");
            for name in ["content-digest", "signature", "signature-input"] {
                unsigned.headers_mut().remove(name);
            }
            message = Some(sign(unsigned, &keys[0]));
            true
        }),
        Kind::Head => Box::new(move || message.as_ref().is_some_and(|it| fits(it, &keys))),
        Kind::Verify => Box::new(move || {
            let received = message.take().expect("it is put back");
            if !fits(&received, &keys) {
                message = Some(received);
                return false;
            }
            message = block_on(received.verify_content_digest()).ok();
            true
        }),
    }
}

fn key(secret: &str) -> SharedKey {
    SharedKey::HmacSha256(secret.as_bytes().to_vec())
}

fn fits(message: &Message, keys: &[SharedKey]) -> bool {
    keys.iter().any(|key| message.verify_message_signature_sync(key, None).is_ok())
}

/// Returns the operation's delivery in the form of RFC 9421.
fn message(material: &Material, operation: &Operation, secret: &str) -> Message {
    let delivery = material.delivery(operation);
    let body = Full::new(Bytes::from(delivery.body)).map_err(|never| match never {}).boxed();
    let mut unsigned = Request::post("/hooks/drone?src=ci").body(body).expect("a request");
    for (name, value) in &delivery.headers {
        if !matches!(name.as_str(), "Digest" | "Signature") {
            let name = name.parse::<http::HeaderName>().expect("a field name");
            unsigned.headers_mut().insert(name, value.parse().expect("a field value"));
        }
    }
    let secret = if operation.delivery == "wrong-mac" { "other" } else { secret };
    let mut signed = sign(unsigned, &key(secret));
    if operation.delivery == "garbage" {
        let field = signed.headers_mut().get_mut("signature-input").expect("it is signed");
        let cut = field.as_bytes()[..field.len() / 2].to_vec();
        *field = HeaderValue::from_bytes(&cut).expect("a field value");
    }
    signed
}

fn sign(message: Message, key: &SharedKey) -> Message {
    let digest = message.set_content_digest(&ContentDigestType::Sha256);
    let mut message = block_on(digest).expect("the body is there");
    let names = ["date", "content-digest"]
        .map(|name| HttpMessageComponentId::try_from(name).expect("a component"));
    let mut params = HttpSignatureParams::try_new(&names).expect("the names are known");
    params.set_key_info(key);
    message.set_message_signature_sync(&params, key, None).expect("the fields are there");
    message
}
