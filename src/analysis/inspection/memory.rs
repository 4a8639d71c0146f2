//! The heap of one snapshot: who allocated what is live, in which sizes, and what is allocated and freed again.

use super::NOW;
use super::START;
use super::place::Place;
use crate::clusters::{Blame, Groups, Level, heap_level};
use crate::growth::Growth;
use crate::profile::SamplingRate;
use crate::series::{Names, Sampling, Track, Window};
use crate::suspects::{HeapMetric, group_growth, group_sites};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A part of the live heap below this share needs no cause.
const STANDS_OUT: f64 = 0.05;
/// And neither does what so few sampled objects stand for: which one is sampled is chance.
const LEAST_SAMPLED: u64 = 4;
/// A goroutine that holds what was allocated at a place holds one object of the size that is most there, or a few.
const HELD_EACH: std::ops::RangeInclusive<f64> = 0.3..=4.0;
/// Places that are kept.
const KEPT: usize = 50;
/// Sizes of a place that are kept.
const SIZES: usize = 5;
/// What has freed this share of the bytes it allocated only comes and goes.
const CHURNS: f64 = 0.9;
/// Places that churn that are kept.
const CHURN_KEPT: usize = 10;

/// The heap as a whole.
#[derive(Debug)]
pub struct Memory {
    /// Live bytes, as the profile estimates them.
    pub bytes: i128,
    /// Live objects, likewise.
    pub objects: Option<i128>,
    /// Bytes allocated since the start of the process, if that was counted.
    pub allocated: Option<i128>,
    /// One sampled object stands for about so many bytes.
    pub rate: Option<SamplingRate>,
    /// The functions whose allocations are live, largest first.
    pub places: Vec<MemoryPlace>,
    /// The functions that allocated most of what was freed again, largest first.
    pub churn: Vec<Churn>,
}

/// A function whose allocations are live.
#[derive(Clone, Debug)]
pub struct MemoryPlace {
    /// Where: the function, and the line of it that holds most.
    pub place: Place,
    /// The part of its bytes that this line holds.
    pub line_share: f64,
    /// Live bytes.
    pub bytes: f64,
    /// The standard error of that.
    pub error: f64,
    /// Live objects.
    pub objects: f64,
    /// Really sampled objects behind these, if that is known.
    pub sampled: Option<u64>,
    /// The sizes of the objects that hold most, largest sum first.
    pub sizes: Vec<SizeHeld>,
    /// Bytes allocated since the start, if that was counted.
    pub allocated: Option<f64>,
    /// From nothing to what is live, with how much of what was allocated stayed.
    pub growth: Growth,
}

/// Live objects of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizeHeld {
    /// Bytes an object; 0 if unknown.
    pub size: i64,
    /// Bytes of all.
    pub bytes: f64,
    /// Their number.
    pub objects: f64,
}

/// A function whose allocations are freed again.
#[derive(Clone, Debug, PartialEq)]
pub struct Churn {
    /// Where.
    pub blame: Blame,
    /// Bytes allocated since the start.
    pub allocated: f64,
    /// Bytes of these that are live.
    pub live: f64,
}

impl Memory {
    pub(super) fn of(track: &Track, names: &Names, groups: &Groups) -> Memory {
        let snapshot = &track.snapshots[NOW];
        let total = |column: Option<usize>| column.and_then(|column| snapshot.totals.get(column).copied());
        let bytes = total(snapshot.columns.inuse_space).unwrap_or(0);
        let counts_allocations = snapshot.columns.alloc_space.is_some();
        let mut places: Vec<MemoryPlace> = Vec::new();
        let mut churn: Vec<Churn> = Vec::new();
        for root in groups.roots() {
            let Some(found) = MemoryPlace::of(track, names, groups, root, bytes, counts_allocations) else {
                continue;
            };
            if let Some(allocated) = found.allocated
                && found.freed_share().is_some_and(|freed| freed >= CHURNS)
            {
                churn.push(Churn { blame: found.place.blame, allocated, live: found.bytes });
            }
            if found.bytes > 0.0 {
                places.push(found);
            }
        }
        let name = |blame: &Blame| (&names.info(blame.function).name, blame.line);
        places.sort_by(|a, b| {
            b.bytes.total_cmp(&a.bytes).then_with(|| name(&a.place.blame).cmp(&name(&b.place.blame)))
        });
        churn.sort_by(|a, b| {
            b.allocated.total_cmp(&a.allocated).then_with(|| name(&a.blame).cmp(&name(&b.blame)))
        });
        places.truncate(KEPT);
        churn.truncate(CHURN_KEPT);
        Memory {
            bytes,
            objects: total(snapshot.columns.inuse_objects),
            allocated: total(snapshot.columns.alloc_space),
            rate: snapshot.rate,
            places,
            churn,
        }
    }
}

