//! What is summed over because it is not known: lifetimes, clumps, the share that is kept, and when that began and ended.

use super::observation::{Births, Observation};
use super::policy::*;
use super::process::{Process, Turnover};
use crate::growth::{ln_negative_binomial, ln_sum};

/// Points with their ln prior.
pub(super) struct Grid {
    /// Lifetimes that the process can have if nothing is kept.
    pub(super) alone: Vec<(Turnover, f64)>,
    /// Shorter ones, beside something that is kept.
    pub(super) beside: Vec<(Turnover, f64)>,
    /// How many births come at once.
    pub(super) clumps: Vec<(f64, f64)>,
    /// The mean of that.
    pub(super) mean_clump: f64,
    /// The share of births that is kept.
    pub(super) shares: Vec<(f64, f64)>,
    /// When keeping began and ended.
    pub(super) windows: Vec<Keeping>,
}

/// The intervals in which a share of the births is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keeping {
    pub(super) start: usize,
    /// The interval after the last; the number of all intervals where it reaches the end of what was seen.
    pub(super) end: usize,
    /// The end before this one among those tried; `start` for the first.
    pub(super) end_before: usize,
}

impl Grid {
    /// `least_share` is the smallest share that counts as keeping.
    pub(super) fn of(process: &Process<'_>, least_share: f64) -> Grid {
        let seen = process.seen;
        let lifetimes = lifetimes(process);
        let clumps = clumps(seen);
        let age = age(process);
        let longest = LONGEST_BESIDE * seen.span();
        let kept = |keep: &dyn Fn(f64) -> bool| -> Vec<(Turnover, f64)> {
            let chosen: Vec<(f64, f64)> = lifetimes.iter().copied().filter(|(w, _)| keep(*w)).collect();
            chosen.into_iter().map(|(w, log)| (process.turnover(w), log)).collect()
        };
        // A longer lifetime than the site has existed is no turnover yet, but a store that fills.
        let mut alone = kept(&|w| age.is_none_or(|age| w <= age || w <= seen.gaps[0]));
        let mut beside = kept(&|w| w <= longest);
        for points in [&mut alone, &mut beside] {
            let all = ln_sum(points.iter().map(|(_, log)| *log));
            points.iter_mut().for_each(|(_, log)| *log -= all);
        }
        Grid {
            alone,
            beside,
            mean_clump: clumps.iter().map(|(clump, log)| clump * log.exp()).sum(),
            clumps,
            shares: shares(seen, &process.live, least_share),
            windows: windows(seen.len()),
        }
    }
}

impl Grid {
    /// The few points that tell whether the rest is worth looking at: a third of the lifetimes, three shares, and keeping since the
    /// start or since the least was live.
    pub(super) fn coarse(&self, process: &Process<'_>) -> Grid {
        let k = process.seen.len();
        let third = |points: &[(Turnover, f64)]| -> Vec<(Turnover, f64)> {
            let log = 3.0f64.min(points.len() as f64).ln();
            let some = points.iter().skip(points.len() / 2 % 3).step_by(3);
            some.map(|(turnover, prior)| (turnover.clone(), prior + log)).collect()
        };
        let own = self.shares.len() - 2;
        let lowest = process.live.iter().rposition(|n| *n <= lowest(&process.live).1).unwrap_or(0).min(k - 1);
        let mut starts = vec![0, lowest];
        starts.dedup();
        let window = |start: usize| Keeping { start, end: k, end_before: start };
        Grid {
            alone: Vec::new(),
            beside: third(&self.beside),
            clumps: self.clumps.clone(),
            mean_clump: self.mean_clump,
            shares: [self.shares[own].0, 1.0, 0.5].map(|share| (share, -3.0f64.ln())).to_vec(),
            windows: starts.into_iter().map(window).collect(),
        }
    }
}

/// Where the least was live, and how much that was.
fn lowest(live: &[f64]) -> (usize, f64) {
    let least = |low: (usize, f64), (i, n): (usize, f64)| if n < low.1 { (i, n) } else { low };
    live.iter().copied().enumerate().fold((0, f64::INFINITY), least)
}

/// How long the site has existed, where that is known.
fn age(process: &Process<'_>) -> Option<f64> {
    let seen = process.seen;
    let born = seen.born_before?;
    let before_first: f64 =
        seen.gaps.iter().zip(&seen.births).take_while(|(_, a)| **a <= 0.0).map(|(gap, _)| gap).sum();
    Some(if born > 0.0 { born / process.pace + seen.span() } else { seen.span() - before_first })
}

