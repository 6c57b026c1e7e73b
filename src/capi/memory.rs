//! Memory of the caller as Rust sees it: the one place where pointer and length become a slice.

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

/// As [`status`], of a call whose success is not yet a verdict.
pub(super) fn pending(call: impl FnOnce() -> Result<(), hooksig_status>) -> hooksig_status {
    call().err().unwrap_or(hooksig_status::Pending)
}

/// The `len` elements at `start`; none where `len` is 0, whatever `start` is.
///
/// SAFETY: unless it is NULL, `start` must point to `len` elements that stay readable and
/// unchanged for `'a`.
pub(super) unsafe fn view<'a, T>(start: *const T, len: usize) -> Result<&'a [T], hooksig_status> {
    match len.checked_mul(size_of::<T>()) {
        Some(0) => Ok(&[]),
        _ if start.is_null() => Err(NullPointer),
        Some(size) if isize::try_from(size).is_ok() => {
            // SAFETY: not NULL, of a size that an object can have; the rest is the caller's contract.
            Ok(unsafe { slice::from_raw_parts(start, len) })
        }
        _ => Err(InvalidLength),
    }
}

/// As [`view`], of a body or a part of one.
///
/// SAFETY: as for [`view`].
pub(super) unsafe fn body<'a>(
    start: *const c_void,
    len: usize,
) -> Result<&'a [u8], hooksig_status> {
    // SAFETY: passed on.
    unsafe { view(start.cast::<u8>(), len) }
}

/// As [`view`], of text.
///
/// SAFETY: as for [`view`].
pub(super) unsafe fn text<'a>(
    start: *const c_char,
    len: usize,
) -> Result<&'a [u8], hooksig_status> {
    // SAFETY: passed on. `c_char` and `u8` have the same size and alignment.
    unsafe { view(start.cast::<u8>(), len) }
}

/// As [`text`], where that has succeeded before: what it found is not looked for again.
///
/// SAFETY: [`text`] must have succeeded on `start` and `len`, and its contract still hold.
pub(super) unsafe fn checked_text<'a>(start: *const c_char, len: usize) -> &'a [u8] {
    // SAFETY: passed on; a text and a body are checked alike.
    unsafe { checked_body(start.cast(), len) }
}

/// As [`checked_text`], of a body.
///
/// SAFETY: as for [`checked_text`], with [`body`].
pub(super) unsafe fn checked_body<'a>(start: *const c_void, len: usize) -> &'a [u8] {
    let start = NonNull::new(start.cast_mut()).unwrap_or(NonNull::dangling());
    // SAFETY: not NULL; the rest was found before, where NULL has a length of 0.
    unsafe { slice::from_raw_parts(start.as_ptr().cast::<u8>(), len) }
}

/// The `len` elements at `start`, to be changed; none where `len` is 0.
///
/// SAFETY: unless it is NULL, `start` must point to `len` elements that nothing else reads or
/// writes for `'a`.
pub(super) unsafe fn view_mut<'a, T>(
    start: *mut T,
    len: usize,
) -> Result<&'a mut [T], hooksig_status> {
    match len.checked_mul(size_of::<T>()) {
        Some(0) => Ok(&mut []),
        _ if start.is_null() => Err(NullPointer),
        Some(size) if isize::try_from(size).is_ok() => {
            // SAFETY: not NULL, of a size that an object can have; the rest is the caller's contract.
            Ok(unsafe { slice::from_raw_parts_mut(start, len) })
        }
        _ => Err(InvalidLength),
    }
}

/// What stands at `at`.
///
/// SAFETY: unless it is NULL, `at` must point to a `T` that stays unchanged for `'a`.
pub(super) unsafe fn reference<'a, T>(at: *const T) -> Result<&'a T, hooksig_status> {
    // SAFETY: not NULL past `as_ref`; the rest is the caller's contract.
    unsafe { at.as_ref() }.ok_or(NullPointer)
}

/// Checks that there is an output, before work is done for it.
pub(super) fn not_null<T>(out: *mut T) -> Result<(), hooksig_status> {
    if out.is_null() { Err(NullPointer) } else { Ok(()) }
}

/// Writes an output.
///
/// SAFETY: unless it is NULL, `out` must point to room for a `T` that nothing else uses.
pub(super) unsafe fn store<T>(out: *mut T, value: T) -> Result<(), hooksig_status> {
    if out.is_null() {
        return Err(NullPointer);
    }
    // SAFETY: not NULL; the rest is the caller's contract.
    unsafe { out.write(value) };
    Ok(())
}

/// Lets `write` fill the caller's buffer, and stores the length written, or needed.
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
