//! The figures of a group between two snapshots, ready to be judged.

use super::groups::Groups;
use crate::growth::{Change, Climb, Rung, climb, larger_sizes};
use crate::profile::{SamplingRate, Scaling};
use crate::series::{Cell, SiteId, Track};
use foldhash::{HashMap, HashMapExt};

/// Blocks of the tiny allocator: several objects share one, so who opened it says little about who keeps it (S39).
pub const TINY_BLOCK: i64 = 16;

/// What happened to a group of rows between two snapshots.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// All columns summed, in the first snapshot.
    pub before: Cell,
    /// All columns summed, in the second snapshot.
    pub after: Cell,
    /// Really sampled objects: live before, live after, allocated in between.
    pub change: Change,
    /// The same without blocks of the tiny allocator.
    pub change_without_tiny: Change,
    /// The sampling variance of the live figures in the first snapshot and in the second.
    pub variances: (Variance, Variance),
    /// That of their difference.
    pub variance: Variance,
    /// The p-value of live objects that became larger.
    pub larger: Option<f64>,
    /// A single container that was replaced by bigger ones.
    pub climb: Option<Climb>,
    /// Sizes of the objects that grew most, in bytes, with the growth in live bytes of each.
    pub sizes: Vec<(i64, i64)>,
}

/// What happened to a group of rows between two snapshots, as far as whole numbers tell: those of its parts add up to those of
/// the group, in any order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// Live bytes in the first snapshot and in the second.
    live: (i64, i64),
    /// Bytes allocated until the first snapshot and until the second.
    allocated: (i64, i64),
    /// What became of the sampled objects.
    pub change: Change,
    /// The same without blocks of the tiny allocator.
    pub change_without_tiny: Change,
}

impl Sums {
    /// Sums the rows of a heap group between snapshots `first` and `last`.
    pub fn of(track: &Track, rows: &[usize], first: usize, last: usize) -> Sums {
        let mut sums = Sums::default();
        for &row in rows {
            let [before, after] = [first, last].map(|snapshot| track.bytes(snapshot, row));
            let change = change_of(track, last, track.sampled(first, row), track.sampled(last, row));
            let is_tiny = track.rows[row].size == TINY_BLOCK;
            sums.add(&Sums {
                live: (before.1, after.1),
                allocated: (before.0, after.0),
                change,
                change_without_tiny: if is_tiny { Change::default() } else { change },
            });
        }
        sums
    }

    /// Adds the sums of other rows.
    pub fn add(&mut self, other: &Sums) {
        let add = |sum: &mut (i64, i64), other: (i64, i64)| {
            *sum = (sum.0.saturating_add(other.0), sum.1.saturating_add(other.1));
        };
        add(&mut self.live, other.live);
        add(&mut self.allocated, other.allocated);
        add_change(&mut self.change, &other.change);
        add_change(&mut self.change_without_tiny, &other.change_without_tiny);
    }

    /// By how many bytes the live ones grew.
    pub fn delta(&self) -> f64 {
        self.live.1 as f64 - self.live.0 as f64
    }

    /// The same as [`Tally::kept_bytes`].
    pub fn kept_bytes(&self) -> Option<f64> {
        let allocated = self.allocated.1.saturating_sub(self.allocated.0);
        let grown = self.live.1.saturating_sub(self.live.0);
        (allocated > 0).then(|| grown as f64 / allocated as f64)
    }
}

/// Gives `each` the sums of a group between two snapshots and those of all its parts, these first: a row is read once, whatever
/// the number of levels.
pub fn sum_up(
    track: &Track,
    groups: &Groups,
    index: usize,
    (first, last): (usize, usize),
    each: &mut dyn FnMut(usize, &Sums),
) -> Sums {
    let mut parts = groups.parts(index).peekable();
    let mut sums = match parts.peek() {
        None => Sums::of(track, groups.rows(index), first, last),
        Some(_) => Sums::default(),
    };
    parts.for_each(|part| sums.add(&sum_up(track, groups, part, (first, last), each)));
    each(index, &sums);
    sums
}

/// The sampling variance of live figures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Variance {
    /// Of the bytes, in bytes².
    pub bytes: f64,
    /// Of the objects.
    pub objects: f64,
}

impl Variance {
    fn add(&mut self, scaling: Scaling, count: u64) {
        let (variance, size) = (scaling.variance(count as f64), scaling.size() as f64);
        self.bytes += variance;
        if size > 0.0 {
            self.objects += variance / (size * size);
        }
    }
}

/// The figures of a group in one snapshot.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeapLevel {
    /// All columns summed.
    pub cell: Cell,
    /// The sampling variance of the live figures.
    pub variance: Variance,
}

/// Sums the rows of a heap group in one snapshot.
pub fn heap_level(track: &Track, rows: &[usize], snapshot: usize) -> HeapLevel {
    let mut level = HeapLevel::default();
    for &row in rows {
        let cell = track.cell(snapshot, row);
        level.cell.add(&cell);
        level.variance.add(track.scaling(snapshot, row), count(cell.sampled_inuse));
    }
    level
}

