//! A secret that is nearly the sender's.

use std::fmt::Write;

use hooksig::Key;

use super::NearMiss;
use crate::{explain::Case, secrets::Secret};

/// A secret that the sender may have, and how it differs from the one given.
struct Variant {
    name: &'static str,
    octets: Vec<u8>,
    /// What the sender's secret is, `{}` being the one given; and what to do.
    is: &'static str,
    advice: &'static str,
}

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    match case.signer() {
        Some(0) => None,
        Some(index) => Some(swapped(index, case.secrets.len())),
        None => case.secrets.iter().enumerate().find_map(|(index, secret)| {
            let which = which(index, case.secrets.len());
            let found = variants(secret).into_iter().find(|variant| fits(case, variant))?;
            let Variant { name, is, advice, .. } = found;
            let advice = format!("The sender's secret is {}: {advice}.", is.replace("{}", &which));
            Some(NearMiss { name, about: "secret", advice })
        }),
    }
}

fn fits(case: &Case<'_>, variant: &Variant) -> bool {
    Key::new(&variant.octets).is_ok_and(|key| case.is_signed_by(&key, case.message))
}

/// Not wrong, but mostly not what is meant either: the new secret stands first.
fn swapped(index: usize, count: usize) -> NearMiss {
    let advice = format!(
        "The sender has secret {} of {count}, not the first: if the first is the new one, give it \
         to the server as DRONE_WEBHOOK_SECRET to end the rotation, and if not, swap them.",
        index + 1
    );
    NearMiss { name: "swapped-secrets", about: "secret", advice }
}

fn which(index: usize, count: usize) -> String {
    match count {
        1 => "the one given".into(),
        _ => format!("secret {} of {count}", index + 1),
    }
}

fn variants(secret: &Secret) -> Vec<Variant> {
    let given = secret.octets();
    let mut variants = with_more(given);
    variants.extend(with_less(given));
    variants.extend(recoded(given));
    variants.extend(parts(given));
    variants
}

fn with_more(given: &[u8]) -> Vec<Variant> {
    let around = |before: &str, after: &str| [before.as_bytes(), given, after.as_bytes()].concat();
    let newline = |end: &str| Variant {
        name: "newline-behind-secret",
        octets: around("", end),
        is: "{} with a newline behind it",
        advice: "take the newline out of DRONE_WEBHOOK_SECRET of the server (`echo` adds one, \
                 `printf %s` does not)",
    };
    let space = |before: &str, after: &str| Variant {
        name: "space-around-secret",
        octets: around(before, after),
        is: "{} with a space beside it",
        advice: "take the space out of DRONE_WEBHOOK_SECRET of the server",
    };
    let quotes = |quote: &str| Variant {
        name: "quotes-around-secret",
        octets: around(quote, quote),
        is: "{} in quotes",
        advice: "take the quotes out of the server's environment file, where they are not \
                 removed as a shell would",
    };
    vec![newline("\n"), newline("\r\n"), space("", " "), space(" ", ""), quotes("\""), quotes("'")]
}

fn with_less(given: &[u8]) -> Vec<Variant> {
    let mut variants = Vec::new();
    let trimmed = given.trim_ascii();
    if trimmed.len() < given.len() {
        variants.push(Variant {
            name: "untrimmed-secret",
            octets: trimmed.to_vec(),
            is: "{} without the white space (a newline, mostly) around it",
            advice: "take that out of the file or the variable that it is given in here",
        });
    }
    if let [quote @ (b'"' | b'\''), inside @ .., last] = trimmed
        && quote == last
    {
        variants.push(Variant {
            name: "quoted-secret",
            octets: inside.to_vec(),
            is: "{} without the quotes around it",
            advice: "take them out of the file or the variable that it is given in here",
        });
    }
    variants
}

fn recoded(given: &[u8]) -> Vec<Variant> {
    let case = |octets| Variant {
        name: "secret-in-other-case",
        octets,
        is: "{} with its letters in the other case",
        advice: "give it here letter by letter as DRONE_WEBHOOK_SECRET has it",
    };
    let encoded = Variant {
        name: "hex-encoded-secret",
        octets: hex(given),
        is: "the hexadecimal text of {}",
        advice: "give the text here as DRONE_WEBHOOK_SECRET has it, since Drone never decodes it",
    };
    let decoded = unhex(given).map(|octets| Variant {
        name: "hex-decoded-secret",
        octets,
        is: "{} decoded from its hexadecimal text",
        advice: "have the sender use the text itself, as Drone does, which never decodes it",
    });
    let cases = [case(given.to_ascii_lowercase()), case(given.to_ascii_uppercase())];
    decoded.into_iter().chain([encoded]).chain(cases).collect()
}

/// Secrets that were given in one text.
fn parts(given: &[u8]) -> impl Iterator<Item = Variant> {
    let parts = given.split(|octet| matches!(octet, b',' | b';') || octet.is_ascii_whitespace());
    parts.filter(move |part| !part.is_empty() && part.len() < given.len()).map(|part| Variant {
        name: "joined-secrets",
        octets: part.to_vec(),
        is: "one part of {}, which seems to hold several",
        advice: "give each by a --secret-file or --secret of its own",
    })
}

fn hex(octets: &[u8]) -> Vec<u8> {
    let digits = octets.iter().fold(String::new(), |mut digits, octet| {
        let _ = write!(digits, "{octet:02x}");
        digits
    });
    digits.into_bytes()
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit =
        |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
