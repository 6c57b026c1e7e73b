//! Handles: memory of the caller in which a value of this crate stands.

use core::mem::{align_of, size_of};

use super::hooksig_status::{self, NullPointer, WrongState};

/// A struct of the C interface that offers a caller's memory for a `Value`.
///
/// SAFETY: the implementing type is an array of `u64`, and [`fits`] holds for it.
pub(super) unsafe trait Handle: Sized {
    type Value;
    /// Tells a handle that was made from one that was not: neither zeroed or wiped memory nor a
    /// handle of another kind holds it.
    const MARK: u64;
}

/// What stands in a handle once it was made.
#[repr(C)]
struct Made<T> {
    mark: u64,
    value: T,
}

/// Whether the value fits into the handle, for a `const` assertion.
pub(super) const fn fits<H: Handle>() -> bool {
    size_of::<Made<H::Value>>() <= size_of::<H>() && align_of::<Made<H::Value>>() <= align_of::<H>()
}

/// Puts `value` into the handle, over whatever was there.
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
    // SAFETY: the value fits (`Handle`); the rest is the caller's contract. Each member is put in
    // its place, so that the whole is not put together elsewhere first.
    unsafe {
        (&raw mut (*made).mark).write(H::MARK);
        (&raw mut (*made).value).write(value);
    }
    Ok(())
}

/// The value in a handle that was made.
///
/// SAFETY: unless it is NULL, `handle` must point to a handle that stays unchanged for `'a`.
pub(super) unsafe fn get<'a, H: Handle>(handle: *const H) -> Result<&'a H::Value, hooksig_status> {
    // SAFETY: the caller's contract; the mark is read before the value is taken for one.
    if !unsafe { mark(handle) }? {
        return Err(WrongState);
    }
    // SAFETY: it was found to have been made.
    Ok(unsafe { get_made(handle) })
}

/// The value in a handle that is known to have been made.
///
/// SAFETY: [`get`] must have succeeded on `handle`, which stays unchanged for `'a`.
pub(super) unsafe fn get_made<'a, H: Handle>(handle: *const H) -> &'a H::Value {
    // SAFETY: the caller's contract.
    unsafe { &(*handle.cast::<Made<H::Value>>()).value }
}

/// As [`get`], to change it.
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
    // SAFETY: it was found to have been made; the rest is the caller's contract.
    Ok(unsafe { &mut (*made).value })
}

/// Overwrites the handle with zeros, in a way that the compiler does not leave out.
///
/// SAFETY: unless it is NULL, `handle` must point to a handle's memory that nothing else uses.
pub(super) unsafe fn wipe<H: Handle>(handle: *mut H) {
    if handle.is_null() {
        return;
    }
    for at in (0..size_of::<H>()).step_by(size_of::<u64>()) {
        // SAFETY: inside the handle, which is made of such words (`Handle`).
        unsafe { handle.cast::<u64>().byte_add(at).write_volatile(0) };
    }
    core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
}

/// SAFETY: unless it is NULL, `handle` must point to a readable handle's memory that was written.
unsafe fn mark<H: Handle>(handle: *const H) -> Result<bool, hooksig_status> {
    if handle.is_null() {
        return Err(NullPointer);
    }
    // SAFETY: the mark is the first member of what fits into the handle; any bits are a `u64`.
    Ok(unsafe { handle.cast::<u64>().read() } == H::MARK)
}
