//! The benchmarks: programs that each time one implementation, the contestants, and the program
//! `bench` that asks them in turn.
//!
//! A contestant is started with a folder of deliveries and the time, says what it is in one
//! line, and then answers questions, a line each: how long do so many calls of an operation take?
//! Whoever speaks that protocol can be compared, in whatever language; [`contestant`] is the Rust
//! side of it, `c/contestant.h` and `go/interop/contestant` are the others.

pub mod contestant;
pub mod delivery;
pub mod operation;

#[cfg(feature = "compare")]
pub mod by_hand;
#[cfg(feature = "compare")]
pub mod versions;
