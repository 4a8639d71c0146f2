//! What the user must know about the comparison: missing times, growth set aside, doubtful counts, too little data.

use super::Taken;
use crate::clusters::Subject;
use crate::growth::{Change, upper_tail_half};
use crate::profile::{Kind, Notice, NoticeCode, TimeSource, readable};
use crate::series::{Names, Sampling, Series, Track, Window};
use crate::suspects::{Confidence, HeapJudgement, Linked, Rest, most_if_uncertain};

/// A heap in which fewer sampled objects came or went cannot reach p = 0.05, whatever they did: 2⁻⁵ < 0.05 < 2⁻⁴.
const LEAST_TURNOVER: u64 = 5;

/// Seconds after which a heap where next to nothing is allocated is taken for one at rest. Over a shorter time the next
/// request may show what this one did not.
const LONG_ENOUGH: f64 = 60.0;

/// What was noticed while snapshots were taken in, and what is to be said of their sums and times.
pub(super) fn about_snapshots(taken: &Taken) -> Vec<Notice> {
    let mut notices = taken.notices.clone();
    notices.extend(taken.series.names.guessed_own().map(about_own_code));
    for (kind, window) in &taken.windows {
        notices.extend(about_sums(&taken.series, *kind, window));
        // One snapshot given twice has one time, and that is reported already.
        let twice = |(k, notice): &(Kind, Notice)| k == kind && notice.code == NoticeCode::SameSnapshot;
        if !taken.obstacles.iter().any(twice) {
            notices.extend(about_times(&taken.series, *kind, window));
        }
    }
    notices
}

/// That own code is distinguished from libraries by a guess.
pub(super) fn about_own_code(repositories: &[String]) -> Notice {
    let what = match repositories {
        [] => "package main and what no host is named for".to_owned(),
        of => format!("what is of {}, as package main is", of.join(" and ")),
    };
    let text = format!(
        "paths of this program carry no versions, so own code is taken to be {what}; say it with --own REGEX if it is not"
    );
    Notice::new(NoticeCode::OwnCodeGuessed, text)
}

/// How the times of a pair are known.
fn about_times(series: &Series, kind: Kind, window: &Window) -> Option<Notice> {
    let track = series.track(kind)?;
    if !window.can_be_judged() || window.is_in_rounds() {
        return None;
    }
    let kind_name = kind.name();
    let ends = [window.times()[0], window.times()[window.len() - 1]];
    match ends {
        // What a goroutineleak profile proves needs no rate.
        [Some(first), Some(last)] if first == last && kind != Kind::GoroutineLeak => {
            return Some(Notice::new(
                NoticeCode::NoTime,
                format!(
                    "both {kind_name} snapshots carry the same time, so there are no rates; was one of them copied, merged \
                     or edited?"
                ),
            ));
        }
        // Times that go backwards are an obstacle of their own.
        [Some(_), Some(_)] => {}
        _ => {
            return Some(Notice::new(
                NoticeCode::NoTime,
                format!(
                    "when the {kind_name} snapshots were taken is not known, so there are no rates; the binary form \
                     (debug=0) says it"
                ),
            ));
        }
    }
    let outside = |source: TimeSource| {
        track.snapshots.iter().any(|snapshot| snapshot.taken_at.is_some_and(|t| t.source == source))
    };
    let how = if outside(TimeSource::FileTime) {
        "the modification time of its file"
    } else if outside(TimeSource::HttpDate) {
        "the Date header of the HTTP answer"
    } else if outside(TimeSource::FileName) {
        "the collector's time, in the name of its file,"
    } else {
        return None;
    };
    Some(Notice::new(
        NoticeCode::TimeFromOutside,
        format!("a {kind_name} snapshot does not say when it was taken; {how} is used for the rates"),
    ))
}

/// That the kind which decides has one snapshot only in the life that is judged.
pub(super) fn about_single(taken: &Taken) -> Option<Notice> {
    let kind = if taken.heap_given { Kind::Heap } else { Kind::Goroutine };
    taken.is_single(kind).then(|| {
        Notice::new(
            NoticeCode::TooFewSamples,
            format!(
                "the life of the process that is judged has only one {} snapshot, so nothing shows what grew; take another one later",
                kind.name()
            ),
        )
    })
}

/// Whether a part of the snapshots of a window is missing.
pub(super) fn is_cut(series: &Series, kind: Kind, window: &Window) -> bool {
    series
        .track(kind)
        .is_some_and(|track| window.snapshots().iter().any(|i| track.snapshots[*i].is_truncated))
}

