//! Lanes with the SHA instructions of aarch64.
#![allow(unsafe_code)]
#![allow(clippy::indexing_slicing)] // The indexes of lanes are less than N, and those of words are literals.

use core::{arch::aarch64::*, cell::Cell};

use super::{Block, Constants, FIRST_ROUNDS, State, later_rounds, take_first};

cpufeatures::new!(sha_instructions, "sha2");

/// Returns whether the processor has SHA instructions.
pub(super) fn is_supported() -> bool {
    sha_instructions::get()
}

/// Compresses the blocks. Returns `false` and does nothing if the processor has no SHA instructions.
pub(super) fn compress<const N: usize>(states: &mut [State; N], blocks: [&[Block]; N]) -> bool {
    let is_supported = is_supported();
    if is_supported {
        // SAFETY: the processor has the instructions of the feature.
        unsafe { compress_lanes(states, blocks) }
    }
    is_supported
}

#[target_feature(enable = "sha2")]
fn compress_lanes<const N: usize>(states: &mut [State; N], mut blocks: [&[Block]; N]) {
    let mut abcd = [vdupq_n_u32(0); N];
    let mut efgh = abcd;
    for lane in 0..N {
        (abcd[lane], efgh[lane]) = load_state(&states[lane]);
    }
    // The message schedule: four words of each lane for four rounds each.
    let mut schedule = [[vdupq_n_u32(0); N]; 16];
    let later_rounds = later_rounds();
    while let Some(block) = take_first(&mut blocks) {
        let (old_abcd, old_efgh) = (abcd, efgh);
        for (at, constants) in FIRST_ROUNDS.iter().enumerate() {
            for lane in 0..N {
                schedule[at][lane] = load_words(block[lane], at);
            }
            four_rounds(&mut abcd, &mut efgh, &schedule[at], constants);
        }
        let mut last = schedule[3];
        let words = Cell::from_mut(schedule.as_mut_slice()).as_slice_of_cells();
        for (words, constants) in words.windows(5).zip(later_rounds) {
            let [first, second, third, _, next] = words else { break };
            for (lane, last) in last.iter_mut().enumerate() {
                let sum = vsha256su0q_u32(first.get()[lane], second.get()[lane]);
                *last = vsha256su1q_u32(sum, third.get()[lane], *last);
            }
            next.set(last);
            four_rounds(&mut abcd, &mut efgh, &last, constants);
        }
        for lane in 0..N {
            abcd[lane] = vaddq_u32(abcd[lane], old_abcd[lane]);
            efgh[lane] = vaddq_u32(efgh[lane], old_efgh[lane]);
        }
    }
    for lane in 0..N {
        store_state(&mut states[lane], abcd[lane], efgh[lane]);
    }
}

/// Does four rounds of each lane with the next words of its schedule.
#[inline]
#[target_feature(enable = "sha2")]
fn four_rounds<const N: usize>(
    abcd: &mut [uint32x4_t; N],
    efgh: &mut [uint32x4_t; N],
    words: &[uint32x4_t; N],
    constants: &Constants,
) {
    // SAFETY: the constants are four words.
    let constants = unsafe { vld1q_u32(constants.as_ptr()) };
    for lane in 0..N {
        let sum = vaddq_u32(words[lane], constants);
        let old = abcd[lane];
        abcd[lane] = vsha256hq_u32(old, efgh[lane], sum);
        efgh[lane] = vsha256h2q_u32(efgh[lane], old, sum);
    }
}

/// Returns four big-endian words of a block: the ones at `at`, counted in fours.
#[inline]
#[target_feature(enable = "sha2")]
fn load_words(block: &Block, at: usize) -> uint32x4_t {
    let bytes = &block.as_chunks::<16>().0[at];
    // SAFETY: a chunk is 16 bytes.
    let bytes = unsafe { vld1q_u8(bytes.as_ptr()) };
    vreinterpretq_u32_u8(vrev32q_u8(bytes))
}

#[inline]
#[target_feature(enable = "sha2")]
fn load_state(state: &State) -> (uint32x4_t, uint32x4_t) {
    let words = state.as_ptr();
    // SAFETY: a state is eight words.
    unsafe { (vld1q_u32(words), vld1q_u32(words.add(4))) }
}

#[inline]
#[target_feature(enable = "sha2")]
fn store_state(state: &mut State, abcd: uint32x4_t, efgh: uint32x4_t) {
    let words = state.as_mut_ptr();
    // SAFETY: a state is eight words.
    unsafe {
        vst1q_u32(words, abcd);
        vst1q_u32(words.add(4), efgh);
    }
}
