//! Benchmarks: the contestants, programs that each time one implementation, and the program `bench`
//! that asks them in turn.
//!
//! A contestant is started with a folder of deliveries and the time. It prints one line that
//! describes it, then answers one question per line: how long do N calls of an operation take?
//! Programs in any language can take part. [`contestant`] is the Rust side of this protocol,
//! `c/contestant.h` the C side and `go/interop/contestant` the Go side.

pub mod contestant;
pub mod delivery;
pub mod operation;

#[cfg(feature = "compare")]
pub mod by_hand;
#[cfg(feature = "compare")]
pub mod versions;
