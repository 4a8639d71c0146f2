//! One object that is larger in each snapshot than in the one before.

use crate::growth::Climb;
use crate::profile::SamplingRate;
use crate::series::Track;

/// Objects of three times the sampling rate are sampled with probability 0.95: as good as always, for a run of sizes.
const SAMPLED: i64 = 3;
/// The object and the one that it has just replaced.
const ALIVE: i64 = 2;

/// An object that swells.
#[derive(Clone, Debug, PartialEq)]
pub struct Swelling {
    /// From where to where.
    pub climb: Climb,
    /// Its size in each snapshot, 0 before it was seen.
    pub along: Vec<i64>,
}

/// The object of a group that is alive alone, or beside the one it replaces, in each of some snapshots, and larger in each than in the
/// one before, at least twice as large in the end, as far as objects are large enough to be sampled. `None` if it is seen in fewer than `least` snapshots.
///
/// A buffer that is copied into a larger one each time something is added to it (a logger that is given one field more, a string
/// that is added to) leaves so much garbage behind that it looks like a hot path, and its count stays one. Its sizes tell: of n
/// sizes by chance one order in n! ascends.
pub fn swelling(track: &Track, rows: &[usize], snapshots: &[usize], least: usize) -> Option<Swelling> {
    let mut sizes: Vec<i64> = Vec::new();
    for &snapshot in snapshots {
        let rate = track.snapshots[snapshot].rate.unwrap_or(SamplingRate(1)).0.max(1);
        let is_large = |row: &&usize| track.rows[**row].size >= rate.saturating_mul(SAMPLED);
        let sampled = |row: &usize| (track.rows[*row].size, track.sampled(snapshot, *row).1);
        let live = || rows.iter().filter(is_large).map(sampled).filter(|(_, count)| *count != 0);
        let count = live().fold(0i64, |sum, (_, count)| sum.saturating_add(count));
        match (live().map(|(size, _)| size).max(), sizes.last()) {
            (None, None) => {}
            (Some(size), last) if count <= ALIVE && last.is_none_or(|last| *last < size) => sizes.push(size),
            _ => return None,
        }
    }
    let (from, to) = (*sizes.first()?, *sizes.last()?);
    let climb = Climb { from, to, steps: sizes.len() - 1 };
    let before = snapshots.len() - sizes.len();
    let along = std::iter::repeat_n(0, before).chain(sizes.iter().copied()).collect();
    (sizes.len() >= least && to / 2 >= from).then_some(Swelling { climb, along })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Form, Kind, RawProfile, SampleType, Unit};
    use crate::series::{SeriesBuilder, SiteOptions};

    /// What is found of snapshots that show live objects of these sizes in MiB.
    fn found(snapshots: &[&[i64]]) -> Option<(i64, i64, usize)> {
        let types = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"].map(|name| SampleType {
            name: name.to_owned(),
            unit: if name.ends_with("space") { Unit::Bytes } else { Unit::Count },
        });
        let mut builder = SeriesBuilder::new(SiteOptions::default(), true);
        for sizes in snapshots {
            let mut profile = RawProfile::new("heap", Kind::Heap, Form::Proto, types.to_vec());
            let rate = SamplingRate(512 << 10);
            profile.rate = Some(rate);
            for size in *sizes {
                let (objects, bytes) = rate.estimate(1, size << 20);
                profile.samples.push(&[], &[objects, bytes, objects, bytes], size << 20, 0);
            }
            builder.add(profile);
        }
        let series = builder.finish();
        let track = &series.tracks()[0];
        let rows: Vec<usize> = (0..track.rows.len()).collect();
        let places: Vec<usize> = (0..snapshots.len()).collect();
        let climb = swelling(track, &rows, &places, 4)?.climb;
        Some((climb.from >> 20, climb.to >> 20, climb.steps))
    }

    #[test]
    fn an_object_that_is_copied_into_a_larger_one_swells() {
        assert_eq!(found(&[&[2], &[5], &[8, 9], &[12]]), Some((2, 12, 3)));
        assert_eq!(found(&[&[], &[2], &[5], &[9], &[12]]), Some((2, 12, 3)));
    }

    #[test]
    fn sizes_in_no_order_many_objects_and_little_growth_do_not() {
        assert_eq!(found(&[&[2], &[9], &[5], &[12]]), None);
        assert_eq!(found(&[&[2], &[5], &[7, 8, 9], &[12]]), None);
        assert_eq!(found(&[&[2], &[5], &[], &[12]]), None);
        assert_eq!(found(&[&[8], &[9], &[10], &[11]]), None);
        assert_eq!(found(&[&[2], &[5], &[9]]), None);
    }
}
