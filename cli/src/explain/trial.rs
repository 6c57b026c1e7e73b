//! Tries possible signed texts within a budget.

use std::cell::Cell;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes that may be put into MACs, and bytes of bodies that may be tried: a few seconds on a slow
/// machine. A Drone delivery needs less than a tenth.
const HEADS: u64 = 64 << 20;
const BODIES: u64 = 128 << 20;

/// A MAC costs some blocks more than its message.
const PER_MAC: u64 = 256;

/// The work that may still be spent.
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

    /// Spends the MAC of `len` bytes if enough is left.
    pub(crate) fn pay_for_mac(&self, len: usize) -> bool {
        self.pay(&self.heads, len as u64 + PER_MAC)
    }

    /// Spends a body of `len` bytes if enough is left.
    pub(crate) fn pay_for_body(&self, len: usize) -> bool {
        self.pay(&self.bodies, len as u64 + PER_MAC)
    }

    /// Returns the length of the longest body that is still affordable.
    pub(crate) fn longest_body(&self) -> usize {
        usize::try_from(self.bodies.get()).unwrap_or(usize::MAX)
    }

    fn pay(&self, left: &Cell<u64>, price: u64) -> bool {
        let rest = left.get().checked_sub(price);
        match rest {
            Some(rest) => left.set(rest),
            None => self.exceed(),
        }
        rest.is_some()
    }

    /// Returns true if the MAC of `len` bytes is affordable.
    pub(crate) fn affords_mac(&self, len: usize) -> bool {
        self.heads.get() >= len as u64 + PER_MAC
    }

    /// Records that something was not tried.
    pub(crate) fn exceed(&self) {
        self.is_exceeded.set(true);
    }

    /// Returns true if something was not tried.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }
}

/// The MAC of a signing string; many trials can share its beginning.
#[derive(Clone)]
pub(crate) struct Trial {
    mac: Hmac<Sha256>,
    signature: [u8; 32],
}

impl Trial {
    /// The secret may be empty, unlike a core key, because some servers have an empty one.
    pub(crate) fn new(secret: &[u8], signature: [u8; 32]) -> Self {
        let mac = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        Self { mac, signature }
    }

    pub(crate) fn continued(mut self, part: &[u8]) -> Self {
        self.mac.update(part);
        self
    }

    /// Returns true if the MAC equals the signature.
    pub(crate) fn fits(self) -> bool {
        self.mac.verify_slice(&self.signature).is_ok()
    }
}