/// Whether a part of the first snapshot of a window is missing.
pub(super) fn is_cut_at_start(series: &Series, kind: Kind, window: &Window) -> bool {
    series.track(kind).is_some_and(|track| track.snapshots[window.first()].is_truncated)
}

/// Sums that no column of 64 bits can hold; the judgement works on capped ones.
fn about_sums(series: &Series, kind: Kind, window: &Window) -> Option<Notice> {
    let track = series.track(kind)?;
    let fits = |total: &i128| i64::try_from(*total).is_ok();
    let snapshot = [window.first(), window.last()]
        .map(|i| &track.snapshots[i])
        .into_iter()
        .find(|s| !s.totals.iter().all(fits))?;
    Some(Notice::about(
        NoticeCode::Overflow,
        &snapshot.source,
        "its values add up to more than 64 bits hold and were capped, which no real process reaches: the file is damaged \
         or made up, so do not rely on this report. Fetch the profile again",
    ))
}

/// What was set aside in the heap, and what makes its numbers doubtful.
pub(super) fn about_sites(track: &Track, window: &Window, nothing_left: bool) -> Vec<Notice> {
    let mut notices = Vec::new();
    let (mut profiler, mut negative) = (0i64, 0usize);
    for (index, row) in track.rows.iter().enumerate() {
        let [(_, before), (_, after)] = [window.first(), window.last()].map(|i| track.bytes(i, index));
        if track.site(row.site).is_profiler {
            profiler = profiler.saturating_add(after.saturating_sub(before));
        }
        negative += usize::from(before < 0 || after < 0);
    }
    if profiler > 0 {
        notices.push(Notice::new(
            NoticeCode::ProfilerOverhead,
            format!(
                "{:.1} MiB of growth belong to the profiler itself (writing earlier snapshots) and were set aside",
                profiler as f64 / (1 << 20) as f64
            ),
        ));
    }
    if negative > 0 {
        notices.push(Notice::new(
            NoticeCode::NegativeInuse,
            format!(
                "{negative} rows show live memory below zero, which Go 1.22 is known to write (golang.org/issue/67584); \
                 they count as zero in the judgement, and the totals are as the file has them"
            ),
        ));
    }
    if nothing_left && !track.rows.is_empty() {
        notices.push(Notice::new(
            NoticeCode::FilteredOut,
            "--focus and --ignore leave nothing of the heap to judge; loosen them",
        ));
    }
    let most = most_if_uncertain(window).name();
    notices.extend(about_sampling(track, window, most));
    if track.snapshots[window.last()].columns.alloc_space.is_none() {
        notices.push(Notice::new(
            NoticeCode::NoAllocCounters,
            format!(
                "the profile does not count allocations, only what is live, so retention is unknown and no heap suspect \
                 is above {most}"
            ),
        ));
    }
    notices
}

fn about_sampling(track: &Track, window: &Window, most: &str) -> Option<Notice> {
    let of = |wanted: Sampling| {
        [window.first(), window.last()].into_iter().find(|i| track.snapshots[*i].sampling == wanted)
    };
    if let Some(index) = of(Sampling::Merged) {
        return Some(Notice::about(
            NoticeCode::MergedEstimates,
            &track.snapshots[index].source,
            format!(
                "the estimates do not come from whole sampled counts: the profile was merged, averaged or normalised on the \
                 way. No heap suspect is above {most}; fetch snapshots directly from /debug/pprof/heap?gc=1"
            ),
        ));
    }
    let index = of(Sampling::Unknown)?;
    Some(Notice::about(
        NoticeCode::UnknownSampling,
        &track.snapshots[index].source,
        format!(
            "the profile gives no object sizes or no sampling rate, as Go's would, so sampling errors are unknown and counts \
             are taken as exact. No heap suspect is above {most}"
        ),
    ))
}

