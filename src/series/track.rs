//! The snapshots of one kind as columns: a site is a stack, a row is a site at one object size, a cell is a row in
//! one snapshot.

use super::column::Column;
use super::names::Names;
use super::passages::Passage;
use super::stacks::{Frames, Span, Stacks};
use crate::profile::{
    Difference, Form, Goroutine, HeapColumns, Kind, NoticeCode, SampleType, SamplingRate, Scaling, TakenAt,
};
use std::cmp::Ordering;

/// A site of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(pub u32);

/// A stack that is followed through time. [`Track::stack`] and [`Track::latest_stack`] give its frames.
#[derive(Clone, Copy, Debug, Default)]
pub struct Site {
    pub(super) stack: Span,
    /// Where lines moved between builds.
    pub(super) moved_to: Option<Span>,
    /// How many of the first frames are the runtime's and take no part in its identity (goroutines only).
    pub hidden_leaves: u32,
    /// Allocated by the profiler itself.
    pub is_profiler: bool,
    /// Left out by focus or ignore.
    pub is_filtered: bool,
}

impl Site {
    /// Whether its frames in the last snapshot that shows it stand at other lines than in the first one.
    pub fn has_moved(&self) -> bool {
        self.moved_to.is_some()
    }
}

/// A site at one object size. Go writes a row a size class (S4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The site.
    pub site: SiteId,
    /// Counts the object sizes of its track as they are met: there are a hundred of them, and a hundred thousand rows.
    pub(super) class: u32,
    /// Bytes an object; 0 if unknown, and for goroutines.
    pub size: i64,
}

/// One row in one snapshot, all samples with the same key summed (S5). Goroutines are counted in the `inuse`
/// columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Estimated objects allocated since the start.
    pub alloc_objects: i64,
    /// Estimated bytes allocated since the start.
    pub alloc_space: i64,
    /// Estimated live objects.
    pub inuse_objects: i64,
    /// Estimated live bytes.
    pub inuse_space: i64,
    /// Really sampled objects behind the allocated ones.
    pub sampled_alloc: i64,
    /// Really sampled objects behind the live ones.
    pub sampled_inuse: i64,
}

impl Cell {
    /// Adds another cell, column by column.
    pub fn add(&mut self, other: &Cell) {
        self.alloc_objects = self.alloc_objects.saturating_add(other.alloc_objects);
        self.alloc_space = self.alloc_space.saturating_add(other.alloc_space);
        self.inuse_objects = self.inuse_objects.saturating_add(other.inuse_objects);
        self.inuse_space = self.inuse_space.saturating_add(other.inuse_space);
        self.sampled_alloc = self.sampled_alloc.saturating_add(other.sampled_alloc);
        self.sampled_inuse = self.sampled_inuse.saturating_add(other.sampled_inuse);
    }
}

/// How the sampled counts of a heap snapshot are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Recovered exactly from the estimates.
    Recovered,
    /// The estimates do not come from whole counts: merged, averaged or normalised on the way.
    Merged,
    /// No object sizes or no rate: estimates are taken for counts.
    Unknown,
}

/// One goroutine of a dump and the site it stands at.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where it stands.
    pub site: SiteId,
    /// What the dump tells of it.
    pub goroutine: Goroutine,
    /// Whether it was started since the dump before; not known of the first.
    pub is_new: bool,
}

/// One snapshot without its samples.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The input as the user named it.
    pub source: String,
    /// The form it was read from.
    pub form: Form,
    /// When it was taken.
    pub taken_at: Option<TakenAt>,
    /// What it is the difference of; `None` for a real snapshot.
    pub difference: Option<Difference>,
    /// The sampling rate of a heap snapshot.
    pub rate: Option<SamplingRate>,
    /// The build id of the main binary.
    pub build_id: Option<String>,
    /// The file name of the main binary, without its folder.
    pub program: Option<String>,
    /// SHA-256 of the input's bytes, if it was read.
    pub sha256: Option<[u8; 32]>,
    /// The value columns.
    pub sample_types: Vec<SampleType>,
    /// The exact sum of each value column over all samples.
    pub totals: Vec<i128>,
    /// Which columns hold what, for a heap snapshot.
    pub columns: HeapColumns,
    /// How the sampled counts are known.
    pub sampling: Sampling,
    /// The goroutines of a `debug=2` dump, empty for other forms and amid a life of a series.
    pub members: Vec<Member>,
    /// Where goroutines went since the dump before, also over dumps that are no longer kept; `None` where that one was no dump.
    pub passages: Option<Vec<Passage>>,
    /// How many goroutines of a site carry a label, as (site, `key=value`, count), in order; empty for the heap.
    pub labels: Vec<(SiteId, String, u64)>,
    /// Whether it is a dump of which a part is missing.
    pub is_truncated: bool,
    /// How many breaks of its track come before it.
    pub life: usize,
}

/// Where one life of the process ends and the next begins, as the snapshots of one kind show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// Time of the last snapshot before, kept or not, in nanoseconds since the Unix epoch.
    pub after: Option<i64>,
    /// Time of the first snapshot of the next life.
    pub before: Option<i64>,
    /// The sign it was known by.
    pub code: NoticeCode,
}

impl Break {
    /// Whether a snapshot of another kind belongs to a life after this break: the nearer side, because the snapshots
    /// of one round are taken moments apart. False where times are unknown.
    pub fn is_before(&self, time: Option<i64>) -> bool {
        match (self.after, self.before, time) {
            (Some(after), Some(before), Some(time)) => {
                time.saturating_sub(after) > before.saturating_sub(time)
            }
            _ => false,
        }
    }
}

