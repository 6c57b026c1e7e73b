//! Turns the caller's pointers and lengths into slices and references.

use core::{
    ffi::{c_char, c_void},
    mem::size_of,
    ptr::NonNull,
    slice,
};

use super::hooksig_status::{self, InvalidLength, NullPointer};

/// Makes a call and returns its status.
pub(super) fn status(call: impl FnOnce() -> Result<(), hooksig_status>) -> hooksig_status {
    call().err().unwrap_or(hooksig_status::Ok)
}

/// Does the same as [`status`], for a call whose success is not yet a verdict.
pub(super) fn pending(call: impl FnOnce() -> Result<(), hooksig_status>) -> hooksig_status {
    call().err().unwrap_or(hooksig_status::Pending)
}

/// Returns the `len` elements at `start`. If `len` is 0, `start` does not matter.
///
/// SAFETY: unless it is NULL, `start` must point to `len` elements that stay readable and
/// unchanged for `'a`.
pub(super) unsafe fn view<'a, T>(start: *const T, len: usize) -> Result<&'a [T], hooksig_status> {
    match len {
        0 => Ok(&[]),
        _ if start.is_null() => Err(NullPointer),
        _ if can_exist::<T>(len) => {
            // SAFETY: not NULL, of a size that an object can have; the rest is the caller's contract.
            Ok(unsafe { slice::from_raw_parts(start, len) })
        }
        _ => Err(InvalidLength),
    }
}

/// Returns whether an object can have `len` elements.
fn can_exist<T>(len: usize) -> bool {
    let most = (isize::MAX as usize).checked_div(size_of::<T>());
    most.is_some_and(|most| len <= most)
}

/// Does the same as [`view`], for a body or a part of one.
///
/// SAFETY: as for [`view`].
pub(super) unsafe fn body<'a>(
    start: *const c_void,
    len: usize,
) -> Result<&'a [u8], hooksig_status> {
    // SAFETY: passed on.
    unsafe { view(start.cast::<u8>(), len) }
}

/// Does the same as [`view`], for text.
///
/// SAFETY: as for [`view`].
pub(super) unsafe fn text<'a>(
    start: *const c_char,
    len: usize,
) -> Result<&'a [u8], hooksig_status> {
    // SAFETY: passed on. `c_char` and `u8` have the same size and alignment.
    unsafe { view(start.cast::<u8>(), len) }
}

/// Does the same as [`text`] after that has succeeded, without checking again.
///
/// SAFETY: [`text`] must have succeeded on `start` and `len`, and its contract must still hold.
pub(super) unsafe fn checked_text<'a>(start: *const c_char, len: usize) -> &'a [u8] {
    // SAFETY: the caller's contract. A text and a body are checked alike.
    unsafe { checked_body(start.cast(), len) }
}

/// Does the same as [`checked_text`], for a body.
///
/// SAFETY: as for [`checked_text`], with [`body`].
pub(super) unsafe fn checked_body<'a>(start: *const c_void, len: usize) -> &'a [u8] {
    let start = NonNull::new(start.cast_mut()).unwrap_or(NonNull::dangling());
    // SAFETY: not NULL. `body` checked the rest; it accepts NULL with a length of 0.
    unsafe { slice::from_raw_parts(start.as_ptr().cast::<u8>(), len) }
}

/// Returns the `len` elements at `start` as a mutable slice. If `len` is 0, `start` does not
/// matter.
///
/// SAFETY: unless it is NULL, `start` must point to `len` elements that nothing else reads or
/// writes for `'a`.
pub(super) unsafe fn view_mut<'a, T>(
    start: *mut T,
    len: usize,
) -> Result<&'a mut [T], hooksig_status> {
    match len {
        0 => Ok(&mut []),
        _ if start.is_null() => Err(NullPointer),
        _ if can_exist::<T>(len) => {
            // SAFETY: not NULL, of a size that an object can have; the rest is the caller's contract.
            Ok(unsafe { slice::from_raw_parts_mut(start, len) })
        }
        _ => Err(InvalidLength),
    }
}

/// Returns a reference to the `T` at `at`.
///
/// SAFETY: unless it is NULL, `at` must point to a `T` that stays unchanged for `'a`.
pub(super) unsafe fn reference<'a, T>(at: *const T) -> Result<&'a T, hooksig_status> {
    // SAFETY: `as_ref` checks for NULL; the rest is the caller's contract.
    unsafe { at.as_ref() }.ok_or(NullPointer)
}

/// Checks that there is an output, before any work is done for it.
pub(super) fn not_null<T>(out: *mut T) -> Result<(), hooksig_status> {
    if out.is_null() { Err(NullPointer) } else { Ok(()) }
}

/// Writes an output.
///
/// SAFETY: unless it is NULL, `out` must point to memory for a `T` that nothing else uses.
pub(super) unsafe fn store<T>(out: *mut T, value: T) -> Result<(), hooksig_status> {
    if out.is_null() {
        return Err(NullPointer);
    }
    // SAFETY: not NULL; the rest is the caller's contract.
    unsafe { out.write(value) };
    Ok(())
}

/// Lets `write` fill the caller's buffer. Stores the length written or, if the buffer is too small,
/// needed.
///
/// SAFETY: as for [`view_mut`] of `out` and [`store`] of `out_len`.
pub(super) unsafe fn fill(
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
    write: impl FnOnce(&mut [u8]) -> Result<usize, crate::Error>,
) -> Result<(), hooksig_status> {
    if out_len.is_null() {
        return Err(NullPointer);
    }
    // SAFETY: passed on.
    let result = write(unsafe { view_mut(out.cast::<u8>(), out_capacity) }?);
    match result {
        // SAFETY: passed on.
        Ok(len) | Err(crate::Error::BufferTooSmall { needed: len }) => unsafe {
            store(out_len, len)?;
        },
        Err(_) => {}
    }
    result.map(|_| ()).map_err(Into::into)
}
