//! A share of what is born is kept from some time on, to the end of what was seen and beyond.

use super::super::grid::Keeping;

/// ln weight of a window under this hypothesis, beside the likelihood of its deaths: that of its beginning. `None` for a window
/// that ended.
pub(in super::super) fn ln_weight(window: &Keeping, starts: usize, intervals: usize) -> Option<f64> {
    (window.end == intervals).then(|| window.ln_prior_start(starts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reaches_the_end() {
        let window = |start, end| Keeping { start, end, end_before: start };
        assert_eq!(ln_weight(&window(0, 4), 3, 5), None);
        let all: f64 =
            [0, 2, 3].map(|start| ln_weight(&window(start, 5), 3, 5).expect("to the end").exp()).iter().sum();
        assert!((all - 1.0).abs() < 1e-12);
    }
}
