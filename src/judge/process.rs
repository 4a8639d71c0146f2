//! The likelihood of the deaths of a site, given its births, if some of what is born is kept: a filter over the intervals.
//!
//! The live objects are those that turn over, T, with lifetimes of mean W, and those that are kept, L: T + L = n. Which is
//! which is not seen; the filter carries the mean and variance of L given the past, and each interval's deaths have a
//! beta-binomial distribution whose mean and variance follow from them. All is conditional on the births, so the load is out
//! of it (docs/judging.md).

use super::observation::{Births, Observation};
use super::policy::{BUNCHED, LEVEL_NOISE, OUTLIER, OUTLIER_REACH, STATIONARY_SHAPE, STEADY_SHAPE, TINY};
use crate::growth::{ln_add, ln_choose, ln_of_draws, negative_binomial_at_most};

/// A site's observation with all that does not depend on the hypothesis.
pub(super) struct Process<'a> {
    pub(super) seen: &'a Observation,
    /// Live before each interval, and after the last.
    pub(super) live: Vec<f64>,
    /// How many could die in each interval: those there at its start and, if all births are counted, those born in it.
    mortal: Vec<f64>,
    /// ln C(mortal, d) of each interval.
    choose: Vec<f64>,
    /// Births a unit of time in the first half.
    pub(super) pace: f64,
    /// The shape of the gamma that tells how well that is the pace before the first snapshot.
    pub(super) shape: f64,
    /// The same where the pace is steady.
    pub(super) steady_shape: f64,
}

/// How what is not kept turns over.
#[derive(Clone, Debug)]
pub(super) struct Turnover {
    /// Of each interval: which part of those there at its start lives on.
    pub(super) survival: Vec<f64>,
    /// Of each interval: which part of those born in it is there at its end.
    pub(super) newborn: Vec<f64>,
    pub(super) lifetime: f64,
}

/// The filter before an interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// ln likelihood so far.
    pub(super) log: f64,
    /// The mean of L.
    pub(super) kept: f64,
    /// The variance of L.
    pub(super) variance: f64,
}

/// What one interval's deaths say.
pub(super) struct Step {
    /// Their ln likelihood.
    pub(super) log: f64,
    /// The same if the interval may do anything to what turns over.
    pub(super) log_with_outlier: f64,
    /// L after it.
    pub(super) kept: f64,
    /// Its variance.
    pub(super) variance: f64,
}

impl State {
    /// The filter after an interval, with the chance of an outlier.
    pub(super) fn after(&self, step: &Step) -> State {
        State { log: self.log + step.log_with_outlier, kept: step.kept, variance: step.variance }
    }
}

