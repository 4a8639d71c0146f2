//! What is known of one site in one life of its process, as numbers only: births, deaths and the live ones between snapshots.

use super::policy::{LONGEST_BESIDE, MOST_INTERVALS};

/// The births and deaths of the sampled objects of a site, or of the goroutines at a place.
///
/// Go decides at its allocation whether an object is sampled, and follows a sampled one to its end. So births and deaths are
/// counted exactly, and what is random is the process alone (docs/statistics.md, "The process behind a site").
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Live in the first snapshot.
    pub start: f64,
    /// Born between each snapshot and the next.
    pub births: Vec<f64>,
    /// Died between each snapshot and the next. `start` and the births less the deaths never fall below 0.
    pub deaths: Vec<f64>,
    /// The time between each snapshot and the next, in any unit; all above 0.
    pub gaps: Vec<f64>,
    /// Born before the first snapshot, where that is counted.
    pub born_before: Option<f64>,
    /// How the births are counted.
    pub births_are: Births,
}

/// How births are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Births {
    /// Every one, also of what was gone again before the next snapshot: the heap.
    All,
    /// Those that were still there at the next snapshot, known by their ids: dumps of goroutines.
    Survivors,
    /// Not at all: a rise of the live ones stands for births, a fall for deaths.
    Net,
}

impl Observation {
    /// From counts at each snapshot: how many were born since the start (rising), and how many are live. `gaps` is one shorter.
    pub fn of_counts(born: &[f64], live: &[f64], gaps: &[f64]) -> Observation {
        let births: Vec<f64> = born.windows(2).map(|pair| (pair[1] - pair[0]).max(0.0)).collect();
        let mut observation = Observation {
            start: live.first().copied().unwrap_or(0.0),
            deaths: vec![0.0; births.len()],
            births,
            gaps: gaps.to_vec(),
            born_before: born.first().copied(),
            births_are: Births::All,
        };
        observation.settle(live);
        observation
    }

    /// From the live counts alone, at each snapshot.
    pub fn of_levels(live: &[f64], gaps: &[f64]) -> Observation {
        let mut observation = Observation {
            start: live.first().copied().unwrap_or(0.0),
            births: vec![0.0; live.len().saturating_sub(1)],
            deaths: vec![0.0; live.len().saturating_sub(1)],
            gaps: gaps.to_vec(),
            born_before: None,
            births_are: Births::Net,
        };
        observation.settle(live);
        observation
    }

    /// Sets the deaths so that the births lead from each live count to the next; where more came than was born, births.
    fn settle(&mut self, live: &[f64]) {
        for (k, pair) in live.windows(2).enumerate() {
            let rise = pair[1] - pair[0];
            self.births[k] = self.births[k].max(rise);
            self.deaths[k] = self.births[k] - rise;
        }
    }

