//! The whole analysis as a list of calls in order: profiles in, [`Analysis`] out.

mod choose;
mod remarks;

use crate::clusters::{Blame, groups};
use crate::growth::Growth;
use crate::profile::{Kind, Notice, NoticeCode, RawProfile, TimeSource};
use crate::series::{Series, SeriesBuilder, SiteOptions, concerns_whole_target, obstacle};
use crate::suspects::{
    Criteria, HeapJudgement, SiteGrowth, Span, Suspect, Verdict, all_sites, group_growth, join_pinned,
    judge_goroutines, judge_heap, rank,
};
use thiserror::Error;

/// File times closer than this, in nanoseconds, come from one copy or checkout.
const COPIED_AT_ONCE: i64 = 1_000_000_000;

/// How a comparison is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How sites are matched and which are left out.
    pub sites: SiteOptions,
    /// The thresholds, and what is shown.
    pub criteria: Criteria,
    /// Whether to keep the growth of every site, not only of the suspects'.
    pub full: bool,
}

/// Growth that is set side by side but not judged.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// The frame to open.
    pub blame: Blame,
    /// Its figures.
    pub growth: Growth,
}

/// What two sets of snapshots say.
#[derive(Debug)]
pub struct Analysis {
    /// The snapshots side by side.
    pub series: Series,
    /// The snapshots compared, a kind: heap, goroutine, goroutineleak as far as given on both sides.
    pub spans: Vec<(Kind, Span)>,
    /// The one word.
    pub verdict: Verdict,
    /// The suspects, in the order of the report.
    pub suspects: Vec<Suspect>,
    /// For kinds that could not be judged: the functions that differ most, largest difference first.
    pub unjudged: Vec<(Kind, Vec<Unjudged>)>,
    /// Every site, if that was asked for.
    pub sites: Vec<(Kind, Vec<SiteGrowth>)>,
    /// The judgement of the heap, if it could be judged.
    pub heap: Option<HeapJudgement>,
    /// What the user must know.
    pub notices: Vec<Notice>,
}

/// Why profiles cannot be compared at all.
#[derive(Debug, Error)]
pub enum Incomparable {
    /// No kind of profile is given on both sides.
    #[error(
        "nothing to compare: before is {before}, after is {after}. Give two profiles of one kind, both from \
         /debug/pprof/heap?gc=1 or both from /debug/pprof/goroutine"
    )]
    NoCommonKind {
        /// The kinds given first.
        before: String,
        /// The kinds given second.
        after: String,
    },
}

/// Compares the snapshots taken before with those taken after.
///
/// # Errors
/// If no kind of profile is given on both sides.
pub fn compare(
    before: Vec<RawProfile>,
    after: Vec<RawProfile>,
    options: &Options,
) -> Result<Analysis, Incomparable> {
    let mut notices = Vec::new();
    let heap_given = before.iter().chain(&after).any(|profile| profile.kind == Kind::Heap);
    let pairs = choose::pairs(before, after, &mut notices)?;
    let mut builder = SeriesBuilder::new(options.sites.clone(), choose::is_one_build(&pairs));
    for profile in pairs {
        notices.extend(profile.notices.iter().cloned());
        builder.add(profile);
    }
    let series = builder.finish();
    let spans = spans(&series);
    let obstacles: Vec<(Kind, Notice)> = spans
        .iter()
        .filter_map(|(kind, span)| {
            obstacle(&series, *kind, span.first, span.last).map(|notice| (*kind, notice))
        })
        .collect();
    for (kind, span) in &spans {
        notices.extend(remarks::about_sums(&series, *kind, span));
        // One snapshot given twice has one time, and that is told already.
        let twice = |(k, notice): &(Kind, Notice)| k == kind && notice.code == NoticeCode::SameSnapshot;
        if !obstacles.iter().any(twice) {
            notices.extend(remarks::about_times(&series, *kind, span));
        }
    }
    let blocked = |kind: Kind| obstacles.iter().any(|(k, n)| *k == kind || concerns_whole_target(n.code));
    let span_of =
        |kind: Kind| spans.iter().find(|(k, _)| *k == kind && !blocked(kind)).map(|(_, span)| *span);

    let mut suspects = Vec::new();
    let heap = judge_heap_track(&series, span_of(Kind::Heap), options, &mut suspects, &mut notices);
    let goroutines_judged = judge_goroutine_tracks(&series, &span_of, options, &mut suspects);
    join_pinned(&mut suspects);
    rank(&mut suspects);

    let enough_heap = heap.as_ref().is_some_and(|heap| remarks::about_heap(heap, &suspects, &mut notices));
    let judged = match span_of(Kind::Heap) {
        Some(_) => enough_heap,
        // Goroutines alone can acquit only if nobody asked about the heap.
        None => goroutines_judged && !heap_given,
    };
    let verdict = Verdict::of(&suspects, judged);
    let unjudged = spans
        .iter()
        .filter(|(kind, span)| blocked(*kind) && span.last > span.first)
        .map(|(kind, span)| (*kind, set_side_by_side(&series, *kind, *span, options)))
        .collect();
    let sites = spans
        .iter()
        .filter(|_| options.full)
        .filter_map(|(kind, span)| {
            Some((*kind, all_sites(series.track(*kind)?, &series.names, *span, options.criteria.metric)))
        })
        .collect();
    notices.extend(obstacles.into_iter().map(|(_, notice)| notice));
    notices.sort();
    notices.dedup();
    Ok(Analysis { series, spans, verdict, suspects, unjudged, sites, heap, notices })
}

