//! Whether the time looked at was long enough for a leak that matters to show: only then is a heap called clean.

use crate::clusters::Blame;
use crate::profile::{Notice, NoticeCode, readable};
use crate::series::{Names, Window};
use crate::suspects::{Criteria, HeapJudgement, PassedOver, Why};

/// Why a heap without suspects is not clean, and how long to look; nothing where it is. Without times, and where rounds of the same
/// work are counted instead, there is no rate to judge by.
pub(super) fn too_short(
    heap: &HeapJudgement,
    names: &Names,
    window: &Window,
    criteria: &Criteria,
) -> Option<Notice> {
    let hours = window.days().filter(|days| *days > 0.0 && !window.is_in_rounds())? * 24.0;
    undecided_place(heap, names, hours, criteria).or_else(|| missed(heap, names, hours, criteria))
}

/// Most of what the heap grew by stands at one place, stays there, and matters, but is too little for a suspect.
fn undecided_place(heap: &HeapJudgement, names: &Names, hours: f64, criteria: &Criteria) -> Option<Notice> {
    let (carrier, _) = heap.carrier?;
    let matters = |place: &&PassedOver| {
        let per_day = place.delta / hours * 24.0;
        place.blame == carrier && place.why == Why::TooLittle && per_day >= criteria.min_growth
    };
    let place = heap.passed_over.iter().find(matters)?;
    // At this pace it comes to what would have shown; where it should have by now, as long again decides.
    let enough = hours * (heap.resolution.quiet / place.delta).max(2.0);
    let text = format!(
        "memory allocated in {} and kept grew by {} ({} an hour), too little to tell whether it goes on; look for {}",
        named(names, &carrier),
        size(place.delta),
        size(place.delta / hours),
        time(enough, f64::ceil)
    );
    Some(Notice::new(NoticeCode::UnexplainedGrowth, text))
}

/// A leak that matters could have been missed.
fn missed(heap: &HeapJudgement, names: &Names, hours: f64, criteria: &Criteria) -> Option<Notice> {
    let (limit, quiet) = (criteria.fastest_missed(), heap.resolution.quiet);
    let short = |why: String| {
        let looked = time(hours, f64::round);
        let text = format!("{looked} are too short to say that nothing leaks: {why}");
        Some(Notice::new(NoticeCode::TooShort, text))
    };
    if quiet / hours > limit {
        return short(format!(
            "only a leak of {} an hour or more would have shown; to see one of {} an hour, look for {}",
            size(quiet / hours),
            size(limit),
            time(quiet / limit, f64::ceil)
        ));
    }
    // What hides where much comes and goes is said beside the verdict. But who names a rate wants to be sure of every place; and of a heap
    // that rose, by more than the error of its sampling, it is no assurance that a leak as large as all of it would have shown.
    let hidden = heap.resolution.busy?;
    let rose = heap.total.delta() > heap.total.variance.bytes.sqrt();
    let limit = match criteria.must_detect {
        Some(_) => limit,
        None if rose && !has_stopped(heap, &hidden.blame) => {
            heap.total.after.inuse_space.max(0) as f64 / hours
        }
        None => return None,
    };
    let place = named(names, &hidden.blame);
    match hidden.least {
        // Traffic hides less in a longer time, but not evenly so: how long to look is not known.
        Some(least) if least / hours > limit => short(format!(
            "at {place}, where more comes and goes, only a leak of {} an hour or more would have shown; look for longer",
            size(least / hours)
        )),
        Some(_) => None,
        None => {
            short(format!("at {place} so much comes and goes that no leak would have shown; look for longer"))
        }
    }
}

/// Whether what grew at a place has most probably stopped.
fn has_stopped(heap: &HeapJudgement, place: &Blame) -> bool {
    heap.passed_over.iter().any(|other| other.blame == *place && other.why == Why::Stopped)
        || heap.candidates.iter().any(|candidate| candidate.blame == *place && candidate.has_stopped())
}

/// A function without the folders of its import path.
fn named(names: &Names, blame: &Blame) -> String {
    let name = readable(&names.info(blame.function).name);
    name.rsplit('/').next().unwrap_or(&name).to_owned()
}

/// A size as people read it.
fn size(bytes: f64) -> String {
    match bytes / f64::from(1 << 20) {
        mib if mib < 0.95 => format!("{:.1} KiB", mib * 1024.0),
        mib if mib < 1023.95 => format!("{mib:.1} MiB"),
        mib => format!("{:.1} GiB", mib / 1024.0),
    }
}

/// A span of time as people read it; what is to be waited for is rounded up.
fn time(hours: f64, round: fn(f64) -> f64) -> String {
    match hours * 3600.0 {
        seconds if seconds <= 120.0 => format!("{} s", round(seconds)),
        seconds if seconds <= 7200.0 => format!("{} min", round(seconds / 60.0)),
        seconds => format!("{} h", round(seconds / 3600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_wait_are_never_too_short() {
        assert_eq!(time(58.3 / 3600.0, f64::ceil), "59 s");
        assert_eq!(time(121.0 / 3600.0, f64::ceil), "3 min");
        assert_eq!(time(2.1, f64::ceil), "3 h");
        assert_eq!(time(119.9 / 3600.0, f64::round), "120 s");
    }
}
