//! The `X-Drone-Event` field, which is not signed.

use super::Delivery;
use crate::{Error, Headers, Name, Request};

impl Delivery<'_> {
    /// Compares the unsigned `X-Drone-Event` field with the body's event.
    ///
    /// Succeeds if either is absent.
    ///
    /// # Errors
    ///
    /// [`Error::EventMismatch`] if a field names another event than the body.
    pub fn check_event_field<H>(&self, request: &Request<'_, H>) -> Result<(), Error>
    where
        H: Headers + ?Sized,
    {
        let Some(event) = self.event() else {
            return Ok(());
        };
        let mut fields = request.values(Name::plain(b"X-Drone-Event"));
        if fields.all(|value| value == event.as_str().as_bytes()) {
            Ok(())
        } else {
            Err(Error::EventMismatch)
        }
    }
}
