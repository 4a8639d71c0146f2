//! The births and deaths of sampled objects in one life of a process, for any rows of its heap.

use super::super::container::{Birth, Container};
use super::super::observation::{Observation, rise};
use super::looked_at;
use crate::clusters::{TABLE_SIZES, TINY_BLOCK};
use crate::profile::SamplingRate;
use crate::series::{Track, Window};

/// The snapshots of one life, ready to be asked for any rows.
pub struct HeapLife<'a> {
    track: &'a Track,
    snapshots: Vec<usize>,
    gaps: Vec<f64>,
    counts_births: bool,
    rate: i64,
    is_in_rounds: bool,
}

/// Which rows of those given are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// All but blocks of the tiny allocator.
    All,
    /// Blocks of the tiny allocator alone.
    Tiny,
    /// Objects of this size.
    One(i64),
    /// Objects of this size, as tables of a map that are split: of each two that are born one that was full dies.
    Tables(i64),
}

/// Sampled objects at each snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    born: Vec<f64>,
    live: Vec<f64>,
    /// Of each interval: tables of maps that were replaced by two, so neither born nor died.
    split: Vec<f64>,
}

impl Counts {
    /// Adds those of other rows.
    pub fn add(&mut self, other: &Counts) {
        let add = |sum: &mut Vec<f64>, more: &[f64]| {
            sum.resize(sum.len().max(more.len()), 0.0);
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        };
        add(&mut self.born, &other.born);
        add(&mut self.live, &other.live);
        add(&mut self.split, &other.split);
    }

    /// By how much the last live count exceeds the lowest.
    pub fn rise(&self) -> f64 {
        rise(&self.live)
    }

    /// Live in the last snapshot.
    pub fn last(&self) -> f64 {
        self.live.last().copied().unwrap_or(0.0)
    }

    /// Born between the first snapshot and the last.
    pub fn births(&self) -> f64 {
        self.born.last().zip(self.born.first()).map_or(0.0, |(last, first)| last - first)
    }
}

