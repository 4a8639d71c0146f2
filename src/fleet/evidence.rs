//! One instance: what its judgement says and what was counted at its places, as rows.

use super::ages::at_ages;
use super::row::{InstanceFacts, MemoryFacts, Row, RowKind, SuspectFacts, finite};
use crate::analysis::{Analysis, LifeCounts, PlaceCounts};
use crate::clusters::{Level, Subject};
use crate::judge::policy::{FILLINGS, LEAST_PLACES};
use crate::judge::{Prior, Weight};
use crate::pipeline::Outcome;
use crate::report::{Document, SuspectView, build_document};
use crate::suspects::{Candidate, Suspect};

/// The parts of a path in a store: JOB/INSTANCE/KIND/NAME.
const PARTS: usize = 4;
/// So many sentences of evidence are kept of a suspect.
const SENTENCES: usize = 4;

/// The rows of an instance of which this came out.
pub fn evidence(job: &str, instance: &str, outcome: &Outcome) -> Vec<Row> {
    let (analysis, unusable) = outcome;
    let mut unusable: Vec<String> =
        unusable.iter().map(|failure| format!("{}: {}", in_store(&failure.input), failure.problem)).collect();
    unusable.sort();
    let mut rows = match analysis {
        Ok(analysis) => judged(job, instance, analysis, unusable),
        Err(problem) => {
            let facts = InstanceFacts { headline: problem.to_string(), unusable, ..InstanceFacts::default() };
            vec![of_instance(job, instance, &facts)]
        }
    };
    for (seq, row) in (0..).zip(&mut rows) {
        row.seq = seq;
    }
    rows
}

/// The one row of an instance of which nothing could be judged.
pub fn unjudged(job: &str, instance: &str, why: String) -> Vec<Row> {
    vec![of_instance(job, instance, &InstanceFacts { headline: why, ..InstanceFacts::default() })]
}

fn of_instance(job: &str, instance: &str, facts: &InstanceFacts) -> Row {
    Row { facts: json(facts), ..Row::of(job, instance, RowKind::Instance) }
}

fn judged(job: &str, instance: &str, analysis: &Analysis, unusable: Vec<String>) -> Vec<Row> {
    let document = build_document(analysis);
    let facts = InstanceFacts {
        verdict: Some(document.verdict),
        headline: document.headline.clone(),
        heap_per_hour: heap_per_hour(&document),
        hours_to_limit: analysis.forecast.and_then(|forecast| Some(forecast.time?.earliest_hours)),
        memory: memory(analysis),
        unusable,
    };
    let times = || analysis.lives.iter();
    let snapshots: usize = analysis.series.tracks().iter().map(|track| track.snapshots.len()).sum();
    let mut rows = vec![Row {
        from: times().filter_map(|life| life.from).min().or(document.service.from),
        until: times().filter_map(|life| life.until).max().or(document.service.until),
        snapshots: u32::try_from(snapshots).ok(),
        build: document.service.build_id.clone(),
        ..of_instance(job, instance, &facts)
    }];
    for life in &analysis.places {
        rows.push(Row {
            kind: Some(life.subject),
            life: u32::try_from(life.life).ok(),
            build: life.build.clone(),
            from: life.from,
            until: life.until,
            snapshots: u32::try_from(life.snapshots).ok(),
            gaps: Some(life.gaps.clone()),
            by_age: at_ages(&life.live),
            sharing: Some(life.sharing),
            certain: Some(life.is_certain),
            ..Row::of(job, instance, RowKind::Life)
        });
        rows.extend(life.places.iter().map(|place| of_place(job, instance, life, place)));
    }
    for view in &document.suspects {
        let suspect = analysis.suspects.iter().find(|suspect| suspect.fingerprint == view.fingerprint);
        rows.extend(suspect.map(|suspect| of_suspect(job, instance, suspect, view, analysis)));
    }
    rows
}

