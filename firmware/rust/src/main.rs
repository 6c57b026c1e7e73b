//! A gateway in Rust: it verifies a recorded delivery whose body comes in pieces of 64 octets, and
//! refuses it when it is late or when a piece is lost.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hio};
use hooksig::{Clock, Error, Head, Key, Verifier};

static DELIVERY: &[u8] = include_bytes!("../../../vectors/deliveries/user-created.http");
const HEAD_LEN: usize = 418;
const SECRET: &str = "bea26a2221fd8090ea38720fc445eca6";
const SENT: i64 = 1_795_419_691;

fn receive<'b>(
    keys: &[Key],
    head: &[u8],
    pieces: impl Iterator<Item = &'b [u8]>,
    now: i64,
) -> Result<(), Error> {
    let head = Head::parse(head)?;
    let mut pending = Verifier::new(keys)?.begin(&head.request(), Clock::At(now))?;
    pieces.for_each(|piece| pending.update(piece));
    pending.finish().map(|_| ())
}

/// Three deliveries: as recorded, five minutes late, and without its first piece.
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

/// The symbol does not exist: that the program links shows that no panic is possible in it.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn panic_is_possible() -> !;
    }
    panic_is_possible()
}