/// The functions that differ most between two snapshots that cannot be judged.
fn set_side_by_side(series: &Series, kind: Kind, span: Span, options: &Options) -> Vec<Unjudged> {
    let Some(track) = series.track(kind) else { return Vec::new() };
    let mut rows: Vec<Unjudged> = groups(track, &series.names, options.sites.granularity)
        .into_iter()
        .map(|group| Unjudged {
            blame: group.blame,
            growth: group_growth(track, &series.names, &group.rows, span, options.criteria.metric),
        })
        .filter(|unjudged| unjudged.growth.delta() != 0.0)
        .collect();
    rows.sort_by(|a, b| b.growth.delta().abs().total_cmp(&a.growth.delta().abs()));
    rows
}

/// The pairs to compare: the first and the last snapshot of every kind.
fn spans(series: &Series) -> Vec<(Kind, Span)> {
    series
        .tracks()
        .iter()
        .map(|track| {
            let last = track.snapshots.len() - 1;
            let times = [0, last].map(|i| track.snapshots[i].taken_at);
            // A file's time says when it was copied. Where that contradicts the order given, or where the files were
            // written all at once, it says nothing of the profiles.
            let outside = times.iter().flatten().any(|t| t.source == TimeSource::FileTime);
            let times = match times {
                [Some(a), Some(b)] if outside && b.nanos - a.nanos < COPIED_AT_ONCE => [None, None],
                times => times.map(|t| t.map(|t| t.nanos)),
            };
            (track.kind, Span { first: 0, last, times })
        })
        .collect()
}

fn judge_heap_track(
    series: &Series,
    span: Option<Span>,
    options: &Options,
    suspects: &mut Vec<Suspect>,
    notices: &mut Vec<Notice>,
) -> Option<HeapJudgement> {
    let (track, span) = series.track(Kind::Heap).zip(span)?;
    let groups = groups(track, &series.names, options.sites.granularity);
    notices.extend(remarks::about_sites(track, &span, groups.is_empty()));
    let mut judgement = judge_heap(track, &series.names, &groups, span, &options.criteria);
    suspects.append(&mut judgement.suspects);
    Some(judgement)
}

/// Judges goroutines, with a goroutineleak profile as proof; a goroutineleak profile alone is judged by itself. Says
/// whether anything was judged.
fn judge_goroutine_tracks(
    series: &Series,
    span_of: &dyn Fn(Kind) -> Option<Span>,
    options: &Options,
    suspects: &mut Vec<Suspect>,
) -> bool {
    let proof = series.track(Kind::GoroutineLeak).filter(|_| span_of(Kind::GoroutineLeak).is_some());
    let goroutines = series.track(Kind::Goroutine).zip(span_of(Kind::Goroutine));
    let judged = goroutines.or_else(|| proof.zip(span_of(Kind::GoroutineLeak)));
    let Some((track, span)) = judged else { return false };
    let groups = groups(track, &series.names, options.sites.granularity);
    suspects.extend(judge_goroutines(track, &series.names, &groups, span, &options.criteria, proof));
    true
}

impl Analysis {
    /// Whether any of the notices forbids judging what it concerns.
    pub fn is_obstructed(&self) -> bool {
        self.notices.iter().any(|notice| notice.code.forbids_judgement())
    }

    /// The notices of a code.
    pub fn has_notice(&self, code: NoticeCode) -> bool {
        self.notices.iter().any(|notice| notice.code == code)
    }
}
