//! One container that is replaced by bigger ones: a slice that is appended to, a buffer that grows, the directory of a map.
//!
//! Its count says nothing, for one object is there all along, but objects much larger than the sampling rate are all sampled,
//! so their sizes are exact. If nothing grew, sizes would come in any order, and the j-th to come be the largest so far with
//! probability 1/j (Rényi 1962). In a container that grows every one is.

use super::hypotheses::Class;
use super::hypotheses::filling::ln_lasts;
use super::policy::{
    CONTAINER_LATE, CONTAINER_OVERDUE, DOUBLE_RUNG, EXACTLY_DOUBLE, LARGEST_P, LARGEST_RUNG, REGULAR_RUNG,
};
use super::weight::Weight;

/// What is known of the container before the first interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Container {
    /// So many such objects were born before the first snapshot.
    pub born_before: f64,
    /// The size of the largest one live in the first snapshot; 0 for none.
    pub size: f64,
    /// Whether that is the largest of all born before.
    pub is_largest: bool,
}

/// An object that came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Birth {
    /// In which interval.
    pub interval: usize,
    /// Its size in bytes.
    pub size: f64,
}

/// Weighs the births of large objects at one place, ascending by interval and then by size. `None` unless each is larger than the one
/// before by a factor of `least_rung` at least, and by no more than a container makes in a step.
pub fn weigh_container(
    before: &Container,
    births: &[Birth],
    gaps: &[f64],
    least_rung: f64,
) -> Option<Weight> {
    let mut come = before.born_before.max(1.0);
    let mut log = match (before.size > 0.0, before.is_largest) {
        (true, true) => come.ln(),
        // It has been larger before, or was emptied.
        (true, false) => return None,
        (false, _) if before.born_before > 0.0 => return None,
        (false, _) => 0.0,
    };
    // What is large in one snapshot and was not there in the only other one may be a request that is being read.
    if before.size <= 0.0 && gaps.len() < 2 {
        return None;
    }
    let (mut size, mut rungs) = (before.size, 0usize);
    for (i, birth) in births.iter().enumerate() {
        if size > 0.0 {
            if !(least_rung * size..=LARGEST_RUNG * size).contains(&birth.size) {
                return None;
            }
            come += 1.0;
            rungs += 1;
            // Of those that came between the same two snapshots only the last is known to be so.
            let is_last = births.get(i + 1).is_none_or(|next| next.interval > birth.interval);
            log += if is_last { come.ln() } else { REGULAR_RUNG };
            if (birth.size / size - 2.0).abs() <= EXACTLY_DOUBLE {
                log += DOUBLE_RUNG;
            }
        }
        size = birth.size;
    }
    let until = |interval: usize| gaps[..=interval].iter().sum::<f64>();
    let last = until(births.last()?.interval);
    let second = births.iter().rev().map(|birth| until(birth.interval)).find(|time| *time < last);
    let end = gaps.iter().sum::<f64>();
    if rungs == 0 {
        return None;
    }
    // A store that fills evenly doubles in twice the time of the doubling before.
    let gap = (last - second.unwrap_or(0.0)).max(end / gaps.len() as f64);
    let overdue = (end - last) / (CONTAINER_OVERDUE * gap);
    let late = if overdue <= 1.0 { 0.0 } else { -CONTAINER_LATE * overdue };
    let half = 0.5f64.ln();
    let mut weight = Weight { lasted: rungs as f64, hours: end, ..Weight::silent(gaps.len()) };
    weight.log[Class::Leak as usize] = log + late + half;
    weight.log[Class::Filling as usize] = log + ln_lasts(rungs as f64) + half;
    weight.log[Class::Full as usize] = log + half - (rungs as f64 + 1.0).ln() - 1.0;
    weight.log[Class::Flushed as usize] = log + half - (rungs as f64 + 1.0).ln() - 2.0;
    Some(weight)
}

/// Weighs several containers that became larger, by the p-value of their sizes; `None` if that says nothing. The p-value is turned
/// into a Bayes factor by the calibrator that no null exceeds on average (Vovk and Wang 2021, e-values): (1 - p + p ln p) / (p ln² p).
pub fn weigh_swelling(p_value: f64, gaps: &[f64]) -> Option<Weight> {
    let p = p_value.max(f64::MIN_POSITIVE);
    let ln = p.ln();
    if p >= LARGEST_P {
        return None;
    }
    let log = ((1.0 - p + p * ln) / (p * ln * ln)).ln();
    let mut weight = Weight { hours: gaps.iter().sum(), ..Weight::silent(gaps.len()) };
    weight.log[Class::Leak as usize] = log;
    weight.log[Class::Filling as usize] = log + ln_lasts(gaps.len() as f64);
    Some(weight)
}

#[cfg(test)]
mod tests {
    use super::super::policy::SMALLEST_RUNG;
    use super::*;

    const NEW: Container = Container { born_before: 0.0, size: 0.0, is_largest: false };

    fn births(sizes: &[(usize, f64)]) -> Vec<Birth> {
        sizes.iter().map(|(interval, size)| Birth { interval: *interval, size: *size }).collect()
    }

    #[test]
    fn a_slice_that_is_appended_to_grows() {
        let seen = weigh_container(
            &NEW,
            &births(&[(0, 8.0), (1, 10.0), (2, 13.0), (4, 16.0), (6, 20.0)]),
            &[1.0; 7],
            SMALLEST_RUNG,
        );
        let seen = seen.expect("a container");
        assert!(seen.of(Class::Leak) > 3.5 && seen.of(Class::Leak) > seen.of(Class::Filling));
    }

    #[test]
    fn one_that_is_overdue_is_full() {
        let seen =
            weigh_container(&NEW, &births(&[(0, 8.0), (1, 10.0), (2, 13.0)]), &[1.0; 12], SMALLEST_RUNG)
                .expect("a container");
        assert!(seen.of(Class::Full) > seen.of(Class::Leak));
    }

    /// The calibrator by hand: (0.99 + 0.01 ln 0.01) / (0.01 ln² 0.01) = 4.45, and 1.78 at 0.05.
    #[test]
    fn several_that_became_larger_weigh_by_their_p_value() {
        let of = |p_value: f64| weigh_swelling(p_value, &[1.0; 6]).map(|weight| weight.of(Class::Leak).exp());
        assert_eq!(of(LARGEST_P), None);
        let (at_five, at_one) = (of(0.05).expect("a weight"), of(0.01).expect("a weight"));
        assert!((at_five - 1.78).abs() < 0.01 && (at_one - 4.45).abs() < 0.01, "{at_five} {at_one}");
        let weight = weigh_swelling(0.01, &[1.0; 6]).expect("a weight");
        assert!(
            weight.of(Class::Filling) < weight.of(Class::Leak),
            "six intervals are long for a store that fills"
        );
    }

    #[test]
    fn what_ever_shrank_or_was_larger_before_is_none() {
        assert_eq!(
            weigh_container(&NEW, &births(&[(0, 8.0), (1, 10.0), (2, 9.0)]), &[1.0; 4], SMALLEST_RUNG),
            None
        );
        let before = Container { born_before: 3.0, size: 8.0, is_largest: false };
        assert_eq!(weigh_container(&before, &births(&[(1, 10.0)]), &[1.0; 4], SMALLEST_RUNG), None);
        assert_eq!(
            weigh_container(&NEW, &births(&[(1, 10.0)]), &[1.0; 4], SMALLEST_RUNG),
            None,
            "one replaced nothing"
        );
    }
}
