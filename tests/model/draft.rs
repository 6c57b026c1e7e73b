//! A request that is built in steps: genuine, edited, signed, put together.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    date_forms,
    dice::Dice,
    edits,
    rules::{Message, mac_of},
    signature_edits,
};

/// The time of genuine requests: Wed, 01 Jan 2020 00:00:00 GMT.
const NOW: i64 = 1_577_836_800;

/// A request, and its receiver's secrets and clock.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) message: Message,
    pub(crate) secrets: Vec<Vec<u8>>,
    pub(crate) now: Option<i64>,
}

/// The parts of a case that can be edited.
pub(crate) struct Draft {
    pub(crate) message: Message,
    pub(crate) list: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) key_id: Vec<u8>,
    pub(crate) mac: Vec<u8>,
    pub(crate) params: Vec<Param>,
    pub(crate) secrets: Vec<Vec<u8>>,
    pub(crate) now: Option<i64>,
    /// The sender's clock.
    pub(crate) sent: i64,
}

/// A parameter as written.
#[derive(Clone)]
pub(crate) struct Param {
    pub(crate) name: Vec<u8>,
    pub(crate) equals: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) comma: Vec<u8>,
}

impl Param {
    pub(crate) fn new(name: &str, value: Vec<u8>) -> Self {
        Self { name: name.into(), equals: b"=".into(), value, comma: b",".into() }
    }
}

/// Returns a request with up to three edits.
pub(crate) fn roll(dice: &mut Dice) -> Case {
    let secret = dice.text(&["bea26a2221fd8090ea38720fc445eca6", "s", "\0\u{e9}\n "]);
    let mut draft = genuine(dice, &secret);
    let (mut before, mut after, mut params, mut fields) = (0, 0, 0, 0);
    for _ in 0..dice.below(4) {
        let count = match dice.below(10) {
            0..5 => &mut before,
            5..7 => &mut after,
            7..9 => &mut params,
            _ => &mut fields,
        };
        *count += 1;
    }
    (0..before).for_each(|_| dice.pick(edits::CONTENT)(&mut draft, dice));
    draft.sign(&secret);
    (0..after).for_each(|_| dice.pick(edits::AFTER)(&mut draft, dice));
    draft.write_params();
    (0..params).for_each(|_| dice.pick(signature_edits::PARAMS)(&mut draft, dice));
    draft.add_signature(dice);
    (0..fields).for_each(|_| dice.pick(signature_edits::FIELDS)(&mut draft.message, dice));
    Case { message: draft.message, secrets: draft.secrets, now: draft.now }
}

/// Returns a request that an honest sender may send to a receiver with `secret`.
fn genuine(dice: &mut Dice, secret: &[u8]) -> Draft {
    let body = dice.text(&["", "{}", "{\"event\":\"user\"}", "\0\u{ff}"]);
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = vec![
        (b"Date".into(), date_forms::write(NOW, dice.pick(&[0, 0, 1, 2])).into()),
        (b"Digest".into(), sha256_field(&body)),
    ];
    let mut list = vec!["date", "digest"];
    for (name, value) in [("host", "ci.example"), ("x-a", "a,  b"), ("x-b", "")] {
        if dice.one_in(4) {
            fields.push((name.into(), value.into()));
            list.insert(dice.below(list.len() + 1), name);
        }
    }
    if dice.one_in(4) {
        list.insert(dice.below(list.len() + 1), "(request-target)");
    }
    Draft {
        message: Message {
            method: dice.text(&["POST", "pUt"]),
            target: b"/hooks?A".into(),
            headers: fields,
            body,
        },
        list: list.join(" ").into(),
        algorithm: b"hmac-sha256".into(),
        key_id: b"hmac-key".into(),
        mac: Vec::new(),
        params: Vec::new(),
        secrets: vec![secret.to_vec()],
        now: Some(NOW),
        sent: NOW,
    }
}

pub(crate) fn sha256_field(body: &[u8]) -> Vec<u8> {
    format!("SHA-256={}", BASE64_STANDARD.encode(Sha256::digest(body))).into()
}

impl Draft {
    /// Makes the MAC of the listed names, whether or not the rules allow them.
    fn sign(&mut self, secret: &[u8]) {
        self.mac = BASE64_STANDARD.encode(mac_of(secret, &self.signing_string())).into();
    }

    pub(crate) fn signing_string(&self) -> Vec<u8> {
        let names = self.list.split(|byte| *byte == b' ').map(<[u8]>::to_ascii_lowercase);
        let lines: Vec<_> = names
            .map(|name| {
                let value = match name.as_slice() {
                    b"(request-target)" => {
                        let method = self.message.method.to_ascii_lowercase();
                        [&method, b" ".as_slice(), &self.message.target].concat()
                    }
                    name => self.message.values(name).join(b", ".as_slice()),
                };
                [name, b": ".into(), value].concat()
            })
            .collect();
        lines.join(b"\n".as_slice())
    }

    fn write_params(&mut self) {
        self.params = vec![
            Param::new("keyId", quoted(&self.key_id)),
            Param::new("algorithm", quoted(&self.algorithm)),
            Param::new("signature", quoted(&self.mac)),
            Param::new("headers", quoted(&self.list)),
        ];
    }

    /// Adds the field with the signature at a random place.
    fn add_signature(&mut self, dice: &mut Dice) {
        let mut text = Vec::new();
        for (index, Param { name, equals, value, comma }) in self.params.iter().enumerate() {
            let comma = if index + 1 < self.params.len() { comma.as_slice() } else { b"" };
            text.extend([name, equals.as_slice(), value, comma].concat());
        }
        let field = if dice.one_in(5) {
            (b"Authorization".to_vec(), [b"Signature ".as_slice(), &text].concat())
        } else {
            (b"Signature".to_vec(), text)
        };
        let at = dice.below(self.message.headers.len() + 1);
        self.message.headers.insert(at, field);
    }
}

/// Returns `value` in quotes, unchanged.
pub(crate) fn quoted(value: &[u8]) -> Vec<u8> {
    [b"\"", value, b"\""].concat()
}
