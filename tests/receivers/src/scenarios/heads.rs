//! Heads that cost the most to refuse.

use hooksig::MAX_SIGNING_STRING_LEN;

use crate::{
    delivery::{Delivery, STRING_LEN, mac},
    receivers::Kind,
};

/// The heads whose fields and names are the most work to match.
pub(super) fn largest_heads(kind: Kind) -> [Vec<u8>; 5] {
    [
        head_of_short_names(kind),
        head_of_similar_names(kind),
        head_of_long_names(kind),
        head_of_escaped_names(kind),
        head_of_long_value(kind),
    ]
}

/// A head whose signing string has as many bytes as are allowed.
pub(super) fn head_of_longest_string() -> Vec<u8> {
    let value = "v".repeat(MAX_SIGNING_STRING_LEN - STRING_LEN - "\nx-a: ".len());
    let fields = format!("X-A: {value}\r\n");
    listing(["x-a".to_owned()].into_iter(), &fields)
}

/// Eight listed names with as many fields as are allowed, after as many other fields as fit.
pub(super) fn head_of_repeated_names(kind: Kind) -> Vec<u8> {
    const REPEATED: usize = 8 + 16;
    let (bytes, fields) = kind.largest_head();
    let count = fields.min(bytes / 8).saturating_sub(REPEATED);
    let others: String = (0..count).map(|number| format!("y-{}: \r\n", number % 8)).collect();
    let repeated: String = (0..REPEATED).map(|number| format!("x-{}: \r\n", number % 8)).collect();
    listing((0..8).map(|number| format!("x-{number}")), &(others + &repeated))
}

/// One listed field that fills the head.
fn head_of_long_value(kind: Kind) -> Vec<u8> {
    let fields = format!("X-A: {}\r\n", "v".repeat(kind.largest_head().0));
    listing(["x-a".to_owned()].into_iter(), &fields)
}

/// As many fields as fit, with 126 of them listed from the end.
fn head_of_short_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let count = fields.min(bytes / 24).max(1);
    let padding = (bytes / count).saturating_sub(24);
    let name = |number: usize| format!("x-{number:06}-y");
    let fields: String =
        (0..count).map(|number| format!("{}: {}\r\n", name(number), "v".repeat(padding))).collect();
    listing((0..126).map(|number| name(count.saturating_sub(number + 1))), &fields)
}

/// Names of one length that differ in the middle, and in case from the listed ones.
fn head_of_similar_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let name = |number: usize| format!("xxxxxxxx{number:06}xxxxxxxx");
    let count = fields.min((bytes - 4096) / 32);
    let other = |number: usize| name(number.wrapping_add(1000)).to_uppercase();
    let fields: String = (0..count).map(|number| format!("{}: v\r\n", other(number))).collect();
    listing((0..126).map(|number| name(number * 7)), &fields)
}

/// Names that are so long that they fill the head, and differ in their middle.
fn head_of_long_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let count = fields.min(126);
    let half = "x".repeat(bytes / (count + 126) / 2 - 8);
    let name = |number: usize| format!("{half}{number:06}{half}");
    let fields: String = (0..count).map(|number| format!("{}: v\r\n", name(number))).collect();
    listing((0..126).map(name), &fields)
}

/// As many fields as fit with one name, which is listed with a backslash before each letter.
fn head_of_escaped_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let name = "x".repeat(170);
    let count = fields.min((bytes - 4096) / 176);
    let fields = format!("{name}: v\r\n").repeat(count);
    listing([name.replace('x', "\\x")].into_iter(), &fields)
}

/// A stale-proof head that lists `date digest` and these names, with a MAC that does not fit.
fn listing(names: impl Iterator<Item = String>, fields: &str) -> Vec<u8> {
    let delivery = Delivery::new();
    let names: String = names.map(|name| format!(" {name}")).collect();
    let list = format!("date digest{names}");
    let delivery = Delivery { covered: list, mac: mac("x"), ..delivery };
    delivery.with(fields)
}
