//! A profile in terms of the series: its locations as frames and numbers, and its stacks as keys of sites.

use super::builder::Granularity;
use super::names::{FrameId, FunctionId, Names};
use super::site_key::{KeyHasher, SiteKey, Sum};
use super::track::Site;

/// What is prepared for each location of a profile.
#[derive(Clone, Copy, Default)]
pub(super) struct PreparedLocation {
    pub(super) is_profiler: bool,
    pub(super) focused: bool,
    pub(super) ignored: bool,
}

/// A profile's locations in terms of the series, so that a sample costs one step a location.
pub(super) struct Prepared {
    /// By location.
    pub(super) locations: Vec<PreparedLocation>,
    /// Whether any of them has a mark.
    pub(super) has_marks: bool,
    /// By location, and one more: where its frames start.
    pub(super) starts: Vec<u32>,
    /// The frames of all locations, one location's after another's, innermost first.
    pub(super) frames: Vec<FrameId>,
    /// What each of them counts in the key of a site.
    pub(super) numbers: Vec<u64>,
    /// By location: the same again where it has one frame, as most have; else 0.
    pub(super) single: Vec<u64>,
}

impl Prepared {
    /// Where the frames of a location stand.
    #[inline]
    pub(super) fn range_of(&self, location: u32) -> std::ops::Range<usize> {
        let location = location as usize;
        self.starts[location] as usize..self.starts[location + 1] as usize
    }

    /// The frames of a location, innermost first.
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
    /// The frames of a stack of locations, leaf first.
    pub(super) fn flatten(&self, stack: &'a [u32]) -> impl Iterator<Item = FrameId> + Clone + 'a {
        let prepared = self.prepared;
        stack.iter().flat_map(move |location| prepared.frames_of(*location).iter().copied())
    }

    /// The same in a list of its own.
    pub(super) fn frames(&self, stack: &[u32], scratch: &mut Vec<FrameId>) -> Vec<FrameId> {
        scratch.clear();
        for location in stack {
            match self.prepared.frames_of(*location) {
                [frame] => scratch.push(*frame),
                frames => scratch.extend_from_slice(frames),
            }
        }
        scratch.clone()
    }

    /// The key of a stack of locations.
    pub(super) fn key(&self, stack: &[u32]) -> SiteKey {
        let mut sum = Sum::default();
        for location in stack {
            match self.prepared.single[*location as usize] {
                0 => {
                    for frame in &self.prepared.numbers[self.prepared.range_of(*location)] {
                        self.hasher.add(&mut sum, *frame);
                    }
                }
                number => self.hasher.add(&mut sum, number),
            }
        }
        sum.key
    }

    pub(super) fn new_site(&self, locations: &[u32], stack: Vec<FrameId>, hidden_leaves: usize) -> Site {
        let any = |f: fn(&PreparedLocation) -> bool| {
            let marked = |location: &u32| f(&self.prepared.locations[*location as usize]);
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
