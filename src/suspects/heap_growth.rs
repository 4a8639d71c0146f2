//! The growth of heap rows along a window, for suspects, single stacks and the whole heap.

use super::{HeapMetric, SiteGrowth};
use crate::clusters::{Tally, heap_level, heap_tally};
use crate::growth::{Change, Growth, Point, Shape, Slope, grows_with_load, shape, theil_sen_correlated};
use crate::judge::policy::LEAST_SHARE;
use crate::series::{Names, SiteId, Track, Window};
use std::collections::BTreeMap;

/// Containers that only grow keep a fifth at least of the bytes they allocate, because append grows by a quarter; the
/// rest is left to rounding and to sampling.
pub(super) const CONTAINER_KEEPS: f64 = 0.15;

/// The growth of all rows in live bytes, of which `total` is known, with its pace where there are points enough.
pub(super) fn total_growth(track: &Track, rows: &[usize], total: &Tally, window: &Window) -> Growth {
    let mut growth = with_points(track, rows, total, HeapMetric::InuseSpace, window);
    if window.len() > 2 {
        let values: Vec<f64> = growth.points.iter().map(|point| point.value).collect();
        growth.slope = theil_sen_correlated(&window.hours(), &values);
    }
    growth
}

/// The pace of some rows in live bytes and the shape of their course, where there are points enough.
pub(super) fn slope_and_shape(
    track: &Track,
    rows: &[usize],
    window: &Window,
) -> (Option<Slope>, Option<Shape>) {
    if window.len() < 3 {
        return (None, None);
    }
    let levels: Vec<_> =
        window.snapshots().iter().map(|snapshot| heap_level(track, rows, *snapshot)).collect();
    let values: Vec<f64> = levels.iter().map(|level| level.cell.inuse_space as f64).collect();
    let errors: Vec<f64> = levels.iter().map(|level| level.variance.bytes.sqrt()).collect();
    let hours = window.hours();
    (theil_sen_correlated(&hours, &values), shape(&hours, &values, &errors))
}

/// Whether the live bytes of some rows grow as they are allocated, and stay no longer than before.
pub(super) fn is_with_load(track: &Track, rows: &[usize], window: &Window) -> bool {
    let levels = window.snapshots().iter().map(|snapshot| heap_level(track, rows, *snapshot).cell);
    let (live, allocated): (Vec<f64>, Vec<f64>) =
        levels.map(|cell| (cell.inuse_space as f64, cell.alloc_space as f64)).unzip();
    grows_with_load(&live, &allocated, &window.hours()) == Some(true)
}

/// The growth of some rows in the shown column, a point a snapshot.
pub(super) fn growth_of(track: &Track, rows: &[usize], metric: HeapMetric, window: &Window) -> Growth {
    with_points(track, rows, &heap_tally(track, rows, window.first(), window.last()), metric, window)
}

/// The growth from the first snapshot of a window to the last, and a point for each of them.
fn with_points(track: &Track, rows: &[usize], tally: &Tally, metric: HeapMetric, window: &Window) -> Growth {
    let points = window.snapshots().iter().zip(window.times()).map(|(snapshot, time)| {
        let (cell, variance) = match *snapshot {
            first if first == window.first() => (tally.before, tally.variances.0),
            last if last == window.last() => (tally.after, tally.variances.1),
            other => {
                let level = heap_level(track, rows, other);
                (level.cell, level.variance)
            }
        };
        Point { time: *time, value: metric.of(&cell) as f64, standard_error: metric.error(variance) }
    });
    Growth {
        points: points.collect(),
        delta_error: metric.error(tally.variance),
        p_value: None,
        q_value: None,
        slope: None,
        shape: None,
        retention: tally.change.retention(),
    }
}

/// The growth of each stack among some rows, largest first.
pub(super) fn site_growths(
    track: &Track,
    names: &Names,
    among: &[usize],
    window: &Window,
    metric: HeapMetric,
) -> Vec<SiteGrowth> {
    let mut rows: BTreeMap<SiteId, Vec<usize>> = BTreeMap::new();
    for &row in among {
        rows.entry(track.rows[row].site).or_default().push(row);
    }
    let mut sites: Vec<(f64, SiteGrowth)> = rows
        .into_iter()
        .map(|(site, rows)| {
            let tally = heap_tally(track, &rows, window.first(), window.last());
            (tally.delta(), SiteGrowth { site, growth: growth_of(track, &rows, metric, window) })
        })
        .collect();
    sites.sort_by(|(a, of_a), (b, of_b)| {
        b.total_cmp(a).then_with(|| track.by_frames(names, of_a.site, of_b.site))
    });
    sites.into_iter().map(|(_, site)| site).collect()
}

/// A hot path keeps nothing, neither of the objects nor of the bytes it allocates: what it seems to gain is garbage that the
/// collector had not yet seen, which follows any leak (S40).
pub(super) fn is_hot(change: &Change, kept_bytes: Option<f64>) -> bool {
    keeps_no_objects(change) && kept_bytes.is_none_or(|kept| kept < CONTAINER_KEEPS)
}

pub(super) fn keeps_no_objects(change: &Change) -> bool {
    change.kept_share().is_some_and(|share| share < LEAST_SHARE)
}
