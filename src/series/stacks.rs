//! The stacks of a track: those of its first snapshot as they were read, all others as lists of frames.
//!
//! Most sites are in the first snapshot already, and of few is more asked for than the frames near the leaf, so its stacks are
//! taken over as they are: nothing is copied.

use super::names::FrameId;
use crate::profile::{Stack, StackColumn};

/// The frames of each location of a profile.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// By location: where its frames end.
    ends: Vec<u32>,
    /// One location's frames after another's, innermost first.
    frames: Vec<FrameId>,
}

impl Places {
    /// None yet, with room for so many locations and frames.
    pub(super) fn with_capacity(locations: usize, frames: usize) -> Places {
        Places { ends: Vec::with_capacity(locations), frames: Vec::with_capacity(frames) }
    }

    /// Adds the next location with its frames.
    pub(super) fn add(&mut self, frames: impl Iterator<Item = FrameId>) {
        self.frames.extend(frames);
        self.ends.push(self.frames.len() as u32);
    }

    /// The frames of a location, innermost first.
    #[inline]
    pub(super) fn of(&self, location: u32) -> &[FrameId] {
        let location = location as usize;
        let start = if location == 0 { 0 } else { self.ends[location - 1] };
        &self.frames[start as usize..self.ends[location] as usize]
    }
}

/// The frames of many stacks.
#[derive(Debug, Default)]
pub(super) struct Stacks {
    read: StackColumn,
    places: Places,
    /// One stack's frames after another's.
    written: Vec<FrameId>,
}

/// Where a stack stands in [`Stacks`]: its locations among those that were read or, counted on from there, its frames among
/// those that were written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// The span of a stack that is yet to be [taken over](Stacks::take_over).
    pub(super) fn of_read(locations: std::ops::Range<u32>) -> Span {
        Span { start: locations.start, len: locations.end - locations.start }
    }
}

/// The frames of one stack, leaf first.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    read: Stack<'a>,
    places: &'a Places,
    written: &'a [FrameId],
}

impl<'a> Frames<'a> {
    /// The frames, leaf first.
    #[inline]
    pub fn iter(self) -> impl DoubleEndedIterator<Item = FrameId> + Clone + 'a {
        let read = self.read.iter().flat_map(move |location| self.places.of(location));
        read.chain(self.written).copied()
    }

    /// The first frame from the leaf on that passes a test: the same as by [`Frames::iter`], in loops that a compiler can
    /// do more with, for tens of thousands of stacks.
    #[inline]
    pub fn find(self, mut test: impl FnMut(FrameId) -> bool) -> Option<FrameId> {
        let mut first_of =
            |location: u32| self.places.of(location).iter().copied().find(|frame| test(*frame));
        let read = match self.read {
            Stack::Narrow(locations) => locations.iter().find_map(|location| first_of(u32::from(*location))),
            Stack::Wide(locations) => locations.iter().find_map(|location| first_of(*location)),
        };
        read.or_else(|| self.written.iter().copied().find(|frame| test(*frame)))
    }

    /// The leaf, if there are any frames.
    pub fn first(self) -> Option<FrameId> {
        self.find(|_| true)
    }
}

impl Stacks {
    /// Whether there is none yet.
    pub(super) fn is_empty(&self) -> bool {
        self.read.is_empty() && self.written.is_empty()
    }

    /// Takes over stacks as they were read, with the frames of their locations. There must be none yet.
    pub(super) fn take_over(&mut self, read: StackColumn, places: Places) {
        debug_assert!(self.is_empty());
        (self.read, self.places) = (read, places);
    }

    /// The frames of a stack.
    #[inline]
    pub(super) fn get(&self, span: Span) -> Frames<'_> {
        let (start, len) = (span.start as usize, span.len as usize);
        let (read, written): (Stack<'_>, &[FrameId]) = match start.checked_sub(self.read.len()) {
            None => (self.read.get(start, start + len), &[]),
            Some(start) => (Stack::default(), &self.written[start..][..len]),
        };
        Frames { read, places: &self.places, written }
    }

    /// The locations of a stack that was taken over, in terms of the profile that it was read from.
    #[inline]
    pub(super) fn as_read(&self, span: Span) -> Option<Stack<'_>> {
        let (start, len) = (span.start as usize, span.len as usize);
        (start < self.read.len()).then(|| self.read.get(start, start + len))
    }

    /// Adds the stack that `write` appends to the list it is given.
    pub(super) fn add(&mut self, write: impl FnOnce(&mut Vec<FrameId>)) -> Span {
        let start = self.written.len();
        write(&mut self.written);
        // Sixteen GiB of frames do not come here alive; if they did, the rest would have no names, but figures.
        match u32::try_from(self.read.len() + start).ok().zip(u32::try_from(self.written.len() - start).ok())
        {
            Some((start, len)) => Span { start, len },
            None => Span::default(),
        }
    }

    /// Puts other frames in the place of a stack; where there is no room for them, elsewhere.
    pub(super) fn replace(&mut self, span: &mut Span, frames: &[FrameId]) {
        match (span.start as usize).checked_sub(self.read.len()) {
            Some(start) if frames.len() <= span.len as usize => {
                self.written[start..][..frames.len()].copy_from_slice(frames);
                span.len = frames.len() as u32;
            }
            _ => *span = self.add(|all| all.extend_from_slice(frames)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(ids: &[u32]) -> Vec<FrameId> {
        ids.iter().map(|id| FrameId(*id)).collect()
    }

    fn stack(stacks: &Stacks, span: Span) -> Vec<FrameId> {
        stacks.get(span).iter().collect()
    }

    #[test]
    fn a_stack_is_replaced_and_its_neighbours_stay() {
        let mut stacks = Stacks::default();
        let [mut a, b] =
            [frames(&[1, 2, 3]), frames(&[4])].map(|frames| stacks.add(|all| all.extend(frames)));
        for other in [frames(&[5, 6]), frames(&[7, 8, 9, 10]), frames(&[])] {
            stacks.replace(&mut a, &other);
            assert_eq!((stack(&stacks, a), stack(&stacks, b)), (other, frames(&[4])));
        }
    }

    #[test]
    fn stacks_as_they_were_read_and_written_ones_are_alike() {
        let mut places = Places::default();
        [&[1][..], &[2, 3], &[], &[4, 5, 6]].iter().for_each(|ids| places.add(frames(ids).into_iter()));
        let mut read = StackColumn::default();
        read.extend(&[1, 0, 3, 2, 1]);
        let mut stacks = Stacks::default();
        stacks.take_over(read, places);
        let [mut a, b, none] = [0..2, 2..5, 5..5].map(Span::of_read);
        let c = stacks.add(|all| all.extend(frames(&[7, 8])));
        assert_eq!(stack(&stacks, a), frames(&[2, 3, 1]));
        assert_eq!(stacks.get(b).iter().rev().collect::<Vec<_>>(), frames(&[3, 2, 6, 5, 4]));
        assert_eq!((stacks.get(b).first(), stacks.get(none).first()), (Some(FrameId(4)), None));
        stacks.replace(&mut a, &frames(&[9]));
        assert_eq!(
            [a, b, c].map(|span| stack(&stacks, span)),
            [frames(&[9]), frames(&[4, 5, 6, 2, 3]), frames(&[7, 8])]
        );
    }
}
