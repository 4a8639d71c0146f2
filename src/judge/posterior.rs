//! From evidence to probabilities: the priors of what may have happened, shared by all places of a service; levels of one function
//! and lives of one process taken together.

use super::hypotheses::Class;
use super::hypotheses::filling::ln_lasts;
use super::policy::{FILLINGS_EACH, IN_ALL_LIVES, LEAKS, SAWTEETH};
use super::weight::Weight;
use crate::growth::ln_sum;

/// The probability of each class at one place, given what was seen; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior([f64; Class::ALL.len()]);

/// Among what a place was looked at.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    /// So many places could have leaked; 1 for the whole of a process.
    pub places: f64,
    /// How many stores that fill are expected beside it, for each leak.
    pub fillings: f64,
}

impl Prior {
    /// Odds of a class against turnover before anything was seen.
    pub(super) fn odds(&self, class: Class) -> f64 {
        let places = self.places;
        match class {
            Class::Turnover => 1.0,
            Class::Leak => LEAKS / places,
            Class::Filling | Class::Full => self.fillings / places + FILLINGS_EACH,
            Class::Flushed => SAWTEETH / places,
        }
    }
}

impl Posterior {
    /// From ln Bayes factors against turnover.
    pub fn of(log: &[f64; Class::ALL.len()], prior: &Prior) -> Posterior {
        let odds = Class::ALL.map(|class| log[class as usize] + prior.odds(class).ln());
        let all = ln_sum(odds);
        Posterior(odds.map(|odds| (odds - all).exp()))
    }

    /// The ln Bayes factors against turnover that give it with a prior.
    pub fn logs(&self, prior: &Prior) -> [f64; Class::ALL.len()] {
        let turnover = self.of_class(Class::Turnover).max(f64::MIN_POSITIVE).ln();
        let log = |class: Class| {
            self.of_class(class).max(f64::MIN_POSITIVE).ln() - turnover - prior.odds(class).ln()
        };
        Class::ALL.map(log)
    }

    /// The same after something else was learnt, given how much likelier that is in each class than in the others, which stand for 1.
    pub fn given(&self, likelihoods: &[(Class, f64)]) -> Posterior {
        let of =
            |class: Class| likelihoods.iter().find(|(of, _)| *of == class).map_or(1.0, |(_, ratio)| *ratio);
        let odds = Class::ALL.map(|class| of(class) * self.of_class(class));
        let all: f64 = odds.iter().sum();
        if all > 0.0 { Posterior(odds.map(|odds| odds / all)) } else { *self }
    }

    /// A leak that is certain but for this.
    pub fn proved(probability: f64) -> Posterior {
        let mut of = [0.0; Class::ALL.len()];
        of[Class::Leak as usize] = probability;
        of[Class::Turnover as usize] = 1.0 - probability;
        Posterior(of)
    }

    /// The probability of a class.
    pub fn of_class(&self, class: Class) -> f64 {
        self.0[class as usize]
    }

    /// The probability of a leak.
    pub fn leak(&self) -> f64 {
        self.of_class(Class::Leak)
    }

    /// The probability that it grows still: as a leak, or as a store that is not full yet.
    pub fn grows(&self) -> f64 {
        self.leak() + self.of_class(Class::Filling)
    }

    /// The most probable class.
    pub fn best(&self) -> Class {
        let likelier = |a: &Class, b: &Class| self.of_class(*a).total_cmp(&self.of_class(*b));
        Class::ALL.into_iter().max_by(likelier).unwrap_or(Class::Turnover)
    }
}

