//! How Go samples allocations, and how the real sampled counts are recovered from the estimates in a profile.
//!
//! Allocations are sampled by a Poisson process over bytes with mean distance R (`MemProfileRate`), so an object
//! of S bytes is sampled with probability p = 1 - exp(-S/R) and a record of n sampled objects is written as the
//! estimates n/p and nS/p, each truncated to an integer (runtime/pprof/protomem.go, `scaleHeapSample`; S2).

/// The mean number of bytes between two samples, `MemProfileRate`. 1 or less: every allocation is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamplingRate(pub i64);

/// Whether estimates come from a whole number of sampled objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// To the last digit.
    Exact,
    /// But for one unit: by the last bit of `exp`, which may differ between Go's and this machine's libm, in a rare
    /// row; by two truncations instead of one in about half the rows of a sum of two profiles.
    OffByOne,
    /// No whole number gives them.
    None,
}

impl SamplingRate {
    /// Whether every allocation was recorded, so that nothing is estimated.
    pub fn is_exact(self) -> bool {
        self.0 <= 1
    }

    /// The probability that an object of `size` bytes is sampled, in (0, 1].
    pub fn probability(self, size: i64) -> f64 {
        if self.is_exact() || size <= 0 {
            return 1.0;
        }
        // exp_m1 keeps the digits that 1 - exp(-x) loses for small objects.
        -(-(size as f64) / self.0 as f64).exp_m1()
    }

    /// What it does to objects of `size` bytes.
    pub fn at(self, size: i64) -> Scaling {
        let scale = if self.is_exact() || size <= 0 {
            1.0
        } else {
            1.0 / (1.0 - (-(size as f64) / self.0 as f64).exp())
        };
        Scaling { size, probability: self.probability(size), scale }
    }

    /// The estimates (objects, bytes) that Go writes for `count` sampled objects of `size` bytes each.
    pub fn estimate(self, count: i64, size: i64) -> (i64, i64) {
        self.at(size).estimate(count)
    }

    /// The variance, in bytes², of the estimate nS/p: S²·n(1−p)/p² (docs/statistics.md, "The sample behind
    /// the estimate").
    pub fn variance(self, count: f64, size: i64) -> f64 {
        self.at(size).variance(count)
    }
}

/// What a rate does to objects of one size. A profile has a hundred thousand rows and a hundred sizes, so this is computed
/// once a size.
#[derive(Clone, Copy, Debug)]
pub struct Scaling {
    size: i64,
    probability: f64,
    /// Go's own factor from a sampled count to an estimate, in Go's own arithmetic, so that a truncated estimate is
    /// reproduced to the last digit.
    scale: f64,
}

impl Scaling {
    /// The size of the objects in bytes.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// The estimates (objects, bytes) that Go writes for `count` sampled objects.
    pub fn estimate(&self, count: i64) -> (i64, i64) {
        // `as` saturates, so a hostile count cannot overflow.
        ((count as f64 * self.scale) as i64, self.bytes(count))
    }

    /// The estimate of bytes alone.
    pub(crate) fn bytes(&self, count: i64) -> i64 {
        (count as f64 * self.size as f64 * self.scale) as i64
    }

    /// The number of really sampled objects behind a row: n = round(B·p/S), from the bytes column, which stays
    /// exact where the truncated objects column does not (S3).
    pub fn sampled_count(&self, bytes: i64) -> i64 {
        if self.size <= 0 {
            return 0;
        }
        nearest(bytes as f64 * self.probability / self.size as f64)
    }

    /// [`SamplingRate::variance`] of these objects.
    pub fn variance(&self, count: f64) -> f64 {
        let (p, size) = (self.probability, self.size as f64);
        size * size * count.max(0.0) * (1.0 - p) / (p * p)
    }

    /// How well `count` sampled objects give these estimates. Where they do not, the file was merged, averaged or
    /// normalised by somebody on the way (S3).
    pub fn fit(&self, count: i64, objects: Option<i64>, bytes: i64) -> Fit {
        let (want_objects, want_bytes) = self.estimate(count);
        let off = want_bytes.abs_diff(bytes).max(objects.map_or(0, |o| want_objects.abs_diff(o)));
        match off {
            0 => Fit::Exact,
            1 => Fit::OffByOne,
            _ => Fit::None,
        }
    }
}

/// The same as `round`, which without SSE4.1 is a call of the C library for each of a hundred thousand rows.
fn nearest(x: f64) -> i64 {
    let whole = x as i64;
    // The difference is exact, and 0 where a number has no fraction.
    let rest = x - whole as f64;
    whole.saturating_add(i64::from(rest >= 0.5) - i64::from(rest <= -0.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEFAULT: SamplingRate = SamplingRate(512 * 1024);

    #[test]
    fn one_small_sample_stands_for_about_one_rate_of_bytes() {
        let (objects, bytes) = DEFAULT.estimate(1, 48);
        assert_eq!((objects, bytes), (10923, 524312));
        let se = DEFAULT.variance(1.0, 48).sqrt();
        assert!((se - 524_288.0).abs() < 100.0, "{se}");
    }

    #[test]
    fn objects_of_six_rates_are_exact_to_five_percent_from_the_first_one() {
        let size = 6 * DEFAULT.0;
        assert!(DEFAULT.variance(1.0, size).sqrt() / (size as f64) < 0.051);
    }

    #[test]
    fn rate_one_estimates_nothing() {
        assert_eq!(SamplingRate(1).estimate(7, 48), (7, 336));
        assert_eq!(SamplingRate(1).variance(7.0, 48), 0.0);
    }

    #[test]
    fn a_row_averaged_over_two_profiles_is_not_explained() {
        let (objects, bytes) = DEFAULT.estimate(5, 4096);
        let (objects, bytes) = (objects / 2, bytes / 2);
        let n = DEFAULT.at(4096).sampled_count(bytes);
        assert_eq!(DEFAULT.at(4096).fit(n, Some(objects), bytes), Fit::None);
    }

    #[test]
    fn a_row_summed_over_two_profiles_shows_two_truncations() {
        let (a, b) = (DEFAULT.estimate(3, 48), DEFAULT.estimate(3, 48));
        assert_eq!(DEFAULT.at(48).fit(6, Some(a.0 + b.0), a.1 + b.1), Fit::OffByOne);
    }

    proptest! {
        /// Go's size classes run from 8 bytes; huge objects are rounded to pages.
        #[test]
        fn the_sampled_count_comes_back_exactly(n in 0i64..100_000, size in 8i64..(1 << 32), rate in 1i64..(1 << 24)) {
            let rate = SamplingRate(rate);
            let (objects, bytes) = rate.estimate(n, size);
            prop_assert_eq!(rate.at(size).sampled_count(bytes), n);
            prop_assert_eq!(rate.at(size).fit(n, Some(objects), bytes), Fit::Exact);
        }

        #[test]
        fn the_nearest_number_is_that_of_round(
            x in prop_oneof![any::<f64>(), -1e6..1e6, (-100i64..100).prop_map(|halves| halves as f64 / 2.0)]
        ) {
            prop_assert_eq!(nearest(x), x.round() as i64);
        }
    }
}