/// Sums the rows of a heap group between snapshots `first` and `last`, and looks at the sizes of its objects.
pub fn sized_tally(track: &Track, rows: &[usize], first: usize, last: usize) -> Tally {
    let mut tally = heap_tally(track, rows, first, last);
    let mut rungs: HashMap<i64, (Rung, i64)> = HashMap::new();
    for &row in rows {
        let size = track.rows[row].size;
        let (before, after) = (track.cell(first, row), track.cell(last, row));
        let change = change_of(track, last, track.sampled(first, row), track.sampled(last, row));
        let (rung, grown) =
            rungs.entry(size).or_insert((Rung { size, before: 0, after: 0, allocated: 0 }, 0));
        rung.before = rung.before.saturating_add(change.before);
        rung.after = rung.after.saturating_add(change.after);
        rung.allocated = rung.allocated.saturating_add(change.allocated.unwrap_or(0));
        *grown = grown.saturating_add(after.inuse_space.saturating_sub(before.inuse_space));
    }
    let mut rungs: Vec<(Rung, i64)> = rungs.into_values().collect();
    rungs.sort_unstable_by_key(|(rung, _)| rung.size);
    tally.sizes = rungs.iter().map(|(rung, grown)| (rung.size, *grown)).collect();
    tally.sizes.retain(|(size, grown)| *size > 0 && *grown > 0);
    tally.sizes.sort_by_key(|(size, growth)| (std::cmp::Reverse(*growth), *size));
    if track.snapshots[last].columns.alloc_space.is_some() {
        let rate = track.snapshots[last].rate.unwrap_or(SamplingRate(1));
        let rungs: Vec<Rung> = rungs.into_iter().map(|(rung, _)| rung).collect();
        tally.climb = climb(&rungs, rate.0);
        tally.larger = larger_sizes(&rungs);
    }
    tally
}

/// The same without a look at the sizes of the objects: `larger`, `climb` and `sizes` stay empty. Of tens of thousands of groups few grow,
/// and only their sizes matter.
pub fn heap_tally(track: &Track, rows: &[usize], first: usize, last: usize) -> Tally {
    let mut tally = Tally::default();
    for &row in rows {
        let size = track.rows[row].size;
        let (before, after) = (track.cell(first, row), track.cell(last, row));
        tally.before.add(&before);
        tally.after.add(&after);
        let change = change_of(track, last, track.sampled(first, row), track.sampled(last, row));
        add_change(&mut tally.change, &change);
        if size != TINY_BLOCK {
            add_change(&mut tally.change_without_tiny, &change);
        }
        match change.trials() {
            0 => {}
            trials => tally.variance.add(track.scaling(last, row), trials),
        }
        match change.before {
            0 => {}
            count => tally.variances.0.add(track.scaling(first, row), count),
        }
        match change.after {
            0 => {}
            count => tally.variances.1.add(track.scaling(last, row), count),
        }
    }
    tally
}

/// Counts below zero, which Go 1.22 is known to write, count as none.
fn count(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// What became of the sampled objects of a row, of which so many were allocated and alive in either snapshot.
fn change_of(track: &Track, last: usize, before: (i64, i64), after: (i64, i64)) -> Change {
    Change {
        before: count(before.1),
        after: count(after.1),
        allocated: track.snapshots[last].columns.alloc_space.map(|_| count(after.0.saturating_sub(before.0))),
    }
}

impl Tally {
    /// By how many bytes the live ones grew.
    pub fn delta(&self) -> f64 {
        self.after.inuse_space as f64 - self.before.inuse_space as f64
    }

    /// The part of the newly allocated bytes by which the live ones grew: at least a fifth for containers, which grow
    /// by a quarter or more each time, and near 0 for a hot path. `None` where allocations are not counted.
    pub fn kept_bytes(&self) -> Option<f64> {
        let allocated = self.after.alloc_space.saturating_sub(self.before.alloc_space);
        let grown = self.after.inuse_space.saturating_sub(self.before.inuse_space);
        (allocated > 0).then(|| grown as f64 / allocated as f64)
    }
}

fn add_change(sum: &mut Change, change: &Change) {
    sum.before = sum.before.saturating_add(change.before);
    sum.after = sum.after.saturating_add(change.after);
    sum.allocated = match (sum.allocated, change.allocated) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    };
}

/// How many goroutines of the first dump stand at the same site in the second, a site; `None` unless both snapshots
/// are dumps.
pub fn members_between(track: &Track, first: usize, last: usize) -> Option<HashMap<SiteId, u64>> {
    let (before, after) = (&track.snapshots[first].members, &track.snapshots[last].members);
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let mut places = HashMap::with_capacity(before.len());
    for member in before {
        places.insert(member.goroutine.id, member.site);
    }
    let mut stayed = HashMap::new();
    for member in after {
        if places.get(&member.goroutine.id) == Some(&member.site) {
            *stayed.entry(member.site).or_insert(0) += 1;
        }
    }
    Some(stayed)
}
