//! The host that a request is for.

use crate::{
    Request,
    bytes::Class,
    primitives::{eq_ignore_case, take_while},
};

impl<H: ?Sized> Request<'_, H> {
    /// Returns whether the target is absolute and names another host than `host`.
    pub(crate) fn is_for_other(&self, host: &[u8]) -> bool {
        let target_host = self.target.and_then(authority);
        target_host.is_some_and(|authority| !eq_ignore_case(authority, host))
    }
}

/// Returns the authority of a target in absolute form (RFC 9112, section 3.2.2), or `None` for a
/// target in another form.
fn authority(mut target: &[u8]) -> Option<&[u8]> {
    let scheme = take_while(&mut target, Class::SCHEME);
    scheme.first().filter(|byte| byte.is_ascii_alphabetic())?;
    let mut rest = target.strip_prefix(b"://")?;
    Some(take_while(&mut rest, Class::AUTHORITY))
}
