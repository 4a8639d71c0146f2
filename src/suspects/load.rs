//! The load of a process as its heap tells it: how much faster it allocates than at first.

use crate::growth::theil_sen;
use crate::judge::policy::LEAST_LOAD_RISE;
use crate::judge::{HeapLife, Sizes};
use crate::series::Track;

/// The load at so many moments, evenly over the time looked at, as what it exceeds the first by, in parts of that: along a line through
/// the pace of allocation. `None` where that does not rise beyond chance, or is not counted.
pub(super) fn rising_load(track: &Track, life: &HeapLife<'_>, moments: usize) -> Option<Vec<f64>> {
    let rows: Vec<usize> = (0..track.rows.len()).collect();
    let seen = life.observation(&life.counts(&rows, Sizes::All));
    if !life.counts_births() || seen.len() < 2 || moments < 2 {
        return None;
    }
    let pace: Vec<f64> = seen.births.iter().zip(&seen.gaps).map(|(births, gap)| births / gap).collect();
    let middle = |k: usize| seen.gaps[..k].iter().sum::<f64>() + seen.gaps[k] / 2.0;
    let times: Vec<f64> = (0..seen.len()).map(middle).collect();
    // A rise that may be chance explains nothing either.
    let slope = theil_sen(&times, &pace).filter(|slope| slope.low > 0.0)?.per_hour;
    let first = pace.iter().sum::<f64>() / pace.len() as f64 - slope * seen.span() / 2.0;
    let at = |moment: usize| slope * seen.span() * moment as f64 / (moments - 1) as f64 / first;
    let rises = first > 0.0 && at(moments - 1) >= LEAST_LOAD_RISE;
    rises.then(|| (0..moments).map(at).collect())
}
