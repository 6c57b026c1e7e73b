//! A body that something on the way wrote anew.

use super::NearMiss;
use crate::{
    explain::{Case, probe},
    json,
};

/// A body that the sender may have sent, and how the one that came differs.
struct Variant {
    name: &'static str,
    octets: Vec<u8>,
    /// What was done to the body on the way.
    done: &'static str,
}

const ADVICE: &str = "verify the bytes exactly as they came, before any framework or JSON library \
                      takes them, and let no proxy change them";

pub(super) fn find(case: &Case<'_>) -> Option<NearMiss> {
    let body = case.message.body.as_ref();
    if !matches!(probe::digest(case, body), Ok(Err(_))) {
        return None;
    }
    if body.is_empty() {
        return Some(lost());
    }
    let fits = |variant: &Variant| matches!(probe::digest(case, &variant.octets), Ok(Ok(())));
    let found = line_ends(body).into_iter().chain(rewritten(body)).find(fits)?;
    let advice = format!("{} on the way: {ADVICE}.", found.done);
    Some(NearMiss { name: found.name, about: "body", advice })
}

/// There is nothing to try, and only so much can have happened.
fn lost() -> NearMiss {
    let advice = "The body is empty, and Digest is of one that is not: keep what was read before it \
                  was recorded or verified, and have nothing before the receiver answer with a \
                  redirect, at which senders drop the body.";
    NearMiss { name: "body-lost", about: "body", advice: advice.into() }
}

fn line_ends(body: &[u8]) -> Vec<Variant> {
    let lf = replace(body, b"\r\n", b"\n");
    let mut variants = vec![
        Variant {
            name: "newline-lost",
            octets: [body, b"\n"].concat(),
            done: "The body lost the newline at its end",
        },
        Variant {
            name: "lf-to-crlf",
            octets: lf.clone(),
            done: "The line ends of the body were turned from LF into CRLF",
        },
        Variant {
            name: "crlf-to-lf",
            octets: replace(&lf, b"\n", b"\r\n"),
            done: "The line ends of the body were turned from CRLF into LF",
        },
        Variant {
            name: "byte-order-mark",
            octets: body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).to_vec(),
            done: "The body got a byte order mark at its start",
        },
    ];
    variants.extend(["\r\n", "\n"].iter().filter_map(|end| {
        Some(Variant {
            name: "newline-added",
            octets: body.strip_suffix(end.as_bytes())?.to_vec(),
            done: "The body got a newline at its end",
        })
    }));
    variants
}

fn rewritten(body: &[u8]) -> impl Iterator<Item = Variant> {
    let tokens = json::tokens(body);
    tokens.into_iter().flat_map(|tokens| {
        json::STYLES.into_iter().flat_map(move |style| {
            let text = json::write(&tokens, style);
            let (name, done) = match style.escapes {
                json::Escapes::AsTheyAre => {
                    ("re-indented-json", "The JSON of the body was indented anew")
                }
                _ => ("re-encoded-json", "The JSON of the body was parsed and encoded anew"),
            };
            ["", "\n"].map(|end| Variant {
                name,
                octets: [text.as_slice(), end.as_bytes()].concat(),
                done,
            })
        })
    })
}

fn replace(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [first, behind @ ..] = rest {
        match rest.strip_prefix(from) {
            Some(behind) => {
                replaced.extend_from_slice(to);
                rest = behind;
            }
            None => {
                replaced.push(*first);
                rest = behind;
            }
        }
    }
    replaced
}
