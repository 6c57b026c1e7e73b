use core::ffi::c_char;

use super::{
    handle::{self, Handle, fits},
    hooksig_status::{self, BufferTooSmall},
    memory::{status, text},
};
use crate::{HeaderList, Policy};

/// The size of a hooksig_policy in 64-bit words, the same on every target: 224 bytes.
pub const HOOKSIG_POLICY_WORDS: usize = 28;

/// How far Date may lie from the clock by default, in seconds.
pub const HOOKSIG_DEFAULT_MAX_SKEW: u32 = 300;

/// The longest list for hooksig_policy_require, in bytes; beyond it HOOKSIG_STATUS_BUFFER_TOO_SMALL.
pub const HOOKSIG_REQUIRED_MAX_LEN: usize = 128;

/// The longest keyId for hooksig_policy_expect_key_id, in bytes; beyond it
/// HOOKSIG_STATUS_BUFFER_TOO_SMALL.
pub const HOOKSIG_EXPECTED_KEY_ID_MAX_LEN: usize = 64;

/// What a receiver demands of a signature beyond its being right.
///
/// Memory of the caller, made by hooksig_policy_init. It holds no pointer: what is set is copied.
/// It may be shared between threads while nobody sets anything. Where a function takes a policy,
/// NULL is the default one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_policy {
    opaque: [u64; HOOKSIG_POLICY_WORDS],
}

/// What a [`hooksig_policy`] holds.
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

/// Text copied into a handle; empty where it was not set.
#[derive(Clone, Copy)]
struct Copied<const N: usize> {
    octets: [u8; N],
    len: usize,
}

impl<const N: usize> Copied<N> {
    const EMPTY: Self = Self { octets: [0; N], len: 0 };

    fn new(text: &[u8]) -> Result<Self, hooksig_status> {
        let mut copied = Self { len: text.len(), ..Self::EMPTY };
        let room = copied.octets.get_mut(..text.len()).ok_or(BufferTooSmall)?;
        room.copy_from_slice(text);
        Ok(copied)
    }

    fn get(&self) -> Option<&[u8]> {
        self.octets.get(..self.len).filter(|text| !text.is_empty())
    }
}

/// The policy at `policy`, the default for NULL.
///
/// SAFETY: as for `reference`.
pub(super) unsafe fn policy_or_default<'a>(
    policy: *const hooksig_policy,
) -> Result<Policy<'a>, hooksig_status> {
    match policy.is_null() {
        true => Ok(Policy::DRONE),
        // SAFETY: passed on.
        false => unsafe { handle::get(policy) }.map(Settings::policy),
    }
}

/// Makes the default policy: covers at least date and digest, Date within 300 s of the clock, any
/// keyId, algorithm exactly hmac-sha256. It is what Drone sends, and nothing less.
///
/// policy  receives the policy; what it held before does not matter
///
/// Returns HOOKSIG_STATUS_OK or _NULL_POINTER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_init(policy: *mut hooksig_policy) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::make(policy, Settings::DEFAULT) })
}

/// Sets how far Date may lie from the clock on either side, both ends included.
///
/// What a larger one opens: a recorded request can be replayed until so long after its Date where no
/// replay guard stands.
///
/// policy   the policy to change
/// seconds  the distance in seconds
///
/// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_set_max_skew(
    policy: *mut hooksig_policy,
    seconds: u32,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::get_mut(policy) }.map(|settings| settings.max_skew = seconds))
}

/// Sets the headers that a signature must cover, in place of date and digest.
///
/// What fewer open: without digest, anyone who sees one request can send it on with another body
/// and the Digest of that; without date, an old one with a new date.
///
/// policy    the policy to change
/// list      the names separated by single spaces, such as "date digest host"; copied
/// list_len  its length in bytes, at most HOOKSIG_REQUIRED_MAX_LEN
///
/// Returns HOOKSIG_STATUS_OK; _BUFFER_TOO_SMALL if the list is too long; _EMPTY_LIST, _MALFORMED_LIST,
/// _REPEATED_NAME, _TOO_MANY_NAMES or _UNSUPPORTED_NAME if it is not a list of names;
/// _NULL_POINTER, _INVALID_LENGTH or _WRONG_STATE. On any other than HOOKSIG_STATUS_OK the policy is unchanged.
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

/// Demands a keyId. By default any is taken: Drone always sends hmac-key, whatever the secret.
///
/// policy      the policy to change
/// key_id      the keyId, compared octet by octet; copied; an empty one, which no signature
///             has, takes any again
/// key_id_len  its length in bytes, at most HOOKSIG_EXPECTED_KEY_ID_MAX_LEN
///
/// Returns HOOKSIG_STATUS_OK; _BUFFER_TOO_SMALL if it is too long; _NULL_POINTER, _INVALID_LENGTH or
/// _WRONG_STATE. On any other than HOOKSIG_STATUS_OK the policy is unchanged.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_expect_key_id(
    policy: *mut hooksig_policy,
    key_id: *const c_char,
    key_id_len: usize,
) -> hooksig_status {
    status(|| {
        // SAFETY: a pointer is NULL or points to as many elements as its length says.
        let (settings, key_id) = unsafe { (handle::get_mut(policy)?, text(key_id, key_id_len)?) };
        settings.key_id = Copied::new(key_id)?;
        Ok(())
    })
}

/// Takes a signature without an algorithm parameter for HMAC-SHA-256.
///
/// What it opens: nothing for these keys, since the key alone decides what is computed; it hides
/// a sender that means another algorithm.
///
/// policy  the policy to change
/// allow   whether to; false by default
///
/// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_allow_missing_algorithm(
    policy: *mut hooksig_policy,
    allow: bool,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::get_mut(policy) }.map(|set| set.allow_missing_algorithm = allow))
}

/// Takes algorithm="hs2019" (drafts 11 and 12: as the key says) for HMAC-SHA-256.
///
/// What it opens: as for hooksig_policy_allow_missing_algorithm.
///
/// policy  the policy to change
/// allow   whether to; false by default
///
/// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hooksig_policy_allow_hs2019(
    policy: *mut hooksig_policy,
    allow: bool,
) -> hooksig_status {
    // SAFETY: a pointer is NULL or points to as many elements as its length says.
    status(|| unsafe { handle::get_mut(policy) }.map(|settings| settings.allow_hs2019 = allow))
}
