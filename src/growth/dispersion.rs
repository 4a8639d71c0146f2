//! How far the increments of a series swing beyond the test of two snapshots, and that test widened by it.

use super::{Change, upper_tail_half};

/// With fewer increments the estimate itself is off by a factor of two either way (χ² with three degrees of freedom).
const LEAST_INCREMENTS: usize = 5;

/// The index of dispersion of the increments between neighbouring snapshots against the variance that the test of
/// two snapshots assumes ([`Change::trials`]): 1 or more, never narrower. `None` below five increments that take
/// time. `hours` holds the length of each.
///
/// Objects that come and go one by one keep it at 1; one request that allocates a hundred objects at once makes it a
/// hundred. Each increment is compared with the next (von Neumann 1941), so that neither a leak nor one that begins
/// half-way counts as dispersion: against the mean pace, sixty samples in the second half of eight snapshots would be
/// worth seven. Levels drawn anew each time, as of requests in flight, make it up to one and a half times too large,
/// which only widens. Each part is weighted by its variance, so that increments of nothing weigh nothing.
pub fn overdispersion(changes: &[Change], hours: &[f64]) -> Option<f64> {
    let timed = changes.iter().zip(hours.iter().copied());
    let timed: Vec<(&Change, f64)> = timed.filter(|(_, hours)| hours.is_finite() && *hours > 0.0).collect();
    if timed.len() < LEAST_INCREMENTS {
        return None;
    }
    let net = |change: &Change| change.after as f64 - change.before as f64;
    let (mut squares, mut expected) = (0.0, 0.0);
    for pair in timed.windows(2) {
        let [(first, hours1), (second, hours2)] = pair else { continue };
        // Of equal paces each increment takes its share of the time.
        let (share1, share2) = (hours1 / (hours1 + hours2), hours2 / (hours1 + hours2));
        squares += (share1 * net(second) - share2 * net(first)).powi(2);
        expected += share1.powi(2) * second.trials() as f64 + share2.powi(2) * first.trials() as f64;
    }
    let factor = squares / expected;
    Some(if factor.is_finite() { factor.max(1.0) } else { 1.0 })
}

/// [`Change::p_value`] widened by a dispersion `factor` (see [`overdispersion`]): never smaller than the plain one.
///
/// Counts that come in clumps of φ are worth 1/φ as many independent ones (Rao and Scott 1992), so the exact test is
/// made with the effective counts n/φ. Successes are rounded down and failures up, and what is no growth
/// (p above ½) is left alone: each only weakens the evidence. A factor below 1 or none at all counts as 1.
pub fn dispersed_p_value(change: &Change, factor: f64) -> f64 {
    let plain = change.p_value();
    if factor.is_nan() || factor <= 1.0 {
        return plain;
    }
    let (successes, trials) = change.margins();
    let successes_left = (successes as f64 / factor).floor() as u64;
    let failures_left = (trials.saturating_sub(successes) as f64 / factor).ceil() as u64;
    upper_tail_half(successes_left, successes_left.saturating_add(failures_left)).max(plain)
}

#[cfg(test)]
mod tests {
    use super::super::simulate::Random;
    use super::*;
    use proptest::prelude::*;

    /// Increments of a site without growth at which clumps of objects come and go.
    fn clumps(random: &mut Random, size: f64, steps: usize) -> Vec<Change> {
        let mut live = 2000;
        let step = |_| {
            let new = (size * random.poisson(60.0 / size)) as u64;
            let freed = (size * random.poisson(60.0 / size)) as u64;
            let change =
                Change { before: live, after: live + new - freed.min(live + new), allocated: Some(new) };
            live = change.after;
            change
        };
        (0..steps).map(step).collect()
    }

    #[test]
    fn single_objects_have_no_overdispersion_and_clumps_have_their_size() {
        let mut random = Random::new(21);
        let hours = [0.5; 200];
        let single = overdispersion(&clumps(&mut random, 1.0, 200), &hours).unwrap();
        assert!((1.0..1.3).contains(&single), "{single}");
        let clumped = overdispersion(&clumps(&mut random, 20.0, 200), &hours).unwrap();
        assert!((15.0..25.0).contains(&clumped), "{clumped}");
    }

    #[test]
    fn a_steady_leak_is_not_overdispersed_even_with_unequal_gaps() {
        let leak = |i: u64, new| Change { before: 10 * i, after: 10 * i + new, allocated: Some(new) };
        let even: Vec<Change> = (0..8).map(|i| leak(i, 10)).collect();
        assert_eq!(overdispersion(&even, &[1.0; 8]), Some(1.0));
        let uneven: Vec<Change> = (0..8).map(|i| leak(i, 10 * (i % 3 + 1))).collect();
        let hours: Vec<f64> = (0..8u32).map(|i| f64::from(i % 3 + 1)).collect();
        assert_eq!(overdispersion(&uneven, &hours), Some(1.0));
        assert_eq!(overdispersion(&even[..4], &[1.0; 4]), None);
        assert_eq!(overdispersion(&even, &[0.0; 8]), None);
        assert_eq!(overdispersion(&[Change::default(); 8], &[1.0; 8]), Some(1.0));
    }

    #[test]
    fn bursts_fool_the_plain_test_and_not_the_widened_one() {
        let mut random = Random::new(22);
        let (mut plain, mut widened) = (0, 0);
        for _ in 0..1000 {
            let steps = clumps(&mut random, 20.0, 12);
            let new = steps.iter().filter_map(|step| step.allocated).sum();
            let whole = Change { before: steps[0].before, after: steps[11].after, allocated: Some(new) };
            let factor = overdispersion(&steps, &[1.0; 12]).unwrap();
            plain += i32::from(whole.p_value() <= 0.01);
            widened += i32::from(dispersed_p_value(&whole, factor) <= 0.01);
        }
        println!("bursts of 20 without growth at 1 %: plain {plain}, widened {widened} of 1000");
        assert!(plain >= 150 && widened <= 25, "{plain} {widened}");
    }

    #[test]
    fn ten_new_objects_in_clumps_of_five_are_worth_two() {
        let change = Change { before: 0, after: 10, allocated: Some(10) };
        assert!((dispersed_p_value(&change, 5.0) - 0.25).abs() < 1e-9);
        assert_eq!(dispersed_p_value(&change, 1.0), change.p_value());
        assert_eq!(dispersed_p_value(&change, f64::NAN), change.p_value());
        assert_eq!(dispersed_p_value(&change, f64::INFINITY), 1.0);
    }

    proptest! {
        #[test]
        fn widening_never_sharpens(
            before in 0u64..500, after in 0u64..500, extra in 0u64..2000, factor in 0.0..200.0,
        ) {
            let change = Change { before, after, allocated: Some(after.saturating_sub(before) + extra) };
            let p = dispersed_p_value(&change, factor);
            prop_assert!(p >= change.p_value() && p <= 1.0);
        }
    }
}
