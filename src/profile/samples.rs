//! The samples of one profile as flat columns: no allocation a sample.

use super::stacks::{Stack, StackColumn};

/// All samples of a profile. Every sample has the same number of values.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    width: usize,
    /// From where to where the stack of each sample goes.
    spans: Vec<(u32, u32)>,
    /// The stacks one after another. What repeats the one before, as samples of several sizes do, is kept once.
    locations: StackColumn,
    /// Where the stack of the sample being read starts.
    open: usize,
    /// How many locations were read, those of repeated stacks too.
    read: usize,
    /// The most locations on one stack.
    deepest: usize,
    values: Vec<i64>,
    sizes: Vec<i64>,
    /// Of the samples up to the last one that has labels.
    label_sets: Vec<u32>,
}

/// One sample, borrowed from the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample<'a> {
    /// Location indexes, leaf first.
    pub stack: Stack<'a>,
    /// One value a sample type.
    pub values: &'a [i64],
    /// The object size in bytes (numeric label `bytes`, S4); 0 if unknown.
    pub size: i64,
    /// Index into the profile's label sets; 0 is the empty set.
    pub label_set: u32,
}

impl Samples {
    /// Columns for samples with `width` values each.
    pub fn with_width(width: usize) -> Samples {
        Samples { width, ..Samples::default() }
    }

    /// Says how many values a sample has; there must be none yet.
    pub(crate) fn set_width(&mut self, width: usize) {
        debug_assert!(self.is_empty());
        self.width = width;
    }

    /// Makes room for so many times the samples there are, as far as there is room: it only saves growing.
    pub(crate) fn reserve_times(&mut self, times: usize) {
        self.locations.reserve(self.locations.len().saturating_mul(times));
        let _ = self.values.try_reserve(self.values.len().saturating_mul(times));
        let _ = self.sizes.try_reserve(self.len().saturating_mul(times));
        let _ = self.spans.try_reserve(self.len().saturating_mul(times));
    }

    /// The stacks of all samples, to append to the one of the sample being read.
    pub(crate) fn stacks_mut(&mut self) -> &mut StackColumn {
        &mut self.locations
    }

    /// Appends a sample whose location indexes were collected by [`Samples::push_location`] since the last one.
    pub fn finish_sample(&mut self, values: &[i64], size: i64, label_set: u32) {
        self.values.extend_from_slice(values);
        self.finish_read(size, label_set);
    }

    /// Appends a sample whose location indexes and values were appended since the last one.
    pub(crate) fn finish_read(&mut self, size: i64, label_set: u32) {
        let (start, end) = (self.open, self.locations.len());
        let (above, _) = self.spans.last().copied().unwrap_or_default();
        let above = above as usize..start;
        if end > start && self.locations.get(above.start, above.end) == self.locations.get(start, end) {
            self.locations.truncate(start);
            self.spans.push((above.start as u32, above.end as u32));
        } else {
            self.spans.push((start as u32, end as u32));
        }
        self.open = self.locations.len();
        self.read += end - start;
        self.deepest = self.deepest.max(end - start);
        self.sizes.push(size);
        debug_assert_eq!(self.values.len(), self.width * self.sizes.len());
        if label_set != 0 {
            self.label_sets.resize(self.sizes.len() - 1, 0);
            self.label_sets.push(label_set);
        }
    }

    /// Appends one more location, rootwards, to the stack of the sample being read.
    #[inline]
    pub fn push_location(&mut self, location: u32) {
        self.locations.push(location);
    }

    /// Appends a whole sample.
    pub fn push(&mut self, stack: &[u32], values: &[i64], size: i64, label_set: u32) {
        self.locations.extend(stack);
        self.finish_sample(values, size, label_set);
    }

