//! Whether a profile.proto is a snapshot, or a difference, or both at once.

use crate::profile::{Difference, HeapColumns, Kind, Notice, NoticeCode, RawProfile};

/// Says of a profile with its samples what it is the difference of, which its duration alone does not show.
pub(super) fn classify(profile: &mut RawProfile) {
    let has_negative = profile.samples.values().iter().any(|value| *value < 0);
    profile.difference = match profile.difference {
        Some(Difference::Over(_)) if !has_negative && counts_allocations_only(profile) => {
            profile.notices.push(Notice::new(
                NoticeCode::NoAllocCounters,
                "allocations are counted since the snapshot before only, as Datadog's profiler and Pyroscope's (godeltaprof) do \
                 it; what is live is judged",
            ));
            Some(Difference::OfAllocations)
        }
        None if has_negative && (counts_fell(profile) || mostly_below_nothing(profile)) => {
            Some(Difference::OfProfiles)
        }
        as_its_duration_says => as_its_duration_says,
    };
}

/// Whether more lives of something than was allocated: then all that is live counts, and of allocations a part.
fn counts_allocations_only(profile: &RawProfile) -> bool {
    let Some(HeapColumns {
        alloc_objects: Some(allocated),
        alloc_space: Some(allocated_bytes),
        inuse_objects: Some(live),
        inuse_space: Some(live_bytes),
    }) = profile.heap_columns()
    else {
        return false;
    };
    let is_more =
        |values: &[i64]| values[live] > values[allocated] || values[live_bytes] > values[allocated_bytes];
    profile.samples.iter().any(|sample| is_more(sample.values))
}

/// Whether something counts less than nothing that a process only counts up, or that it counts one by one. Live memory may:
/// Go 1.22 is known for it (golang.org/issue/67584).
fn counts_fell(profile: &RawProfile) -> bool {
    let columns = profile.heap_columns();
    let column = match profile.kind {
        Kind::Heap => columns.and_then(|columns| columns.alloc_space.or(columns.alloc_objects)),
        Kind::Goroutine | Kind::GoroutineLeak => Some(0),
    };
    column.is_some_and(|column| profile.samples.iter().any(|sample| sample.values[column] < 0))
}

/// Whether more places have less than nothing alive than something. The later snapshot less the earlier one has, where memory
/// was given back, while its counts of allocations rise; Go's mistake is one of single places.
fn mostly_below_nothing(profile: &RawProfile) -> bool {
    let live = profile.heap_columns().and_then(|columns| columns.inuse_space.or(columns.inuse_objects));
    let signs = |column: usize| profile.samples.iter().map(move |sample| sample.values[column].signum());
    live.is_some_and(|column| signs(column).sum::<i64>() < 0)
}
