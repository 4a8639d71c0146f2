//! A share of what was born was kept for a while, and no longer: a warm-up, a step, a cache that is full.

use super::super::grid::Keeping;
use super::filling::ln_lasts;

/// ln weight of a window under this hypothesis, beside the likelihood of its deaths: that of its beginning, and of an end between
/// the one tried before and its own; `kept_before` is that of the observation. `None` for a window that reaches the end.
pub(in super::super) fn ln_weight(
    window: &Keeping,
    starts: usize,
    intervals: usize,
    kept_before: f64,
) -> Option<f64> {
    let before = window.reaches_back(kept_before);
    let least = before + (window.end_before - window.start) as f64;
    let ends = ln_lasts(least.max(LEAST_LASTED)).exp() - ln_lasts(before + window.duration()).exp();
    (window.end < intervals).then(|| window.ln_prior_start(starts) + ends.max(f64::MIN_POSITIVE).ln())
}

/// Whatever is kept is so for half an interval at least.
const LEAST_LASTED: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_ended_sooner_rather_than_later() {
        let weight = |end_before, end| ln_weight(&Keeping { start: 0, end, end_before }, 1, 9, 0.0);
        assert!(weight(1, 2).expect("ended") > weight(2, 3).expect("ended"));
        assert_eq!(weight(8, 9), None);
    }
}