    /// How many intervals there are.
    pub fn len(&self) -> usize {
        self.gaps.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Live at each snapshot; one more than intervals.
    pub fn live(&self) -> Vec<f64> {
        let mut live = Vec::with_capacity(self.len() + 1);
        live.push(self.start);
        for (a, d) in self.births.iter().zip(&self.deaths) {
            live.push(live[live.len() - 1] + a - d);
        }
        live
    }

    /// Everything born in all intervals.
    pub fn all_births(&self) -> f64 {
        self.births.iter().sum()
    }

    /// Of those born in an interval, how many could have died in it: none of those that are counted only if they lived to its end.
    pub fn mortal_births(&self, k: usize) -> f64 {
        if self.births_are == Births::Survivors { 0.0 } else { self.births[k] }
    }

    /// The time of all intervals.
    pub fn span(&self) -> f64 {
        self.gaps.iter().sum()
    }

    /// By how much the last live count exceeds the lowest.
    pub fn rise(&self) -> f64 {
        rise(&self.live())
    }

    /// For how many intervals like these there were births before the first snapshot of which a share was kept as it is now: so many as it
    /// takes to keep what was kept then, and to bear what was born; 0 where births are not counted. What turns over is left out of what was
    /// kept, with the longest lifetime it may have.
    pub fn kept_before(&self) -> f64 {
        let deaths: f64 = self.deaths.iter().sum();
        let (births, k) = (self.all_births(), self.len() as f64);
        let Some(born) = self.born_before.filter(|_| births > deaths && self.births_are == Births::All)
        else {
            return 0.0;
        };
        let kept = (self.start - LONGEST_BESIDE * deaths).max(0.0);
        (kept / (births - deaths)).min(born / births) * k
    }

    /// What is there at least during each `length` snapshots in a row, where births are not counted: waves that are over within these
    /// are left out. The last ones are whole, the first may be more.
    pub fn troughs(&self, length: usize) -> Observation {
        let live = self.live();
        let count = live.len() / length.max(1);
        let ends: Vec<usize> = (0..count).map(|of| live.len() - (count - 1 - of) * length).collect();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let least =
            |(start, end): (usize, &usize)| live[start..*end].iter().copied().fold(f64::INFINITY, f64::min);
        let minima: Vec<f64> = starts.zip(&ends).map(least).collect();
        let gap = |pair: &[usize]| self.gaps[pair[0] - 1..pair[1] - 1].iter().sum();
        Observation::of_levels(&minima, &ends.windows(2).map(gap).collect::<Vec<f64>>())
    }

    /// The same in [`MOST_INTERVALS`] at most, neighbours added up: births and deaths add, and only resolution is lost.
    pub fn merged(&self) -> Observation {
        self.merged_to(MOST_INTERVALS)
    }

    /// The same in so many intervals at most.
    pub fn merged_to(&self, most: usize) -> Observation {
        let k = self.len();
        if k <= most {
            return self.clone();
        }
        let cut = |i: usize| (i * k + most / 2) / most;
        let add = |values: &[f64]| (0..most).map(|i| values[cut(i)..cut(i + 1)].iter().sum()).collect();
        Observation {
            births: add(&self.births),
            deaths: add(&self.deaths),
            gaps: add(&self.gaps),
            // Who came and went between two of those that are left is counted among the births.
            births_are: if self.births_are == Births::Survivors { Births::All } else { self.births_are },
            ..self.clone()
        }
    }
}

/// Whether some counts change by more than one that comes or goes.
pub fn moves(live: &[f64]) -> bool {
    live.iter().any(|n| (n - live[0]).abs() >= 2.0)
}

/// By how much the last of some counts exceeds the lowest; 0 for none.
pub fn rise(live: &[f64]) -> f64 {
    let lowest = live.iter().copied().fold(f64::INFINITY, f64::min);
    live.last().map_or(0.0, |last| last - lowest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn deaths_are_what_the_births_and_the_live_ones_leave() {
        let seen = Observation::of_counts(&[10.0, 15.0, 15.0], &[4.0, 7.0, 6.0], &[1.0, 1.0]);
        assert_eq!((seen.births.clone(), seen.deaths.clone()), (vec![5.0, 0.0], vec![2.0, 1.0]));
        assert_eq!((seen.born_before, seen.live()), (Some(10.0), vec![4.0, 7.0, 6.0]));
        let levels = Observation::of_levels(&[4.0, 7.0, 6.0], &[1.0, 1.0]);
        assert_eq!((levels.births, levels.deaths), (vec![3.0, 0.0], vec![0.0, 1.0]));
    }

    #[test]
    fn what_was_kept_before_the_first_snapshot_is_counted_in_intervals_like_those_seen() {
        let before =
            |born: &[f64], live: &[f64]| Observation::of_counts(born, live, &[1.0, 1.0]).kept_before();
        let young = before(&[0.0, 5.0, 10.0], &[0.0, 5.0, 10.0]);
        let leaks_as_ever = before(&[100.0, 105.0, 110.0], &[100.0, 105.0, 110.0]);
        let kept_little = before(&[100.0, 105.0, 110.0], &[10.0, 15.0, 20.0]);
        let only_turned_over = before(&[1000.0, 1100.0, 1200.0], &[20.0, 25.0, 30.0]);
        assert_eq!((young, leaks_as_ever, kept_little, only_turned_over), (0.0, 20.0, 2.0, 0.0));
        assert_eq!(Observation::of_levels(&[50.0, 55.0, 60.0], &[1.0, 1.0]).kept_before(), 0.0);
    }

    #[test]
    fn waves_are_over_at_their_troughs() {
        let waves = [9.0, 2.0, 8.0, 4.0, 9.0, 5.0, 8.0];
        let seen = Observation::of_levels(&waves, &[1.0, 1.0, 2.0, 1.0, 1.0, 1.0]);
        let troughs = seen.troughs(2);
        assert_eq!((troughs.live(), troughs.gaps), (vec![2.0, 4.0, 5.0], vec![3.0, 2.0]));
        assert_eq!(seen.troughs(1), seen);
    }

    proptest! {
        #[test]
        fn merging_keeps_what_was_born_and_what_lives(counts in proptest::collection::vec((0u8..9, 0u8..9), 1..200)) {
            let (mut born, mut live) = (vec![0.0], vec![0.0]);
            for (a, d) in &counts {
                born.push(born[born.len() - 1] + f64::from(*a));
                live.push((live[live.len() - 1] + f64::from(*a) - f64::from(*d)).max(0.0));
            }
            let seen = Observation::of_counts(&born, &live, &vec![1.0; counts.len()]);
            let merged = seen.merged();
            prop_assert!(merged.len() <= MOST_INTERVALS);
            prop_assert_eq!(merged.all_births(), seen.all_births());
            prop_assert_eq!(merged.live().last().copied(), seen.live().last().copied());
            prop_assert!((merged.span() - seen.span()).abs() < 1e-9);
            prop_assert!(merged.live().iter().all(|n| *n >= 0.0));
        }
    }
}
