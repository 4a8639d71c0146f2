//! Many processes of one service taken together: what they share adds up, and a few of them may be ill.

use super::hypotheses::Class;
use super::hypotheses::filling::ln_lasts;
use super::observation::{Births, Observation};
use super::policy::{ALIKE_IN_LENGTH, IN_ALL_PROCESSES, OVERLAID_INTERVALS, SURELY_LEAKS};
use super::posterior::Prior;
use crate::growth::{ln_add, ln_sum};
use std::collections::BTreeMap;

/// The ln Bayes factors of a place in one process.
pub type Logs = [f64; Class::ALL.len()];

/// What the processes that are not ill do, all of them alike: as likely as it is of a place that nowhere leaks.
const BACKGROUNDS: [Class; 3] = [Class::Turnover, Class::Full, Class::Flushed];

/// ln Bayes factors of one place over `count` processes that share no number: each has its own lifetimes and its own share that is kept, and of
/// each class a part of them, of whatever size. `logs` are those of the processes in which the place says anything; `longest` is the most
/// intervals for which a store would have been filling in any ([`super::Weight::lasted`]). For one process it is what that says.
pub fn over_instances(logs: &[Logs], count: usize, longest: f64, prior: &Prior) -> Logs {
    if let ([one], 1) = (logs, count) {
        return *one;
    }
    let mut pooled = [0.0; Class::ALL.len()];
    for class in [Class::Full, Class::Flushed] {
        pooled[class as usize] = of_a_part(logs, count, class, Class::Turnover);
    }
    let leak = beside_any(prior, |well| of_a_part(logs, count, Class::Leak, well));
    pooled[Class::Leak as usize] = leak;
    // How long a store takes to fill is one number for all of them, so that more processes do not tell it better.
    let alone = of_a_part(logs, count, Class::Filling, Class::Turnover);
    pooled[Class::Filling as usize] = alone.max(leak + ln_lasts(longest));
    pooled
}

/// ln likelihood of a leak beside whatever the others do, given that of each.
fn beside_any(prior: &Prior, of: impl Fn(Class) -> f64) -> f64 {
    let all: f64 = BACKGROUNDS.into_iter().map(|class| prior.odds(class)).sum();
    ln_sum(BACKGROUNDS.map(|class| (prior.odds(class) / all).ln() + of(class)))
}

/// The same of one class in an unknown part of the processes, where the others are of the class `beside`.
fn of_a_part(logs: &[Logs], count: usize, class: Class, beside: Class) -> f64 {
    let pairs: Vec<(f64, f64)> = logs.iter().map(|log| (log[class as usize], log[beside as usize])).collect();
    in_a_part(&pairs, count)
}

/// ln likelihood of processes of which an unknown part is ill, each given if it is ill and if it is well.
fn in_a_part(pairs: &[(f64, f64)], count: usize) -> f64 {
    let (parts, each) = parts(count);
    let of = |part: f64| -> f64 {
        let ill = part.ln();
        let well = (1.0 - part).max(0.0).ln();
        let one = |(if_ill, if_well): &(f64, f64)| match part >= 1.0 {
            true => *if_ill,
            false => ln_add(well + if_well, ill + if_ill),
        };
        pairs.iter().map(one).sum()
    };
    let all = if count < 2 { 0.0 } else { IN_ALL_PROCESSES.ln() };
    ln_sum(parts.into_iter().map(|part| of(part) + if part >= 1.0 { all } else { each }))
}

/// The parts of so many processes that are tried, all, a half, and so on to one, and the ln prior of each but the first.
fn parts(count: usize) -> (Vec<f64>, f64) {
    let mut parts = vec![1.0];
    let mut some = count as f64 / 2.0;
    while some >= 1.0 {
        parts.push(some / count as f64);
        some /= 2.0;
    }
    if count > 1 && parts[parts.len() - 1] * count as f64 > 1.0 {
        parts.push(1.0 / count as f64);
    }
    let rest = (parts.len() - 1).max(1) as f64;
    (parts, ((1.0 - IN_ALL_PROCESSES) / rest).ln())
}

/// ln Bayes factors of one place by two models of the same processes, either of which may be the right one.
pub fn either(a: &Logs, b: &Logs) -> Logs {
    let half = 0.5f64.ln();
    std::array::from_fn(|class| if class == 0 { 0.0 } else { ln_add(half + a[class], half + b[class]) })
}

