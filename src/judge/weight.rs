//! How much the births and deaths of a site speak for each hypothesis, and what is known of what it keeps.

use super::decide::worth_weighing;
use super::grid::{Grid, Keeping, starts};
use super::hypotheses::{Class, filling, flush, full, leak, turnover};
use super::observation::Observation;
use super::policy::{
    BURST, FLUSHES, LEAST_RISE, LEAST_RISE_SHARE, NOTHING_ROSE, PAUSE, RATE_MEMORY, RATE_SHAPE,
};
use super::process::{Process, State, Turnover, clumped};
use crate::growth::{Z_TWO_SIDED, ln_add, ln_sum, negative_binomial_at_most};

/// What was seen of a site, weighed: the weight of evidence for each hypothesis (ln Bayes factors; Good 1950).
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    /// ln Bayes factor of each class against turnover, by [`Class`].
    pub log: [f64; Class::ALL.len()],
    /// The share of births that is kept, if it is a leak.
    pub share: Estimate,
    /// Kept objects a unit of time, if it is a leak.
    pub rate: Estimate,
    /// How many intervals were looked at.
    pub intervals: usize,
    /// For how many a store would have been filling: these, and what was kept before the first snapshot.
    pub lasted: f64,
    /// The same in the unit of the gaps: hours.
    pub hours: f64,
}

/// A figure with its 95 % credible interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The lower end.
    pub low: f64,
    /// The mean.
    pub mean: f64,
    /// The upper end.
    pub high: f64,
}

impl Weight {
    /// The ln Bayes factor of a class against turnover.
    pub fn of(&self, class: Class) -> f64 {
        self.log[class as usize]
    }

    /// Nothing was seen that could say anything.
    pub fn silent(intervals: usize) -> Weight {
        let log = [0.0; Class::ALL.len()];
        let (share, rate) = (Estimate::default(), Estimate::default());
        Weight { log, share, rate, intervals, lasted: intervals as f64, hours: 0.0 }
    }

    /// Of a place that did not rise: nothing was kept, or too little was born to say so.
    pub fn of_no_rise(seen: &Observation) -> Weight {
        let mut weight = Weight { hours: seen.span(), ..Weight::silent(seen.len()) };
        if seen.all_births() < LEAST_RISE {
            return weight;
        }
        weight.log[Class::Leak as usize] = -NOTHING_ROSE;
        weight.log[Class::Filling as usize] = -NOTHING_ROSE;
        // A store that was full before looks like what turns over, as long as anything is in it.
        let is_empty = seen.live().into_iter().any(|n| n < 1.0);
        weight.log[Class::Full as usize] = if is_empty { -1.0 } else { 0.0 };
        weight.log[Class::Flushed as usize] = -2.0;
        weight
    }
}

/// Whether a site rose by enough to be looked at: a leak has more live at the end than when it began.
pub fn may_keep(seen: &Observation, least_share: f64) -> bool {
    let rise = seen.rise();
    rise >= LEAST_RISE && rise >= LEAST_RISE_SHARE.min(least_share) * seen.all_births()
}

/// [`weigh`] where enough rose to be looked at, and what it says where it did not.
pub fn weigh_rise(seen: &Observation, least_share: f64, enough: f64) -> Weight {
    match may_keep(seen, least_share) {
        true => weigh(seen, least_share, enough),
        false => Weight::of_no_rise(seen),
    }
}

/// A place of so many, weighed as far as the process itself would have it weighed: too little of a rise says nothing by itself.
pub fn weigh_place(seen: &Observation, least_share: f64, places: f64) -> Weight {
    let rose = seen.rise() >= least_share * seen.all_births() && seen.rise() >= 1.0;
    match rose && !may_keep(seen, least_share) {
        true => Weight::silent(seen.len()),
        false => weigh_rise(seen, least_share, worth_weighing(places)),
    }
}