    /// The number of locations on the stack of the sample being read.
    pub fn open_depth(&self) -> usize {
        self.locations.len() - self.open
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// The number of values a sample has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of location references in all stacks together.
    pub fn stack_entries(&self) -> usize {
        self.read + self.open_depth()
    }

    /// The most locations on the stack of one sample.
    pub(crate) fn deepest(&self) -> usize {
        self.deepest
    }

    /// The sample of an index below [`Samples::len`].
    #[inline]
    pub fn get(&self, index: usize) -> Sample<'_> {
        let stack = self.stack_range(index);
        Sample {
            stack: self.locations.get(stack.start as usize, stack.end as usize),
            values: &self.values[index * self.width..(index + 1) * self.width],
            size: self.sizes[index],
            label_set: self.label_sets.get(index).copied().unwrap_or(0),
        }
    }

    /// The highest location on any stack.
    pub(crate) fn highest_location(&self) -> Option<u32> {
        self.locations.highest()
    }

    /// Where the stack of a sample stands among those of all. It is that of the one before if it is the same stack.
    #[inline]
    pub(crate) fn stack_range(&self, index: usize) -> std::ops::Range<u32> {
        let (start, end) = self.spans[index];
        start..end
    }

    /// The stacks of all samples; each of them is empty from now on.
    pub(crate) fn take_stacks(&mut self) -> StackColumn {
        self.spans.fill((0, 0));
        std::mem::take(&mut self.locations)
    }

    /// All samples in file order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Sample<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Replaces every location by what `index` makes of it.
    pub(crate) fn replace_locations<E>(&mut self, index: impl Fn(u32) -> Result<u32, E>) -> Result<(), E> {
        self.locations = self.locations.replaced(index)?;
        Ok(())
    }

    /// The values of all samples, one sample's after another's, to append to those of the sample being read.
    pub(crate) fn values_mut(&mut self) -> &mut Vec<i64> {
        &mut self.values
    }

    /// The values of all samples, one sample's after another's.
    pub(crate) fn values(&self) -> &[i64] {
        &self.values
    }

    /// The object sizes of all samples.
    pub(crate) fn sizes_mut(&mut self) -> &mut [i64] {
        &mut self.sizes
    }

    /// The exact sum of each column. 128 bits, because a hostile file may hold 2⁶³ in every row.
    pub fn totals(&self) -> Vec<i128> {
        let mut totals = vec![0i128; self.width];
        for row in self.values.chunks_exact(self.width.max(1)) {
            for (total, value) in totals.iter_mut().zip(row) {
                *total += i128::from(*value);
            }
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_follows_itself_is_kept_once() {
        let mut samples = Samples::with_width(0);
        let stacks: [&[u32]; 8] = [&[], &[1, 2], &[1, 2], &[1, 2], &[2], &[], &[2], &[1, 2]];
        for stack in stacks {
            stack.iter().for_each(|location| samples.push_location(*location));
            assert_eq!(samples.open_depth(), stack.len());
            samples.finish_sample(&[], 0, 0);
            assert_eq!(samples.open_depth(), 0);
        }
        let read: Vec<Stack<'_>> = samples.iter().map(|sample| sample.stack).collect();
        assert_eq!(read, stacks.map(Stack::Wide));
        assert_eq!((samples.stack_range(3), samples.stack_range(7)), (0..2, 4..6));
        assert_eq!((samples.stack_entries(), samples.take_stacks().len()), (10, 6));
        assert!(samples.iter().all(|sample| sample.stack.is_empty()));
    }

    #[test]
    fn samples_come_back_and_add_up_without_overflow() {
        let mut samples = Samples::with_width(2);
        samples.push(&[3, 1], &[1, i64::MAX], 48, 0);
        samples.push(&[], &[2, i64::MAX], 0, 7);
        assert_eq!(samples.get(0).stack, Stack::Wide(&[3, 1]));
        assert_eq!(
            samples.get(1),
            Sample { stack: Stack::Wide(&[]), values: &[2, i64::MAX], size: 0, label_set: 7 }
        );
        assert_eq!(samples.totals(), [3, 2 * i128::from(i64::MAX)]);
    }
}