/// What is known of a place in one build of a service.
#[derive(Clone, Debug, Default)]
pub struct OfBuild {
    /// What each process says of its lives of this build; only those that say anything.
    pub each: BTreeMap<usize, Logs>,
    /// What these lives say laid over each other, where there are any.
    pub together: Option<Logs>,
}

/// ln likelihood, against turnover, that a leak came with each of some builds, which are in order, and is in all that follow. It is in the same part of
/// the `count` processes all along, and until it comes they do what those do that are well. Both models of the processes count as in [`either`].
pub fn came_with(builds: &[OfBuild], count: usize, prior: &Prior) -> Vec<f64> {
    let numbered = || builds.iter().enumerate();
    let of_first = |first: usize| {
        let class = |number: usize, well: Class| if number < first { well } else { Class::Leak };
        let together = beside_any(prior, |well| {
            let of = |(number, build): (usize, &OfBuild)| Some(build.together?[class(number, well) as usize]);
            numbered().filter_map(of).sum()
        });
        let each = beside_any(prior, |well| {
            let mut pairs: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
            for (number, build) in numbered() {
                for (process, log) in &build.each {
                    let pair = pairs.entry(*process).or_default();
                    *pair = (pair.0 + log[class(number, well) as usize], pair.1 + log[well as usize]);
                }
            }
            in_a_part(&pairs.into_values().collect::<Vec<_>>(), count)
        });
        match (builds.iter().any(|b| b.together.is_some()), builds.iter().any(|b| !b.each.is_empty())) {
            (true, true) => 0.5f64.ln() + ln_add(together, each),
            (true, false) => together,
            (false, _) => each,
        }
    };
    (0..builds.len()).map(of_first).collect()
}

/// How much speaks for a share that is kept against chance: that nothing is. What fills, is full, or will be flushed has kept a share as well, and
/// only time distinguishes these from a leak; the posterior does it.
pub fn lead(log: &Logs) -> f64 {
    log[Class::Leak as usize]
}

/// In how many of `count` processes at least there is a leak, with 95 % confidence (partial conjunction, Benjamini and Heller 2008): the
/// most r for which the n - r + 1 smallest Bayes factors, combined, reach 20. Where fewer than r leak these are e-values, and so are their product,
/// which adds up what many say a little of, and their mean, which does not drown what a few say plainly (Vovk and Wang 2021). `leads` are those
/// of the processes that say anything.
pub fn at_least(leads: &[f64], count: usize) -> usize {
    let mut sorted: Vec<f64> = leads.to_vec();
    sorted.resize(count.max(leads.len()), 0.0);
    sorted.sort_by(f64::total_cmp);
    let half = 0.5f64.ln();
    let (mut product, mut sum) = (0.0, f64::NEG_INFINITY);
    for (below, log) in sorted.iter().enumerate() {
        product += log;
        sum = ln_add(sum, *log);
        let mean = sum - ((below + 1) as f64).ln();
        if ln_add(half + product, half + mean) >= SURELY_LEAKS.ln() {
            return sorted.len() - below;
        }
    }
    0
}

/// Which of the processes leak, where this is known of any: those more likely to than not, given in which part of them it was found.
pub fn affected(leads: &[f64], count: usize) -> Vec<bool> {
    let mut part: f64 = 0.5;
    // Half a process is the least of either kind.
    let least = 0.5 / count.max(1) as f64;
    // The share of those that leak, by expectation and maximisation; ten rounds are enough for a count.
    for _ in 0..10 {
        let odds = (part / (1.0 - part)).ln();
        let sum: f64 = leads.iter().map(|lead| 1.0 / (1.0 + (-(lead + odds)).exp())).sum();
        part = (sum / count.max(1) as f64).clamp(least, 1.0 - least);
    }
    let odds = (part / (1.0 - part)).ln();
    leads.iter().map(|lead| lead + odds > 0.0).collect()
}

/// Lives of processes that can be laid over each other: as many intervals of as much time, their births counted in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cohort {
    intervals: usize,
    span: i32,
    births: u8,
}

