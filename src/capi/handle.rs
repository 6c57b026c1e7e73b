//! Handles: caller-allocated memory that holds a value of this crate.

use core::mem::{align_of, size_of};

use super::hooksig_status::{self, NullPointer, WrongState};

/// A struct of the C interface with memory for a `Value`.
///
/// SAFETY: the implementing type is an array of `u64`, and [`fits`] holds for it.
pub(super) unsafe trait Handle: Sized {
    type Value;
    /// Marks an initialised handle. Zeroed or wiped memory does not hold it, nor does a handle of
    /// another kind.
    const MARK: u64;
}

/// The contents of an initialised handle.
#[repr(C)]
struct Made<T> {
    mark: u64,
    value: T,
}

/// Returns `true` if the value fits into the handle, for a `const` assertion.
pub(super) const fn fits<H: Handle>() -> bool {
    size_of::<Made<H::Value>>() <= size_of::<H>() && align_of::<Made<H::Value>>() <= align_of::<H>()
}

/// Initialises the handle with `value`, whatever it held before.
///
/// SAFETY: unless it is NULL, `handle` must point to a handle's memory that nothing else uses.
pub(super) unsafe fn make<H: Handle>(
    handle: *mut H,
    value: H::Value,
) -> Result<(), hooksig_status> {
    let made = handle.cast::<Made<H::Value>>();
    if made.is_null() {
        return Err(NullPointer);
    }
    // SAFETY: the value fits (`Handle`); the rest is the caller's contract. Each member is written
    // in place, to avoid a copy of the whole on the stack.
    unsafe {
        (&raw mut (*made).mark).write(H::MARK);
        (&raw mut (*made).value).write(value);
    }
    Ok(())
}

/// Returns the value in an initialised handle.
///
/// SAFETY: unless it is NULL, `handle` must point to a handle that stays unchanged for `'a`.
pub(super) unsafe fn get<'a, H: Handle>(handle: *const H) -> Result<&'a H::Value, hooksig_status> {
    // SAFETY: the caller's contract. The mark is read before the value is used.
    if !unsafe { mark(handle) }? {
        return Err(WrongState);
    }
    // SAFETY: it was found to have been made.
    Ok(unsafe { get_made(handle) })
}

/// Returns the value in a handle that is known to be initialised.
///
/// SAFETY: [`get`] must have succeeded on `handle`, which stays unchanged for `'a`.
pub(super) unsafe fn get_made<'a, H: Handle>(handle: *const H) -> &'a H::Value {
    // SAFETY: the caller's contract.
    unsafe { &(*handle.cast::<Made<H::Value>>()).value }
}

/// Does the same as [`get`], with a mutable reference.
///
/// SAFETY: unless it is NULL, `handle` must point to a handle that nothing else uses for `'a`.
pub(super) unsafe fn get_mut<'a, H: Handle>(
    handle: *mut H,
) -> Result<&'a mut H::Value, hooksig_status> {
    let made = handle.cast::<Made<H::Value>>();
    // SAFETY: as in `get`.
    if !unsafe { mark(handle) }? {
        return Err(WrongState);
    }
    // SAFETY: the mark shows that it is initialised; the rest is the caller's contract.
    Ok(unsafe { &mut (*made).value })
}

/// Overwrites the handle with zeros. The compiler does not optimise this away.
///
/// SAFETY: unless it is NULL, `handle` must point to a handle's memory that nothing else uses.
pub(super) unsafe fn wipe<H: Handle>(handle: *mut H) {
    if handle.is_null() {
        return;
    }
    for at in (0..size_of::<H>()).step_by(size_of::<u64>()) {
        // SAFETY: inside the handle, which is an array of such words (`Handle`).
        unsafe { handle.cast::<u64>().byte_add(at).write_volatile(0) };
    }
    core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
}

/// Returns `true` if the handle is initialised.
///
/// SAFETY: unless it is NULL, `handle` must point to a readable handle's memory that was written.
unsafe fn mark<H: Handle>(handle: *const H) -> Result<bool, hooksig_status> {
    if handle.is_null() {
        return Err(NullPointer);
    }
    // SAFETY: the mark is the first member of `Made`, which fits into the handle; any bits are a
    // `u64`.
    Ok(unsafe { handle.cast::<u64>().read() } == H::MARK)
}
