//! Shared parts of the programs.
#![no_std]

use hooksig::{Clock, Error, Head, Key, Verifier};

/// A recorded delivery.
pub static DELIVERY: &[u8] = include_bytes!("../../../vectors/deliveries/user-created.http");
/// Length of its head.
pub const HEAD_LEN: usize = 418;
/// The secret that signed it.
pub const SECRET: &str = "bea26a2221fd8090ea38720fc445eca6";
/// The time it was sent, in Unix seconds.
pub const SENT: i64 = 1_795_419_691;

/// Verifies a delivery whose body comes in pieces.
pub fn receive<'b>(
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

/// The symbol does not exist, so a program that links cannot panic.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn panic_is_possible() -> !;
    }
    panic_is_possible()
}
