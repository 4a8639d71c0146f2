//! From probabilities to a word, and what would make it surer.

use super::hypotheses::Class;
use super::hypotheses::filling::ln_lasts;
use super::policy::{
    HIGH, LEAKS, LEAST_FOR_HIGH, LEAST_LEAD, LEAST_PLACES, LOW, MEDIUM, SHORTEST_FILLING, WORTH_A_LOOK,
    WORTH_OF_ONE,
};
use super::posterior::{Posterior, Prior};
use crate::growth::Z_ONE_SIDED;

/// How sure it is that a place leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Worth a look.
    Low,
    /// Rather a leak than not.
    Medium,
    /// Beyond reasonable doubt.
    High,
}

impl Confidence {
    /// The word used in reports and in the JSON schema.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// The confidence in a place that so many snapshots show; `None` where there is nothing to say.
pub fn confidence(posterior: &Posterior, snapshots: usize) -> Option<Confidence> {
    match posterior.leak() {
        leak if leak >= HIGH && snapshots >= LEAST_FOR_HIGH => Some(Confidence::High),
        leak if leak >= MEDIUM => Some(Confidence::Medium),
        _ if posterior.grows() >= LOW => Some(Confidence::Low),
        _ => None,
    }
}

/// For how long memory has grown that did so for so many intervals, which are so many hours: a shorter one than [`SHORTEST_FILLING`] counts in
/// proportion less.
pub fn lasted_by_minutes(lasted: f64, hours: f64) -> f64 {
    (hours / SHORTEST_FILLING).min(lasted)
}

/// The ln Bayes factors of what was weighed as having lasted for `lasted`, if the law of filling takes that for `instead`.
pub fn as_lasting(mut log: [f64; Class::ALL.len()], lasted: f64, instead: f64) -> [f64; Class::ALL.len()] {
    log[Class::Filling as usize] += ln_lasts(instead) - ln_lasts(lasted);
    log
}

/// How far a place was looked at.
#[derive(Clone, Copy, Debug)]
pub struct SoFar {
    /// Intervals.
    pub intervals: usize,
    /// For how long a store would have been filling, as its law counts.
    pub lasted: f64,
    /// By how much one more interval adds to that.
    pub each: f64,
}

/// How many more snapshots, as far apart, would make it high if it goes on as it did so far: the evidence against turnover
/// grows with the births, and a store that fills or is flushed becomes less likely. `None` if not within `most`.
pub fn more_snapshots(
    log: &[f64; Class::ALL.len()],
    prior: &Prior,
    so_far: SoFar,
    most: usize,
) -> Option<usize> {
    let SoFar { intervals, lasted, each } = so_far;
    let gain = log[Class::Leak as usize].max(0.0) / intervals.max(1) as f64;
    (1..=most).find(|more| {
        let more = *more as f64;
        let lasting = ln_lasts(lasted) - ln_lasts(lasted + each * more);
        let mut then = *log;
        then[Class::Leak as usize] += gain * more;
        then[Class::Filling as usize] += gain * more - lasting;
        then[Class::Flushed as usize] += gain * more - lasting;
        Posterior::of(&then, prior).leak() >= HIGH && intervals + 1 + more as usize >= LEAST_FOR_HIGH
    })
}

/// How many sampled objects a leak that frees nothing must keep to be called medium with a probability of 95 %, among so many
/// places: one kept object is worth [`WORTH_OF_ONE`] in ln Bayes factor, and how many of them there are is a matter of chance
/// (Poisson) itself.
pub fn detectable(places: f64) -> f64 {
    with_chance(needed(places))
}

/// The same if chance did not vary.
pub(super) fn needed(places: f64) -> f64 {
    (ln_odds_against(places) + LEAST_LEAD) / WORTH_OF_ONE
}

/// How many must be expected, so that there are so many with a probability of 95 % (Poisson).
pub(super) fn with_chance(needed: f64) -> f64 {
    needed + Z_ONE_SIDED * needed.sqrt() + Z_ONE_SIDED * Z_ONE_SIDED / 2.0
}

/// The ln Bayes factor below which nothing is said of one of so many places, less what a coarse look may miss: [`super::weigh`]
/// stops there.
pub fn worth_weighing(places: f64) -> f64 {
    ln_odds_against(places) - WORTH_A_LOOK
}

/// The ln odds that one of so many places does not leak, before anything was seen.
pub(super) fn ln_odds_against(places: f64) -> f64 {
    (places.max(LEAST_PLACES) / LEAKS).ln()
}

#[cfg(test)]
mod tests {
    use super::super::policy::FILLINGS;
    use super::*;

    fn log(leak: f64, filling: f64) -> [f64; Class::ALL.len()] {
        let mut log = [0.0; Class::ALL.len()];
        log[Class::Leak as usize] = leak;
        log[Class::Filling as usize] = filling;
        log
    }

    #[test]
    fn words_follow_the_probability() {
        let prior = Prior { places: 10.0, fillings: FILLINGS };
        let of =
            |leak, filling, snapshots| confidence(&Posterior::of(&log(leak, filling), &prior), snapshots);
        assert_eq!(of(12.0, 8.0, 8), Some(Confidence::High));
        assert_eq!(of(12.0, 8.0, 4), Some(Confidence::Medium), "four snapshots are never high");
        assert_eq!(of(12.0, 11.5, 8), Some(Confidence::Medium));
        assert_eq!(of(8.0, 12.0, 8), Some(Confidence::Low), "it fills");
        assert_eq!(of(-2.0, -2.0, 8), None);
    }

    #[test]
    fn ten_intervals_of_seconds_are_no_long_time_for_a_store() {
        let prior = Prior { places: 10.0, fillings: FILLINGS };
        let seen = log(12.0, 12.0 + ln_lasts(10.0));
        let word = |hours: f64| {
            let log = as_lasting(seen, 10.0, lasted_by_minutes(10.0, hours));
            confidence(&Posterior::of(&log, &prior), 11)
        };
        assert_eq!(word(10.0), Some(Confidence::High));
        assert_eq!(word(10.0 * SHORTEST_FILLING), Some(Confidence::High));
        assert_eq!(word(SHORTEST_FILLING), Some(Confidence::Medium), "a minute");
    }

    #[test]
    fn what_grows_on_is_surer_by_and_by() {
        let prior = Prior { places: 10.0, fillings: FILLINGS };
        let so_far = SoFar { intervals: 6, lasted: 6.0, each: 1.0 };
        let more = more_snapshots(&log(4.0, 2.8), &prior, so_far, 64).expect("some time");
        assert!((1..30).contains(&more), "{more}");
        assert_eq!(more_snapshots(&log(-1.0, -2.0), &prior, so_far, 64), None);
    }
}
