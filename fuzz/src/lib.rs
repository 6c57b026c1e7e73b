//! What the targets share: a genuine delivery, and requests cut at their empty line.

use hooksig::{Clock, Error, Key, Request, Verifier, drone};

/// The secret of the recorded deliveries.
pub const SECRET: &[u8] = b"bea26a2221fd8090ea38720fc445eca6";

/// When a delivery is made: Wed, 01 Jan 2020 00:00:00 GMT.
pub const NOW: i64 = 1_577_836_800;

/// The fields of a request.
pub type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// The key of [`SECRET`].
pub fn key() -> Key {
    Key::new(SECRET).expect("the secret is not empty")
}

/// The signed fields that Drone sends with `body` at [`NOW`]: Date, Digest, Signature.
pub fn delivery(body: &[u8]) -> Fields {
    let signed = drone::sign(&key(), body, NOW).expect("the date can be written");
    let fields =
        [("Date", signed.date()), ("Digest", signed.digest()), ("Signature", signed.signature())];
    fields.map(|(name, value)| (name.into(), value.into())).into()
}

/// Whether a request with these fields is genuine at [`NOW`].
pub fn verdict(fields: &Fields, body: &[u8]) -> Result<(), Error> {
    let keys = [key()];
    let request = Request::new("POST", "/", fields.as_slice());
    Verifier::new(&keys)?.verify(&request, body, Clock::At(NOW)).map(drop)
}

/// Cuts a raw request behind its head.
pub fn split(request: &[u8]) -> (&[u8], &[u8]) {
    const END: &[u8] = b"\r\n\r\n";
    let end = request.windows(END.len()).position(|window| window == END);
    request.split_at(end.map_or(request.len(), |at| at + END.len()))
}