/// One place that was looked at in several ways, any of which may be the best one: the average of their Bayes factors, which is evidence as
/// much as each of them, though all see the same (an average of e-values is one; Vovk and Wang 2021).
pub(super) fn any_look(first: Weight, others: impl Iterator<Item = Weight>) -> Weight {
    let (mut log, intervals) = (first.log, first.intervals);
    let (mut clearest, mut count) = (first, 1.0f64);
    for look in others {
        log.iter_mut().zip(&look.log).skip(1).for_each(|(sum, log)| *sum = ln_add(*sum, *log));
        count += 1.0;
        if look.of(Class::Leak) > clearest.of(Class::Leak) {
            clearest = look;
        }
    }
    log.iter_mut().skip(1).for_each(|sum| *sum -= count.ln());
    Weight { log, intervals, ..clearest }
}

/// Weighs what was seen. `least_share` is the smallest share of births that counts as keeping. Where a coarse look gives nothing more than
/// `enough` in ln Bayes factor, it is that.
pub fn weigh(seen: &Observation, least_share: f64, enough: f64) -> Weight {
    if seen.is_empty() {
        return Weight::silent(0);
    }
    let seen = seen.merged();
    let process = Process::of(&seen);
    let grid = Grid::of(&process, least_share);
    let null = turnover::ln_likelihood(&process, &grid);
    let mut coarse = weigh_on(&process, &grid.coarse(&process), null);
    if !coarse.log.iter().skip(1).all(|log| *log < enough) {
        return weigh_on(&process, &grid, null);
    }
    // That it has ended is not among the points of a coarse look, so that says nothing of it, in this life of the process or beside others.
    coarse.log[Class::Full as usize] = coarse.log[Class::Full as usize].max(0.0);
    coarse
}

/// The same on a grid, against a ln likelihood of turnover.
fn weigh_on(process: &Process<'_>, grid: &Grid, null: f64) -> Weight {
    let seen = process.seen;
    let runs = Runs::of(process, grid);
    let intervals = seen.len();
    let starts = starts(&grid.windows);
    let goes_on = GoesOn::of(process, grid.mean_clump);
    let windows = grid.windows.iter().enumerate();
    let before = seen.kept_before();
    let lasting = |w: &Keeping| ln_still_born(&seen.births, w);
    let total = |weight: &dyn Fn(&Keeping) -> Option<f64>| {
        ln_sum(
            windows
                .clone()
                .filter_map(|(i, w)| Some(runs.windows[i] + weight(w)? + goes_on.ln(w)))
                .collect::<Vec<f64>>(),
        )
    };
    let mut log = [0.0; Class::ALL.len()];
    log[Class::Leak as usize] = total(&|w| Some(leak::ln_weight(w, starts, intervals)? + lasting(w))) - null;
    log[Class::Filling as usize] = total(&|w| filling::ln_weight(w, starts, seen, before)) - null;
    log[Class::Full as usize] = total(&|w| full::ln_weight(w, starts, intervals, before)) - null;
    let whole = Keeping { start: 0, end: intervals, end_before: 0 };
    log[Class::Flushed as usize] =
        flush::ln_together(runs.flushed, before) + goes_on.ln(&whole) + lasting(&whole) - null;
    let Kept { share, rate } = runs.kept(seen, grid, starts, &goes_on);
    let lasted = before + intervals as f64;
    Weight { log, share, rate, intervals, lasted, hours: lasted / intervals as f64 * seen.span() }
}

/// The likelihoods of the deaths for each window, summed over everything else that is not known.
struct Runs {
    /// By window, in the order of the grid.
    windows: Vec<f64>,
    /// By probability of a flush.
    flushed: [f64; FLUSHES.len()],
    /// Of windows that reach the end, by share; both in the order of the grid.
    to_the_end: Vec<Vec<f64>>,
}

/// A grid point whose likelihood is so far below the best one, in ln, adds nothing to any sum.
const NEGLIGIBLE: f64 = 12.0;

