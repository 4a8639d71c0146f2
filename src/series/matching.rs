//! A profile in terms of the series: its locations as frames and numbers, and its stacks as keys of sites.

use super::builder::Granularity;
use super::names::{FrameId, FunctionId, Names};
use super::site_key::{KeyHasher, Part, Print, SiteKey, print_of_frame};
use super::stacks::{Places, Span};
use super::track::Site;
use crate::profile::Stack;

/// What is prepared for each location of a profile.
#[derive(Clone, Copy, Default)]
pub(super) struct PreparedLocation {
    pub(super) is_profiler: bool,
    pub(super) focused: bool,
    pub(super) ignored: bool,
}

/// A profile's locations in terms of the series, so that a sample costs one step a location.
#[derive(Default)]
pub(super) struct Prepared {
    /// By location.
    pub(super) locations: Vec<PreparedLocation>,
    /// Whether any of them has a mark.
    pub(super) has_marks: bool,
    /// By location: what its frames count in the key of a site, packed.
    pub(super) parts: Vec<u64>,
    /// By location: what its frames add to the print of a site.
    pub(super) prints: Vec<Print>,
    /// Their frames.
    pub(super) places: Places,
}

/// What a frame counts in the key of a site.
pub(super) fn part(
    hasher: &KeyHasher,
    granularity: Granularity,
    function: FunctionId,
    line: u32,
    address: u64,
) -> Part {
    let (line, address) = known_by(granularity, line, address);
    hasher.frame(function.0, line, address)
}

/// What a frame adds to the print of a site.
pub(super) fn print(
    names: &Names,
    granularity: Granularity,
    function: FunctionId,
    line: u32,
    address: u64,
) -> Print {
    let (line, address) = known_by(granularity, line, address);
    print_of_frame(names.print_of(function), line, address)
}

/// The line and the address of a frame as far as they are part of what it is.
fn known_by(granularity: Granularity, line: u32, address: u64) -> (u32, u64) {
    match granularity {
        Granularity::Function => (0, 0),
        Granularity::Line => (line, 0),
        Granularity::Address => (line, address),
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
    pub(super) fn write(&self, stack: Stack<'_>, frames: &mut Vec<FrameId>) {
        frames.reserve(stack.len());
        stack.iter().for_each(|location| match self.prepared.places.of(location) {
            [frame] => frames.push(*frame),
            several => frames.extend_from_slice(several),
        });
    }

    /// The key of a stack of locations.
    #[inline]
    pub(super) fn key(&self, stack: Stack<'_>) -> SiteKey {
        let (parts, places) = (&self.prepared.parts[..], &self.prepared.places);
        let frames = |location: u32| places.of(location).len() as u32;
        match stack {
            Stack::Narrow(locations) => {
                self.hasher.key(locations, |l| parts[usize::from(l)], |l| frames(u32::from(l)))
            }
            Stack::Wide(locations) => self.hasher.key(locations, |l| parts[l as usize], frames),
        }
    }

    /// Whether a stack has the key of another profile's, as far as a look at the two tells, location by location: false says
    /// nothing. The other's parts are given by location, each as it is [or none](Part::or_none).
    #[inline]
    pub(super) fn is_one_key(&self, stack: Stack<'_>, other: Stack<'_>, parts_of_other: &[u64]) -> bool {
        let parts = (&self.prepared.parts[..], parts_of_other);
        match (stack, other) {
            (Stack::Narrow(a), Stack::Narrow(b)) => are_equal(a, b, parts, usize::from),
            (Stack::Wide(a), Stack::Wide(b)) => are_equal(a, b, parts, |location| location as usize),
            _ => false,
        }
    }

    /// The print of a stack of locations.
    pub(super) fn print(&self, stack: Stack<'_>) -> Print {
        let prints = &self.prepared.prints[..];
        let add = |sum: Print, print: &Print| sum.wrapping_add(*print);
        match stack {
            Stack::Narrow(locations) => {
                locations.iter().map(|location| &prints[usize::from(*location)]).fold(0, add)
            }
            Stack::Wide(locations) => {
                locations.iter().map(|location| &prints[*location as usize]).fold(0, add)
            }
        }
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

/// Whether the parts at some places are those at others. Apart, so that the loop has the registers to itself.
#[inline(never)]
fn are_equal<T: Copy>(a: &[T], b: &[T], parts: (&[u64], &[u64]), place: impl Fn(T) -> usize) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| parts.0[place(*a)] == parts.1[place(*b)])
}