impl<'a> HeapLife<'a> {
    /// The snapshots of `window`.
    pub fn of(track: &'a Track, window: &Window) -> HeapLife<'a> {
        let (places, gaps) = looked_at(window);
        let last = &track.snapshots[window.last()];
        HeapLife {
            track,
            snapshots: places.into_iter().map(|place| window.snapshots()[place]).collect(),
            gaps,
            is_in_rounds: window.is_in_rounds(),
            counts_births: last.columns.alloc_space.is_some(),
            rate: last.rate.unwrap_or(SamplingRate(1)).0.max(1),
        }
    }

    /// How many intervals there are.
    pub fn intervals(&self) -> usize {
        self.gaps.len()
    }

    /// The sampling rate in bytes: smaller objects are sampled only now and then.
    pub fn rate(&self) -> i64 {
        self.rate
    }

    /// Whether births are counted.
    pub fn counts_births(&self) -> bool {
        self.counts_births
    }

    /// The sampled objects of a row that are live in the last snapshot.
    pub fn live_at_end(&self, row: usize) -> f64 {
        self.track.sampled(self.snapshots[self.snapshots.len() - 1], row).1.max(0) as f64
    }

    /// The sampled objects of some rows at each snapshot.
    pub fn counts(&self, rows: &[usize], sizes: Sizes) -> Counts {
        let mut sum = Counts {
            born: vec![0.0; self.snapshots.len()],
            live: vec![0.0; self.snapshots.len()],
            split: vec![0.0; self.gaps.len()],
        };
        for &row in rows {
            let size = self.track.rows[row].size;
            let is_asked = match sizes {
                Sizes::All => size != TINY_BLOCK,
                Sizes::Tiny => size == TINY_BLOCK,
                Sizes::One(one) | Sizes::Tables(one) => size == one,
            };
            if !is_asked {
                continue;
            }
            let (mut born_before, mut live_before) = (0.0, 0.0);
            for (at, snapshot) in self.snapshots.iter().enumerate() {
                let (born, live) = self.track.sampled(*snapshot, row);
                // Counters never fall within a life, but for what a damaged file says.
                let (born, live) = ((born.max(0) as f64).max(born_before), live.max(0) as f64);
                sum.born[at] += born;
                sum.live[at] += live;
                if at > 0 && (TABLE_SIZES.contains(&size) || matches!(sizes, Sizes::Tables(_))) {
                    let births = born - born_before;
                    let deaths = (births - (live - live_before)).max(0.0);
                    sum.split[at - 1] += deaths.min((births / 2.0).floor());
                }
                (born_before, live_before) = (born, live);
            }
        }
        sum
    }

    /// What the counts of some rows show.
    pub fn observation(&self, counts: &Counts) -> Observation {
        // At a quiet point all that belongs to the round alone is gone, whatever was born in it.
        if !self.counts_births || self.is_in_rounds {
            return Observation::of_levels(&counts.live, &self.gaps);
        }
        let mut seen = Observation::of_counts(&counts.born, &counts.live, &self.gaps);
        // A full table is split into two new ones and freed, so a map that only grows frees half of the tables it allocates.
        for (k, split) in counts.split.iter().enumerate() {
            let split = split.min(seen.deaths[k]);
            seen.births[k] -= split;
            seen.deaths[k] -= split;
        }
        seen
    }

    /// The large objects of some rows as those of one container, by their births; `None` if there are more than it and what it was
    /// copied from and to.
    pub fn container(&self, rows: &[usize]) -> Option<(Container, Vec<Birth>)> {
        let mut large: Vec<usize> =
            rows.iter().copied().filter(|row| self.track.rows[*row].size >= self.rate).collect();
        large.sort_by_key(|row| self.track.rows[*row].size);
        let sampled = |at: usize, row: usize| self.track.sampled(self.snapshots[at], row);
        let alive_at =
            |at: usize| large.iter().map(|row| sampled(at, *row).1.max(0)).fold(0i64, i64::saturating_add);
        if large.is_empty()
            || !self.counts_births
            || (0..self.snapshots.len()).any(|at| alive_at(at) > MOST_COPIES)
        {
            return None;
        }
        let size = |row: usize| self.track.rows[row].size as f64;
        let largest = |keep: &dyn Fn(usize) -> bool| {
            large.iter().copied().filter(|row| keep(*row)).map(size).fold(0.0, f64::max)
        };
        let live_first = largest(&|row| sampled(0, row).1 > 0);
        let born_first = largest(&|row| sampled(0, row).0 > 0);
        let born_before = large.iter().map(|row| sampled(0, *row).0.max(0) as f64).sum();
        let mut births = Vec::new();
        for interval in 0..self.gaps.len() {
            for &row in &large {
                let come = sampled(interval + 1, row).0.saturating_sub(sampled(interval, row).0);
                if come > MOST_BIRTHS {
                    return None;
                }
                births.extend((0..come).map(|_| Birth { interval, size: size(row) }));
            }
        }
        // What ever shrinks, or is gone, is no container that grows.
        let live_at = |at: usize| largest(&|row| sampled(at, row).1 > 0);
        let sizes: Vec<f64> = (0..self.snapshots.len()).map(live_at).collect();
        let last = births.last()?.size;
        let never_shrinks = sizes.windows(2).all(|pair| pair[1] >= pair[0]) && sizes.last() == Some(&last);
        let container = Container { born_before, size: live_first, is_largest: live_first >= born_first };
        never_shrinks.then_some((container, births))
    }

    /// The size of the largest object at each snapshot, where only it and what it is copied from or to are alive; `None` otherwise.
    /// Objects of less than three times the rate are often not sampled.
    pub fn largest_alone(&self, rows: &[usize]) -> Option<(Container, Vec<Birth>)> {
        let least = self.rate.saturating_mul(SURELY);
        let large: Vec<usize> =
            rows.iter().copied().filter(|row| self.track.rows[*row].size >= least).collect();
        let mut sizes = Vec::with_capacity(self.snapshots.len());
        for snapshot in &self.snapshots {
            let live = large.iter().filter(|row| self.track.sampled(*snapshot, **row).1 > 0);
            let alive =
                live.clone().map(|row| self.track.sampled(*snapshot, *row).1).fold(0i64, i64::saturating_add);
            if alive > MOST_COPIES {
                return None;
            }
            sizes.push(live.map(|row| self.track.rows[*row].size).max().unwrap_or(0));
        }
        let never_shrinks = sizes.windows(2).all(|pair| pair[1] >= pair[0]);
        let first = *sizes.first()?;
        let births: Vec<Birth> = sizes
            .windows(2)
            .enumerate()
            .filter(|(_, pair)| pair[1] > pair[0])
            .map(|(interval, pair)| Birth { interval, size: pair[1] as f64 })
            .collect();
        let from = if first > 0 { first as f64 } else { births.first()?.size };
        let doubled = births.last()?.size >= 2.0 * from;
        (never_shrinks && doubled).then_some((
            Container { born_before: f64::from(u8::from(first > 0)), size: first as f64, is_largest: true },
            births,
        ))
    }

    /// The rows of objects so large that they may be containers, of which any was born in the time looked at.
    pub fn large_rows(&self) -> impl Iterator<Item = usize> {
        let ends = [self.snapshots[0], self.snapshots[self.snapshots.len() - 1]];
        let is_large = |row: &usize| self.track.rows[*row].size >= self.rate;
        let is_born = move |row: &usize| {
            let [first, last] = ends.map(|snapshot| self.track.sampled(snapshot, *row).0);
            last > first
        };
        (0..self.track.rows.len()).filter(is_large).filter(is_born)
    }

    /// The time between the snapshots.
    pub fn gaps(&self) -> &[f64] {
        &self.gaps
    }
}

/// A container, its copy, and one that was not yet collected.
const MOST_COPIES: i64 = 3;
/// What comes more often between two snapshots is no container that doubles.
const MOST_BIRTHS: i64 = 16;
/// Objects of so many times the sampling rate are sampled with probability 0.95.
const SURELY: i64 = 3;
