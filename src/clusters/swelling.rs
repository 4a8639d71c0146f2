//! One object that is larger in each snapshot than in the one before.

use crate::growth::Climb;
use crate::profile::SamplingRate;
use crate::series::Track;

/// Objects of three times the sampling rate are sampled with probability 0.95: as good as always, for a run of sizes.
const SAMPLED: i64 = 3;

/// The object of a group that is alive alone in each of some snapshots and larger in each than in the one before, at least twice as
/// large in the end, as far as objects are large enough to be sampled. `None` if it is seen in fewer than `least` snapshots.
///
/// A buffer that is copied into a larger one each time something is added to it (a logger that is given one field more, a string
/// that is added to) leaves so much garbage behind that it looks like a hot path, and its count stays one. Its sizes tell: of n
/// sizes by chance one order in n! ascends.
pub fn swelling(track: &Track, rows: &[usize], snapshots: &[usize], least: usize) -> Option<Climb> {
    let mut sizes: Vec<i64> = Vec::new();
    for &snapshot in snapshots {
        let rate = track.snapshots[snapshot].rate.unwrap_or(SamplingRate(1)).0.max(1);
        let is_large = |row: &&usize| track.rows[**row].size >= rate.saturating_mul(SAMPLED);
        let live =
            rows.iter().filter(is_large).map(|row| (track.rows[*row].size, track.sampled(snapshot, *row).1));
        let mut live = live.filter(|(_, count)| *count != 0);
        match (live.next(), live.next(), sizes.last()) {
            (Some((size, 1)), None, last) if last.is_none_or(|last| *last < size) => sizes.push(size),
            (None, _, None) => {}
            _ => return None,
        }
    }
    let (from, to) = (*sizes.first()?, *sizes.last()?);
    (sizes.len() >= least && to / 2 >= from).then_some(Climb { from, to, steps: sizes.len() - 1 })
}
