//! The core through its public interface, in one program to build it only once.

mod allocations;
mod arguments;
mod common;
mod conformance;
mod dates;
mod deliveries;
mod digests;
mod drone;
mod head;
mod hostile;
mod many;
mod params;
#[cfg(feature = "payload")]
mod payload;
mod properties;
mod refusals;
mod replay;
mod surface;
