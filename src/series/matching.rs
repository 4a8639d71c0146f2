//! A profile in terms of the series: its locations as frames and numbers, and its stacks as keys of sites.

use super::builder::Granularity;
use super::names::{FrameId, FunctionId, Names};
use super::site_key::{KeyHasher, SiteKey, Sum};
use super::stacks::Span;
use super::track::Site;
use crate::profile::Stack;

/// What is prepared for each location of a profile.
#[derive(Clone, Copy, Default)]
pub(super) struct PreparedLocation {
    pub(super) is_profiler: bool,
    pub(super) focused: bool,
    pub(super) ignored: bool,
}

/// The innermost frame of a location. There is one at least.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) frame: FrameId,
    /// Whether others follow.
    pub(super) is_inlined: bool,
}

/// A profile's locations in terms of the series, so that a sample costs one step a location.
#[derive(Default)]
pub(super) struct Prepared {
    /// By location.
    pub(super) locations: Vec<PreparedLocation>,
    /// Whether any of them has a mark.
    pub(super) has_marks: bool,
    /// By location: what its one or two frames count in the key of a site, with 0 for a second one that is not there; two
    /// times 0 where there are more, or none.
    pub(super) pairs: Vec<[u64; 2]>,
    /// By location: its first frame.
    pub(super) heads: Vec<Head>,
    /// By location, and one more: where its frames start.
    pub(super) starts: Vec<u32>,
    /// The frames of all locations, one location's after another's, innermost first.
    pub(super) frames: Vec<FrameId>,
    /// What each of them counts in the key of a site.
    pub(super) numbers: Vec<u64>,
}

impl Prepared {
    /// Where the frames of a location stand.
    #[inline]
    pub(super) fn range_of(&self, location: u32) -> std::ops::Range<usize> {
        let location = location as usize;
        self.starts[location] as usize..self.starts[location + 1] as usize
    }

    /// The frames of a location, innermost first.
    #[inline]
    pub(super) fn frames_of(&self, location: u32) -> &[FrameId] {
        &self.frames[self.range_of(location)]
    }
}

/// What a frame counts in the key of a site.
pub(super) fn number(
    hasher: &KeyHasher,
    granularity: Granularity,
    function: FunctionId,
    line: u32,
    address: u64,
) -> u64 {
    match granularity {
        Granularity::Function => hasher.frame(function.0, 0, 0),
        Granularity::Line => hasher.frame(function.0, line, 0),
        Granularity::Address => hasher.frame(function.0, line, address),
    }
}

/// How the stacks of one profile are matched to sites.
pub(super) struct Matching<'a> {
    pub(super) hasher: &'a KeyHasher,
    pub(super) names: &'a Names,
    pub(super) granularity: Granularity,
    pub(super) has_focus: bool,
    pub(super) prepared: &'a Prepared,
}

impl<'a> Matching<'a> {
    /// Appends the frames of a stack of locations, leaf first, to a list.
    #[inline]
    pub(super) fn write(&self, stack: Stack<'_>, frames: &mut Vec<FrameId>) {
        match stack {
            Stack::Narrow(locations) => self.write_each(locations.iter().map(|l| u32::from(*l)), frames),
            Stack::Wide(locations) => self.write_each(locations.iter().copied(), frames),
        }
    }

    #[inline]
    fn write_each(&self, stack: impl Iterator<Item = u32>, frames: &mut Vec<FrameId>) {
        frames.reserve(stack.size_hint().0);
        for location in stack {
            let head = self.prepared.heads[location as usize];
            frames.push(head.frame);
            if head.is_inlined {
                frames.extend_from_slice(&self.prepared.frames_of(location)[1..]);
            }
        }
    }

    /// The key of a stack of locations.
    #[inline]
    pub(super) fn key(&self, stack: Stack<'_>) -> SiteKey {
        match stack {
            Stack::Narrow(locations) => self.key_of(locations.iter().map(|l| u32::from(*l))),
            Stack::Wide(locations) => self.key_of(locations.iter().copied()),
        }
    }

    #[inline]
    fn key_of(&self, stack: impl Iterator<Item = u32>) -> SiteKey {
        let pairs = &self.prepared.pairs[..];
        let mut sum = Sum::default();
        for location in stack {
            let pair = pairs[location as usize];
            if pair[0] != 0 {
                self.hasher.add(&mut sum, pair);
            } else {
                let numbers = &self.prepared.numbers[self.prepared.range_of(location)];
                numbers.iter().for_each(|number| self.hasher.add(&mut sum, [*number, 0]));
            }
        }
        sum.key
    }

    /// A new site of a stack of locations, whose frames stand at `stack` already.
    pub(super) fn new_site(&self, locations: Stack<'_>, stack: Span, hidden_leaves: u32) -> Site {
        let any = |f: fn(&PreparedLocation) -> bool| {
            let marked = |location: u32| f(&self.prepared.locations[location as usize]);
            self.prepared.has_marks && locations.iter().any(marked)
        };
        Site {
            stack,
            moved_to: None,
            hidden_leaves,
            is_profiler: any(|l| l.is_profiler),
            is_filtered: any(|l| l.ignored) || (self.has_focus && !any(|l| l.focused)),
        }
    }
}
