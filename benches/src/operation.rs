//! The timed operations.

use std::{fmt, str::FromStr};

/// Blocks of the MAC of Drone's 96 bytes, from midstates: two of the inner hash, one of the outer.
const MAC: [usize; 2] = [2, 1];

/// Largest difference between `Date` and the clock in seconds, for contestants that read the clock:
/// longer than a run.
pub const MAX_SKEW: u32 = 3600;

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Signs the body as a Drone server does.
    Sign,
    /// Verifies only the headers.
    Head,
    /// Verifies headers and body.
    Verify,
}

/// A timed operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    pub kind: Kind,
    /// The delivery's name in the folder.
    pub delivery: String,
    /// Number of secrets; the last one fits.
    pub secrets: usize,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Sign => "sign",
            Kind::Head => "head",
            Kind::Verify => "verify",
        };
        write!(f, "{kind} {} {}", self.delivery, self.secrets)
    }
}

impl FromStr for Operation {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split(' ');
        let kind = match words.next() {
            Some("sign") => Kind::Sign,
            Some("head") => Kind::Head,
            Some("verify") => Kind::Verify,
            _ => return Err(()),
        };
        let delivery = words.next().ok_or(())?.to_owned();
        let secrets = words.next().and_then(|word| word.parse().ok()).ok_or(())?;
        Ok(Self { kind, delivery, secrets })
    }
}

impl Operation {
    /// Returns the blocks of each hash that the operation needs at least.
    pub fn floor(&self) -> Vec<usize> {
        let macs = MAC.repeat(self.secrets);
        match (self.kind, self.delivery.as_str()) {
            (_, "garbage" | "stale") => vec![],
            (_, "wrong-mac") | (Kind::Head, _) => macs,
            (_, "other-order") => [macs, vec![body_blocks(358)]].concat(),
            // The five names and their values are 194 bytes.
            (_, "five-headers") => vec![4, 1, body_blocks(358)],
            (_, len) => {
                let len: usize = len.parse().expect("the delivery is named by its length");
                [macs, vec![body_blocks(len)]].concat()
            }
        }
    }

    /// Returns true if only a receiver of any form accepts, and not one of the exact form of Drone's webhooks.
    pub fn is_another_form(&self) -> bool {
        matches!(self.delivery.as_str(), "other-order" | "five-headers")
    }

    /// Returns true if a receiver with all checks accepts.
    pub fn accepted(&self) -> bool {
        !matches!(self.delivery.as_str(), "garbage" | "stale" | "wrong-mac")
    }
}

/// Returns the SHA-256 blocks of a body with its padding: one byte and a length of eight.
fn body_blocks(len: usize) -> usize {
    (len + 9).div_ceil(64)
}

/// Returns all operations, with their names in tables.
pub fn all() -> Vec<(&'static str, Operation)> {
    [
        ("sign 358 B", "sign 358 1"),
        ("headers only", "head 358 1"),
        ("358 B", "verify 358 1"),
        ("other order", "verify other-order 1"),
        ("five headers", "verify five-headers 1"),
        ("4 KiB", "verify 4096 1"),
        ("64 KiB", "verify 65536 1"),
        ("1 MiB", "verify 1048576 1"),
        ("2 secrets", "head 358 2"),
        ("4 secrets", "head 358 4"),
        ("garbage", "verify garbage 1"),
        ("stale", "verify stale 1"),
        ("wrong MAC", "verify wrong-mac 1"),
    ]
    .map(|(title, text)| (title, text.parse().expect("the operation is well-formed")))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_read_as_it_was_written() {
        for (_, operation) in all() {
            assert_eq!(operation.to_string().parse(), Ok(operation));
        }
    }

    #[test]
    fn the_floor_counts_blocks() {
        let floor = |text: &str| text.parse::<Operation>().expect("well-formed").floor();
        assert_eq!(floor("head 358 1"), [2, 1]);
        assert_eq!(floor("head 358 2"), [2, 1, 2, 1]);
        assert_eq!(floor("verify 358 1"), [2, 1, 6]);
        assert_eq!(floor("verify other-order 1"), [2, 1, 6]);
        assert_eq!(floor("verify five-headers 1"), [4, 1, 6]);
        assert_eq!(floor("verify 65536 1"), [2, 1, 1025]);
        assert_eq!(floor("verify garbage 1"), [0; 0]);
        assert_eq!(floor("verify wrong-mac 1"), [2, 1]);
    }
}
