//! Whether live objects became larger: containers that grow keep their number, and their sizes tell.

use super::Rung;
use super::normal::normal_upper_tail;

/// Fewer objects on either side never reach p = 0.05: of three and three, complete separation has p = 1/20.
const LEAST_OBJECTS: u64 = 3;
/// From so many on either side on, the normal approximation of the rank sum is right to the second digit.
const APPROXIMATE_FROM: u64 = 5;

/// The probability that the sizes live after are as much larger than those live before by chance, one-sided: the
/// rank-sum test of Mann and Whitney (1947), with mid-ranks for ties. If containers are only replaced by others of the
/// same kind, which of the sampled sizes are found before and which after is a matter of chance. `None` for too few.
pub fn larger_sizes(rungs: &[Rung]) -> Option<f64> {
    let (n, m) =
        rungs.iter().fold((0u64, 0u64), |(n, m), r| (n.saturating_add(r.before), m.saturating_add(r.after)));
    if n < LEAST_OBJECTS || m < LEAST_OBJECTS {
        return None;
    }
    let smallest_after = rungs.iter().find(|r| r.after > 0)?.size;
    let largest_before = rungs.iter().rfind(|r| r.before > 0)?.size;
    if n < APPROXIMATE_FROM || m < APPROXIMATE_FROM {
        // One arrangement of all: 1 / C(n + m, n).
        let few = n.min(m);
        let ways: f64 = (1..=few).map(|i| (n + m - few + i) as f64 / i as f64).product();
        return (smallest_after > largest_before).then_some(1.0 / ways);
    }
    let (n, m) = (n as f64, m as f64);
    let (mut ranked, mut rank_sum, mut ties) = (0.0, 0.0, 0.0);
    for rung in rungs {
        let here = rung.before as f64 + rung.after as f64;
        rank_sum += rung.after as f64 * (ranked + (here + 1.0) / 2.0);
        ties += here * here * here - here;
        ranked += here;
    }
    let total = n + m;
    let mean = m * (total + 1.0) / 2.0;
    let variance = n * m / 12.0 * ((total + 1.0) - ties / (total * (total - 1.0)));
    (variance > 0.0).then(|| normal_upper_tail((rank_sum - mean - 0.5) / variance.sqrt()))
}

/// The same for two samples of any numbers: the probability that those `after` are as much larger by chance.
pub fn larger(before: &[f64], after: &[f64]) -> Option<f64> {
    let mut values: Vec<f64> = before.iter().chain(after).copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let count = |of: &[f64], value: f64| of.iter().filter(|other| **other == value).count() as u64;
    let rung = |(size, value): (i64, &f64)| {
        let (before, after) = (count(before, *value), count(after, *value));
        Rung { size, before, after, allocated: after }
    };
    let rungs: Vec<Rung> = (1..).zip(&values).map(rung).collect();
    larger_sizes(&rungs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rung(size: i64, before: u64, after: u64) -> Rung {
        Rung { size, before, after, allocated: after }
    }

    #[test]
    fn three_slices_that_all_grew_are_one_in_twenty() {
        let p = larger_sizes(&[rung(10, 3, 0), rung(20, 0, 3)]).expect("enough");
        assert!((p - 0.05).abs() < 1e-12);
        assert_eq!(larger_sizes(&[rung(10, 1, 0), rung(20, 0, 1)]), None);
    }

    #[test]
    fn numbers_are_compared_as_sizes_are() {
        let (old, new) = ([0.0, 0.1, 0.0, 0.2, 0.1, 0.0], [3.0, 2.5, 4.0, 3.5, 0.2, 3.1]);
        assert!(larger(&old, &new).expect("enough") < 0.01);
        assert!(larger(&new, &old).expect("enough") > 0.99);
        assert_eq!(larger(&old[..2], &new), None);
    }

    #[test]
    fn twenty_slices_that_grew_are_no_chance_and_twenty_that_stayed_are() {
        let grown = [rung(10, 10, 0), rung(12, 10, 2), rung(20, 0, 9), rung(25, 0, 9)];
        assert!(larger_sizes(&grown).expect("enough") < 1e-6);
        let same = [rung(10, 10, 10), rung(12, 10, 10)];
        assert!(larger_sizes(&same).expect("enough") > 0.4);
        assert_eq!(larger_sizes(&[rung(10, 20, 30)]), None, "one size says nothing");
    }
}
