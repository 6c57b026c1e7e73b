//! The C ABI: a thin translation of the crate. Each function checks its arguments, calls the crate
//! and stores the outputs.
//!
//! The doc comments of exported items are the text of `include/hooksig.h`, so they are written for
//! C. They contain the caller's contract, and each `SAFETY` comment names the sentence that it
//! relies on. The sentences for every function are at the top of the header: a pointer is NULL or
//! points to as many readable (or writable) and aligned elements as its length says, outputs
//! overlap nothing else, and no thread writes to an input during the call.
#![allow(unsafe_code)]
#![allow(non_camel_case_types)] // C's names.
#![allow(clippy::missing_safety_doc)] // The contract is the header's text; see above.

mod status;
mod handle;
mod memory;
mod key;
mod request;
mod policy;
mod clock;
mod receiver;
mod verified;
mod verify;
mod pending;
mod receive;
mod head;
mod sign;
mod digest;
mod date;
mod drone;
mod replay_entry;
mod replay;
mod version;

pub use clock::*;
pub use date::*;
pub use digest::*;
pub use drone::*;
pub use head::*;
pub use key::*;
pub use pending::*;
pub use policy::*;
pub use receive::*;
pub use receiver::*;
pub use replay::*;
pub use replay_entry::*;
pub use request::*;
pub use sign::*;
pub use status::*;
pub use verified::*;
pub use verify::*;
pub use version::*;

/// Calls a symbol that does not exist. A library does not link unless the compiler removed this
/// call, which proves that no panic is possible.
#[cfg(hooksig_panic_handler)]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn hooksig_panic_reached() -> !;
    }
    hooksig_panic_reached()
}
