//! All that is kept is freed from time to time, some or all of it at once: a sawtooth.

use super::super::policy::{FLUSHES, FROM_START, LEAST_FLUSHED, LEAST_FLUSHED_SHARE};
use super::super::process::Process;
use crate::growth::{ln_add, ln_sum};

/// ln likelihoods of an interval's deaths for each probability of a flush. `log` is that without one; a flush takes any number of
/// the objects there from [`LEAST_FLUSHED_SHARE`] of them on, if there are enough to be flushed.
pub(in super::super) fn ln_interval(process: &Process<'_>, k: usize, log: f64) -> [f64; FLUSHES.len()] {
    let mortal = process.mortal(k);
    if process.live[k] < LEAST_FLUSHED {
        return [log; FLUSHES.len()];
    }
    if process.seen.deaths[k] < LEAST_FLUSHED_SHARE * mortal {
        return FLUSHES.map(|flush| (-flush).ln_1p() + log);
    }
    let any = -((1.0 - LEAST_FLUSHED_SHARE) * mortal).ln_1p() - process.ln_choose(k);
    FLUSHES.map(|flush| ln_add((-flush).ln_1p() + log, flush.ln() + any))
}

/// ln weight of the likelihoods for all probabilities of a flush, where for so many intervals before the first snapshot there was none.
pub(in super::super) fn ln_together(logs: [f64; FLUSHES.len()], before: f64) -> f64 {
    let with_those_before = logs.iter().zip(FLUSHES).map(|(log, flush)| log + before * (-flush).ln_1p());
    ln_sum(with_those_before) - (FLUSHES.len() as f64).ln() + FROM_START.ln()
}

#[cfg(test)]
mod tests {
    use super::super::super::observation::Observation;
    use super::*;

    #[test]
    fn what_was_not_flushed_for_long_hardly_ever_is() {
        let after = |before: f64| ln_together([-5.0; FLUSHES.len()], before);
        assert!(after(0.0) - after(10.0) > 1.0);
        assert!(after(100.0) > after(0.0) - 100.0, "it may be rarer than once in a hundred intervals");
    }

    #[test]
    fn a_flush_explains_deaths_that_nothing_else_does() {
        let seen = Observation::of_counts(&[0.0, 20.0, 25.0], &[0.0, 20.0, 0.0], &[1.0, 1.0]);
        let process = Process::of(&seen);
        let logs = ln_interval(&process, 1, f64::NEG_INFINITY);
        assert!(logs.iter().all(|log| log.is_finite()));
        // Nothing to flush at the start.
        assert_eq!(ln_interval(&process, 0, -1.0), [-1.0; FLUSHES.len()]);
    }
}