/// The lives of a cohort laid over each other from their beginnings: sampled objects of many processes are a thinned copy of one process that is
/// as large as all together, so their births and deaths add up, and no number has to be known for each.
#[derive(Clone, Debug)]
pub struct Overlay {
    seen: Observation,
    lives: f64,
}

impl Overlay {
    /// One life, and where it belongs; `None` for one without intervals.
    pub fn of(seen: &Observation) -> Option<(Cohort, Overlay)> {
        let seen = seen.merged_to(OVERLAID_INTERVALS);
        let span = seen.span();
        if seen.is_empty() || span <= 0.0 || seen.births_are == Births::Net {
            return None;
        }
        let cohort = Cohort {
            intervals: seen.len(),
            span: (span.ln() / ALIKE_IN_LENGTH.ln()).round() as i32,
            births: seen.births_are as u8,
        };
        Some((cohort, Overlay { seen, lives: 1.0 }))
    }

    /// Lays another life of the same cohort over it.
    pub fn add(&mut self, other: &Overlay) {
        let (mine, more) = (&mut self.seen, &other.seen);
        let add =
            |sum: &mut [f64], more: &[f64]| sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        mine.start += more.start;
        add(&mut mine.births, &more.births);
        add(&mut mine.deaths, &more.deaths);
        mine.born_before = mine.born_before.zip(more.born_before).map(|(a, b)| a + b);
        let all = self.lives + other.lives;
        for (gap, other_gap) in mine.gaps.iter_mut().zip(&more.gaps) {
            *gap = (*gap * self.lives + other_gap * other.lives) / all;
        }
        self.lives = all;
    }

    /// What all of them show.
    pub fn seen(&self) -> &Observation {
        &self.seen
    }

