//! Properties of every message, whatever its headers, covered names and body.

use std::ops::Range;

use crate::common::{NOW, SECRET, Sent, key};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use hooksig::{Clock, Error, Key, Policy, Signer, Verifier, signature_len, signing_string};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::{Index, select},
};
use sha2::Sha256;

const REQUEST_TARGET: &str = "(request-target)";

/// Every name that a message can cover.
const NAMES: [&str; 8] =
    ["date", "digest", "host", "x-a", "x-b", "x-empty", "content-type", REQUEST_TARGET];

/// A message with any headers, signed over some of them, including date and digest.
#[derive(Clone, Debug)]
struct Message {
    sent: Sent,
    covered: Vec<&'static str>,
    key_id: Vec<u8>,
}

impl Message {
    fn signed_by(mut self, key: &Key) -> Self {
        let signer = Signer::new(key, &self.key_id).expect("the keyId is fit");
        let mut field = vec![0; signature_len(&self.key_id, self.covered.as_slice())];
        let names = self.covered.as_slice();
        let len = signer.sign(&self.sent.request(), names, &mut field).expect("it is fit").len();
        assert_eq!(len, field.len());
        self.sent.set("Signature", field);
        self
    }

    fn is_covered(&self, name: &[u8]) -> bool {
        self.covered.iter().any(|covered| covered.as_bytes().eq_ignore_ascii_case(name))
    }

    /// The signing string of draft 10, section 2.3, without regard to cost.
    fn plain_string(&self) -> Vec<u8> {
        let lines: Vec<_> = self.covered.iter().map(|name| self.plain_line(name)).collect();
        lines.join(&b'\n')
    }

    fn plain_line(&self, name: &str) -> Vec<u8> {
        if name == REQUEST_TARGET {
            let method = self.sent.method.to_ascii_lowercase();
            return [b"(request-target): ", method.as_slice(), b" ", &self.sent.target].concat();
        }
        let fields = self.sent.headers.iter();
        let values: Vec<_> = fields
            .filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| plain_trim(value))
            .collect();
        [name.as_bytes(), b": ", &values.join(b", ".as_slice())].concat()
    }

    /// Returns the range of the MAC in the `Signature` field.
    fn mac_range(&self) -> Range<usize> {
        let field = self.sent.value("Signature");
        let mac = self.sent.mac_text();
        let start = field.windows(mac.len()).rposition(|text| text == mac).expect("it is there");
        start..start + mac.len()
    }

    /// Returns every byte that must not change; not those of the method, whose case may.
    fn protected_bytes(&mut self) -> Vec<&mut u8> {
        let mac = self.mac_range();
        let names: Vec<_> = self.sent.headers.iter().map(|(name, _)| name.clone()).collect();
        let covered: Vec<_> = names.iter().map(|name| self.is_covered(name)).collect();
        let target_covered = self.is_covered(REQUEST_TARGET.as_bytes());
        let mut bytes: Vec<&mut u8> = self.sent.body.iter_mut().collect();
        for ((name, value), covered) in self.sent.headers.iter_mut().zip(covered) {
            match name.as_slice() {
                b"Signature" => bytes.extend(&mut value[mac.clone()]),
                _ if covered => bytes.extend(value),
                _ => {}
            }
        }
        if target_covered {
            bytes.extend(&mut self.sent.target);
        }
        bytes
    }

    fn verdict(&self) -> Result<(), Error> {
        self.sent.verdict(Policy::DRONE, Clock::At(NOW))
    }
}

fn plain_trim(value: &[u8]) -> &[u8] {
    let inner = |byte: &u8| !matches!(byte, b' ' | b'\t');
    match (value.iter().position(inner), value.iter().rposition(inner)) {
        (Some(first), Some(last)) => &value[first..=last],
        _ => b"",
    }
}

/// Bytes allowed in a header value: HTAB, SP, visible ones, and all above 127.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => 33..=126u8, 1 => Just(b' '), 1 => Just(b'\t'), 2 => 128..=255u8];
    vec(byte, 0..30)
}

/// Bytes allowed in a target: no white space and no control byte.
fn target() -> impl Strategy<Value = Vec<u8>> {
    bytes().prop_map(|bytes| bytes.into_iter().filter(|byte| *byte > b' ').collect())
}