/// Whether the heap snapshots hold enough to say that nothing leaks; a notice says so where they do not.
pub(super) fn about_heap(
    heap: &HeapJudgement,
    names: &Names,
    window: &Window,
    suspects: &[Linked],
    notices: &mut Vec<Notice>,
) -> bool {
    if notices.iter().any(|notice| notice.code == NoticeCode::FilteredOut) {
        return false;
    }
    let change = &heap.total.change;
    let turnover = change
        .allocated
        .zip(change.freed())
        .map_or(change.trials(), |(new, freed)| new.saturating_add(freed));
    // Whoever allocates so little for so long does not leak faster than what is said to be visible.
    let is_short = window.days().is_none_or(|days| days * 86_400.0 < LONG_ENOUGH);
    if turnover < LEAST_TURNOVER && is_short && !heap.total_grows {
        notices.push(Notice::new(
            NoticeCode::TooFewSamples,
            format!(
                "only {turnover} sampled objects came or went between the heap snapshots, too few to judge anything \
                 (p = {:.2} at best); take the second snapshot later, or sample finer \
                 (runtime.MemProfileRate = 65536 at the start of main)",
                upper_tail_half(turnover, turnover)
            ),
        ));
        return false;
    }
    let is_small = |suspect: &Linked| suspect.subject == Subject::Heap && suspect.is_below_min_growth();
    let all_low = suspects.iter().all(|suspect| suspect.confidence == Confidence::Low);
    if all_low && suspects.iter().any(is_small) && heap.total_grows {
        notices.push(Notice::new(
            NoticeCode::BelowMinGrowth,
            "it grows by less than --min-growth, below which nothing is more than low; lower that to have it judged",
        ));
        return false;
    }
    let explained = suspects.iter().any(|s| s.has(Subject::Heap) && s.confidence >= Confidence::Medium);
    if !explained && heap.total_grows {
        let place = match heap.carrier {
            _ if heap.is_stackless => " (most of it where the profile has no stack)".to_owned(),
            None => String::new(),
            Some((blame, grown)) => {
                let mib = grown / f64::from(1 << 20);
                format!(" ({mib:.1} MiB of it at {})", readable(&names.info(blame.function).name))
            }
        };
        notices.push(Notice::new(
            NoticeCode::UnexplainedGrowth,
            match window.len() {
                2 => format!(
                    "the heap as a whole grew by more than chance{place}, and no suspect above low confidence explains it; \
                     take a third snapshot after as long again, and follow all three with `pprof-leaks trend`"
                ),
                n => format!(
                    "the heap as a whole may well go on growing{place}, and no suspect above low confidence explains it; take {n} more \
                     snapshots at the same interval"
                ),
            },
        ));
        return false;
    }
    true
}

/// Whether the goroutines of which no place says anything leave nothing to explain, beside no suspect above low; a notice says so where
/// they do.
pub(super) fn about_goroutines(rest: Option<Rest>, notices: &mut Vec<Notice>) -> bool {
    let Some(Rest { change: Change { before, after, .. }, is_stackless }) = rest else { return true };
    let text = match is_stackless {
        true => format!(
            "goroutines without a stack in the profile grew from {before} to {after}, and nothing says what they do; take it again, as \
             `debug=2`, and let nothing reformat it"
        ),
        false => format!(
            "goroutines grew from {before} to {after} at many places, none of which grew beyond chance by itself; look what starts them \
             all, and take more snapshots at the same interval"
        ),
    };
    notices.push(Notice::new(NoticeCode::UnexplainedGrowth, text));
    false
}

/// Whether no place is left, beside no suspect above low, that may well grow on: such a place is not clean, and more snapshots decide.
pub(super) fn about_undecided(suspects: &[Linked], notices: &mut Vec<Notice>) -> bool {
    let is_small = |s: &Linked| s.subject == Subject::Goroutine && s.is_below_min_growth();
    if suspects.iter().any(is_small) {
        notices.push(Notice::new(
            NoticeCode::BelowMinGrowth,
            "goroutines accumulate, by less than --min-growth, below which nothing is more than low; lower that to have it judged",
        ));
        return false;
    }
    let mut undecided = suspects.iter().filter(|s| s.confidence == Confidence::Low && s.is_undecided());
    let Some(first) = undecided.next() else { return true };
    let leak = first.posterior().map_or(0.0, |posterior| 100.0 * posterior.leak());
    let wait = match first.more_snapshots() {
        Some(1) => "one more snapshot at the same interval decides, if it goes on so".to_owned(),
        Some(more) => format!("{more} more snapshots at the same interval decide, if it goes on so"),
        None => "take as many snapshots again, further apart".to_owned(),
    };
    notices.push(Notice::new(
        NoticeCode::UnexplainedGrowth,
        format!("too little was seen to tell whether it goes on growing (a leak with a probability of {leak:.0} %); {wait}"),
    ));
    false
}