impl Snapshot {
    /// Whether it is no snapshot but a difference, of which nothing can be judged.
    pub(super) fn is_difference(&self) -> bool {
        !matches!(self.difference, None | Some(Difference::OfAllocations))
    }

    /// The column that holds what a column of another snapshot holds: the one of its name, or in a heap the one of its meaning.
    /// A heap text of which nothing was freed yet calls `space` what is `inuse_space` a moment later.
    pub fn column_like(&self, other: &Snapshot, column: usize) -> Option<usize> {
        let name = &other.sample_types.get(column)?.name;
        let meanings =
            |of: &HeapColumns| [of.alloc_objects, of.alloc_space, of.inuse_objects, of.inuse_space];
        self.sample_types.iter().position(|sample_type| sample_type.name == *name).or_else(|| {
            let meaning = meanings(&other.columns).iter().position(|known| *known == Some(column))?;
            meanings(&self.columns)[meaning]
        })
    }
}

/// The snapshots of one kind, in the order they were added.
#[derive(Debug)]
pub struct Track {
    /// What was profiled.
    pub kind: Kind,
    /// The snapshots.
    pub snapshots: Vec<Snapshot>,
    /// Every site of any snapshot.
    pub sites: Vec<Site>,
    /// In a finished series, the sites in the order in which they were first read.
    pub(super) as_read: Vec<SiteId>,
    pub(super) stacks: Stacks,
    /// Every row of any snapshot; in a finished series in the order of their sites.
    pub rows: Vec<Row>,
    /// One a snapshot.
    pub(super) columns: Vec<Column>,
    /// In a series, where one life ends and the next begins, in order.
    pub breaks: Vec<Break>,
    /// In a series, how many snapshots repeated the one before them and were left out.
    pub repeated: usize,
    /// In a series, how many more snapshots there were than are kept.
    pub thinned: usize,
}

impl Track {
    /// A row in a snapshot; zero where the snapshot does not have it, as Go leaves such rows out.
    #[inline]
    pub fn cell(&self, snapshot: usize, row: usize) -> Cell {
        self.columns[snapshot].cell(row, &self.rows[row])
    }

    /// The bytes of a row in a snapshot, allocated and live: the same as in its cell.
    #[inline]
    pub fn bytes(&self, snapshot: usize, row: usize) -> (i64, i64) {
        self.columns[snapshot].bytes(row, &self.rows[row])
    }

    /// The really sampled objects of a row in a snapshot, allocated and live: the same as in its cell.
    #[inline]
    pub fn sampled(&self, snapshot: usize, row: usize) -> (i64, i64) {
        self.columns[snapshot].sampled(row)
    }

    /// The goroutines of a row in a snapshot. Capped at a number that no process reaches, so that sums fit whatever a file
    /// says.
    pub fn goroutines(&self, snapshot: usize, row: usize) -> u64 {
        u64::try_from(self.cell(snapshot, row).inuse_objects).unwrap_or(0).min(1 << 40)
    }

    /// What the sampling of a snapshot does to the objects of a row.
    #[inline]
    pub fn scaling(&self, snapshot: usize, row: usize) -> Scaling {
        self.columns[snapshot].scaling(&self.rows[row])
    }

    /// Takes a snapshot out again; its sites and rows stay.
    pub(super) fn remove(&mut self, snapshot: usize) {
        let removed = self.snapshots.remove(snapshot);
        self.columns.remove(snapshot);
        if let Some(next) = self.snapshots.get_mut(snapshot) {
            next.passages = removed.passages.zip(next.passages.take()).map(|(mut before, after)| {
                before.extend(after);
                before
            });
        }
    }

    /// The rows of a site, of a finished series.
    pub fn rows_of(&self, site: SiteId) -> std::ops::Range<usize> {
        let start = self.rows.partition_point(|row| row.site < site);
        let count = self.rows[start..].partition_point(|row| row.site == site);
        start..start + count
    }

    /// All sites of a finished series in the order in which they were first read, in which their stacks lie in memory: who
    /// looks at every stack need not wait for each.
    pub fn sites_as_read(&self) -> impl Iterator<Item = SiteId> {
        self.as_read.iter().copied()
    }

    /// A site.
    pub fn site(&self, site: SiteId) -> &Site {
        &self.sites[site.0 as usize]
    }

    /// The order of two sites that nothing else tells apart: by the functions and lines along their stacks, leaf first.
    pub fn by_frames(&self, names: &Names, a: SiteId, b: SiteId) -> Ordering {
        let frames = |site: SiteId| {
            let shown = self.stack(site).iter().skip(self.site(site).hidden_leaves as usize);
            shown.map(|frame| (&names.info_of(frame).name, &names.info_of(frame).file, names.line_of(frame)))
        };
        frames(a).cmp(frames(b))
    }

    /// The frames of a site in the first snapshot that shows it, leaf first.
    pub fn stack(&self, site: SiteId) -> Frames<'_> {
        self.stacks.get(self.site(site).stack)
    }

    /// The frames of a site in the last snapshot that shows it, leaf first.
    pub fn latest_stack(&self, site: SiteId) -> Frames<'_> {
        let site = self.site(site);
        self.stacks.get(site.moved_to.unwrap_or(site.stack))
    }
}
