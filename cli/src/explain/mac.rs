//! Signs as a sender would.

use hooksig::{Error, HeaderList, Key, Params, Request, Signer, drone::KEY_ID, signature_len};
use httparse::Header;

/// Returns the `signature` parameter of `request` over `names`, made with `key`.
pub(crate) fn of(
    key: &Key,
    request: &Request<'_, [Header<'_>]>,
    names: &HeaderList<'_>,
) -> Result<String, Error> {
    let mut room = vec![0; signature_len(KEY_ID, names)];
    let field = Signer::new(key, KEY_ID)?.sign(request, names, &mut room)?;
    let base64 = Params::parse(field)?.signature();
    Ok(base64.bytes().map(char::from).collect())
}
