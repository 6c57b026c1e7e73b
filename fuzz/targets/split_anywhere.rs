//! A body in any chunks, including empty ones, gets the same verdict as the whole.
#![no_main]

use arbitrary::Arbitrary;
use hooksig::{Clock, Error, Request, Verifier};
use hooksig_fuzz::{NOW, delivery, key};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    cuts: Vec<u16>,
    genuine: bool,
    body: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let Input { mut cuts, genuine, body } = input;
    let fields = delivery(body);
    let longer = [body, b"\0"].concat();
    let mut rest = if genuine { body } else { longer.as_slice() };
    let (keys, request) = ([key()], Request::new("POST", "/", fields.as_slice()));
    let verifier = Verifier::new(&keys).expect("there is a key");
    let mut pending = verifier.begin(&request, Clock::At(NOW)).expect("its head is genuine");
    // Each cut takes this many bytes of the rest.
    cuts.truncate(100);
    for cut in cuts {
        let (chunk, behind) = rest.split_at(usize::from(cut).min(rest.len()));
        pending.update(chunk);
        rest = behind;
    }
    pending.update(rest);
    let expected = if genuine { Ok(()) } else { Err(Error::DigestMismatch) };
    assert_eq!(pending.finish().map(drop), expected);
});
