//! Trying out what the sender may have signed, within a budget.

use std::cell::Cell;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many bytes are put into MACs, and how many into bodies and their digests: some seconds of a
/// slow machine. A delivery of Drone's needs less than a tenth of it.
const HEADS: u64 = 64 << 20;
const BODIES: u64 = 96 << 20;

/// A MAC costs some blocks more than its message.
const PER_MAC: u64 = 256;

/// How much may still be tried.
pub(crate) struct Budget {
    heads: Cell<u64>,
    bodies: Cell<u64>,
    is_exceeded: Cell<bool>,
}

impl Budget {
    pub(crate) fn new() -> Self {
        let [heads, bodies] = [HEADS, BODIES].map(Cell::new);
        Self { heads, bodies, is_exceeded: Cell::new(false) }
    }

    /// Pays for the MAC of so many bytes, if there is enough left.
    pub(crate) fn pay_for_mac(&self, len: usize) -> bool {
        self.pay(&self.heads, len as u64 + PER_MAC)
    }

    /// Pays for a body of so many bytes.
    pub(crate) fn pay_for_body(&self, len: usize) -> bool {
        self.pay(&self.bodies, len as u64 + PER_MAC)
    }

    /// The longest body that can be paid for.
    pub(crate) fn longest_body(&self) -> usize {
        usize::try_from(self.bodies.get()).unwrap_or(usize::MAX)
    }

    fn pay(&self, left: &Cell<u64>, price: u64) -> bool {
        let rest = left.get().checked_sub(price);
        match rest {
            Some(rest) => left.set(rest),
            None => self.is_exceeded.set(true),
        }
        rest.is_some()
    }

    /// Whether something was not tried.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }
}

/// The MAC of a signing string, of which the beginning may be shared by many.
#[derive(Clone)]
pub(crate) struct Trial {
    mac: Hmac<Sha256>,
    signature: [u8; 32],
}

impl Trial {
    /// Unlike a key of the core, the secret may be empty: some servers have no other.
    pub(crate) fn new(secret: &[u8], signature: [u8; 32]) -> Self {
        let mac = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        Self { mac, signature }
    }

    pub(crate) fn continued(mut self, part: &[u8]) -> Self {
        self.mac.update(part);
        self
    }

    /// Whether this makes the signature.
    pub(crate) fn fits(self) -> bool {
        self.mac.verify_slice(&self.signature).is_ok()
    }
}
