//! The compression function of SHA-256, for the fast and the small version.
//!
//! `--cfg hooksig_host_compress` replaces it with a function of the platform. That can be a program in
//! another language, or a peripheral that can load and read a state. Padding, HMAC and comparisons stay
//! in the crate.

/// The state between blocks. After the last block, its words are the hash.
pub(super) type State = [u32; 8];

/// The input of one compression.
pub(super) type Block = [u8; BLOCK_LEN];
pub(super) const BLOCK_LEN: usize = 64;

/// Compresses `blocks` into `state` (FIPS 180-4, section 6.2.2).
#[cfg(not(hooksig_host_compress))]
pub(super) fn compress(state: &mut State, blocks: &[Block]) {
    // Without a block, the call itself takes 5 ns.
    if !blocks.is_empty() {
        sha2::block_api::compress256(state, blocks);
    }
}

/// Compresses `blocks` into `state` (FIPS 180-4, section 6.2.2).
#[cfg(hooksig_host_compress)]
#[allow(unsafe_code)]
pub(super) fn compress(state: &mut State, blocks: &[Block]) {
    #[cfg_attr(target_family = "wasm", link(wasm_import_module = "host"))]
    unsafe extern "C" {
        fn hooksig_host_compress(state: *mut u32, blocks: *const u8, n: usize);
    }
    if blocks.is_empty() {
        return;
    }
    // SAFETY: the function reads `n` blocks of 64 bytes, reads and writes the eight words of the
    // state, and keeps neither pointer. docs/firmware.md requires this of its author.
    unsafe { hooksig_host_compress(state.as_mut_ptr(), blocks.as_ptr().cast(), blocks.len()) }
}
