//! The cores that this process may use.

use std::io;

use rustix::thread::{CpuSet, sched_setaffinity};

pub fn list(set: &CpuSet) -> Vec<usize> {
    (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect()
}

/// Pins this thread and its children to one core.
pub fn pin(core: usize) -> io::Result<()> {
    let mut one = CpuSet::new();
    one.set(core);
    Ok(sched_setaffinity(None, &one)?)
}