impl Runs {
    fn of(process: &Process<'_>, grid: &Grid) -> Runs {
        let count = grid.windows.len();
        let mut runs = Runs {
            windows: vec![f64::NEG_INFINITY; count],
            flushed: [f64::NEG_INFINITY; FLUSHES.len()],
            to_the_end: vec![vec![f64::NEG_INFINITY; grid.shares.len()]; count],
        };
        for (turnover, ln_lifetime) in &grid.beside {
            for (clump, ln_clump) in &grid.clumps {
                // Before it began nothing is kept, whatever the share is afterwards.
                let before = without_keeping(process, turnover, *clump);
                for (place, (share, ln_share)) in grid.shares.iter().enumerate() {
                    let point = Point { turnover, clump: *clump, share: *share };
                    let prior = ln_lifetime + ln_clump + ln_share;
                    runs.add(process, grid, &point, &before, prior, place);
                }
            }
        }
        runs
    }

    /// Adds one grid point to the windows of every start; `place` is that of its share.
    fn add(
        &mut self,
        process: &Process<'_>,
        grid: &Grid,
        point: &Point<'_>,
        before: &[State],
        prior: f64,
        place: usize,
    ) {
        let k = process.seen.len();
        let mut index = 0;
        while let Some(Keeping { start, .. }) = grid.windows.get(index) {
            let of_start = index;
            let mut state = match start {
                0 => process.begin(point.turnover, point.clump, point.share),
                start => before[*start],
            };
            let mut flushed = [state.log + prior; FLUSHES.len()];
            for i in *start..k {
                let step = process.step(&state, i, point.turnover, point.clump, point.share);
                if of_start == 0 {
                    let logs = flush::ln_interval(process, i, step.log);
                    flushed.iter_mut().zip(logs).for_each(|(sum, log)| *sum += log);
                }
                state = state.after(&step);
                if grid.windows.get(index).is_some_and(|w| w.start == *start && w.end == i + 1) {
                    let here = state.log + prior;
                    let log = match here < self.windows[index] - NEGLIGIBLE {
                        true => f64::NEG_INFINITY,
                        false => ended(process, point, state, i + 1) + prior,
                    };
                    self.windows[index] = ln_add(self.windows[index], log);
                    if i + 1 == k {
                        self.to_the_end[index][place] = ln_add(self.to_the_end[index][place], log);
                    }
                    index += 1;
                    // The likelihood only falls, so none of the later ends can gain from this point.
                    let later = grid.windows[index..].iter().take_while(|w| w.start == *start).count();
                    let none_gains =
                        self.windows[index..index + later].iter().all(|sum| here < sum - NEGLIGIBLE);
                    if of_start != 0 && later > 0 && none_gains {
                        index += later;
                        break;
                    }
                }
            }
            if of_start == 0 {
                for (sum, log) in self.flushed.iter_mut().zip(flushed) {
                    *sum = ln_add(*sum, log);
                }
            }
        }
    }
}

/// One point of the grid.
struct Point<'a> {
    turnover: &'a Turnover,
    clump: f64,
    share: f64,
}

/// The filter before each interval, and after the last, if nothing is kept.
fn without_keeping(process: &Process<'_>, turnover: &Turnover, clump: f64) -> Vec<State> {
    let mut states = vec![process.begin(turnover, clump, 0.0)];
    for k in 0..process.seen.len() {
        states.push(process.advance(&states[k], k, turnover, clump, 0.0));
    }
    states
}

/// ln likelihood of all deaths where keeping ended before interval `from`.
fn ended(process: &Process<'_>, point: &Point<'_>, mut state: State, from: usize) -> f64 {
    for k in from..process.seen.len() {
        state = process.advance(&state, k, point.turnover, point.clump, 0.0);
    }
    state.log
}

/// What a site keeps, if it is a leak.
struct Kept {
    share: Estimate,
    rate: Estimate,
}