/// ln Bayes factors of one place over all lives of its process, in order. A leak is in all of them, or came with a later one;
/// what fills takes as long in each, so it is filling still only if none was long enough.
pub fn over_lives(lives: &[Weight]) -> [f64; Class::ALL.len()] {
    match lives {
        [] => [0.0; Class::ALL.len()],
        [one] => one.log,
        several => {
            let later = ((1.0 - IN_ALL_LIVES) / (several.len() - 1) as f64).ln();
            let sum = |class: Class, from: usize| several[from..].iter().map(|e| e.of(class)).sum::<f64>();
            let since =
                |from: usize| sum(Class::Leak, from) + if from == 0 { IN_ALL_LIVES.ln() } else { later };
            let leak = ln_sum((0..several.len()).map(since));
            let longest = several.iter().map(|e| e.lasted).fold(0.0, f64::max);
            // Lives longer than it takes to fill show it full, the shorter ones still filling.
            let full_from = |least: usize| {
                let of = |e: &Weight| e.of(if e.intervals >= least { Class::Full } else { Class::Filling });
                several.iter().map(of).sum::<f64>()
            };
            let mut lengths: Vec<usize> = several.iter().map(|e| e.intervals).collect();
            lengths.sort_unstable();
            lengths.dedup();
            let full = ln_sum(lengths.iter().map(|least| full_from(*least))) - (lengths.len() as f64).ln();
            let mut log = [0.0; Class::ALL.len()];
            log[Class::Leak as usize] = leak;
            log[Class::Filling as usize] = leak + ln_lasts(longest);
            log[Class::Full as usize] = full;
            log[Class::Flushed as usize] = sum(Class::Flushed, 0);
            log
        }
    }
}

/// ln Bayes factors of a place of which the prior of everything but turnover is so much of the common one, in ln.
pub fn with_prior(mut log: [f64; Class::ALL.len()], ln_prior: f64) -> [f64; Class::ALL.len()] {
    log.iter_mut().skip(1).for_each(|log| *log += ln_prior);
    log
}

#[cfg(test)]
mod tests {
    use super::super::policy::{FILLINGS, NOT_TAKEN_OUT_TURNS_OVER, TAKEN_OUT_FILLS};
    use super::*;

    fn evidence(leak: f64, full: f64) -> Weight {
        let mut log = [0.0; Class::ALL.len()];
        log[Class::Leak as usize] = leak;
        log[Class::Filling as usize] = leak - 2.0;
        log[Class::Full as usize] = full;
        Weight { log, ..Weight::silent(4) }
    }

    #[test]
    fn probabilities_add_up_and_rise_with_the_evidence() {
        let prior = Prior { places: 50.0, fillings: FILLINGS };
        let mut before = 0.0;
        for leak in [0.0, 3.0, 6.0, 12.0] {
            let posterior = Posterior::of(&evidence(leak, 0.0).log, &prior);
            let all: f64 = Class::ALL.iter().map(|class| posterior.of_class(*class)).sum();
            assert!((all - 1.0).abs() < 1e-9 && posterior.leak() > before);
            before = posterior.leak();
        }
        assert!(before > 0.8);
    }

    #[test]
    fn what_source_shows_is_evidence_like_any_other() {
        let prior = Prior { places: 10.0, fillings: FILLINGS };
        let whole = Posterior::of(&evidence(4.0, 1.0).log, &prior);
        let rest = whole.given(&[(Class::Filling, 0.0)]);
        assert_eq!(rest.of_class(Class::Filling), 0.0);
        let expected = whole.leak() / (1.0 - whole.of_class(Class::Filling));
        assert!((rest.leak() - expected).abs() < 1e-12 && whole.given(&[]) == whole);
        let likelier = whole.given(&[(Class::Filling, TAKEN_OUT_FILLS)]);
        assert!(likelier.leak() < whole.leak() && likelier.leak() > 0.0);
        assert!(whole.given(&[(Class::Turnover, NOT_TAKEN_OUT_TURNS_OVER)]).leak() > whole.leak());
    }

    #[test]
    fn a_leak_too_small_to_see_in_one_life_is_seen_in_five() {
        let prior = Prior { places: 50.0, fillings: FILLINGS };
        let p = |lives: usize| Posterior::of(&over_lives(&vec![evidence(2.0, 0.0); lives]), &prior).leak();
        assert!(p(1) < 0.2, "{}", p(1));
        assert!(p(5) > 0.5, "{}", p(5));
    }

    #[test]
    fn a_leak_may_come_with_a_later_life() {
        let prior = Prior { places: 50.0, fillings: FILLINGS };
        let lives = [evidence(-5.0, 0.0), evidence(-5.0, 0.0), evidence(12.0, 1.0)];
        assert!(Posterior::of(&over_lives(&lives), &prior).leak() > 0.5);
    }
}
