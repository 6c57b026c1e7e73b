//! A delivery of any body with one bit changed in its date, digest, MAC or body is refused.
#![no_main]

use hooksig_fuzz::{delivery, verdict};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u32, &[u8])| {
    let (place, body) = input;
    let mut body = body.to_vec();
    let mut fields = delivery(&body);
    assert_eq!(verdict(&fields, &body), Ok(()));
    let signature = &fields[2].1;
    const BEFORE: &[u8] = b"signature=\"";
    let at = signature.windows(BEFORE.len()).position(|window| window == BEFORE);
    let mac = at.expect("it is there") + BEFORE.len();
    let [date, digest, signature] = fields.as_mut_slice() else { unreachable!() };
    let bytes = date.1.iter_mut().chain(&mut digest.1).chain(&mut signature.1[mac..mac + 44]);
    let mut bytes: Vec<_> = bytes.chain(&mut body).collect();
    let bit = place as usize % (bytes.len() * 8);
    *bytes[bit / 8] ^= 1 << (bit % 8);
    assert!(verdict(&fields, &body).is_err());
});
