//! SHA-256 of several independent streams at once (feature `lanes`).
//!
//! SHA instructions of one stream wait for each other and leave more than half of the processor idle. Of
//! three deliveries that are signed at once, each takes 0.57 of the time of one alone (`make bench`). More
//! streams do not help, because three keep the processor's unit busy.

#[cfg(all(target_arch = "x86_64", not(hooksig_host_compress)))]
#[path = "lanes/x86_64.rs"]
mod processor;
#[cfg(all(target_arch = "aarch64", target_endian = "little", not(hooksig_host_compress)))]
#[path = "lanes/aarch64.rs"]
mod processor;
#[cfg(not(all(
    any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")),
    not(hooksig_host_compress)
)))]
#[path = "lanes/other.rs"]
mod processor;

mod batch;
mod beside;

pub(crate) use batch::mac_many;
pub(crate) use beside::{WholeBody, mac_beside};
use processor::is_supported;

use core::hint::black_box;

use super::compress::{self, Block, State};
use crate::bytes::in_bounds;

/// Asks the processor which instructions it has, and stores the answer.
///
/// It is called before a key is shared between threads, because race detectors such as helgrind do not see
/// that the answer is stored atomically.
pub(super) fn detect() {
    is_supported();
    #[cfg(target_arch = "x86_64")]
    super::vectors::is_supported();
}

/// Compresses blocks of `N` streams, as many of each as the shortest one has. Returns this number.
pub(super) fn compress<const N: usize>(states: &mut [State; N], blocks: [&[Block]; N]) -> usize {
    let count = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    if !processor::compress(states, blocks) {
        for (state, blocks) in states.iter_mut().zip(blocks) {
            compress::compress(state, in_bounds(blocks.get(..count)));
        }
    }
    count
}

/// Removes and returns the first block of each stream, or returns `None` if one has no more.
#[inline(always)]
fn take_first<'b, const N: usize>(streams: &mut [&'b [Block]; N]) -> Option<[&'b Block; N]> {
    let mut firsts = [const { &[0; _] }; N];
    for (first, stream) in firsts.iter_mut().zip(streams) {
        (*first, *stream) = stream.split_first()?;
    }
    Some(firsts)
}

/// The constants of four rounds.
type Constants = [u32; 4];

/// The constants of the first sixteen rounds (FIPS 180-4, section 4.2.2).
static FIRST_ROUNDS: [Constants; 4] = [
    [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5],
    [0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
    [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3],
    [0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
];

/// The constants of the other rounds.
static LATER_ROUNDS: [Constants; 12] = [
    [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc],
    [0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
    [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7],
    [0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
    [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13],
    [0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
    [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3],
    [0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
    [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5],
    [0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
    [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208],
    [0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
];

/// Returns the constants of the other rounds, and hides their number from the compiler. If it unrolls the
/// loop over them, three streams need more registers than there are, and gain little (`make bench`).
#[inline(always)]
fn later_rounds() -> &'static [Constants] {
    black_box(&LATER_ROUNDS)
}
