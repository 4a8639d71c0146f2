//! What the processes of a service hold at each age of their lives, as quantiles over lives: a first look that needs no heap profile.

use super::answer::{AgeView, Quantiles};
use crate::clusters::Subject;
use std::collections::BTreeMap;

/// The ages at which lives are compared, in minutes since their first snapshots.
const AGES: [u32; 11] = [0, 5, 15, 60, 240, 720, 1440, 2880, 5760, 10_080, 20_160];
/// Nanoseconds in one.
const MINUTE: f64 = 6e10;

/// What a life held at each of these ages, as far as it was seen, by its snapshots in order of time: between two of them by a straight line. `None` where
/// times are not known.
pub(super) fn at_ages(live: &[(i64, i128)]) -> Option<Vec<i64>> {
    let (start, _) = live.first()?;
    let seen: Vec<(f64, f64)> =
        live.iter().map(|(time, live)| (time.saturating_sub(*start) as f64 / MINUTE, *live as f64)).collect();
    Some(AGES.into_iter().map_while(|age| at(&seen, f64::from(age))).collect())
}

fn at(seen: &[(f64, f64)], age: f64) -> Option<i64> {
    let after = seen.iter().position(|(minutes, _)| *minutes >= age)?;
    let (until, there) = seen[after];
    let value = match after.checked_sub(1).map(|before| seen[before]) {
        Some((from, here)) => here + (there - here) * (age - from) / (until - from),
        None => there,
    };
    Some(value.round() as i64)
}

/// What all lives of a service held, by what was counted and by age.
#[derive(Debug, Default)]
pub(super) struct Ages(BTreeMap<Subject, Vec<Vec<i64>>>);

impl Ages {
    /// Takes in what a life held at each age that it reached.
    pub(super) fn add(&mut self, subject: Subject, by_age: &[i64]) {
        let all = self.0.entry(subject).or_insert_with(|| vec![Vec::new(); AGES.len()]);
        all.iter_mut().zip(by_age).for_each(|(all, live)| all.push(*live));
    }

    /// The quantiles at each age that any life reached.
    pub(super) fn views(mut self) -> Vec<AgeView> {
        let mut at = |subject: Subject, age: usize| quantiles(self.0.get_mut(&subject)?.get_mut(age)?);
        let views = AGES.into_iter().enumerate().map(|(age, minutes)| AgeView {
            minutes,
            heap: at(Subject::Heap, age),
            goroutines: at(Subject::Goroutine, age),
        });
        views.filter(|view| view.heap.is_some() || view.goroutines.is_some()).collect()
    }
}

/// The median and the 90th percentile: the least value that so many do not exceed.
fn quantiles(values: &mut [i64]) -> Option<Quantiles> {
    values.sort_unstable();
    let of = |tenths: usize| values.get((values.len() * tenths).div_ceil(10).checked_sub(1)?).copied();
    Some(Quantiles { lives: values.len(), median: of(5)?, p90: of(9)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: i64) -> i64 {
        1_795_000_000_000_000_000 + minutes * 60_000_000_000
    }

    #[test]
    fn a_life_is_known_at_the_ages_that_it_reached() {
        let live = [(minutes(0), 100), (minutes(10), 200), (minutes(60), 1200), (minutes(100), 0)];
        assert_eq!(at_ages(&live), Some(vec![100, 150, 300, 1200]));
        assert_eq!(at_ages(&live[..1]), Some(vec![100]));
        assert_eq!(at_ages(&[]), None);
    }

    #[test]
    fn quantiles_are_values_that_were_seen() {
        let of = |values: &[i64]| quantiles(&mut values.to_vec());
        assert_eq!(of(&[7]), Some(Quantiles { lives: 1, median: 7, p90: 7 }));
        assert_eq!(of(&[4, 1, 3, 2]), Some(Quantiles { lives: 4, median: 2, p90: 4 }));
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(of(&hundred), Some(Quantiles { lives: 100, median: 50, p90: 90 }));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn lives_of_any_length_and_of_either_kind_go_together() {
        let mut ages = Ages::default();
        ages.add(Subject::Goroutine, &[10, 20]);
        ages.add(Subject::Goroutine, &[30]);
        ages.add(Subject::Heap, &[500]);
        ages.add(Subject::Heap, &[1; 50]);
        let views = ages.views();
        assert_eq!(views.len(), AGES.len());
        assert_eq!(views[0].goroutines, Some(Quantiles { lives: 2, median: 10, p90: 30 }));
        assert_eq!(views[0].heap, Some(Quantiles { lives: 2, median: 1, p90: 500 }));
        assert_eq!(views[1].goroutines.map(|at| at.lives), Some(1));
        assert_eq!((views[2].minutes, views[2].goroutines), (15, None));
    }
}
