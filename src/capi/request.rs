use core::{ffi::c_char, ptr};

use super::{
    hooksig_status::{self, InvalidLength, NullPointer},
    memory::{checked_text, reference, text, view},
};
use crate::{Head, Headers, Request, primitives::usual};

/// One header field of a request, as received. White space around the value may be kept or removed.
/// Pass a repeated field as often as it was received, in the same order.
#[allow(missing_docs)] // The names say it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_header {
    /// The name; ASCII case does not matter.
    pub name: *const c_char,
    pub name_len: usize,
    /// The value, which may be any bytes.
    pub value: *const c_char,
    pub value_len: usize,
}

/// The head of a request, as an HTTP server provides it. All pointers are borrowed only during a
/// call.
#[allow(missing_docs)] // The names say it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hooksig_request {
    /// The method, such as POST. Used only if a signature covers (request-target), which Drone's do
    /// not. Otherwise it may be NULL with 0.
    pub method: *const c_char,
    pub method_len: usize,
    /// Path and query as received. Used like the method. If it is NULL, a signature over
    /// (request-target) is refused with _MISSING_HEADER.
    pub target: *const c_char,
    pub target_len: usize,
    /// All header fields in the order received.
    pub headers: *const hooksig_header,
    pub headers_len: usize,
}

/// The head of a request, raw or as a [`hooksig_request`], with every pointer checked.
pub(super) trait CheckedHead {
    fn request(&self) -> Request<'_, impl Headers + ?Sized>;
}

impl CheckedHead for Head<'_> {
    fn request(&self) -> Request<'_, impl Headers + ?Sized> {
        self.request()
    }
}

/// Parses a raw head.
///
/// SAFETY: as for `text`.
pub(super) unsafe fn raw_head<'a>(
    head: *const c_char,
    head_len: usize,
) -> Result<Head<'a>, hooksig_status> {
    // SAFETY: the caller's contract is that of `text`.
    Ok(Head::parse(unsafe { text(head, head_len) }?)?)
}

/// Header views in which every pointer was checked.
#[repr(transparent)]
pub(super) struct CheckedHeaders([hooksig_header]);

impl CheckedHeaders {
    /// SAFETY: every pointer in `headers` must be NULL or point to as many elements as its length
    /// says.
    unsafe fn new(headers: &[hooksig_header]) -> Result<&Self, hooksig_status> {
        check_headers(headers)?;
        // SAFETY: `Self` has the layout of the slice.
        Ok(unsafe { &*(ptr::from_ref(headers) as *const Self) })
    }
}

/// Views a [`hooksig_request`], and checks every pointer in it.
///
/// SAFETY: `request` and every pointer in it must be NULL or point to as many elements as its length
/// says, readable and unchanged for `'a`.
pub(super) unsafe fn checked_request<'a>(
    request: *const hooksig_request,
) -> Result<Request<'a, CheckedHeaders>, hooksig_status> {
    // SAFETY: the caller's contract, for all of them.
    unsafe {
        let request = reference(request)?;
        let headers = CheckedHeaders::new(view(request.headers, request.headers_len)?)?;
        let method = text(request.method, request.method_len)?;
        let target = text(request.target, request.target_len)?;
        let target = (!request.target.is_null()).then_some(target);
        Ok(Request { method, target, headers })
    }
}

impl CheckedHead for Request<'_, CheckedHeaders> {
    fn request(&self) -> Request<'_, impl Headers + ?Sized> {
        *self
    }
}

/// Checks every name and every value as `text` would.
fn check_headers(headers: &[hooksig_header]) -> Result<(), hooksig_status> {
    if usual(Some(headers)).is_some_and(are_plain) { Ok(()) } else { check_each(headers) }
}

/// Returns `true` if no pointer is NULL and every length is possible. One test covers all fields,
/// because a branch for each would cost more than the rest of the C layer.
///
/// Subtracting 1 sets the top bit of NULL, and an impossible length has it too. A valid pointer may
/// also have it; then [`check_each`] decides.
fn are_plain(headers: &[hooksig_header]) -> bool {
    let marks = headers.iter().fold(0, |marks, header| {
        let names = header.name.addr().wrapping_sub(1) | header.name_len;
        let values = header.value.addr().wrapping_sub(1) | header.value_len;
        marks | names | values
    });
    isize::try_from(marks).is_ok()
}

/// Does the same as [`check_headers`], field by field, and accepts NULL with a length of 0.
#[cold]
fn check_each(headers: &[hooksig_header]) -> Result<(), hooksig_status> {
    let mut len = 0;
    for header in headers {
        // NULL anywhere is reported before a length.
        if header.name.is_null() && header.name_len != 0
            || header.value.is_null() && header.value_len != 0
        {
            return Err(NullPointer);
        }
        len |= header.name_len | header.value_len;
    }
    if isize::try_from(len).is_ok() { Ok(()) } else { Err(InvalidLength) }
}

impl Headers for CheckedHeaders {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|header| {
            // SAFETY: `check_headers` found that both are views.
            unsafe {
                (
                    checked_text(header.name, header.name_len),
                    checked_text(header.value, header.value_len),
                )
            }
        })
    }
}