    /// How many lives there are.
    pub fn lives(&self) -> f64 {
        self.lives
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy::{FILLINGS, LEAST_SHARE};
    use super::super::posterior::{Posterior, Prior, over_lives};
    use super::super::weight::weigh;
    use super::*;
    use crate::growth::simulate::Random;

    const PRIOR: Prior = Prior { places: 100.0, fillings: FILLINGS };

    fn leak(log: f64) -> Logs {
        let mut logs = [0.0; Class::ALL.len()];
        logs[Class::Leak as usize] = log;
        logs[Class::Filling as usize] = log - 2.0;
        logs
    }

    #[test]
    fn one_process_says_what_it_says() {
        assert_eq!(over_instances(&[leak(7.0)], 1, 8.0, &PRIOR), leak(7.0));
        assert_eq!(at_least(&[7.0], 1), 1);
        assert_eq!(at_least(&[1.0], 1), 0);
    }

    #[test]
    fn a_leak_in_one_of_two_hundred_has_to_be_surer_than_in_one_alone() {
        // In the others what is born dies.
        let pooled = |ill: f64| {
            let mut logs = vec![leak(-5.0); 199];
            logs.push(leak(ill));
            over_instances(&logs, 200, 24.0, &PRIOR)[Class::Leak as usize]
        };
        assert!(pooled(9.0) < 4.0, "{}", pooled(9.0));
        assert!(pooled(20.0) > 10.0, "{}", pooled(20.0));
    }

    #[test]
    fn what_one_of_forty_caches_does_is_no_leak_before_it_is_as_sure_as_a_leak_beside_a_cache() {
        let pooled = |ill: f64| {
            let mut full = leak(2.0);
            full[Class::Full as usize] = 9.0;
            let mut logs = vec![full; 40];
            logs[7][Class::Leak as usize] = 9.0 + ill;
            Posterior::of(&over_instances(&logs, 40, 24.0, &PRIOR), &PRIOR).leak()
        };
        assert!(pooled(7.0) < 0.3, "{}", pooled(7.0));
        assert!(pooled(13.0) > 0.8, "{}", pooled(13.0));
    }

    #[test]
    fn a_little_in_each_of_many_is_plain_in_all() {
        let pooled = over_instances(&vec![leak(0.3); 200], 200, 24.0, &PRIOR);
        assert!(pooled[Class::Leak as usize] > 50.0, "{pooled:?}");
        assert!(pooled[Class::Filling as usize] > pooled[Class::Leak as usize] - 4.0, "time alone tells");
    }

    #[test]
    fn a_leak_that_came_with_a_build_is_in_those_that_follow() {
        // Of 40 processes one leaks, and all have a cache that is full in the first build.
        let build = |ill: f64, full: f64| OfBuild {
            each: (0..40)
                .map(|process| {
                    let mut log = leak(if process == 7 { ill } else { -4.0 });
                    log[Class::Full as usize] = full;
                    (process, log)
                })
                .collect(),
            together: None,
        };
        let first = |builds: &[OfBuild]| {
            let logs = came_with(builds, 40, &PRIOR);
            (0..logs.len()).max_by(|a, b| logs[*a].total_cmp(&logs[*b]))
        };
        // A build in which its evidence is weak does not cost once more that it is in one of forty.
        assert_eq!(first(&[build(2.0, -1.0), build(9.0, -1.0), build(9.0, -1.0)]), Some(0));
        assert_eq!(first(&[build(-4.0, -1.0), build(9.0, -1.0), build(9.0, -1.0)]), Some(1));
        // What grows because a store fills is no leak of that build.
        assert_eq!(first(&[build(6.0, 12.0), build(12.0, 4.0), build(12.0, 4.0)]), Some(1));
    }

    #[test]
    fn so_many_leak_at_least() {
        // Seven are plain, the others say nothing.
        assert_eq!(at_least(&[9.0; 7], 100), 7);
        // What speaks against it in the others costs nothing that the seven could not pay.
        assert_eq!(at_least(&[9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, -4.0, -4.0], 9), 7);
        // Nor can a hundred that are well hide one that is plainly ill.
        let mut one = vec![-5.0; 99];
        one.push(12.0);
        assert_eq!(at_least(&one, 100), 1);
        assert_eq!(at_least(&[-3.0; 4], 4), 0);
        let known = affected(&[9.0, 8.0, -3.0, 0.1, 0.0], 50);
        assert_eq!(known, [true, true, false, false, false]);
    }

    /// A place where `pace` objects are born in each of 24 intervals and live for two of them, of which `share` stay.
    fn simulated(random: &mut Random, pace: f64, share: f64) -> Observation {
        let intervals = 24;
        let (mut born, mut live) = (vec![0.0; intervals + 1], vec![0.0; intervals + 1]);
        for _ in 0..random.poisson(pace * intervals as f64) as usize {
            let at = random.uniform() * intervals as f64;
            let lifetime = if random.uniform() < share { f64::INFINITY } else { 2.0 * random.exponential() };
            for k in 0..=intervals {
                let now = k as f64;
                born[k] += f64::from(u8::from(at <= now));
                live[k] += f64::from(u8::from(at <= now && now < at + lifetime));
            }
        }
        Observation::of_counts(&born, &live, &vec![1.0; intervals])
    }

    fn pooled(lives: &[Observation]) -> f64 {
        let mut overlays = lives.iter().filter_map(Overlay::of);
        let (cohort, mut all) = overlays.next().expect("lives");
        for (other, overlay) in overlays {
            assert_eq!(other, cohort);
            all.add(&overlay);
        }
        assert_eq!(all.lives(), lives.len() as f64);
        let prior = Prior { places: 300.0, fillings: FILLINGS };
        let weight = weigh(all.seen(), LEAST_SHARE, f64::NEG_INFINITY);
        Posterior::of(&over_lives(&[weight]), &prior).leak()
    }

    #[test]
    fn a_leak_too_small_for_any_process_is_found_in_three_hundred() {
        let mut random = Random::new(5);
        let leaking: Vec<Observation> = (0..300).map(|_| simulated(&mut random, 0.05, 0.3)).collect();
        let prior = Prior { places: 300.0, fillings: FILLINGS };
        let alone = |seen: &Observation| {
            Posterior::of(&weigh(seen, LEAST_SHARE, f64::NEG_INFINITY).log, &prior).leak()
        };
        assert!(leaking.iter().all(|seen| alone(seen) < 0.3), "none shows it alone");
        assert!(pooled(&leaking) > 0.8, "{}", pooled(&leaking));
        let healthy: Vec<Observation> = (0..300).map(|_| simulated(&mut random, 0.05, 0.0)).collect();
        assert!(pooled(&healthy) < 0.1, "{}", pooled(&healthy));
    }
}
