//! A view of the caller's HTTP request.

mod fields;
mod head;
mod host;

pub(crate) use fields::{Fields, Singleton};
pub use head::Head;

use crate::{Name, bytes::trim};

/// The header fields of a request, in the order received.
///
/// A repeated field is yielded once for each occurrence. Names are compared ignoring ASCII case.
/// Values are the bytes as received, with or without the white space around them.
///
/// Implemented for slices and arrays of `(name, value)` pairs. The features `http` and `httparse`
/// implement it for `http::HeaderMap` and `[httparse::Header]`.
pub trait Headers {
    /// Returns all fields as (name, value).
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])>;
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>, const L: usize> Headers for [(N, V); L] {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.as_slice().fields()
    }
}

#[cfg(feature = "http")]
impl Headers for http::HeaderMap {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()))
    }
}

#[cfg(feature = "httparse")]
impl Headers for [httparse::Header<'_>] {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter().map(|header| (header.name.as_bytes(), header.value))
    }
}

/// A borrowed view of a request's head.
///
/// The method matters only for a signature that covers `(request-target)`, the target also for one that
/// covers `host`. Drone's covers neither.
#[derive(Debug)]
pub struct Request<'a, H: ?Sized> {
    pub(crate) method: &'a [u8],
    /// `None` if the request line is unknown. A signature that covers `(request-target)` is then
    /// refused with `MissingHeader`.
    pub(crate) target: Option<&'a [u8]>,
    pub(crate) headers: &'a H,
}

impl<'a, H: Headers + ?Sized> Request<'a, H> {
    /// Creates a view of `method`, `target` (path and query as received) and `headers`.
    pub fn new(
        method: &'a (impl AsRef<[u8]> + ?Sized),
        target: &'a (impl AsRef<[u8]> + ?Sized),
        headers: &'a H,
    ) -> Self {
        Self { method: method.as_ref(), target: Some(target.as_ref()), headers }
    }

    /// Creates a view without a request line. A signature that covers `(request-target)` is then
    /// refused with [`MissingHeader`](crate::Error::MissingHeader).
    pub fn from_headers(headers: &'a H) -> Self {
        Self { method: b"", target: None, headers }
    }

    /// Returns the trimmed values of all fields with this name, in order.
    pub(crate) fn values<'n>(
        &self,
        name: Name<'n>,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n, H> {
        let headers = self.headers;
        headers.fields().filter(move |(found, _)| name.is(found)).map(|(_, value)| trim(value))
    }
}

impl<H: ?Sized> Clone for Request<'_, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H: ?Sized> Copy for Request<'_, H> {}