impl Runs {
    fn kept(&self, seen: &Observation, grid: &Grid, starts: usize, goes_on: &GoesOn) -> Kept {
        let mut weighed: Vec<(&Keeping, f64, f64)> = Vec::new();
        for (window, logs) in grid.windows.iter().zip(&self.to_the_end) {
            let ln_window = |log: f64| log + window.ln_prior_start(starts) + goes_on.ln(window);
            let shares = grid.shares.iter().zip(logs).filter(|(_, log)| log.is_finite());
            weighed.extend(shares.map(|((share, _), log)| (window, *share, ln_window(*log))));
        }
        let all = ln_sum(weighed.iter().map(|(_, _, log)| *log));
        let mut shares: Vec<(f64, f64)> =
            weighed.iter().map(|(_, share, log)| (*share, (log - all).exp())).collect();
        let births = |window: &Keeping| seen.births[window.start..].iter().sum::<f64>();
        let pace = |window: &Keeping| births(window) / seen.gaps[window.start..].iter().sum::<f64>();
        let sum = |of: &dyn Fn(&Keeping, f64) -> f64| -> f64 {
            weighed.iter().map(|(window, share, log)| (log - all).exp() * of(window, *share)).sum()
        };
        let rate = sum(&|window, share| share * pace(window));
        let kept = sum(&|window, share| share * births(window)).max(0.5);
        // The spread of the posterior, and that of so many sampled objects.
        let spread = sum(&|window, share| (share * pace(window) - rate).powi(2)) + rate * rate / kept;
        shares.sort_by(|a, b| a.0.total_cmp(&b.0));
        Kept {
            share: quantiles(&shares),
            rate: Estimate {
                low: (rate - Z_TWO_SIDED * spread.sqrt()).max(0.0),
                mean: rate,
                high: rate + Z_TWO_SIDED * spread.sqrt(),
            },
        }
    }
}

/// The mean and the 95 % interval of weighed values in ascending order.
fn quantiles(values: &[(f64, f64)]) -> Estimate {
    const TAIL: f64 = 0.025;
    let mut estimate = Estimate { low: f64::NAN, ..Estimate::default() };
    let mut below = 0.0;
    for (value, weight) in values {
        estimate.mean += value * weight;
        if below <= 1.0 - TAIL {
            estimate.high = *value;
        }
        below += weight;
        if below >= TAIL && estimate.low.is_nan() {
            estimate.low = *value;
        }
    }
    Estimate { low: if estimate.low.is_nan() { 0.0 } else { estimate.low }, ..estimate }
}

/// How well births in bursts fit growth that still goes on, for a window to the end. Births in one interval alone are a step; and where the
/// last ones were j intervals ago though they came every g, they come again with probability 1/(1 + j/g - 1) (Lindy).
fn ln_still_born(births: &[f64], window: &Keeping) -> f64 {
    let born: Vec<usize> = (window.start..births.len()).filter(|k| births[*k] > 0.0).collect();
    let (Some(first), Some(last)) = (born.first(), born.last()) else { return 0.0 };
    if births.len() < 3 {
        return 0.0;
    }
    let burst = if born.len() < 2 { BURST.ln() } else { 0.0 };
    let every = (last - first).max(1) as f64 / (born.len() - 1).max(1) as f64;
    let silent = (births.len() - 1 - last) as f64 / every;
    burst - (silent - 1.0).max(0.0).ln_1p()
}

/// Whether births go on within a window: how well those of each interval fit the pace so far. Births that stop speak against
/// growth that goes on; clumps hardly do.
struct GoesOn {
    /// By start, the ln likelihood up to each end.
    logs: Vec<Vec<f64>>,
}

impl GoesOn {
    fn of(process: &Process<'_>, clump: f64) -> GoesOn {
        let seen = process.seen;
        let of_start = |start: usize| {
            let mut logs = vec![0.0; seen.len() + 1];
            let (mut shape, mut time, mut total) = (0.0, 0.0, 0.0);
            for i in start..seen.len() {
                if i > start {
                    let mean = (shape + 0.5) / time * seen.gaps[i];
                    let known = 1.0 / (1.0 / RATE_SHAPE + 1.0 / (shape + 0.5));
                    let tail = negative_binomial_at_most(seen.births[i], mean, clumped(known, clump, mean));
                    total += (2.0 * tail).clamp(PAUSE, 1.0).ln();
                }
                shape = shape * RATE_MEMORY + seen.births[i];
                time = time * RATE_MEMORY + seen.gaps[i];
                logs[i + 1] = total;
            }
            logs
        };
        GoesOn { logs: (0..seen.len()).map(of_start).collect() }
    }

