use core::ffi::c_char;

use super::{
    handle::{self, Handle, fits},
    hooksig_status::{self, BufferTooSmall, InvalidKeyId},
    memory::{status, text},
};
use crate::{HeaderList, Policy};

/// The size of a hooksig_policy in 64-bit words, the same on every target: 224 bytes.
pub const HOOKSIG_POLICY_WORDS: usize = 28;

/// How far Date may be from the clock by default, in seconds.
pub const HOOKSIG_DEFAULT_MAX_SKEW: u32 = 300;

/// The longest list for hooksig_policy_require, in bytes.
pub const HOOKSIG_REQUIRED_MAX_LEN: usize = 128;

/// The longest keyId for hooksig_policy_expect_key_id, in bytes.
pub const HOOKSIG_EXPECTED_KEY_ID_MAX_LEN: usize = 64;

/// A receiver's requirements on a signature besides its being valid. Initialise it with
/// hooksig_policy_init. Setters copy their arguments.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_policy {
    opaque: [u64; HOOKSIG_POLICY_WORDS],
}

/// The contents of a [`hooksig_policy`].
#[derive(Clone, Copy)]
pub(super) struct Settings {
    required: Copied<HOOKSIG_REQUIRED_MAX_LEN>,
    key_id: Copied<HOOKSIG_EXPECTED_KEY_ID_MAX_LEN>,
    max_skew: u32,
    allow_missing_algorithm: bool,
    allow_hs2019: bool,
}

// SAFETY: an array of integers; the size is asserted.
unsafe impl Handle for hooksig_policy {
    type Value = Settings;
    const MARK: u64 = u64::from_be_bytes(*b"HSpoli\xA5\x5A");
}
const _: () = assert!(fits::<hooksig_policy>());
const _: () = assert!(HOOKSIG_DEFAULT_MAX_SKEW == crate::DEFAULT_MAX_SKEW);

impl Settings {
    const DEFAULT: Self = Self {
        required: Copied::EMPTY,
        key_id: Copied::EMPTY,
        max_skew: HOOKSIG_DEFAULT_MAX_SKEW,
        allow_missing_algorithm: false,
        allow_hs2019: false,
    };

    fn policy(&self) -> Policy<'_> {
        let mut policy = Policy::DRONE
            .max_skew(self.max_skew)
            .allow_missing_algorithm(self.allow_missing_algorithm)
            .allow_hs2019(self.allow_hs2019);
        if let Some(list) = self.required.get() {
            policy = policy.require_checked(HeaderList::new(list));
        }
        if let Some(key_id) = self.key_id.get() {
            policy = policy.expect_key_id(key_id);
        }
        policy
    }
}

/// Text copied into a handle; empty if it was not set.
#[derive(Clone, Copy)]
struct Copied<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Copied<N> {
    const EMPTY: Self = Self { bytes: [0; N], len: 0 };

    fn new(text: &[u8]) -> Result<Self, hooksig_status> {
        let mut copied = Self { len: text.len(), ..Self::EMPTY };
        let room = copied.bytes.get_mut(..text.len()).ok_or(BufferTooSmall)?;
        room.copy_from_slice(text);
        Ok(copied)
    }

    fn get(&self) -> Option<&[u8]> {
        self.bytes.get(..self.len).filter(|text| !text.is_empty())
    }
}

/// Returns the policy at `policy`, or the default one for NULL.
///
/// SAFETY: as for `reference`.
pub(super) unsafe fn policy_or_default<'a>(
    policy: *const hooksig_policy,
) -> Result<Policy<'a>, hooksig_status> {
    if policy.is_null() {
        return Ok(Policy::DRONE);
    }
    // SAFETY: passed on.
    unsafe { handle::get(policy) }.map(Settings::policy)
}

/// Initialises a policy with the defaults, which fit Drone: date and digest must be covered, Date
/// must be within 300 s of the clock, algorithm must be hmac-sha256, and any keyId is accepted.
///
/// policy  receives the policy; its previous contents do not matter
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_init(policy: *mut hooksig_policy) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::make(policy, Settings::DEFAULT) })
}

/// Sets how far Date may be from the clock, in seconds, in either direction, both ends included.
///
/// Risk of a larger value: without a replay guard, a recorded request can be replayed for that long
/// after its Date.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_set_max_skew(
    policy: *mut hooksig_policy,
    seconds: u32,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::get_mut(policy) }.map(|settings| settings.max_skew = seconds))
}

/// Sets the headers that a signature must cover, instead of date and digest.
///
/// Risk of a list without digest: anyone who sees a request can send it with another body and a new
/// Digest. Without date, anyone can send an old request with a new Date. Both fields must be
/// present and valid even if they are not covered.
///
/// policy          the policy to change
/// list, list_len  names separated by single spaces, such as "date digest host"; at most
///                 HOOKSIG_REQUIRED_MAX_LEN bytes
///
/// Returns HOOKSIG_STATUS_OK; _EMPTY_LIST, _MALFORMED_LIST, _REPEATED_NAME, _TOO_MANY_NAMES or
/// _UNSUPPORTED_NAME if it is no list of supported names; _BUFFER_TOO_SMALL if it is too long. The
/// policy changes only on HOOKSIG_STATUS_OK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_require(
    policy: *mut hooksig_policy,
    list: *const c_char,
    list_len: usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let (settings, list) = unsafe { (handle::get_mut(policy)?, text(list, list_len)?) };
        Policy::DRONE.require_list(HeaderList::new(list))?;
        settings.required = Copied::new(list)?;
        Ok(())
    })
}

/// Requires this keyId. By default any is accepted, because Drone sends hmac-key for every secret.
///
/// policy              the policy to change
/// key_id, key_id_len  the keyId, compared byte by byte; at most HOOKSIG_EXPECTED_KEY_ID_MAX_LEN
///                     bytes; NULL with 0 accepts any again
///
/// Returns HOOKSIG_STATUS_OK; _INVALID_KEY_ID if it is empty and not NULL; _BUFFER_TOO_SMALL if it
/// is too long. The policy changes only on HOOKSIG_STATUS_OK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_expect_key_id(
    policy: *mut hooksig_policy,
    key_id: *const c_char,
    key_id_len: usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let (settings, expected) = unsafe { (handle::get_mut(policy)?, text(key_id, key_id_len)?) };
        // NULL asks for any keyId; an empty setting is more likely a mistake.
        if expected.is_empty() && !key_id.is_null() {
            return Err(InvalidKeyId);
        }
        settings.key_id = Copied::new(expected)?;
        Ok(())
    })
}

/// Sets whether a signature without algorithm is accepted as HMAC-SHA-256; false by default.
///
/// This does not weaken verification, because HMAC-SHA-256 is computed in any case. A sender that
/// uses another algorithm is then refused with _SIGNATURE_MISMATCH.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_allow_missing_algorithm(
    policy: *mut hooksig_policy,
    allow: bool,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::get_mut(policy) }.map(|set| set.allow_missing_algorithm = allow))
}

/// Sets whether algorithm="hs2019" (drafts 11 and 12) is accepted as HMAC-SHA-256; false by
/// default. See hooksig_policy_allow_missing_algorithm for the effect.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_allow_hs2019(
    policy: *mut hooksig_policy,
    allow: bool,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::get_mut(policy) }.map(|settings| settings.allow_hs2019 = allow))
}
