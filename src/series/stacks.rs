//! The frames of all stacks of a track in one list, because tens of thousands of lists of their own cost more to allocate
//! and to free than to fill.

use super::names::FrameId;

/// The frames of many stacks, one stack's after another's.
#[derive(Debug, Default)]
pub(super) struct Stacks {
    frames: Vec<FrameId>,
}

/// Where the frames of one stack stand in [`Stacks`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: usize,
    len: u32,
}

impl Stacks {
    /// Makes room for stacks with so many frames together, as far as there is room: it only saves growing.
    pub(super) fn reserve(&mut self, frames: usize) {
        let _ = self.frames.try_reserve(frames);
    }

    /// The frames of a stack, leaf first.
    pub(super) fn get(&self, span: Span) -> &[FrameId] {
        &self.frames[span.start..][..span.len as usize]
    }

    /// Adds the stack that `write` appends to the list it is given.
    pub(super) fn add(&mut self, write: impl FnOnce(&mut Vec<FrameId>)) -> Span {
        let start = self.frames.len();
        write(&mut self.frames);
        Span { start, len: (self.frames.len() - start) as u32 }
    }

    /// Puts other frames in the place of a stack; where they are more, elsewhere.
    pub(super) fn replace(&mut self, span: &mut Span, frames: &[FrameId]) {
        if frames.len() <= span.len as usize {
            self.frames[span.start..][..frames.len()].copy_from_slice(frames);
            span.len = frames.len() as u32;
        } else {
            *span = self.add(|all| all.extend_from_slice(frames));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_replaced_and_its_neighbours_stay() {
        let frames = |ids: &[u32]| ids.iter().map(|id| FrameId(*id)).collect::<Vec<_>>();
        let mut stacks = Stacks::default();
        let [mut a, b] =
            [frames(&[1, 2, 3]), frames(&[4])].map(|frames| stacks.add(|all| all.extend(frames)));
        for other in [frames(&[5, 6]), frames(&[7, 8, 9, 10]), frames(&[])] {
            stacks.replace(&mut a, &other);
            assert_eq!((stacks.get(a), stacks.get(b)), (&other[..], &frames(&[4])[..]));
        }
    }
}