    fn ln(&self, window: &Keeping) -> f64 {
        self.logs[window.start][window.end]
    }
}

#[cfg(test)]
mod tests {
    use super::super::observation::Births;
    use super::super::policy::{LEAST_SHARE, WORTH_A_LOOK};
    use super::*;

    fn weigh(births: &[f64], deaths: &[f64], start: f64) -> Weight {
        let seen = Observation {
            start,
            births: births.to_vec(),
            deaths: deaths.to_vec(),
            gaps: vec![1.0; births.len()],
            born_before: None,
            births_are: Births::All,
        };
        super::weigh(&seen, LEAST_SHARE, f64::NEG_INFINITY)
    }

    #[test]
    fn a_store_that_was_full_before_looks_like_what_turns_over() {
        let no_rise = |live: [f64; 4]| {
            Weight::of_no_rise(&Observation::of_counts(&[9.0, 13.0, 17.0, 20.0], &live, &[1.0; 3]))
                .of(Class::Full)
        };
        assert_eq!([no_rise([3.0, 3.0, 3.0, 3.0]), no_rise([3.0, 0.0, 1.0, 3.0])], [0.0, -1.0]);
    }

    #[test]
    fn a_flush_does_not_outdo_a_leak_where_there_was_nothing_to_flush() {
        // Three in a life, two of them kept; the last one long ago.
        let few = weigh(
            &[0.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0],
            &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
            0.0,
        );
        assert!(few.of(Class::Flushed) <= few.of(Class::Leak) + 0.5, "{few:?}");
    }

    #[test]
    fn a_coarse_look_says_nothing_of_an_end() {
        let seen = Observation::of_counts(&[0.0, 4.0, 8.0, 12.0], &[3.0, 5.0, 6.0, 8.0], &[1.0; 3]);
        let coarse = super::weigh(&seen, LEAST_SHARE, f64::INFINITY);
        assert!(coarse.of(Class::Full) >= 0.0, "{coarse:?}");
        let whole = super::weigh(&seen, LEAST_SHARE, f64::NEG_INFINITY);
        assert!(whole.of(Class::Full).is_finite() && whole != coarse, "{whole:?}");
    }