impl MemoryPlace {
    fn of(
        track: &Track,
        names: &Names,
        groups: &Groups,
        root: usize,
        all_bytes: i128,
        counts_allocations: bool,
    ) -> Option<MemoryPlace> {
        let rows = groups.rows(root);
        let level = heap_level(track, rows, NOW);
        let bytes = level.cell.inuse_space.max(0) as f64;
        let allocated = level.cell.alloc_space.max(0) as f64;
        let (blame, line_bytes) = heaviest_line(track, groups, root, counts_allocations);
        let window = Window::new(vec![START, NOW], vec![None, None])?;
        Some(MemoryPlace {
            place: Place::new(
                blame,
                bytes / all_bytes.max(1) as f64,
                group_sites(track, names, rows, &window, HeapMetric::InuseSpace),
            ),
            line_share: if bytes > 0.0 { line_bytes / bytes } else { 1.0 },
            bytes,
            error: level.variance.bytes.sqrt(),
            objects: level.cell.inuse_objects.max(0) as f64,
            sampled: (track.snapshots[NOW].sampling == Sampling::Recovered)
                .then(|| u64::try_from(level.cell.sampled_inuse).unwrap_or(0)),
            sizes: sizes(track, rows),
            allocated: counts_allocations.then_some(allocated),
            growth: group_growth(track, names, rows, &window, HeapMetric::InuseSpace),
        })
    }

    /// The share of the bytes allocated here that was freed again, if that was counted.
    pub fn freed_share(&self) -> Option<f64> {
        let allocated = self.allocated.filter(|allocated| *allocated > 0.0)?;
        Some((1.0 - self.bytes / allocated).clamp(0.0, 1.0))
    }

    /// Whether so many goroutines may hold it: by the number of its objects, nothing else.
    pub(super) fn may_be_held_by(&self, goroutines: u64) -> bool {
        let most = self.sizes.first().map_or(0.0, |held| held.objects);
        HELD_EACH.contains(&(most / goroutines.max(1) as f64))
    }

    /// Whether it is so much, and known so well, that its cause is worth to know.
    pub fn stands_out(&self) -> bool {
        self.place.share >= STANDS_OUT && self.sampled.is_none_or(|sampled| sampled >= LEAST_SAMPLED)
    }
}

/// The line of a function that holds most, and how many bytes; where nothing is live, that which allocated most.
fn heaviest_line(track: &Track, groups: &Groups, root: usize, counts_allocations: bool) -> (Blame, f64) {
    let of = |index: usize| {
        let cell = heap_level(track, groups.rows(index), NOW).cell;
        let allocated = if counts_allocations { cell.alloc_space } else { 0 };
        (cell.inuse_space.max(0), allocated, groups.get(index).blame)
    };
    let lines = groups.parts(root).filter(|part| groups.get(*part).level == Level::Line);
    let heaviest = lines.map(of).max_by_key(|(live, allocated, blame)| (*live, *allocated, Reverse(*blame)));
    let (live, _, blame) = heaviest.unwrap_or_else(|| of(root));
    (blame, live as f64)
}

fn sizes(track: &Track, rows: &[usize]) -> Vec<SizeHeld> {
    let mut by_size: BTreeMap<i64, SizeHeld> = BTreeMap::new();
    for row in rows {
        let cell = track.cell(NOW, *row);
        let size = track.rows[*row].size;
        let held = by_size.entry(size).or_insert(SizeHeld { size, bytes: 0.0, objects: 0.0 });
        held.bytes += cell.inuse_space as f64;
        held.objects += cell.inuse_objects as f64;
    }
    let mut sizes: Vec<SizeHeld> = by_size.into_values().filter(|held| held.bytes > 0.0).collect();
    sizes.sort_by(|a, b| b.bytes.total_cmp(&a.bytes).then(a.size.cmp(&b.size)));
    sizes.truncate(SIZES);
    sizes
}