fn key_id() -> impl Strategy<Value = Vec<u8>> {
    let byte = (32..=255u8).prop_filter("it must be fit", |byte| !b"\"\\\x7f".contains(byte));
    vec(byte, 1..20)
}

/// Returns `name` in any case.
fn any_case(name: &[u8]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let name = name.to_vec();
    vec(any::<bool>(), name.len()).prop_map(move |upper| {
        let letters = name.iter().zip(upper);
        letters.map(|(byte, upper)| if upper { byte.to_ascii_uppercase() } else { *byte }).collect()
    })
}

fn fields() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    let name = select(&NAMES[2..7]).prop_flat_map(|name| any_case(name.as_bytes()));
    vec((name, bytes()), 0..10).prop_map(|mut fields| {
        // There may be only one if it is covered.
        let is_host = |(name, _): &(Vec<u8>, _)| name.eq_ignore_ascii_case(b"host");
        let first = fields.iter().position(is_host);
        let mut index = 0..;
        fields.retain(|field| index.next() == first || !is_host(field));
        fields
    })
}

prop_compose! {
    fn unsigned()(
        method in select(vec!["GET", "POST", "PuT", ""]),
        target in target(),
        fields in fields(),
        names in Just(NAMES).prop_shuffle(),
        count in 0..=NAMES.len(),
        key_id in key_id(),
        body in vec(any::<u8>(), 0..200),
    ) -> Message {
        let mut sent = Sent { method: method.into(), target, headers: fields, body };
        sent.add("Date", hooksig::date::format(NOW).unwrap());
        sent.add("Digest", hooksig::digest::field(&sent.body));
        let names_field = |name: &str, found: &[u8]| found.eq_ignore_ascii_case(name.as_bytes());
        let present = |name: &str| {
            let mut fields = sent.headers.iter();
            name == REQUEST_TARGET || fields.any(|(found, _)| names_field(name, found))
        };
        let wanted = |index, name| index < count || matches!(name, "date" | "digest");
        let covered = names.into_iter().enumerate();
        let covered = covered.filter(|&(index, name)| wanted(index, name) && present(name));
        let covered = covered.map(|(_, name)| name).collect();
        Message { sent, covered, key_id }
    }
}

fn signed() -> impl Strategy<Value = Message> {
    unsigned().prop_map(|message| message.signed_by(&key(SECRET)))
}

/// Returns a parameter value in any equivalent form.
fn any_form(value: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let is_token = value.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let escaped = vec(prop::bool::weighted(0.2), value.len());
    (escaped, any::<bool>()).prop_map(move |(escaped, as_token)| {
        if as_token && is_token {
            return value.clone();
        }
        let bytes = value.iter().zip(escaped);
        let inside =
            bytes.flat_map(|(byte, escaped)| escaped.then_some(b'\\').into_iter().chain([*byte]));
        [b'"'].into_iter().chain(inside).chain([b'"']).collect()
    })
}

/// Returns the same parameters in another order, form and case, with white space and unknown ones.
fn rewritten(message: Message) -> impl Strategy<Value = Message> {
    let field = message.sent.value("Signature").to_vec();
    let params = hooksig::Params::parse(&field).unwrap();
    let names = params.headers().value().bytes().collect::<Vec<_>>();
    let known = [
        ("keyId", params.key_id().bytes().collect::<Vec<_>>()),
        ("algorithm", b"hmac-sha256".to_vec()),
        ("signature", params.signature().bytes().collect()),
    ];
    let known = known.map(|(name, value)| (any_case(name.as_bytes()), any_form(value)));
    let headers = (any_case(b"headers"), any_case(&names).prop_flat_map(any_form));
    let unknown = btree_map("[a-c]{1,3}", "\"[a-z,= ]{0,9}\"|[a-z]{1,9}", 0..4);
    let unknown = unknown.prop_map(|params| {
        let bytes = |(name, value): (String, String)| (name.into_bytes(), value.into_bytes());
        params.into_iter().map(bytes).collect::<Vec<_>>()
    });
    let all = (known, headers, unknown).prop_map(|(known, headers, unknown)| {
        known.into_iter().chain([headers]).chain(unknown).collect::<Vec<_>>()
    });
    let separators = vec("[ \t]{0,2},[ \t]{0,2}(,,)?[ \t]?", 20);
    let equals = vec("[ \t]?=[ \t]{0,2}", 20);
    (all.prop_shuffle(), separators, equals).prop_map(move |(params, separators, equals)| {
        let mut field = Vec::new();
        for (((name, value), separator), equals) in params.iter().zip(separators).zip(equals) {
            field.extend([name, equals.as_bytes(), value, separator.as_bytes()].concat());
        }
        let mut message = message.clone();
        message.sent.set("Signature", field);
        message
    })
}

