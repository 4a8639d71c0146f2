//! A share of what is born is kept to the end of what was seen, and no further: a store that is not full yet.
//!
//! How long such a store fills is not known to any scale, so what has filled for j intervals does so for j more with
//! probability ½ (Lindy's law): it is still filling after j with probability 1/(1 + j). The law counts from the start of the process, not
//! from the first snapshot: most of what fills is full after an hour, and not in the first minute. Its growth is as even as that of a
//! leak, or slows down as the store finds less and less that is new.

use super::super::grid::Keeping;
use super::super::observation::Observation;
use super::super::policy::{EVENNESS, SLOWDOWNS, STRETCHES};
use crate::growth::{ln_add, ln_gamma, ln_sum};

/// ln P(what fills lasts for more than so many intervals).
pub(in super::super) fn ln_lasts(duration: f64) -> f64 {
    -duration.ln_1p()
}

/// ln weight of a window under this hypothesis, beside the likelihood of its deaths; `before` is [`Observation::kept_before`]. `None`
/// for a window that ended.
pub(in super::super) fn ln_weight(
    window: &Keeping,
    starts: usize,
    seen: &Observation,
    before: f64,
) -> Option<f64> {
    let half = 0.5f64.ln();
    (window.end == seen.len()).then(|| {
        window.ln_prior_start(starts)
            + ln_lasts(window.reaches_back(before) + window.duration())
            + ln_add(half, half + ln_slowing(seen, window.start))
    })
}

/// ln Bayes factor of growth that slows down exponentially against an even pace, from an interval on: Dirichlet-multinomial of
/// the growth over stretches, which may swing by its concentration.
fn ln_slowing(seen: &Observation, start: usize) -> f64 {
    let k = seen.len() - start;
    if k < 3 {
        return 0.0;
    }
    let count = k.min(STRETCHES);
    let cut = |i: usize| start + (k as f64 * i as f64 / count as f64).round_ties_even() as usize;
    let sum = |values: &[f64], i: usize| values[cut(i)..cut(i + 1)].iter().sum::<f64>();
    let growth: Vec<f64> =
        (0..count).map(|i| (sum(&seen.births, i) - sum(&seen.deaths, i)).max(0.0)).collect();
    let time: Vec<f64> = (0..count).map(|i| sum(&seen.gaps, i)).collect();
    let all: f64 = time.iter().sum();
    let middle = (0..count).map(|i| (time[..i].iter().sum::<f64>() + time[i] / 2.0) / all);
    let ln_shares = |shares: &[f64]| -> f64 {
        let total: f64 = shares.iter().sum();
        let of = |(growth, share): (&f64, &f64)| {
            let alpha = EVENNESS * share / total;
            ln_gamma(growth + alpha) - ln_gamma(alpha)
        };
        growth.iter().zip(shares).map(of).sum()
    };
    let slowing = SLOWDOWNS.map(|constant| {
        let shares: Vec<f64> = middle.clone().zip(&time).map(|(x, t)| t * (-x / constant).exp()).collect();
        ln_shares(&shares)
    });
    ln_sum(slowing) - (SLOWDOWNS.len() as f64).ln() - ln_shares(&time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(births: &[f64]) -> Observation {
        let mut born = vec![0.0];
        births.iter().for_each(|a| born.push(born[born.len() - 1] + a));
        Observation::of_counts(&born, &born, &vec![1.0; births.len()])
    }

    #[test]
    fn growth_that_slows_down_is_a_filling_and_an_even_one_rather_not() {
        assert!(ln_slowing(&kept(&[30.0, 20.0, 12.0, 7.0, 4.0, 2.0]), 0) > 3.0);
        assert!(ln_slowing(&kept(&[10.0; 6]), 0) < -1.0);
        assert_eq!(ln_slowing(&kept(&[10.0, 1.0]), 0), 0.0);
    }

    #[test]
    fn half_of_what_lasted_for_so_long_lasts_for_twice_that() {
        let ratio = (ln_lasts(201.0) - ln_lasts(100.0)).exp();
        assert!((ratio - 0.5).abs() < 1e-12);
    }
}