/// Mean lifetimes, log-uniform, dense where the deaths say it is: if nothing is kept it is the time lived over the deaths, known
/// to 1/√deaths; beside a leak it is shorter.
fn lifetimes(process: &Process<'_>) -> Vec<(f64, f64)> {
    let seen = process.seen;
    let deaths: f64 = seen.deaths.iter().sum();
    let step = seen.span() / seen.len() as f64;
    let lived: f64 =
        process.live.windows(2).zip(&seen.gaps).map(|(pair, gap)| (pair[0] + pair[1]) / 2.0 * gap).sum();
    let centre = match seen.births_are {
        Births::All | Births::Net => (lived + 0.5 * step) / (deaths + 0.5),
        // Of those there at the start of an interval so many were left at its end.
        Births::Survivors => {
            let there: f64 = process.live[..seen.len()].iter().sum();
            step / -((there - deaths + 0.5) / (there + 1.0)).ln()
        }
    }
    .ln();
    let error = 1.0 / (deaths + 1.0).sqrt();
    let near: Vec<f64> = LIFETIMES_NEAR.iter().map(|z| centre + z * error).collect();
    let lowest = process.live.iter().copied().fold(f64::INFINITY, f64::min);
    let by_level = seen.span() * lowest.max(0.5) / (deaths + 1.0) * SHORTEST_LEVEL;
    let shortest = by_level.min(SHORTEST_LIFETIME * step).ln();
    let way = shortest.min(near[0] - LIFETIMES_LEAST_WAY) - near[0];
    let apart = (1.0 - LIFETIMES_BELOW_LAST) / (LIFETIMES_BELOW - 1) as f64;
    let below = (0..LIFETIMES_BELOW).map(|i| near[0] + way * (1.0 - apart * i as f64));
    let above = LIFETIMES_ABOVE.iter().map(|more| near[near.len() - 1] + more);
    let x: Vec<f64> = below.chain(near.iter().copied()).chain(above).collect();
    let last = x.len() - 1;
    let width = |i: usize| match i {
        0 => x[1] - x[0],
        i if i == last => x[last] - x[last - 1],
        i => (x[i + 1] - x[i - 1]) / 2.0,
    };
    let all: f64 = (0..x.len()).map(width).sum();
    (0..x.len()).map(|i| (x[i].exp(), (width(i).max(TINY) / all).ln())).collect()
}

/// How many births come at once, by how they swing around their local mean: clumps of c make it c times that of single ones. Before
/// the first birth there is nothing that could swing.
fn clumps(seen: &Observation) -> Vec<(f64, f64)> {
    let first = seen.births.iter().position(|a| *a > 0.0).unwrap_or(0);
    let (births, gaps) = (&seen.births[first..], &seen.gaps[first..]);
    let mean = |i: usize| {
        let near = i.saturating_sub(CLUMP_REACH)..(i + CLUMP_REACH + 1).min(births.len());
        let sum: f64 = births[near.clone()].iter().sum();
        sum / gaps[near].iter().sum::<f64>() * gaps[i] + LEAST_LOCAL_MEAN
    };
    let means: Vec<f64> = (0..births.len()).map(mean).collect();
    let log = |clump: f64| -> f64 {
        let of =
            |(a, mean): (&f64, &f64)| ln_negative_binomial(*a, *mean, mean / (clump - 1.0).max(LEAST_SWING));
        births.iter().zip(&means).map(of).sum()
    };
    let points: Vec<(f64, f64)> =
        CLUMPS.iter().zip(CLUMPS_PRIOR).map(|(clump, prior)| (*clump, log(*clump) + prior.ln())).collect();
    let all = ln_sum(points.iter().map(|(_, log)| *log));
    points.into_iter().map(|(clump, log)| (clump, log - all)).collect()
}

/// A local mean of nothing.
const LEAST_LOCAL_MEAN: f64 = 1e-3;

