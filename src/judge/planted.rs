//! How large a leak must be to show at a place where much comes and goes: one is planted in what was seen there.

use super::decide::{needed, with_chance};
use super::observation::Observation;
use super::policy::{MEDIUM, MOST_PLANTED, PLANTED_MARGIN, PLANTED_STEP};
use super::posterior::{Posterior, Prior, over_lives};
use super::weight::{Weight, weigh};

/// How many kept objects, beside all that was seen at a place, would be called medium with a probability of 95 %; `None` if not even
/// the most that is tried. `least_share` is as in [`weigh`].
pub fn shows_from(seen: &Observation, prior: &Prior, least_share: f64) -> Option<f64> {
    fewest(prior, |kept| vec![weigh(&with_kept(seen, kept), least_share, f64::NEG_INFINITY)])
}

/// How many objects, kept in each unit of time of all these lives of one process, would be called medium, as [`shows_from`] says of one.
pub fn rate_that_shows(lives: &[&Observation], prior: &Prior, least_share: f64) -> Option<f64> {
    let span: f64 = lives.iter().map(|seen| seen.span()).sum();
    let kept = fewest(prior, |kept| {
        let planted = lives.iter().map(|seen| with_kept(seen, kept * seen.span() / span));
        planted.map(|seen| weigh(&seen, least_share, f64::NEG_INFINITY)).collect()
    })?;
    Some(kept / span)
}

/// The fewest kept objects that show, by what the lives of a process say with so many in them.
fn fewest(prior: &Prior, with: impl Fn(f64) -> Vec<Weight>) -> Option<f64> {
    let quiet = needed(prior.places).max(1.0);
    let planted = |step: usize| quiet * PLANTED_STEP.powi(step as i32);
    let shows = |step: usize| Posterior::of(&over_lives(&with(planted(step))), prior).leak() >= MEDIUM;
    // More of it shows better, so the fewest are found by halving.
    let (mut hidden, mut shown) = (None, MOST_PLANTED);
    if !shows(shown) {
        return None;
    }
    while shown > hidden.map_or(0, |step| step + 1) {
        let middle = (hidden.map_or(0, |step: usize| step + 1) + shown) / 2;
        match shows(middle) {
            true => shown = middle,
            false => hidden = Some(middle),
        }
    }
    Some(PLANTED_MARGIN * with_chance(planted(shown)))
}

/// What would have been seen if so many more had been born, evenly, and none of them had died.
fn with_kept(seen: &Observation, kept: f64) -> Observation {
    let span = seen.span();
    let births = seen.births.iter().zip(&seen.gaps).map(|(births, gap)| births + kept * gap / span).collect();
    Observation { births, ..seen.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::decide::detectable;
    use super::super::policy::{FILLINGS, LEAST_SHARE};
    use super::*;
    use crate::growth::simulate::Random;

    const PLACES: f64 = 30.0;

    /// A place where `pace` objects are born in each of 15 intervals and live for two of them, beside `kept` that stay.
    fn simulated(random: &mut Random, pace: f64, kept: f64) -> Observation {
        let intervals = 15;
        let (mut born, mut live) = (vec![0.0; intervals + 1], vec![0.0; intervals + 1]);
        let mut add = |at: f64, lifetime: f64| {
            for k in 0..=intervals {
                let now = k as f64;
                born[k] += f64::from(u8::from(at <= now));
                live[k] += f64::from(u8::from(at <= now && now < at + lifetime));
            }
        };
        let long_ago = 20.0;
        for _ in 0..random.poisson(pace * (intervals as f64 + long_ago)) as usize {
            let at = random.uniform() * (intervals as f64 + long_ago) - long_ago;
            add(at, 2.0 * random.exponential());
        }
        for _ in 0..random.poisson(kept) as usize {
            add(random.uniform() * intervals as f64, f64::INFINITY);
        }
        Observation::of_counts(&born, &live, &vec![1.0; intervals])
    }

    #[test]
    fn what_would_have_shown_shows() {
        let prior = Prior { places: PLACES, fillings: FILLINGS };
        let mut random = Random::new(7);
        for pace in [0.5, 4.0, 20.0] {
            let runs = 60;
            let found = (0..runs).filter(|_| {
                let healthy = simulated(&mut random, pace, 0.0);
                let kept = shows_from(&healthy, &prior, LEAST_SHARE).expect("large enough");
                let leaks = simulated(&mut random, pace, kept);
                let weight = weigh(&leaks, LEAST_SHARE, f64::NEG_INFINITY);
                Posterior::of(&weight.log, &prior).leak() >= MEDIUM
            });
            let found = found.count();
            assert!(
                found >= 53,
                "{found} of {runs} at {pace}: 53 and more come up 98 times in 100 if 95 % are found"
            );
        }
    }

    #[test]
    fn over_several_lives_a_slower_leak_shows() {
        let prior = Prior { places: PLACES, fillings: FILLINGS };
        let mut random = Random::new(5);
        let lives: Vec<Observation> = (0..3).map(|_| simulated(&mut random, 2.0, 0.0)).collect();
        let lives: Vec<&Observation> = lives.iter().collect();
        let rate =
            |lives: &[&Observation]| rate_that_shows(lives, &prior, LEAST_SHARE).expect("large enough");
        let (one, all) = (rate(&lives[..1]), rate(&lives));
        assert!(all < 0.8 * one, "{one} {all}");
        let alone = shows_from(lives[0], &prior, LEAST_SHARE).expect("large enough");
        assert!((one * lives[0].span() / alone - 1.0).abs() < 1e-9, "{one} {alone}");
    }

    #[test]
    fn what_shows_at_a_quiet_place_shows() {
        let mut random = Random::new(7);
        for places in [10.0, 300.0] {
            let prior = Prior { places, fillings: FILLINGS };
            let kept = detectable(places);
            let found = (0..60).filter(|_| {
                let weight = weigh(&simulated(&mut random, 0.0, kept), LEAST_SHARE, f64::NEG_INFINITY);
                Posterior::of(&weight.log, &prior).leak() >= MEDIUM
            });
            assert!(found.count() >= 53, "{kept} among {places}");
        }
    }

    #[test]
    fn more_comes_and_goes_more_is_hidden() {
        let prior = Prior { places: PLACES, fillings: FILLINGS };
        let mut random = Random::new(3);
        let [quiet, busy] = [0.2, 20.0].map(|pace| {
            shows_from(&simulated(&mut random, pace, 0.0), &prior, LEAST_SHARE).expect("large enough")
        });
        assert!(busy > 2.0 * quiet, "{quiet} {busy}");
    }
}
