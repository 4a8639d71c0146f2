//! From an analysis to a document: the only place where ids become names and numbers become sentences.

use super::detail::Details;
use super::document::{
    Document, InputView, LifeView, PassedOverView, Provenance, RowView, SchemaVersion, ShownTotal, SiteView,
    SuspectView, TotalView, UnjudgedView, Warning,
};
use super::inert::inert;
use super::resolver::Resolver;
use super::{ledger, sentences, service};
use crate::analysis::{Analysis, Life, Unjudged};
use crate::clusters::Subject;
use crate::growth::Point;
use crate::profile::{Kind, NoticeCode};
use crate::series::{Snapshot, Track, Window};
use crate::suspects::{Confidence, HeapMetric, PassedOver, Suspect, Verdict, Why};

/// Rows shown of what could not be judged.
const UNJUDGED_ROWS: usize = 15;

/// Resolves an analysis.
pub fn build_document(analysis: &Analysis) -> Document {
    let (names, metric) = (&analysis.series.names, analysis.metric);
    let resolver = Resolver { names, metric };
    // Nothing has to be changed there.
    let (stopped, going_on): (Vec<&Suspect>, Vec<&Suspect>) =
        analysis.suspects.iter().partition(|s| analysis.verdict == Verdict::Clean && has_stopped(s));
    let suspects: Vec<SuspectView> = going_on
        .into_iter()
        .enumerate()
        .filter_map(|(index, suspect)| resolver.suspect(index + 1, suspect, analysis))
        .collect();
    let sample_totals = totals(analysis, metric);
    let mut document = Document {
        schema_version: SchemaVersion,
        verdict: analysis.verdict,
        service: service::view(analysis),
        headline: String::new(),
        hours: analysis.windows.iter().find_map(|(_, window)| span_hours(window)),
        inputs: inputs(analysis),
        totals: sample_totals.iter().filter(|total| total.shown).map(shown).collect(),
        sample_totals,
        suspects,
        passed_over: passed_over(analysis, &stopped, &resolver),
        accepted: analysis
            .accepted
            .iter()
            .map(|(suspect, entry)| resolver.accepted(suspect, entry, analysis))
            .collect(),
        unjudged: unjudged(analysis, &resolver),
        sites: (!analysis.sites.is_empty()).then(|| every_site(analysis, &resolver)),
        lives: match analysis.lives.as_slice() {
            several @ [_, _, ..] => several.iter().map(LifeView::from).collect(),
            _ => Vec::new(),
        },
        forecast: analysis.forecast.map(Into::into),
        ledger: analysis.ledger.as_ref().map(|ledger| ledger::view(ledger, &inert)),
        detectable: None,
        resolution: None,
        warnings: analysis.notices.iter().map(Warning::from).collect(),
        provenance: Provenance::of_this_version(),
    };
    document.detectable = sentences::detectable(analysis, document.hours);
    document.resolution = sentences::resolution(analysis, document.detectable.as_ref(), document.hours);
    document.headline = inert(&sentences::headline(&document, analysis));
    document
}

/// What else of the heap grew, and why it is no suspect.
fn passed_over(analysis: &Analysis, stopped: &[&Suspect], resolver: &Resolver<'_>) -> Vec<PassedOverView> {
    let view = |place: &PassedOver| PassedOverView {
        blame: resolver.blame(&place.blame),
        delta: place.delta,
        stopped: place.why == Why::Stopped,
        why: match place.why {
            Why::Churn => "churn: most of what comes there goes again",
            Why::Stopped => "it grew and stopped",
            Why::Flushed => "it is freed from time to time",
            Why::TooLittle => "too little to tell whether it goes on",
            Why::PartStays => "part of what comes there stays, by a leak or because it lives for long",
        }
        .to_owned(),
    };
    let stopped = stopped.iter().map(|s| PassedOver { blame: s.blame, delta: s.weight, why: Why::Stopped });
    let mut all: Vec<PassedOver> = stopped.collect();
    all.extend(analysis.heap.iter().flat_map(|heap| &heap.passed_over));
    all.sort_by(|a, b| b.delta.total_cmp(&a.delta));
    all.iter().map(view).collect()
}

/// Whether it is memory of low confidence that has most probably stopped growing.
fn has_stopped(suspect: &Suspect) -> bool {
    suspect.confidence == Confidence::Low && suspect.subject == Subject::Heap && suspect.has_stopped()
}

/// What differs most where nothing could be judged.
fn unjudged(analysis: &Analysis, resolver: &Resolver<'_>) -> Vec<UnjudgedView> {
    let row = |kind: Kind, row: &Unjudged| {
        let figures = resolver.figures(kind, &row.growth);
        RowView {
            frame: resolver.blame(&row.blame),
            first: figures.first,
            last: figures.last,
            delta: figures.delta,
            unit: figures.unit,
            figures,
        }
    };
    let view = |(kind, rows): &(Kind, Vec<Unjudged>)| {
        let title = format!("Largest differences in the {} snapshots (not judged)", kind.name());
        let rows: Vec<RowView> = rows.iter().take(UNJUDGED_ROWS).map(|one| row(*kind, one)).collect();
        (!rows.is_empty()).then_some(UnjudgedView { title, rows })
    };
    analysis.unjudged.iter().filter_map(view).collect()
}

