//! From samples to cells: what a row of a profile counts, and how many real samples stand behind it.

use super::track::{Cell, Sampling};
use crate::profile::{HeapColumns, Kind, RawProfile, Sample, SamplingRate};

/// Rows whose estimates are not explained by a whole number of samples, above which the file is taken for merged.
/// One in a hundred: a Go file has none, a merged one has most; a single odd row is not worth distrusting a file.
const UNEXPLAINED_SHARE: f64 = 0.01;

/// Turns samples into cells, with the really sampled counts.
pub(super) struct Counter {
    kind: Kind,
    columns: HeapColumns,
    rate: Option<SamplingRate>,
    rows: usize,
    without_size: usize,
    unexplained: usize,
}

impl Counter {
    pub(super) fn new(profile: &RawProfile, columns: HeapColumns) -> Counter {
        Counter { kind: profile.kind, columns, rate: profile.rate, rows: 0, without_size: 0, unexplained: 0 }
    }

    pub(super) fn cell(&mut self, sample: &Sample<'_>) -> Cell {
        if self.kind != Kind::Heap {
            let count = sample.values.first().copied().unwrap_or(0);
            return Cell { inuse_objects: count, sampled_inuse: count, ..Cell::default() };
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
            return cell;
        }
        self.rows += 1;
        match self.rate.filter(|_| sample.size > 0) {
            Some(rate) => {
                cell.sampled_alloc = rate.sampled_count(cell.alloc_space, sample.size);
                cell.sampled_inuse = rate.sampled_count(cell.inuse_space, sample.size);
                // S3: computed forward again, before rows are summed.
                let explained = rate.explains(cell.sampled_inuse, sample.size, io, cell.inuse_space)
                    && (ab.is_none() || rate.explains(cell.sampled_alloc, sample.size, ao, cell.alloc_space));
                self.unexplained += usize::from(!explained);
            }
            None => {
                self.without_size += 1;
                cell.sampled_alloc = cell.alloc_objects;
                cell.sampled_inuse = cell.inuse_objects;
            }
        }
        cell
    }

    pub(super) fn sampling(&self) -> Sampling {
        if self.kind != Kind::Heap {
            Sampling::Recovered
        } else if self.without_size > 0 {
            Sampling::Unknown
        } else if self.unexplained as f64 > UNEXPLAINED_SHARE * self.rows as f64 {
            Sampling::Merged
        } else {
            Sampling::Recovered
        }
    }
}
