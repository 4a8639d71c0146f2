//! One snapshot by itself: what is live or waits where, and which cause it would have if it grows.
//!
//! A process starts with an empty heap and without goroutines of its own, so a snapshot is set beside an empty one: whatever
//! is live counts as the growth since the start. Groups, rules and source are then those of any series, but nothing is judged,
//! for what is there may have been there all along.

mod given;
mod goroutines;
mod holders;
mod memory;
mod one_snapshot;
mod place;
mod waits;

pub use given::NotOne;
pub use goroutines::{GoroutineGroup, Goroutines, Proof};
pub use holders::{Awaited, LockHolder, Relation, awaited};
pub use memory::{Churn, Memory, MemoryPlace, SizeHeld};
pub use place::{Named, Place};
pub use waits::Wait;

use super::naming::name_all;
use super::taken::tracks;
use super::{Options, remarks};
use crate::clusters::{Subject, groups};
use crate::profile::{Difference, Kind, MemStats, Notice, NoticeCode, RawProfile};
use crate::series::{Granularity, Sampling, Series, SeriesBuilder, SiteOptions, Track, Window};
use crate::suspects::{Criteria, Linked, Tracks, join};
use given::{Given, one_a_kind};
use place::from_nothing;

/// The empty snapshot of a track: its process before it did anything.
const START: usize = 0;
/// The snapshot that was given.
pub const NOW: usize = 1;

/// What one snapshot of each kind shows.
#[derive(Debug)]
pub struct Inspection {
    /// The snapshots, each behind an empty one.
    pub series: Series,
    /// The heap, if it was given.
    pub memory: Option<Memory>,
    /// The goroutines, if they were given.
    pub goroutines: Option<Goroutines>,
    /// The goroutines that the garbage collector proved leaked, if that was asked.
    pub proof: Option<Proof>,
    /// What the runtime says of its memory, if a heap text was given.
    pub process: Option<MemStats>,
    /// What the user must know.
    pub notices: Vec<Notice>,
}

/// Looks at one snapshot of each kind.
///
/// # Errors
/// If two snapshots of one kind are given.
pub(crate) fn inspect(profiles: Vec<RawProfile>, options: &Options) -> Result<Inspection, NotOne> {
    let mut notices = Vec::new();
    let Given { profiles, process } = one_a_kind(profiles, &mut notices)?;
    let series = since_start(profiles, options, &mut notices);
    let windows: Vec<(Kind, Window)> = series
        .tracks()
        .iter()
        .filter_map(|track| Some((track.kind, Window::new(vec![START, NOW], vec![None, None])?)))
        .collect();
    let names = &series.names;
    let coarsest = options.sites.granularity;
    let mut memory = series.track(Kind::Heap).map(|track| {
        let groups = groups(track, names, coarsest);
        notices.extend(about_heap(track, groups.is_empty(), &options.sites));
        Memory::of(track, names, &groups)
    });
    // Who holds a lock and who waits for it are in one function, at two lines.
    let by_line = coarsest.max(Granularity::Line);
    let proof = series
        .track(Kind::GoroutineLeak)
        .map(|track| Proof::of(track, names, &groups(track, names, by_line)));
    let mut goroutines = series.track(Kind::Goroutine).map(|track| {
        let groups = groups(track, names, by_line);
        notices.extend(nothing_left(track, groups.is_empty(), &options.sites));
        Goroutines::of(track, names, &groups, proof.as_ref())
    });
    let tracks = || tracks(&series, &windows);
    let leaks = joined(memory.as_ref(), goroutines.as_ref(), &tracks(), coarsest);
    let suspects = name_all(leaks, tracks(), &series, options, &mut notices);
    for held in memory.iter_mut().flat_map(|memory| &mut memory.places) {
        held.place.name_by(Subject::Heap, &suspects);
    }
    for group in goroutines.iter_mut().flat_map(|goroutines| &mut goroutines.groups) {
        group.place.name_by(Subject::Goroutine, &suspects);
    }
    goroutines.iter_mut().for_each(Goroutines::rank);
    notices.extend(series.names.guessed_own().map(remarks::about_own_code));
    Ok(Inspection { memory, goroutines, proof, process, notices, series })
}

