//! Shared by the targets: a genuine delivery, a splitter of requests, and the model of the rules to
//! compare the core with.

#[path = "../../tests/model/dates.rs"]
mod dates;
#[path = "../../tests/model/params.rs"]
mod params;
#[path = "../../tests/model/rules.rs"]
mod rules;

use hooksig::{Clock, Error, Key, Request, Verifier, drone};

/// The secret of the recorded deliveries.
pub const SECRET: &[u8] = b"bea26a2221fd8090ea38720fc445eca6";

/// The time of each delivery: Wed, 01 Jan 2020 00:00:00 GMT.
pub const NOW: i64 = 1_577_836_800;

/// The fields of a request.
pub type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// Returns the key of [`SECRET`].
pub fn key() -> Key {
    Key::new(SECRET).expect("the secret is not empty")
}

/// Returns the signed fields that Drone sends with `body` at [`NOW`]: Date, Digest, Signature.
pub fn delivery(body: &[u8]) -> Fields {
    let signed = drone::sign(&key(), body, NOW).expect("the date can be written");
    let fields =
        [("Date", signed.date()), ("Digest", signed.digest()), ("Signature", signed.signature())];
    fields.map(|(name, value)| (name.into(), value.into())).into()
}

/// Returns the verdict on a request with these fields at [`NOW`].
pub fn verdict(fields: &Fields, body: &[u8]) -> Result<(), Error> {
    let keys = [key()];
    let request = Request::new("POST", "/", fields.as_slice());
    Verifier::new(&keys)?.verify(&request, body, Clock::At(NOW)).map(drop)
}

/// Splits a raw request after its head.
pub fn split(request: &[u8]) -> (&[u8], &[u8]) {
    const END: &[u8] = b"\r\n\r\n";
    let end = request.windows(END.len()).position(|window| window == END);
    request.split_at(end.map_or(request.len(), |at| at + END.len()))
}

/// Returns the model's verdict on a request under the key of [`SECRET`], in the words of
/// `Error::reason`.
pub fn judge(request: [&[u8]; 2], fields: Fields, body: &[u8], now: Option<i64>) -> Judgement {
    let [method, target] = request.map(<[u8]>::to_vec);
    let message = rules::Message { method, target, headers: fields, body: body.to_vec() };
    rules::judge(&message, &[SECRET.to_vec()], now)
}

/// The index of the key that made the signature, or the broken rule.
pub type Judgement = Result<usize, &'static str>;

/// Returns the model's verdict on the parameters of a signature.
pub fn judge_params(field: &[u8]) -> Result<(), &'static str> {
    params::parse(field).map(drop)
}

/// Returns the Unix seconds that the model reads.
pub fn read_date(date: &[u8], now: i64) -> Option<i128> {
    dates::parse(date, now.into())
}