impl<'a> Process<'a> {
    pub(super) fn of(seen: &'a Observation) -> Process<'a> {
        let live = seen.live();
        let mortal: Vec<f64> = (0..seen.len()).map(|k| live[k] + seen.mortal_births(k)).collect();
        let choose = mortal.iter().zip(&seen.deaths).map(|(all, d)| ln_choose(*all, *d)).collect();
        let half = seen.len().div_ceil(2);
        let births = seen.births[..half].iter().sum::<f64>() + 0.5;
        let pace = births / seen.gaps[..half].iter().sum::<f64>().max(TINY);
        let [shape, steady_shape] =
            [STATIONARY_SHAPE, STEADY_SHAPE].map(|of| 1.0 / (1.0 / of + 1.0 / births));
        Process { seen, live, mortal, choose, pace, shape, steady_shape }
    }

    /// How objects of this mean lifetime fare in each interval.
    pub(super) fn turnover(&self, lifetime: f64) -> Turnover {
        let survival: Vec<f64> = self.seen.gaps.iter().map(|gap| (-gap / lifetime).exp()).collect();
        let newborn = match self.seen.births_are {
            // Those that did not live to be seen are not counted as births.
            Births::Survivors => vec![1.0; survival.len()],
            Births::All | Births::Net => {
                self.seen.gaps.iter().map(|gap| lifetime / gap * -(-gap / lifetime).exp_m1()).collect()
            }
        };
        Turnover { survival, newborn, lifetime }
    }

    /// ln C(mortal, d) over all intervals, which every likelihood here leaves out.
    pub(super) fn ln_choose_all(&self) -> f64 {
        self.choose.iter().sum()
    }

    /// How many could die in an interval.
    pub(super) fn mortal(&self, k: usize) -> f64 {
        self.mortal[k]
    }

    /// ln C(mortal, d) of one interval.
    pub(super) fn ln_choose(&self, k: usize) -> f64 {
        self.choose[k]
    }

    /// The filter before the first interval, if `share` of the births was kept up to then: what turns over is stationary, and
    /// what exceeds it in the live ones was kept before; what is missing from it is evidence against so long a lifetime.
    pub(super) fn begin(&self, turnover: &Turnover, clump: f64, share: f64) -> State {
        let live = self.seen.start;
        let level = self.level(turnover) * (1.0 - share);
        let log = negative_binomial_at_most(live, level, clumped(self.shape, clump, level))
            .max(f64::MIN_POSITIVE)
            .ln();
        let turning = level.min(live);
        let variance = (level * clump + level * level / self.shape).min(live * live / 4.0);
        State { log, kept: live - turning, variance }
    }

    /// How many of those live at the start exceed what turns over, if nothing is kept.
    pub(super) fn kept_at_start(&self, turnover: &Turnover) -> f64 {
        (self.seen.start - self.level(turnover)).max(0.0)
    }

    /// How many are live if nothing is kept and births come at the pace of the first half.
    fn level(&self, turnover: &Turnover) -> f64 {
        self.pace * self.standing(turnover)
    }

    /// How many are there for each birth a unit of time: the mean lifetime; more where only those are counted that lived to be seen.
    fn standing(&self, turnover: &Turnover) -> f64 {
        let gap = self.seen.span() / self.seen.len() as f64;
        match self.seen.births_are {
            Births::All | Births::Net => turnover.lifetime,
            Births::Survivors => gap / -(-gap / turnover.lifetime).exp_m1(),
        }
    }

    /// What interval `k` says if `share` of its births is kept.
    pub(super) fn step(&self, state: &State, k: usize, turnover: &Turnover, clump: f64, share: f64) -> Step {
        let (a, d, n) = (self.seen.births[k], self.seen.deaths[k], self.live[k]);
        let (s, q) = (turnover.survival[k], turnover.newborn[k]);
        let turning = (n - state.kept).max(0.0);
        let new = a * (1.0 - share);
        let mean = turning * (1.0 - s) + new * (1.0 - q);
        // Of survivors all are there at the end.
        let swing = if self.seen.births_are == Births::Survivors { 0.0 } else { LEVEL_NOISE * new * q };
        let noise = clump * (turning * s * (1.0 - s) + new * (1.0 - q) * (1.0 - (1.0 - share) * (1.0 - q)))
            + swing * swing;
        let variance = noise + state.variance * (1.0 - s) * (1.0 - s);
        let mortal = self.mortal[k];
        let log = ln_beta_binomial(d, mortal, mean, variance);
        // Births may be bunched just before a snapshot, so that all of them are there in it. Of two snapshots nothing else could be said.
        let bunched = share == 0.0 && self.seen.len() > 1 && q < 1.0 && d < mean / 2.0;
        let log = match bunched {
            true => {
                let old = (turning * (1.0 - s), clump * turning * s * (1.0 - s) + variance - noise);
                ln_add((-BUNCHED).ln_1p() + log, BUNCHED.ln() + ln_beta_binomial(d, mortal, old.0, old.1))
            }
            false => log,
        };
        // What is kept cannot die, whatever else happens.
        let most =
            (mortal - state.kept - share * (mortal - n)).max(0.0) + OUTLIER_REACH * state.variance.sqrt();
        let log_with_outlier = match d <= most {
            true => ln_add((-OUTLIER).ln_1p() + log, OUTLIER.ln() - (1.0 + most).ln() - self.choose[k]),
            false => (-OUTLIER).ln_1p() + log,
        };
        debug_assert!(
            !log.is_nan() && !log_with_outlier.is_nan(),
            "{log} {log_with_outlier}: {d} of {mortal}, {mean} {variance}, {state:?}"
        );
        // What the deaths say of the kept ones.
        let covariance = state.variance * (1.0 - s) + share * (1.0 - share) * a * (1.0 - q);
        let gain = covariance / variance.max(TINY);
        Step {
            log,
            log_with_outlier,
            kept: (state.kept + share * a - gain * (d - mean)).clamp(0.0, (n + a - d).max(0.0)),
            variance: (state.variance + share * (1.0 - share) * a * clump - gain * covariance).max(0.0),
        }
    }

    /// The filter after interval `k`, with the chance of an outlier.
    pub(super) fn advance(
        &self,
        state: &State,
        k: usize,
        turnover: &Turnover,
        clump: f64,
        share: f64,
    ) -> State {
        state.after(&self.step(state, k, turnover, clump, share))
    }
}

/// The shape of the negative binomial distribution of a count with this mean, whose rate has a gamma of shape `shape`, and which comes
/// `clump` at a time.
pub(super) fn clumped(shape: f64, clump: f64, mean: f64) -> f64 {
    1.0 / (1.0 / shape + (clump - 1.0) / mean.max(TINY))
}

/// ln P(x of n) of a beta-binomial with this mean and variance, without ln C(n, x); never narrower than the binomial.
pub(super) fn ln_beta_binomial(x: f64, n: f64, mean: f64, variance: f64) -> f64 {
    const CERTAIN: f64 = 1e-12;
    let trials = n.max(TINY);
    let theta = mean / trials;
    if theta <= CERTAIN {
        return if x <= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if theta >= 1.0 - CERTAIN {
        return if n - x <= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    let widest = (WIDEST * trials).max(1.0);
    let ratio = (variance / (trials * theta * (1.0 - theta))).clamp(1.0, widest);
    let rho = ((ratio - 1.0) / (trials - 1.0).max(TINY)).clamp(NARROWEST, MOST_CORRELATED);
    let m = 1.0 / rho - 1.0;
    let (alpha, beta) = (theta * m, (1.0 - theta) * m);
    ln_of_draws(alpha, x, beta, n - x)
}

/// The widest a beta-binomial gets, as a part of all or none.
const WIDEST: f64 = 0.95;
/// The correlation below which it is the binomial.
const NARROWEST: f64 = 1e-7;
/// The correlation above which its parameters vanish.
const MOST_CORRELATED: f64 = 0.98;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deaths_have_a_distribution() {
        for (n, mean, variance) in
            [(20.0, 5.0, 4.0), (20.0, 5.0, 40.0), (7.0, 0.2, 0.2), (300.0, 30.0, 500.0)]
        {
            let total: f64 = (0..=n as u32)
                .map(|x| {
                    (ln_beta_binomial(f64::from(x), n, mean, variance) + ln_choose(n, f64::from(x))).exp()
                })
                .sum();
            assert!((total - 1.0).abs() < 1e-6, "{n} {mean} {variance}: {total}");
        }
    }

    #[test]
    fn what_is_kept_never_dies_but_for_an_outlier() {
        let died = Observation::of_counts(&[0.0, 5.0, 10.0], &[0.0, 5.0, 9.0], &[1.0, 1.0]);
        let process = Process::of(&died);
        let turnover = process.turnover(0.2);
        let begin = process.begin(&turnover, 1.0, 1.0);
        let first = process.step(&begin, 0, &turnover, 1.0, 1.0);
        assert_eq!(first.log, 0.0, "none of five died");
        let state = State { log: 0.0, kept: first.kept, variance: first.variance };
        assert_eq!(process.step(&state, 1, &turnover, 1.0, 1.0).log, f64::NEG_INFINITY);
    }
}
