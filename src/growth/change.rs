//! Two snapshots of one site: the exact test whether it grew, and how much of what it allocated it kept.

use super::upper_tail_half;
use foldhash::HashMap;

/// z of a two-sided 95 % interval.
pub const Z_TWO_SIDED: f64 = 1.959_964;
/// z of a one-sided 95 % bound.
pub const Z_ONE_SIDED: f64 = 1.644_854;

/// What happened to a site between two snapshots, in counts of really sampled objects (or of goroutines).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Live in the first snapshot.
    pub before: u64,
    /// Live in the second snapshot.
    pub after: u64,
    /// Allocated between the snapshots, if that was counted.
    pub allocated: Option<u64>,
}

/// The share of newly allocated objects that stayed, (a − f)/a: 1 for a leak, near 0 for a hot path, negative for a
/// site that recedes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retention {
    /// The estimate; at most 1.
    pub value: f64,
    /// The lower end of the two-sided 95 % interval.
    pub low: f64,
    /// The upper end of the two-sided 95 % interval, at most 1.
    pub high: f64,
    /// The one-sided lower 95 % bound, as it is reported.
    pub lower_bound: f64,
}

impl Change {
    /// Newly allocated, at least as many as the difference asks for.
    fn new_objects(&self) -> Option<u64> {
        self.allocated.map(|a| a.max(self.after.saturating_sub(self.before)))
    }

    /// How many ceased to live, f = a − (n₂ − n₁), if allocations were counted.
    pub fn freed(&self) -> Option<u64> {
        self.new_objects().map(|a| a.saturating_add(self.before).saturating_sub(self.after))
    }

    /// The number of trials of the exact test: min(a + f, n₁ + n₂), or n₁ + n₂ where allocations are unknown.
    ///
    /// It also bounds the variance of n₂ − n₁ for a site that does not grow: a + f is tight when little was
    /// replaced, n₁ + n₂ when everything was.
    pub fn trials(&self) -> u64 {
        let live = self.before.saturating_add(self.after);
        match (self.new_objects(), self.freed()) {
            (Some(a), Some(f)) => live.min(a.saturating_add(f)),
            _ => live,
        }
    }

    /// The probability of growth at least this large if the site does not grow: exact, distribution-free and
    /// conditional. a ~ Binomial(a + f, ½) where a + f ≤ n₁ + n₂, else n₂ ~ Binomial(n₁ + n₂, ½).
    pub fn p_value(&self) -> f64 {
        let (successes, trials) = self.margins();
        upper_tail_half(successes, trials)
    }

    /// The successes and trials of the exact test.
    pub(super) fn margins(&self) -> (u64, u64) {
        match self.new_objects() {
            Some(a)
                if a.saturating_add(self.freed().unwrap_or(0)) <= self.before.saturating_add(self.after) =>
            {
                (a, self.trials())
            }
            _ => (self.after, self.trials()),
        }
    }

    /// The smallest p-value these margins could have given, 2⁻ⁿ for n trials.
    pub fn least_p_value(&self) -> f64 {
        // Beyond so many it is 0 in any case.
        0.5f64.powi(self.trials().min(2000) as i32)
    }

    /// The value of [`Change::retention`] alone.
    pub fn kept_share(&self) -> Option<f64> {
        let a = self.new_objects().filter(|a| *a > 0)? as f64;
        // Counts beyond 2⁵³ lose their last digits as floats, and with them that a is at least the difference.
        Some(((self.after as f64 - self.before as f64) / a).min(1.0))
    }

    /// The retention, if anything was allocated and that was counted. Its interval is
    /// ± z·√min(a + f, n₁ + n₂)/a; Wilson's does not apply, because f counts objects from before the first snapshot.
    pub fn retention(&self) -> Option<Retention> {
        let value = self.kept_share()?;
        let a = self.new_objects()? as f64;
        let error = (self.trials() as f64).sqrt() / a;
        Some(Retention {
            value,
            low: value - Z_TWO_SIDED * error,
            high: (value + Z_TWO_SIDED * error).min(1.0),
            lower_bound: value - Z_ONE_SIDED * error,
        })
    }
}

/// P-values of many changes. Most have the same few margins, so each is computed once.
#[derive(Debug, Default)]
pub struct PValues(HashMap<(u64, u64), f64>);

impl PValues {
    /// [`Change::p_value`].
    pub fn of(&mut self, change: &Change) -> f64 {
        let (successes, trials) = change.margins();
        match successes {
            0 => 1.0,
            _ => *self.0.entry((successes, trials)).or_insert_with(|| upper_tail_half(successes, trials)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn change(before: u64, after: u64, allocated: u64) -> Change {
        Change { before, after, allocated: Some(allocated) }
    }

    #[test]
    fn ten_new_samples_and_none_freed_are_news_but_one_is_not() {
        assert!((change(0, 10, 10).p_value() - 1.0 / 1024.0).abs() < 1e-12);
        assert!((change(40, 41, 1).p_value() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn full_replacement_is_judged_by_the_live_counts() {
        let busy = change(50, 60, 100_000);
        assert_eq!(busy.trials(), 110);
        assert!((busy.p_value() - upper_tail_half(60, 110)).abs() < 1e-12);
    }

    #[test]
    fn a_pure_leak_passes_the_retention_gate_from_eleven_samples_on() {
        let bound = |n| change(0, n, n).retention().expect("allocates").lower_bound;
        assert!(bound(10) < 0.5 && bound(11) > 0.5);
    }

    #[test]
    fn retention_is_one_for_a_leak_near_zero_for_a_hot_path_and_negative_when_receding() {
        assert_eq!(change(5, 25, 20).retention().expect("allocates").value, 1.0);
        assert!(change(50, 60, 100_000).retention().expect("allocates").value < 0.001);
        assert!(change(60, 20, 10).retention().expect("allocates").value < 0.0);
        assert_eq!(change(5, 5, 0).retention(), None);
        assert_eq!(Change { before: 1, after: 2, allocated: None }.retention(), None);
    }

    proptest! {
        #[test]
        fn p_is_a_probability_never_below_the_least(before in 0u64..500, after in 0u64..500, extra in 0u64..2000) {
            let change = change(before, after, after.saturating_sub(before) + extra);
            let p = change.p_value();
            prop_assert!((0.0..=1.0).contains(&p));
            prop_assert!(p >= change.least_p_value() * (1.0 - 1e-9));
            if let Some(r) = change.retention() {
                prop_assert!(r.value <= 1.0 && r.low <= r.value && r.value <= r.high + 1e-12);
            }
        }

        #[test]
        fn swapping_the_snapshots_cannot_be_growth_both_ways(before in 0u64..500, after in 0u64..500) {
            let forth = Change { before, after, allocated: None }.p_value();
            let back = Change { before: after, after: before, allocated: None }.p_value();
            prop_assert!(forth + back >= 1.0 - 1e-9);
        }
    }
}
