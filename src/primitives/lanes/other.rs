//! Processors without lanes.

use super::{Block, State};

/// Returns `false`.
pub(super) fn is_supported() -> bool {
    false
}

/// Returns `false`, because nothing was compressed.
pub(super) fn compress<const N: usize>(_: &mut [State; N], _: [&[Block]; N]) -> bool {
    false
}
