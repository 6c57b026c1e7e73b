//! Deliveries that break one rule each.

use std::sync::LazyLock;

use clap::{ValueEnum, builder::PossibleValue};
use hooksig::{Error, Key, date};

use super::parcel::Parcel;
use crate::outgoing::Form;

/// Offset of a Date that is too old or too new, in seconds.
const OFF: i64 = 3600;

/// The broken rule, named by the reason for the refusal except for the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Tamper {
    MissingSignature,
    RepeatedSignature,
    #[value(name = "rfc9421-signature")]
    Rfc9421Signature,
    MalformedParams,
    RepeatedParam,
    MissingParam,
    UnsupportedAlgorithm,
    MalformedSignature,
    MalformedList,
    RepeatedName,
    UnsupportedName,
    MissingHeader,
    NotCovered,
    MissingDate,
    RepeatedDate,
    MalformedDate,
    DateTooOld,
    DateTooNew,
    MissingDigest,
    RepeatedDigest,
    MalformedDigest,
    UnsupportedDigest,
    SignatureMismatch,
    DigestMismatch,
    EventMismatch,
    /// The same delivery twice; the second answer counts
    Replayed,
    /// The example in Drone's documentation, refused as missing-signature
    NoScheme,
    /// A Date changed on the way, refused as signature-mismatch
    ChangedDate,
}

/// Every rule in turn, or one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tampering {
    All,
    One(Tamper),
}

impl ValueEnum for Tampering {
    fn value_variants<'a>() -> &'a [Self] {
        static VARIANTS: LazyLock<Vec<Tampering>> = LazyLock::new(|| {
            let ones = Tamper::value_variants().iter().copied().map(Tampering::One);
            [Tampering::All].into_iter().chain(ones).collect()
        });
        &VARIANTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::All => Some(PossibleValue::new("all").help("Every rule in turn")),
            Self::One(tamper) => tamper.to_possible_value(),
        }
    }
}

impl Tamper {
    /// Returns the word used on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Returns whether the rule is one for this kind of request. A request to an extension has no
    /// event, and the same one may come twice.
    pub(super) fn applies_to(self, form: &Form) -> bool {
        let is_for_webhooks = matches!(self, Self::EventMismatch | Self::Replayed);
        !(is_for_webhooks && matches!(form, Form::Extension(_)))
    }

    /// Makes a delivery that breaks only this rule.
    pub(super) fn parcel(
        self,
        key: &Key,
        body: Vec<u8>,
        form: Form,
        now: i64,
    ) -> Result<Parcel, Error> {
        let parcel = match self {
            Self::SignatureMismatch => Parcel::new(&Key::new("another")?, body, form, now),
            Self::DateTooOld => Parcel::new(key, body, form, now - OFF),
            Self::DateTooNew => Parcel::new(key, body, form, now + OFF),
            _ => Parcel::new(key, body, form, now),
        };
        let mut parcel = parcel?;
        self.edit_parameters(&mut parcel);
        self.edit_fields(&mut parcel, now)?;
        Ok(parcel)
    }

    /// Edits the value of the `Signature` field.
    fn edit_parameters(self, parcel: &mut Parcel) {
        let covered = parcel.form.covered().join(" ");
        let (from, to) = match self {
            Self::MalformedParams => ("\",algorithm", "\" algorithm".to_owned()),
            Self::RepeatedParam => ("keyId=", "keyId=\"a\",keyId=".to_owned()),
            Self::MissingParam => ("keyId=\"hmac-key\",", String::new()),
            Self::UnsupportedAlgorithm => ("hmac-sha256", "hmac-sha512".to_owned()),
            Self::MalformedSignature => ("signature=\"", "signature=\"_".to_owned()),
            Self::MalformedList => (covered.as_str(), covered.replacen(' ', "  ", 1)),
            Self::RepeatedName => (covered.as_str(), format!("{covered} date")),
            Self::UnsupportedName => (covered.as_str(), format!("{covered} (created)")),
            Self::MissingHeader => (covered.as_str(), format!("{covered} x-absent")),
            Self::NotCovered => (" digest\"", "\"".to_owned()),
            _ => return,
        };
        parcel.edit("Signature", |value| value.replacen(from, &to, 1));
    }

    /// Edits the fields and the body.
    fn edit_fields(self, parcel: &mut Parcel, now: i64) -> Result<(), Error> {
        match self {
            Self::MissingSignature => parcel.remove("Signature"),
            Self::RepeatedSignature => parcel.repeat("Signature"),
            Self::Rfc9421Signature => {
                parcel.edit("Signature", |value| {
                    format!("sig=:{}:", value.split('"').nth(5).unwrap_or_default())
                });
                parcel.fields.push(("Signature-Input", "sig=(\"date\" \"digest\")".into()));
            }
            // As in the example in Drone's documentation.
            Self::NoScheme => {
                parcel.edit("Signature", |value| value.replacen("keyId=\"", "", 1));
                parcel.rename("Signature", "Authorization");
            }
            Self::MissingDate => parcel.remove("Date"),
            Self::RepeatedDate => parcel.repeat("Date"),
            // Without the weekday.
            Self::MalformedDate => parcel.edit("Date", |value| value[5..].to_owned()),
            Self::ChangedDate => {
                let date = date::format(now + 1)?;
                parcel.edit("Date", |_| date.to_string());
            }
            Self::MissingDigest => parcel.remove("Digest"),
            Self::RepeatedDigest => parcel.repeat("Digest"),
            Self::MalformedDigest => parcel.edit("Digest", |value| value.replacen('=', ":", 1)),
            Self::UnsupportedDigest => {
                parcel.edit("Digest", |value| value.replacen("256", "512", 1));
            }
            // The same JSON, but not the same bytes.
            Self::DigestMismatch => parcel.body.push(b' '),
            Self::EventMismatch => parcel.edit("X-Drone-Event", |event| {
                if event == "user" { "repo" } else { "user" }.into()
            }),
            _ => {}
        }
        Ok(())
    }
}
