//! From growth to suspects: which groups are leaks, how sure that is and why, in which order, under which id.
//!
//! What grows and may leak is a [`Candidate`]; candidates that are one leak are [`Linked`]; with its cause that is a
//! [`Suspect`].

mod baseline;
mod by_outlet;
mod candidate;
mod case;
mod census;
mod choose;
mod clean;
mod companions;
mod criteria;
mod entrances;
mod evidence;
mod fingerprint;
mod goroutines;
mod heap;
mod heap_growth;
mod join;
mod linked;
mod load;
mod one_for_one;
mod passed_over;
mod spread;
mod suspect;
mod teams;
mod traits;
mod verdict;
mod weigh;

pub(crate) use by_outlet::weigh_outlet;

pub use baseline::{Accepted, Baseline, BaselineError};
pub use candidate::{Candidate, SiteGrowth};
pub use case::Scene;
pub use clean::{Hidden, Resolution};
pub use criteria::{Criteria, HeapMetric};
pub use entrances::Entrance;
pub use evidence::Evidence;
pub use fingerprint::place_id;
pub use goroutines::{GoroutineJudgement, GoroutineTracks, Rest, judge_goroutines};
pub use heap::{HeapJudgement, judge_heap};
pub use join::{Tracks, join};
pub use linked::{Linked, rank};
pub use passed_over::{PassedOver, Why};
pub use suspect::Suspect;
pub use verdict::Verdict;
pub use weigh::most_if_uncertain;

use crate::growth::Growth;
pub use crate::judge::Confidence;
use crate::profile::Kind;
use crate::series::{Names, Track, Window};

/// The growth of some rows of a track taken together, in the shown column.
pub fn group_growth(
    track: &Track,
    names: &Names,
    rows: &[usize],
    window: &Window,
    metric: HeapMetric,
) -> Growth {
    match track.kind {
        Kind::Heap => heap_growth::growth_of(track, rows, metric, window),
        Kind::Goroutine | Kind::GoroutineLeak => goroutines::group_growth(track, names, rows, window),
    }
}

/// The growth of each stack among some rows of a track, largest first.
pub fn group_sites(
    track: &Track,
    names: &Names,
    rows: &[usize],
    window: &Window,
    metric: HeapMetric,
) -> Vec<SiteGrowth> {
    match track.kind {
        Kind::Heap => heap_growth::site_growths(track, names, rows, window, metric),
        Kind::Goroutine | Kind::GoroutineLeak => goroutines::site_growths(track, names, rows, window),
    }
}

/// The growth of every stack of a track, largest first.
pub fn all_sites(track: &Track, names: &Names, window: &Window, metric: HeapMetric) -> Vec<SiteGrowth> {
    let rows: Vec<usize> = (0..track.rows.len()).collect();
    group_sites(track, names, &rows, window, metric)
}