proptest! {
    #![proptest_config(crate::common::cases(128))]

    #[test]
    fn what_is_signed_verifies(message in signed()) {
        let keys = [key(SECRET)];
        let request = message.sent.request();
        let verified = Verifier::new(&keys)?.verify(&request, &message.sent.body, Clock::At(NOW));
        let verified = verified?;
        prop_assert!(verified.key_id().is(&message.key_id));
        prop_assert_eq!(verified.covered().iter().count(), message.covered.len());
        for (name, covered) in verified.covered().iter().zip(&message.covered) {
            prop_assert!(name.is(covered));
        }
        let tag = BASE64_STANDARD.encode(verified.tag());
        prop_assert_eq!(tag.into_bytes(), message.sent.mac_text());
    }

    #[test]
    fn the_signature_is_the_mac_of_the_plain_string(message in signed()) {
        let string = message.plain_string();
        let mut out = vec![0; string.len()];
        let request = message.sent.request();
        let written = signing_string(&request, message.covered.as_slice(), &mut out)?;
        prop_assert_eq!(written, string.as_slice());
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&string);
        let mac = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        prop_assert_eq!(message.sent.mac_text(), mac.into_bytes());
    }

    #[test]
    fn any_one_flipped_bit_is_refused(message in signed(), index in any::<Index>(), bit in 0..8u8) {
        let mut changed = message;
        let mut bytes = changed.protected_bytes();
        let byte = index.index(bytes.len());
        *bytes[byte] ^= 1 << bit;
        prop_assert!(changed.verdict().is_err());
    }

    #[test]
    fn another_method_is_refused_where_it_is_covered(message in signed()) {
        let mut changed = message.clone();
        changed.sent.method.push(b'X');
        prop_assert_eq!(changed.verdict().is_err(), message.is_covered(REQUEST_TARGET.as_bytes()));
        let mut changed = message;
        changed.sent.method.make_ascii_lowercase();
        prop_assert_eq!(changed.verdict(), Ok(()));
    }

    #[test]
    fn an_instance_more_or_less_of_a_covered_header_is_refused(
        message in signed(),
        index in any::<Index>(),
    ) {
        let index = index.index(message.sent.headers.len());
        let (name, value) = message.sent.headers[index].clone();
        prop_assume!(message.is_covered(&name));
        let mut changed = message.clone();
        changed.sent.headers.insert(index, (name, value));
        prop_assert!(changed.verdict().is_err());
        let mut changed = message;
        changed.sent.headers.remove(index);
        prop_assert!(changed.verdict().is_err());
    }

    #[test]
    fn splitting_the_body_anywhere_changes_nothing(
        message in signed(),
        mut cuts in vec(any::<Index>(), 0..12),
        genuine in any::<bool>(),
    ) {
        let mut body = message.sent.body.clone();
        if !genuine {
            body.push(b' ');
        }
        let keys = [key(SECRET)];
        let mut pending = Verifier::new(&keys)?.begin(&message.sent.request(), Clock::At(NOW))?;
        cuts.sort_by_key(|cut| cut.index(body.len() + 1));
        let mut fed = 0;
        for cut in cuts {
            let cut = cut.index(body.len() + 1);
            pending.update(&body[fed..cut]);
            fed = cut;
        }
        pending.update(&body[fed..]);
        let verdict = pending.finish().map(drop);
        prop_assert_eq!(verdict, if genuine { Ok(()) } else { Err(Error::DigestMismatch) });
    }

    #[test]
    fn the_form_of_the_parameters_changes_nothing(message in signed().prop_flat_map(rewritten)) {
        prop_assert_eq!(message.verdict(), Ok(()));
    }

    #[test]
    fn what_is_not_covered_changes_nothing(
        message in signed(),
        fields in vec(("x-[c-e]", vec(any::<u8>(), 0..9), any::<Index>()), 0..5),
        cases in vec(any::<bool>(), 20),
        rotation in any::<Index>(),
    ) {
        let mut changed = message;
        for (name, value, index) in fields {
            let index = index.index(changed.sent.headers.len() + 1);
            changed.sent.headers.insert(index, (name.into_bytes(), value));
        }
        // Another order of names keeps the order of the fields of one name.
        let mut names = NAMES.map(str::as_bytes);
        names.rotate_left(rotation.index(NAMES.len()));
        let place = |name: &[u8]| names.iter().position(|known| known.eq_ignore_ascii_case(name));
        changed.sent.headers.sort_by_key(|(name, _)| place(name));
        for ((name, _), upper) in changed.sent.headers.iter_mut().zip(cases) {
            if upper { name.make_ascii_uppercase() } else { name.make_ascii_lowercase() }
        }
        prop_assert_eq!(changed.verdict(), Ok(()));
    }

    #[test]
    fn the_first_key_that_fits_is_named(message in unsigned(), secrets in vec("[ab]{1,2}", 1..6)) {
        let keys: Vec<_> = secrets.iter().map(|secret| key(secret)).collect();
        for secret in &secrets {
            let message = message.clone().signed_by(&key(secret));
            let request = message.sent.request();
            let verifier = Verifier::new(&keys)?;
            let verified = verifier.verify(&request, &message.sent.body, Clock::At(NOW))?;
            let first = secrets.iter().position(|other| other == secret).unwrap();
            prop_assert_eq!(verified.key_index(), first);
        }
        let other = message.signed_by(&key("c"));
        let verdict = Verifier::new(&keys)?.begin(&other.sent.request(), Clock::At(NOW));
        prop_assert_eq!(verdict.map(drop), Err(Error::SignatureMismatch));
    }

    #[test]
    fn too_small_a_buffer_tells_what_is_needed_and_is_left_alone(
        message in signed(),
        room in any::<Index>(),
    ) {
        let request = message.sent.request();
        let names = message.covered.as_slice();
        let signing_key = key(SECRET);
        let signer = Signer::new(&signing_key, &message.key_id)?;
        let needed = message.plain_string().len();
        let mut out = vec![0xaa; room.index(needed)];
        let written = signing_string(&request, names, &mut out).map(drop);
        prop_assert_eq!(written, Err(Error::BufferTooSmall { needed }));
        prop_assert!(out.iter().all(|byte| *byte == 0xaa));
        let needed = message.sent.value("Signature").len();
        let mut out = vec![0xaa; room.index(needed)];
        let written = signer.sign(&request, names, &mut out).map(drop);
        prop_assert_eq!(written, Err(Error::BufferTooSmall { needed }));
        prop_assert!(out.iter().all(|byte| *byte == 0xaa));
        let mut out = vec![0xaa; needed + 3];
        prop_assert_eq!(signer.sign(&request, names, &mut out)?, message.sent.value("Signature"));
        prop_assert!(out[needed..].iter().all(|byte| *byte == 0xaa));
    }

    #[test]
    fn a_secret_is_its_bytes_whatever_its_length(
        message in unsigned(),
        secret in vec(any::<u8>(), 1..200),
    ) {
        let keys = [Key::new(&secret)?];
        let message = message.signed_by(&keys[0]);
        let mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        let mac = mac.chain_update(message.plain_string()).finalize().into_bytes();
        let request = message.sent.request();
        let verified = Verifier::new(&keys)?.verify(&request, &message.sent.body, Clock::None)?;
        prop_assert_eq!(verified.tag().as_slice(), mac.as_slice());
    }
}

#[test]
fn every_flipped_bit_of_a_drone_delivery_is_refused() {
    let genuine = Message {
        sent: Sent::by_drone(),
        covered: NAMES[..2].to_vec(),
        key_id: b"hmac-key".into(),
    };
    let bytes = genuine.clone().protected_bytes().len();
    assert_eq!(bytes, 29 + 52 + 44 + crate::common::BODY.len());
    for bit in 0..bytes * 8 {
        let mut changed = genuine.clone();
        *changed.protected_bytes()[bit / 8] ^= 1 << (bit % 8);
        assert!(changed.verdict().is_err(), "bit {bit}");
    }
}
