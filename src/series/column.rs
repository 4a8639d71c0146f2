//! The cells of one snapshot, kept as the sampled counts behind them.

use super::track::{Cell, Row};
use crate::profile::{SamplingRate, Scaling};

/// The cells of one snapshot, by row.
///
/// Go samples n objects and writes n/p and nS/p (S2), so n gives the whole cell again: the two counts are kept, a sixth of what
/// they stand for. A cell that is not to be had from its counts, as after a merge, is kept whole.
#[derive(Debug)]
pub(super) struct Column {
    rate: SamplingRate,
    /// What the rate does to the objects of each size class.
    scalings: Vec<Scaling>,
    /// As many as there were rows when the snapshot was added.
    counts: Vec<SampledCounts>,
    whole: Vec<Cell>,
}

/// The really sampled objects behind a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SampledCounts {
    /// Behind the allocated ones, or [`WHOLE`].
    alloc: u32,
    /// Behind the live ones; of a cell that is kept whole its place.
    inuse: u32,
}

/// In the place of a count: the cell is kept whole.
const WHOLE: u32 = u32::MAX;

impl Column {
    /// A column without cells for a snapshot with so many samples, which is added after `previous`. `rate` is 1 where nothing
    /// is sampled, and `sizes` holds the object size of each class.
    pub(super) fn new(
        previous: Option<&Column>,
        rate: SamplingRate,
        sizes: &[i64],
        rows: usize,
        samples: usize,
    ) -> Column {
        let known = previous.filter(|previous| previous.rate == rate);
        let mut scalings = known.map_or_else(Vec::new, |previous| previous.scalings.clone());
        scalings.extend(sizes[scalings.len()..].iter().map(|size| rate.at(*size)));
        let mut counts = Vec::with_capacity(rows.max(samples));
        counts.resize(rows, SampledCounts::default());
        Column { rate, scalings, counts, whole: Vec::new() }
    }

    /// What the rate does to the objects of a row.
    #[inline]
    pub(super) fn scaling(&self, row: &Row) -> Scaling {
        self.scalings.get(row.class as usize).copied().unwrap_or_else(|| self.rate.at(row.size))
    }

    /// The same while cells are added, when classes are met that are not known yet.
    #[inline]
    pub(super) fn learn(&mut self, row: &Row) -> Scaling {
        if row.class as usize == self.scalings.len() {
            self.scalings.push(self.rate.at(row.size));
        }
        self.scalings[row.class as usize]
    }

    /// Adds to the cell of a row. `is_told` says that the counts of the cell are known to give it.
    #[inline]
    pub(super) fn add(&mut self, index: usize, row: &Row, cell: &Cell, is_told: bool) {
        if self.counts.len() <= index {
            self.counts.resize(index + 1, SampledCounts::default());
        }
        match self.counts[index] {
            SampledCounts { alloc: 0, inuse: 0 } => self.set(index, row, cell, is_told),
            // Of two truncated estimates the sum may not be that of any count.
            _ => {
                let mut sum = self.cell(index, row);
                sum.add(cell);
                self.set(index, row, &sum, false);
            }
        }
    }

    #[inline]
    fn set(&mut self, index: usize, row: &Row, cell: &Cell, is_told: bool) {
        let known = self.counts[index];
        let count = |count: i64| u32::try_from(count).ok().filter(|count| *count != WHOLE);
        let counts = count(cell.sampled_alloc).zip(count(cell.sampled_inuse));
        let counts = counts.map(|(alloc, inuse)| SampledCounts { alloc, inuse });
        self.counts[index] = match counts {
            _ if known.alloc == WHOLE => {
                self.whole[known.inuse as usize] = *cell;
                known
            }
            Some(counts) if is_told || self.estimate(counts, row) == *cell => counts,
            _ => {
                self.whole.push(*cell);
                SampledCounts { alloc: WHOLE, inuse: self.whole.len() as u32 - 1 }
            }
        };
    }

    /// The cell of a row; zero where the snapshot does not have it.
    #[inline]
    pub(super) fn cell(&self, index: usize, row: &Row) -> Cell {
        match self.counts.get(index) {
            None | Some(SampledCounts { alloc: 0, inuse: 0 }) => Cell::default(),
            Some(SampledCounts { alloc: WHOLE, inuse: place }) => self.whole[*place as usize],
            Some(counts) => self.estimate(*counts, row),
        }
    }

    /// The really sampled objects of a row: allocated, live.
    #[inline]
    pub(super) fn sampled(&self, index: usize) -> (i64, i64) {
        match self.counts.get(index) {
            None => (0, 0),
            Some(SampledCounts { alloc: WHOLE, inuse: place }) => {
                let cell = &self.whole[*place as usize];
                (cell.sampled_alloc, cell.sampled_inuse)
            }
            Some(counts) => (i64::from(counts.alloc), i64::from(counts.inuse)),
        }
    }

    /// The bytes of a row, allocated and live: those of its cell, in half the time.
    #[inline]
    pub(super) fn bytes(&self, index: usize, row: &Row) -> (i64, i64) {
        match self.counts.get(index) {
            None | Some(SampledCounts { alloc: 0, inuse: 0 }) => (0, 0),
            Some(SampledCounts { alloc: WHOLE, inuse: place }) => {
                let cell = &self.whole[*place as usize];
                (cell.alloc_space, cell.inuse_space)
            }
            Some(SampledCounts { alloc, inuse }) => {
                let scaling = &self.scalings[row.class as usize];
                let estimate = |count: u32| if count == 0 { 0 } else { scaling.bytes(i64::from(count)) };
                (estimate(*alloc), estimate(*inuse))
            }
        }
    }

    #[inline]
    fn estimate(&self, counts: SampledCounts, row: &Row) -> Cell {
        let scaling = &self.scalings[row.class as usize];
        // Most of what was allocated is gone.
        let estimate = |count: i64| if count == 0 { (0, 0) } else { scaling.estimate(count) };
        let (sampled_alloc, sampled_inuse) = (i64::from(counts.alloc), i64::from(counts.inuse));
        let (alloc_objects, alloc_space) = estimate(sampled_alloc);
        let (inuse_objects, inuse_space) = estimate(sampled_inuse);
        Cell { alloc_objects, alloc_space, inuse_objects, inuse_space, sampled_alloc, sampled_inuse }
    }

    /// Puts the cells in the order of rows given by their numbers so far.
    pub(super) fn arrange(&mut self, order: &[u32]) {
        let counts = order.iter().map(|old| self.counts.get(*old as usize).copied().unwrap_or_default());
        self.counts = counts.collect();
    }
}
