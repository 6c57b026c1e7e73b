//! Lanes with the SHA instructions of x86-64.
//!
//! The instructions take the state as two vectors: the words A, B, E, F and the words C, D, G, H, each
//! with the first word at the top.
#![allow(unsafe_code)]
#![allow(clippy::indexing_slicing)] // The indexes of lanes are less than N, and those of words are literals.

use core::{arch::x86_64::*, cell::Cell, mem::MaybeUninit};

use super::{Block, Constants, FIRST_ROUNDS, State, later_rounds, take_first};

cpufeatures::new!(sha_instructions, "sha", "sse4.1");

/// Returns whether the processor has SHA instructions.
pub(super) fn is_supported() -> bool {
    sha_instructions::get()
}

/// Compresses the blocks. Returns `false` and does nothing if the processor has no SHA instructions.
pub(super) fn compress<const N: usize>(states: &mut [State; N], blocks: [&[Block]; N]) -> bool {
    let is_supported = is_supported();
    if is_supported {
        // SAFETY: the processor has the instructions of both features.
        unsafe { compress_lanes(states, blocks) }
    }
    is_supported
}

#[target_feature(enable = "sha,sse4.1")]
fn compress_lanes<const N: usize>(states: &mut [State; N], mut blocks: [&[Block]; N]) {
    let mut abef = [_mm_setzero_si128(); N];
    let mut cdgh = abef;
    for lane in 0..N {
        (abef[lane], cdgh[lane]) = load_state(&states[lane]);
    }
    // The message schedule: four words of each lane for four rounds each. Older words are read from
    // memory, because there are not enough registers. Zeroing it took 4 % of the time of a delivery that
    // is signed among 64 (`make bench`).
    let mut schedule = [[const { MaybeUninit::uninit() }; N]; 16];
    let later_rounds = later_rounds();
    while let Some(block) = take_first(&mut blocks) {
        let (old_abef, old_cdgh) = (abef, cdgh);
        let mut last = abef;
        for (at, constants) in FIRST_ROUNDS.iter().enumerate() {
            for lane in 0..N {
                last[lane] = load_words(block[lane], at);
            }
            schedule[at] = last.map(MaybeUninit::new);
            four_rounds(&mut abef, &mut cdgh, &last, constants);
        }
        let words = Cell::from_mut(schedule.as_mut_slice()).as_slice_of_cells();
        for (words, constants) in words.windows(5).zip(later_rounds) {
            let [first, second, third, _, next] = words else { break };
            for (lane, last) in last.iter_mut().enumerate() {
                // SAFETY: the words before the next ones were written above, or by the steps before.
                let [first, second, third] =
                    [first, second, third].map(|words| unsafe { words.get()[lane].assume_init() });
                let sum = _mm_add_epi32(
                    _mm_sha256msg1_epu32(first, second),
                    _mm_alignr_epi8::<4>(*last, third),
                );
                *last = _mm_sha256msg2_epu32(sum, *last);
            }
            next.set(last.map(MaybeUninit::new));
            four_rounds(&mut abef, &mut cdgh, &last, constants);
        }
        for lane in 0..N {
            abef[lane] = _mm_add_epi32(abef[lane], old_abef[lane]);
            cdgh[lane] = _mm_add_epi32(cdgh[lane], old_cdgh[lane]);
        }
    }
    for lane in 0..N {
        store_state(&mut states[lane], abef[lane], cdgh[lane]);
    }
}

/// Does four rounds of each lane with the next words of its schedule.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn four_rounds<const N: usize>(
    abef: &mut [__m128i; N],
    cdgh: &mut [__m128i; N],
    words: &[__m128i; N],
    constants: &Constants,
) {
    // SAFETY: the constants are 16 bytes.
    let constants = unsafe { _mm_loadu_si128(constants.as_ptr().cast()) };
    let mut sums = *words;
    for lane in 0..N {
        sums[lane] = _mm_add_epi32(words[lane], constants);
    }
    for lane in 0..N {
        cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], sums[lane]);
    }
    for lane in 0..N {
        let upper = _mm_shuffle_epi32::<0x0e>(sums[lane]);
        abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], upper);
    }
}

/// Returns four big-endian words of a block: the ones at `at`, counted in fours.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn load_words(block: &Block, at: usize) -> __m128i {
    let bytes = &block.as_chunks::<16>().0[at];
    // SAFETY: a chunk is 16 bytes.
    let words = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm_shuffle_epi8(words, order)
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn load_state(state: &State) -> (__m128i, __m128i) {
    let words = state.as_ptr().cast::<__m128i>();
    // SAFETY: a state is 32 bytes.
    let (dcba, hgfe) = unsafe { (_mm_loadu_si128(words), _mm_loadu_si128(words.add(1))) };
    let cdab = _mm_shuffle_epi32::<0xb1>(dcba);
    let efgh = _mm_shuffle_epi32::<0x1b>(hgfe);
    (_mm_alignr_epi8::<8>(cdab, efgh), _mm_blend_epi16::<0xf0>(efgh, cdab))
}

#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn store_state(state: &mut State, abef: __m128i, cdgh: __m128i) {
    let feba = _mm_shuffle_epi32::<0x1b>(abef);
    let dchg = _mm_shuffle_epi32::<0xb1>(cdgh);
    let words = state.as_mut_ptr().cast::<__m128i>();
    // SAFETY: a state is 32 bytes.
    unsafe {
        _mm_storeu_si128(words, _mm_blend_epi16::<0xf0>(feba, dchg));
        _mm_storeu_si128(words.add(1), _mm_alignr_epi8::<8>(dchg, feba));
    }
}
