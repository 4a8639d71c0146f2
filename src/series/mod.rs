//! The snapshots of one target side by side: names joined, sites matched, and the signs that two snapshots are not
//! of one life of one process.
//!
//! A [`SeriesBuilder`] takes profiles one by one and keeps only columns of numbers, and of a long series only so many
//! of these, so a profile can be dropped as soon as it was added; the finished [`Series`] is read-only.

mod builder;
mod column;
mod counter;
mod history;
mod incarnation;
mod matching;
mod moves;
mod names;
mod order;
mod passages;
mod program;
mod site_index;
mod site_key;
mod stacks;
mod track;
mod track_builder;
mod window;

pub use builder::{Granularity, SeriesBuilder, SiteOptions};
pub use history::ENOUGH_TO_JUDGE;
pub use incarnation::{concerns_whole_target, is_one_life, obstacle};
pub use names::{FrameId, FunctionId, FunctionInfo, Names};
pub(crate) use order::bucketed;
pub use passages::Passage;
pub use program::Program;
pub use stacks::Frames;
pub use track::{Break, Cell, Member, Row, Sampling, Site, SiteId, Snapshot, Track};
pub use window::Window;

use crate::profile::Kind;

/// All snapshots of one target, one track a kind.
#[derive(Debug, Default)]
pub struct Series {
    /// The names that all tracks share.
    pub names: Names,
    tracks: Vec<Track>,
}

impl Series {
    /// The snapshots of one kind, if any were given.
    pub fn track(&self, kind: Kind) -> Option<&Track> {
        self.tracks.iter().find(|track| track.kind == kind)
    }

    /// All tracks, in the order heap, goroutine, goroutineleak.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }
}
