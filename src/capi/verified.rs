use super::{HOOKSIG_NEVER, HOOKSIG_NO_CLOCK};
use crate::{TAG_LEN, Verified};

/// The length of the tag in a hooksig_verified, in bytes.
pub const HOOKSIG_TAG_LEN: usize = 32;

const _: () = assert!(HOOKSIG_TAG_LEN == TAG_LEN);

/// The facts about a genuine request.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_verified {
    /// The MAC, which identifies the delivery. It is not secret.
    pub tag: [u8; HOOKSIG_TAG_LEN],
    /// The time in Date, or HOOKSIG_NO_CLOCK without a clock.
    pub date: i64,
    /// The last second in which this request is accepted, or HOOKSIG_NEVER without a clock.
    pub expires: i64,
    /// The index of the key that made the signature.
    pub key_index: usize,
}

impl From<Verified<'_>> for hooksig_verified {
    fn from(verified: Verified<'_>) -> Self {
        Self {
            tag: *verified.tag(),
            date: verified.date().unwrap_or(HOOKSIG_NO_CLOCK),
            expires: verified.expires().unwrap_or(HOOKSIG_NEVER),
            key_index: verified.key_index(),
        }
    }
}