fn of_place(job: &str, instance: &str, life: &LifeCounts, place: &PlaceCounts) -> Row {
    let kind = if place.level == Level::Stack { RowKind::Path } else { RowKind::Function };
    let mut row = Row {
        kind: Some(life.subject),
        life: u32::try_from(life.life).ok(),
        id: Some(place.id.clone()),
        function: Some(place.function.clone()),
        file: Some(place.file.clone()),
        line: Some(place.line),
        runtime: Some(place.is_runtime),
        each: Some(place.each),
        ..Row::of(job, instance, kind)
    };
    row.set_seen(&place.seen);
    if let Some(weight) = place.weight.as_ref().filter(|weight| **weight != Weight::silent(weight.intervals))
    {
        row.set_weight(weight, place.each);
    }
    row
}

fn of_suspect(job: &str, instance: &str, suspect: &Suspect, view: &SuspectView, analysis: &Analysis) -> Row {
    let lives = || analysis.places.iter().filter(|life| life.subject == suspect.subject);
    let sharing = lives().map(|life| life.sharing).fold(LEAST_PLACES, f64::max);
    let intervals = lives().map(|life| life.gaps.len()).max().unwrap_or(1);
    let name = |part: &Candidate| analysis.series.names.info(part.known_by).name.clone();
    let facts = SuspectFacts {
        rank: view.rank,
        cause: view.cause.id.clone(),
        title: view.cause.title.clone(),
        advice: view.advice.clone(),
        evidence: view.evidence.iter().take(SENTENCES).cloned().collect(),
        parts: suspect.members().map(|part| (part.subject, name(part))).collect(),
        proved: suspect.lead.is_proved(),
    };
    let figures = view.figures();
    let by_ends = || {
        let [low, high] = figures.ci95?;
        Some(vec![low, figures.per_hour?, high])
    };
    let kept = suspect.kept.map(|kept| vec![kept.low, kept.per_hour, kept.high]);
    let logs = suspect.posterior().map(|p| p.logs(&Prior { places: sharing, fillings: FILLINGS }));
    Row {
        kind: Some(suspect.subject),
        sharing: Some(sharing),
        intervals: u32::try_from(intervals).ok(),
        id: Some(suspect.fingerprint.clone()),
        function: Some(view.blame.function.clone()),
        file: Some(view.blame.file.clone()),
        line: Some(view.blame.line),
        log: logs.map(|logs| logs.map(finite).to_vec()),
        keeps: kept.or_else(by_ends).map(|keeps| keeps.into_iter().map(finite).collect()),
        confidence: Some(suspect.confidence),
        limit: suspect.lead.limit(),
        facts: json(&facts),
        ..Row::of(job, instance, RowKind::Suspect)
    }
}

/// A path from its job on: wherever the store lies, and whoever read it.
fn in_store(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    parts[parts.len().saturating_sub(PARTS)..].join("/")
}

/// How near the process that lives now is to its memory limit, and for how long it was seen; `None` where that is not known.
fn memory(analysis: &Analysis) -> Option<MemoryFacts> {
    let forecast = analysis.forecast?;
    let judged = || analysis.lives.iter().find(|life| life.judged);
    // What is live was counted in the last life, if it has a heap.
    let life = analysis.lives.last().filter(|life| life.judged || life.heap.is_some()).or_else(judged)?;
    let seen_hours = life.until?.saturating_sub(life.from?) as f64 / 3.6e12;
    Some(MemoryFacts { limit: forecast.limit, live: forecast.now, seen_hours })
}

/// How fast the live heap grew from its first to its last snapshot.
fn heap_per_hour(document: &Document) -> Option<f64> {
    let total = document.shown_totals().find(|total| total.unit == crate::profile::Unit::Bytes)?;
    let hours = total.hours.filter(|hours| *hours > 0.0)?;
    Some(total.delta as f64 / hours)
}

fn json(facts: &impl serde::Serialize) -> Option<String> {
    // Of numbers and text JSON can always be made.
    serde_json::to_string(facts).ok()
}

/// The subject that a row must have.
pub(super) fn subject_of(row: &Row) -> Subject {
    row.kind.unwrap_or(Subject::Heap)
}
