//! A gateway: verifies the recorded delivery, whose body comes in pieces of 64 bytes. Refuses it
//! when it is late or a piece is lost.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hio};
use gateway::{DELIVERY, HEAD_LEN, SECRET, SENT, receive};
use hooksig::{Error, Key};

/// As recorded, five minutes late, and without the first piece.
fn verdicts() -> Option<[Result<(), Error>; 3]> {
    let keys = [Key::new(SECRET).ok()?];
    let (head, body) = DELIVERY.split_at_checked(HEAD_LEN)?;
    Some([
        receive(&keys, head, body.chunks(64), SENT + 1),
        receive(&keys, head, body.chunks(64), SENT + 301),
        receive(&keys, head, body.chunks(64).skip(1), SENT + 1),
    ])
}

#[entry]
fn main() -> ! {
    if let (Some(verdicts), Ok(mut out)) = (verdicts(), hio::hstdout()) {
        for verdict in verdicts {
            let word = verdict.map_or_else(|error| error.reason(), |()| "genuine");
            let _ = out.write_all(word.as_bytes()).and_then(|()| out.write_all(b"\n"));
        }
    }
    loop {
        debug::exit(debug::EXIT_SUCCESS);
    }
}