/// The sites of all kinds, with what a profile holds of each.
fn every_site(analysis: &Analysis, resolver: &Resolver<'_>) -> Vec<SiteView> {
    let mut views = Vec::new();
    for (kind, sites) in &analysis.sites {
        let Some((track, details)) = analysis.series.track(*kind).zip(Details::of(analysis, *kind)) else {
            continue;
        };
        views.extend(
            sites
                .iter()
                .map(|site| SiteView { detail: Some(details.site(site.site)), ..resolver.site(track, site) }),
        );
    }
    views
}

fn inputs(analysis: &Analysis) -> Vec<InputView> {
    let apart = analysis.has_notice(NoticeCode::Restart)
        || analysis.has_notice(NoticeCode::TwoProcesses)
        || analysis.has_notice(NoticeCode::DifferentBuild);
    let mixed =
        analysis.has_notice(NoticeCode::TwoProcesses) && analysis.windows.iter().any(|(_, w)| w.len() > 2);
    let mut inputs = Vec::new();
    for track in analysis.series.tracks() {
        let window = analysis.window(track.kind);
        // Those of other lives are named as well, with the life they belong to.
        let indexes = match window {
            Some(window) if analysis.lives.len() < 2 => window.snapshots().to_vec(),
            None if analysis.lives.len() < 2 => continue,
            _ => (0..track.snapshots.len()).collect(),
        };
        for index in indexes {
            let snapshot = &track.snapshots[index];
            let is_other_process = apart && window.is_some_and(|window| index == window.last());
            let incarnation = incarnation(analysis, snapshot.taken_at.map(|t| t.nanos), is_other_process)
                .filter(|_| !mixed);
            inputs.push(InputView { incarnation, ..InputView::of(track.kind, snapshot) });
        }
    }
    inputs
}

/// The life of the process a snapshot belongs to, from 1: by the lives of a series, or by what stands between a pair.
fn incarnation(analysis: &Analysis, time: Option<i64>, other_process: bool) -> Option<u32> {
    if analysis.lives.len() < 2 {
        return Some(if other_process { 2 } else { 1 });
    }
    let time = time?;
    // The snapshots of one round are taken moments apart: one just before the first of a life belongs to it as well.
    let distance = |life: &Life| {
        let (from, until) = (life.from?, life.until?);
        Some(if time < from { from.abs_diff(time) } else { time.saturating_sub(until).max(0).unsigned_abs() })
    };
    let (_, life) =
        (0..analysis.lives.len()).filter_map(|life| Some((distance(&analysis.lives[life])?, life))).min()?;
    u32::try_from(life + 1).ok()
}

/// Between the ends of a window, in hours, if their times are known.
fn span_hours(window: &Window) -> Option<f64> {
    window.days().map(|days| days * 24.0)
}

/// A sum that is shown, under the name of its kind.
fn shown(total: &TotalView) -> (String, ShownTotal) {
    let name = match total.kind {
        Kind::Heap => "heap",
        Kind::Goroutine => "goroutines",
        Kind::GoroutineLeak => "goroutineleaks",
    };
    let TotalView { first, last, delta, unit, .. } = *total;
    (name.to_owned(), ShownTotal { first, last, delta, unit })
}

fn totals(analysis: &Analysis, metric: HeapMetric) -> Vec<TotalView> {
    let mut totals = Vec::new();
    for (kind, window) in analysis.windows.iter().filter(|(_, window)| window.can_be_judged()) {
        let Some(track) = analysis.series.track(*kind) else { continue };
        let (before, after) = (&track.snapshots[window.first()], &track.snapshots[window.last()]);
        let shown = match kind {
            Kind::Heap => [
                (HeapMetric::AllocObjects, after.columns.alloc_objects),
                (HeapMetric::AllocSpace, after.columns.alloc_space),
                (HeapMetric::InuseObjects, after.columns.inuse_objects),
                (HeapMetric::InuseSpace, after.columns.inuse_space),
            ]
            .into_iter()
            .find(|(m, _)| *m == metric)
            .and_then(|(_, column)| column),
            _ => Some(0),
        };
        for (index, sample_type) in after.sample_types.iter().enumerate() {
            let Some(other) = before.column_like(after, index) else { continue };
            totals.push(TotalView {
                kind: *kind,
                sample_type: inert(&sample_type.name),
                unit: sample_type.unit,
                hours: span_hours(window),
                first: before.totals[other],
                last: after.totals[index],
                delta: after.totals[index] - before.totals[other],
                shown: shown == Some(index),
                points: if shown == Some(index) { course(track, after, index) } else { Vec::new() },
            });
        }
    }
    totals
}

/// The sums of a column in all snapshots, those of other lives as well; none for a pair, which is shown by its ends.
fn course(track: &Track, last: &Snapshot, index: usize) -> Vec<Point> {
    if track.snapshots.len() < 3 {
        return Vec::new();
    }
    let point = |snapshot: &Snapshot| {
        let column = snapshot.column_like(last, index)?;
        let time = snapshot.taken_at.map(|t| t.nanos);
        Some(Point { time, value: snapshot.totals[column] as f64, standard_error: 0.0 })
    };
    track.snapshots.iter().filter_map(point).collect()
}
