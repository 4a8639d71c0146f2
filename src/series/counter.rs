//! From the samples of one profile to cells, and whether real sampled counts stand behind its estimates.

use super::track::{Cell, Sampling};
use crate::profile::{Fit, HeapColumns, Kind, RawProfile, Sample, Scaling};

/// Rows whose estimates are not explained by a whole number of samples, above which the file is taken for merged.
/// One in a hundred: a Go file has none, a merged one has most; a single odd row is not worth distrusting a file.
const UNEXPLAINED_SHARE: f64 = 0.01;
/// The same for rows that are off by one. One in ten: a sum of two files has about half of its rows so.
const OFF_BY_ONE_SHARE: f64 = 0.1;

/// Turns samples into cells, with the really sampled counts.
pub(super) struct Counter {
    kind: Kind,
    columns: HeapColumns,
    has_all_columns: bool,
    is_sampled: bool,
    is_of_many: bool,
    rows: usize,
    without_size: usize,
    unexplained: usize,
    off_by_one: usize,
}

impl Counter {
    pub(super) fn new(profile: &RawProfile, columns: HeapColumns) -> Counter {
        Counter {
            kind: profile.kind,
            columns,
            has_all_columns: columns.alloc_objects.is_some()
                && columns.alloc_space.is_some()
                && columns.inuse_objects.is_some()
                && columns.inuse_space.is_some(),
            is_sampled: profile.rate.is_some(),
            is_of_many: profile.is_of_many,
            rows: 0,
            without_size: 0,
            unexplained: 0,
            off_by_one: 0,
        }
    }

    /// The cell of a sample, and whether it is known to be what its counts give; `scaling` says what the rate does to its
    /// objects.
    #[inline]
    pub(super) fn cell(&mut self, sample: &Sample<'_>, scaling: &Scaling) -> (Cell, bool) {
        if self.kind != Kind::Heap {
            let count = sample.values.first().copied().unwrap_or(0);
            return (Cell { inuse_objects: count, sampled_inuse: count, ..Cell::default() }, false);
        }
        let value = |column: Option<usize>| column.map(|c| sample.values[c]);
        let [ao, ab, io, ib] = [
            self.columns.alloc_objects,
            self.columns.alloc_space,
            self.columns.inuse_objects,
            self.columns.inuse_space,
        ]
        .map(value);
        let mut cell = Cell {
            alloc_objects: ao.unwrap_or(0),
            alloc_space: ab.unwrap_or(0),
            inuse_objects: io.unwrap_or(0),
            inuse_space: ib.unwrap_or(0),
            ..Cell::default()
        };
        if sample.values.iter().all(|v| *v == 0) {
            return (cell, true);
        }
        self.rows += 1;
        if !self.is_sampled || sample.size <= 0 {
            self.without_size += 1;
            cell.sampled_alloc = cell.alloc_objects;
            cell.sampled_inuse = cell.inuse_objects;
            return (cell, false);
        }
        // S3: computed forward again, before rows are summed.
        let counted = |objects: Option<i64>, bytes: i64| match (objects, bytes) {
            // As of most rows nothing lives any more.
            (None | Some(0), 0) => (0, Fit::Exact),
            _ => {
                let count = scaling.sampled_count(bytes);
                (count, scaling.fit(count, objects, bytes))
            }
        };
        let (live, live_fit) = counted(io, cell.inuse_space);
        // Without bytes there is nothing to recover counts from.
        let (allocated, allocated_fit) =
            if ab.is_some() { counted(ao, cell.alloc_space) } else { (0, Fit::Exact) };
        (cell.sampled_inuse, cell.sampled_alloc) = (live, allocated);
        let fit = live_fit.max(allocated_fit);
        match fit {
            Fit::Exact => {}
            Fit::OffByOne => self.off_by_one += 1,
            Fit::None => self.unexplained += 1,
        }
        (cell, fit == Fit::Exact && self.has_all_columns)
    }

    pub(super) fn sampling(&self) -> Sampling {
        if self.is_of_many {
            Sampling::Merged
        } else if self.kind != Kind::Heap {
            Sampling::Recovered
        } else if self.without_size > 0 {
            Sampling::Unknown
        } else if self.unexplained as f64 > UNEXPLAINED_SHARE * self.rows as f64
            || self.off_by_one as f64 > (OFF_BY_ONE_SHARE * self.rows as f64).max(1.0)
        {
            Sampling::Merged
        } else {
            Sampling::Recovered
        }
    }
}
