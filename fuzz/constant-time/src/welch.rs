//! Welch's t-test: do two sets of times have the same mean?

/// Shares of the shortest times, in thousandths. An interrupt lengthens a call, and may hide a
/// small difference.
const SHARES: [usize; 7] = [250, 500, 750, 900, 950, 990, 1000];

/// The count, mean and sum of squared differences from the mean.
#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Welford's method.
    fn add(&mut self, time: f64) {
        self.count += 1.0;
        let before = time - self.mean;
        self.mean += before / self.count;
        self.squares += before * (time - self.mean);
    }

    /// Returns the variance of the mean.
    fn error(&self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

/// Returns the t of largest magnitude among the shares, and the difference of the means in
/// nanoseconds in the shorter half. `true` marks times of the second class.
pub(crate) fn largest_t(times: &[(bool, u32)]) -> (f64, f64) {
    let mut sorted: Vec<_> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_unstable();
    let limit = |share: usize| sorted[(sorted.len() * share / 1000).saturating_sub(1)];
    // A share without two times of each class has no t.
    let found = SHARES.iter().map(|share| t(times, limit(*share)).0).filter(|t| t.is_finite());
    let largest = found.max_by(|one, other| one.abs().total_cmp(&other.abs()));
    (largest.unwrap_or(0.0), t(times, limit(500)).1)
}

/// Returns the t of the times up to `limit`, and the difference of their means.
fn t(times: &[(bool, u32)], limit: u32) -> (f64, f64) {
    let mut classes = [Moments::default(), Moments::default()];
    for (class, time) in times.iter().filter(|(_, time)| *time <= limit) {
        classes[usize::from(*class)].add((*time).into());
    }
    let [first, second] = classes;
    let difference = second.mean - first.mean;
    (difference / (first.error() + second.error()).sqrt(), difference)
}
