//! Another Rust library in the same program, with a standard library and panics of its own.

#[unsafe(no_mangle)]
pub extern "C" fn neighbour_sum(count: u32) -> u64 {
    let caught = std::panic::catch_unwind(|| {
        let numbers: Vec<u64> = (0..u64::from(count)).collect();
        assert!(numbers.len() < 100, "too many");
        numbers.iter().sum()
    });
    caught.unwrap_or(u64::MAX)
}