/// The share of births that is kept: common points, and three where the site's own growth lies, each of which stands for the
/// width between them.
fn shares(seen: &Observation, live: &[f64], least: f64) -> Vec<(f64, f64)> {
    let (lowest_at, lowest) = lowest(live);
    let births: f64 = seen.births[lowest_at.min(seen.len() - 1)..].iter().sum::<f64>().max(1.0);
    let share = ((live[live.len() - 1] - lowest) / births).clamp(least, LARGEST_OWN_SHARE);
    let width = ((share * (1.0 - share) / births).sqrt() + LEAST_LOCAL_MEAN).min(WIDEST_SHARE_STEP);
    // Half of the leaks keep a share of any size, half one of any order of magnitude.
    let density = 0.5 + 0.5 / (share * -LEAST_SHARE_ALONE.ln());
    let weight = (width * density).min(MOST_OWN_WEIGHT);
    let own = [-1.0, 0.0, 1.0].map(|step| ((share + width * step).clamp(least, 1.0), weight));
    let common = SHARES.iter().zip(SHARES_PRIOR).map(|(share, prior)| (*share, prior * (1.0 - 3.0 * weight)));
    let points: Vec<(f64, f64)> = common.chain(own).collect();
    let all: f64 = points.iter().map(|(_, weight)| weight).sum();
    points.into_iter().map(|(share, weight)| (share, (weight / all).ln())).collect()
}

/// The windows tried over so many intervals, by start.
fn windows(k: usize) -> Vec<Keeping> {
    let evenly = |from: usize, to: usize, count: usize, i: usize| {
        from as f64 + (to - from) as f64 * i as f64 / count as f64
    };
    let late = if k >= 2 * LATE_ONSETS { k - LATE_ONSETS } else { k };
    let mut starts: Vec<usize> = (0..ONSETS)
        .map(|i| evenly(0, k, ONSETS, i).round_ties_even() as usize)
        .chain(late..k)
        .filter(|start| *start < k)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let mut windows = Vec::new();
    for start in starts {
        let count = ENDS.min(k - start);
        let mut ends: Vec<usize> = match count {
            1 => vec![start + 1],
            _ => (0..count).map(|i| evenly(start + 1, k, count - 1, i).round_ties_even() as usize).collect(),
        };
        ends.dedup();
        let mut end_before = start;
        for end in ends {
            windows.push(Keeping { start, end, end_before });
            end_before = end;
        }
    }
    windows
}

impl Keeping {
    /// ln prior of its beginning, among `starts` of them: most growth began before the first snapshot.
    pub(super) fn ln_prior_start(&self, starts: usize) -> f64 {
        match (self.start, starts) {
            (_, 1) => 0.0,
            (0, _) => FROM_START.ln(),
            (_, starts) => ((1.0 - FROM_START) / (starts - 1) as f64).ln(),
        }
    }

    /// How many intervals it lasts.
    pub(super) fn duration(&self) -> f64 {
        (self.end - self.start) as f64
    }

    /// How many of the intervals before the first snapshot in which something was kept belong to it: all, or none if it starts later.
    pub(super) fn reaches_back(&self, kept_before: f64) -> f64 {
        if self.start == 0 { kept_before } else { 0.0 }
    }
}

/// How many different beginnings there are.
pub(super) fn starts(windows: &[Keeping]) -> usize {
    windows.iter().filter(|window| window.end_before == window.start).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(k: usize) -> Observation {
        let born: Vec<f64> = (0..=k).map(|i| 3.0 * i as f64).collect();
        let live: Vec<f64> = (0..=k).map(|i| 2.0 * i as f64).collect();
        Observation::of_counts(&born, &live, &vec![1.0; k])
    }

    #[test]
    fn weights_add_up_to_one() {
        for k in [1, 3, 7, 24] {
            let seen = seen(k);
            let process = Process::of(&seen);
            let grid = Grid::of(&process, LEAST_SHARE);
            let sum = |logs: Vec<f64>| logs.into_iter().map(f64::exp).sum::<f64>();
            assert!((sum(grid.beside.iter().map(|p| p.1).collect()) - 1.0).abs() < 1e-9);
            assert!((sum(grid.shares.iter().map(|p| p.1).collect()) - 1.0).abs() < 1e-9);
            assert!((sum(grid.clumps.iter().map(|p| p.1).collect()) - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn windows_begin_early_and_late_and_reach_the_end() {
        assert_eq!(windows(1), [Keeping { start: 0, end: 1, end_before: 0 }]);
        for k in 1..=24 {
            let windows = windows(k);
            assert!(windows.iter().all(|w| w.start < w.end && w.end <= k && w.end_before < w.end));
            assert!(windows.iter().any(|w| w.start == 0 && w.end == k));
            assert!(k < 4 || windows.iter().any(|w| w.start == k - 1 && w.end == k));
        }
        assert_eq!(starts(&windows(24)), 8);
    }
}
