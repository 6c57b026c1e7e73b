//! The C ABI: a thin translation of the crate. Check, view, call, store.
//!
//! The doc comments of what is exported are the text of `include/hooksig.h`, so that they speak C;
//! what a caller must grant for a call to be sound is said there, and each `SAFETY` comment names
//! the sentence that it relies on. Those that hold for every function stand at the header's top:
//! a pointer is NULL or points to as many readable (or writable) and aligned elements as its
//! length says, outputs overlap nothing else, and nobody writes to an input during the call.
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

/// The answer when a panic was reached: the symbol does not exist, so that a library in which the
/// compiler could not rule panics out does not link.
#[cfg(hooksig_panic_handler)]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn hooksig_panic_reached() -> !;
    }
    hooksig_panic_reached()
}