/// The places that are large enough to ask for their cause, as if they had grown; those that belong together joined.
fn joined(
    memory: Option<&Memory>,
    goroutines: Option<&Goroutines>,
    tracks: &Tracks<'_>,
    granularity: Granularity,
) -> Vec<Linked> {
    let names = tracks.names;
    let held = memory.into_iter().flat_map(|memory| &memory.places).filter(|held| held.stands_out());
    let groups = goroutines.into_iter().flat_map(|goroutines| &goroutines.groups);
    let groups: Vec<&GoroutineGroup> = groups.filter(|group| group.stands_out()).collect();
    // Who grows with whom is not known here, so goroutines are said to hold only what they can hold a few of each.
    let (may_be_held, others): (Vec<&MemoryPlace>, Vec<&MemoryPlace>) =
        held.partition(|held| groups.iter().any(|group| held.may_be_held_by(group.count)));
    let as_grown =
        |held: &MemoryPlace| held.place.as_candidate(Subject::Heap, held.growth.clone(), &[], names);
    let waiting = groups.iter().map(|group| {
        let growth = from_nothing(group.count as f64);
        group.place.as_candidate(Subject::Goroutine, growth, &group.states, names)
    });
    let criteria = Criteria::default();
    let mut leaks =
        join(may_be_held.into_iter().map(as_grown).chain(waiting).collect(), tracks, granularity, &criteria);
    leaks.extend(join(others.into_iter().map(as_grown).collect(), tracks, granularity, &criteria));
    leaks
}

/// The snapshots, each behind an empty one of its kind.
fn since_start(profiles: Vec<RawProfile>, options: &Options, notices: &mut Vec<Notice>) -> Series {
    let build = profiles.iter().find_map(|profile| profile.build_id.clone());
    let is_other = |p: &&RawProfile| p.build_id.is_some() && p.build_id != build;
    if let Some(other) = profiles.iter().find(is_other) {
        notices.push(Notice::about(
            NoticeCode::DifferentBuild,
            &other.source,
            "this snapshot is of another build than the others, so it does not explain them; take all from one process",
        ));
    }
    let mut builder = SeriesBuilder::new(options.sites.clone(), true);
    for profile in profiles {
        notices.extend(profile.notices.iter().cloned());
        let mut empty = RawProfile::new("", profile.kind, profile.form, profile.sample_types.clone());
        empty.rate = profile.rate;
        builder.add(empty);
        builder.add(profile);
    }
    builder.finish()
}

/// What makes the numbers of a heap snapshot doubtful.
fn about_heap(track: &Track, nothing_is_left: bool, sites: &SiteOptions) -> Vec<Notice> {
    let snapshot = &track.snapshots[NOW];
    let mut notices: Vec<Notice> = nothing_left(track, nothing_is_left, sites).into_iter().collect();
    let mut note = |code, text: &str| notices.push(Notice::about(code, &snapshot.source, text));
    match snapshot.difference {
        Some(Difference::Over(_)) => note(
            NoticeCode::DeltaProfile,
            "this is a difference (`?seconds=N`), not a snapshot: what is called live below is what came to live in that time. \
             Fetch /debug/pprof/heap?gc=1 instead",
        ),
        Some(Difference::OfProfiles) => note(
            NoticeCode::DeltaProfile,
            "this has negative values, so it is the difference of two profiles, not a snapshot: what is called live below is what \
             one has more than the other. Give one of them instead",
        ),
        Some(Difference::OfAllocations) | None => {}
    }
    match snapshot.sampling {
        Sampling::Recovered => {}
        Sampling::Merged => note(
            NoticeCode::MergedEstimates,
            "the estimates do not come from whole sampled counts: the profile was merged, averaged or normalised on the way, so \
             sampling errors are not known",
        ),
        Sampling::Unknown => note(
            NoticeCode::UnknownSampling,
            "the profile gives no object sizes or no sampling rate, as Go's would, so sampling errors are not known",
        ),
    }
    if snapshot.columns.alloc_space.is_none() {
        note(
            NoticeCode::NoAllocCounters,
            "the profile counts only what is live, so how much was freed again is not known",
        );
    }
    notices
}

/// Why there is nothing to look at, if there is not.
fn nothing_left(track: &Track, nothing_is_left: bool, sites: &SiteOptions) -> Option<Notice> {
    if !nothing_is_left || track.rows.is_empty() {
        return None;
    }
    let kind = track.kind.name();
    Some(match sites.focus.is_some() || sites.ignore.is_some() {
        true => Notice::new(
            NoticeCode::FilteredOut,
            format!("--focus and --ignore leave nothing of the {kind} profile; loosen them"),
        ),
        false => Notice::about(
            NoticeCode::NoSymbols,
            &track.snapshots[NOW].source,
            "no stack in it can be read; was it changed on its way, its lines indented anew for example? Save it unchanged",
        ),
    })
}

#[cfg(test)]
mod tests;