    /// ln Bayes factors of the reference implementation in Python (leak, full, filling, flushed) for the same series.
    #[test]
    fn golden_values() {
        let close = |seen: Weight, within: f64, expected: [f64; 4]| {
            let classes = [Class::Leak, Class::Full, Class::Filling, Class::Flushed];
            for (class, expected) in classes.into_iter().zip(expected) {
                let value = seen.of(class);
                assert!((value - expected).abs() < within, "{class:?}: {value} {expected}");
            }
        };
        let twenty = [1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0];
        // The prior of small shares is another one here.
        close(weigh(&twenty, &[0.0; 15], 3.0), 0.7, [8.24, 1.95, 4.95, 6.77]);
        // Births as steady as these are taken to have come at that pace before, so turnover is less likely here.
        close(weigh(&[5.0; 4], &[0.0; 4], 3.0), 1.0, [7.85, 2.43, 5.72, 7.31]);
        let full = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 4.0, 6.0, 5.0, 5.0, 6.0, 4.0];
        // Where nothing was there at the start, lifetimes beyond the time looked at are out here, and births are no clumps.
        // A flush takes a quarter at least here, and any number there.
        close(weigh(&[5.0; 15], &full, 0.0), 3.0, [0.04, 24.83, 2.98, -2.12]);
        let saw = [0.0, 0.0, 0.0, 20.0, 0.0, 0.0, 0.0, 18.0, 0.0, 0.0, 0.0, 20.0, 0.0, 0.0, 0.0];
        close(weigh(&[5.0; 15], &saw, 0.0), 3.0, [1.39, 0.90, -1.43, 27.90]);
    }

    #[test]
    fn few_objects_say_little() {
        assert!(weigh(&[1.0, 1.0, 1.0], &[0.0; 3], 0.0).of(Class::Leak) < 5.0);
        let seen = Observation::of_counts(&[0.0, 1.0, 2.0], &[0.0, 1.0, 2.0], &[1.0, 1.0]);
        assert!(!may_keep(&seen, LEAST_SHARE));
    }

    #[test]
    fn a_few_that_go_together_are_no_flush() {
        let mut births: Vec<f64> = (0..17).map(|k| f64::from(48 + 5 * (k % 2))).collect();
        let mut deaths = vec![0.0; 17];
        births[8] += 4.0;
        deaths[10] = 4.0;
        let seen = weigh(&births, &deaths, 0.0);
        assert!(seen.of(Class::Leak) > seen.of(Class::Flushed) + 1.0, "{:?}", seen.log);
    }

    #[test]
    fn the_start_of_a_late_leak_is_seen() {
        let mut births = vec![1.0; 8];
        births.extend([5.0; 7]);
        let mut deaths = vec![1.0; 8];
        deaths.extend([0.0; 7]);
        let seen = weigh(&births, &deaths, 3.0);
        assert!(seen.of(Class::Leak) > 14.0);
        assert!(seen.rate.low < 5.0 && seen.rate.high > 5.0 && seen.share.low > 0.7);
    }

    #[test]
    fn deaths_that_follow_the_births_are_turnover_whatever_the_load() {
        let ramp: Vec<f64> = (0..15).map(|k| 2.0 + 2.0 * f64::from(k)).collect();
        let deaths: Vec<f64> = (0..15).map(|k| 1.0 + 2.0 * f64::from(k)).collect();
        assert!(weigh(&ramp, &deaths, 2.0).of(Class::Leak) < 1.0);
    }

    #[test]
    fn what_has_been_kept_since_the_start_is_rather_a_leak_than_a_store_that_fills() {
        let seen = |before: f64| {
            let born: Vec<f64> = (0..6).map(|k| before + 5.0 * f64::from(k)).collect();
            super::weigh(&Observation::of_counts(&born, &born, &[1.0; 5]), LEAST_SHARE, f64::NEG_INFINITY)
        };
        let over = |weight: &Weight, class: Class| weight.of(Class::Leak) - weight.of(class);
        let (young, old) = (seen(0.0), seen(500.0));
        for class in [Class::Filling, Class::Flushed] {
            assert!(
                over(&old, class) > over(&young, class) + 1.5,
                "{class:?}: {:?} {:?}",
                young.log,
                old.log
            );
        }
    }

    #[test]
    fn a_coarse_look_misses_little() {
        let late: Vec<f64> = [1.0; 8].into_iter().chain([5.0; 7]).collect();
        let churn: Vec<f64> = (0..15).map(|k| f64::from(3 + k % 3)).collect();
        for (births, deaths, start) in [
            (vec![5.0; 15], vec![0.0; 15], 3.0),
            (late, [1.0; 8].into_iter().chain([0.0; 7]).collect(), 3.0),
            (vec![5.0; 15], churn, 6.0),
            (vec![2.0; 7], vec![0.0; 7], 0.0),
        ] {
            let seen = Observation::of_counts(
                &running(&births),
                &live(start, &births, &deaths),
                &vec![1.0; births.len()],
            );
            let [fine, coarse] =
                [f64::NEG_INFINITY, f64::INFINITY].map(|enough| super::weigh(&seen, LEAST_SHARE, enough));
            let missed = fine.of(Class::Leak) - coarse.of(Class::Leak);
            assert!(missed < WORTH_A_LOOK, "{missed}");
        }
    }

    fn running(births: &[f64]) -> Vec<f64> {
        let mut born = vec![0.0];
        births.iter().for_each(|a| born.push(born[born.len() - 1] + a));
        born
    }

    fn live(start: f64, births: &[f64], deaths: &[f64]) -> Vec<f64> {
        let mut live = vec![start];
        births.iter().zip(deaths).for_each(|(a, d)| live.push(live[live.len() - 1] + a - d));
        live
    }
}
