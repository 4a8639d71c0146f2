//! The report as JSON: other programs depend on it, so its wire types stand apart from the document's.

use super::document::{Document, Figures, FrameView, SiteView, SuspectView};
use super::units::rfc3339;
use super::{LedgerRow as LedgerRowView, LedgerView};
use crate::analysis::Moment;
use crate::clusters::Subject;
use crate::growth::Shape;
use crate::profile::{Form, Kind, NoticeCode, TimeSource, Unit};
use serde::Serialize;
use std::collections::BTreeMap;

/// The JSON Schema (draft 2020-12) that every JSON report follows.
pub const JSON_SCHEMA: &str = include_str!("schema.json");

/// Raised when a name changes its meaning; new names may come at any time.
const SCHEMA_VERSION: u32 = 1;

/// Renders a document as JSON, every suspect and every stack of it.
///
/// # Errors
/// If a number has no JSON form, which no judgement gives.
pub fn json(document: &Document) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&Report::of(document))?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    verdict: &'static str,
    headline: &'a str,
    inputs: Vec<Input<'a>>,
    totals: BTreeMap<&'static str, Total>,
    sample_totals: Vec<SampleTotal<'a>>,
    suspects: Vec<Suspect<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<Forecast>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lives: Vec<Life>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unjudged: Vec<Unjudged<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<Vec<Site<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<Ledger<'a>>,
    warnings: Vec<Warning<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    source: &'a str,
    kind: &'static str,
    form: &'static str,
    taken_at: Option<String>,
    time_source: Option<&'static str>,
    incarnation: Option<u32>,
    build_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Forecast {
    limit: f64,
    now: f64,
    unit: &'static str,
    hours_ci95: Option<(f64, Option<f64>)>,
}

#[derive(Serialize)]
struct Life {
    from: Option<String>,
    until: Option<String>,
    began: Option<&'static str>,
    heap_first: Option<i128>,
    heap_last: Option<i128>,
    judged: bool,
}

#[derive(Serialize)]
struct Total {
    first: i128,
    last: i128,
    delta: i128,
    unit: &'static str,
}

#[derive(Serialize)]
struct SampleTotal<'a> {
    kind: &'static str,
    sample_type: &'a str,
    unit: &'static str,
    first: i128,
    last: i128,
    delta: i128,
}

#[derive(Serialize)]
struct Suspect<'a> {
    fingerprint: &'a str,
    rank: usize,
    kind: &'static str,
    confidence: &'static str,
    cause: Cause,
    blame: Blame<'a>,
    share: Option<f64>,
    growth: Grown,
    sites: Vec<Site<'a>>,
    evidence: Vec<&'a str>,
    advice: &'static str,
}

#[derive(Serialize)]
struct Cause {
    id: &'static str,
    title: &'static str,
    confidence: &'static str,
}

#[derive(Serialize)]
struct Blame<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<u32>,
}

#[derive(Serialize)]
struct Grown {
    heap: Option<Growth>,
    goroutines: Option<Growth>,
}

#[derive(Serialize)]
struct Growth {
    first: f64,
    last: f64,
    delta: f64,
    delta_ci95: [f64; 2],
    unit: &'static str,
    per_hour: Option<f64>,
    ci95: Option<[f64; 2]>,
    /// The Theil-Sen slope an hour with its 95 % interval: value, low, high.
    slope: Option<[f64; 3]>,
    p_value: Option<f64>,
    q_value: Option<f64>,
    shape: Option<&'static str>,
    retention: Option<f64>,
    retention_ci95: Option<[f64; 2]>,
    points: Vec<(Option<String>, f64, f64)>,
}

#[derive(Serialize)]
struct Site<'a> {
    kind: &'static str,
    stack: Vec<Frame<'a>>,
    growth: Growth,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_aside: Option<&'static str>,
}

#[derive(Serialize)]
struct Frame<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
    inlined: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<u32>,
}

#[derive(Serialize)]
struct Unjudged<'a> {
    title: &'a str,
    rows: Vec<UnjudgedRow<'a>>,
}

#[derive(Serialize)]
struct UnjudgedRow<'a> {
    blame: Blame<'a>,
    first: f64,
    last: f64,
    delta: f64,
    unit: &'static str,
}

#[derive(Serialize)]
struct Ledger<'a> {
    first: LedgerMoment<'a>,
    last: LedgerMoment<'a>,
    rows: Vec<LedgerRow<'a>>,
    collector: Option<Collector>,
    sentences: &'a [String],
}

#[derive(Serialize)]
struct LedgerMoment<'a> {
    source: &'a str,
    time: Option<String>,
}

#[derive(Serialize)]
struct LedgerRow<'a> {
    id: &'a str,
    label: &'a str,
    first: i64,
    last: i64,
    delta: i64,
    unit: &'static str,
}

#[derive(Serialize)]
struct Collector {
    collections: i64,
    forced: Option<i64>,
    per_minute: Option<f64>,
    cpu_fraction: Option<f64>,
    longest_pause_ns: Option<i64>,
    median_pause_ns: Option<i64>,
}

#[derive(Serialize)]
struct Warning<'a> {
    code: &'static str,
    message: &'a str,
    source: Option<&'a str>,
}

impl<'a> Report<'a> {
    fn of(document: &'a Document) -> Report<'a> {
        Report {
            schema_version: SCHEMA_VERSION,
            verdict: document.verdict.name(),
            headline: &document.headline,
            inputs: inputs(document),
            totals: document
                .totals
                .iter()
                .filter(|total| total.shown)
                .map(|t| {
                    (
                        plural(t.kind),
                        Total { first: t.first, last: t.last, delta: t.last - t.first, unit: t.unit.name() },
                    )
                })
                .collect(),
            sample_totals: document
                .totals
                .iter()
                .map(|t| SampleTotal {
                    kind: t.kind.name(),
                    sample_type: &t.sample_type,
                    unit: t.unit.name(),
                    first: t.first,
                    last: t.last,
                    delta: t.last - t.first,
                })
                .collect(),
            suspects: document.suspects.iter().map(suspect).collect(),
            forecast: document.forecast.map(|f| Forecast {
                limit: f.limit,
                now: f.now,
                unit: Unit::Bytes.name(),
                hours_ci95: f.time.map(|time| (time.earliest_hours, time.latest_hours)),
            }),
            lives: document.lives.iter().map(life).collect(),
            unjudged: document.unjudged.iter().map(|(title, rows)| unjudged(title, rows)).collect(),
            sites: document.sites.as_ref().map(|sites| sites.iter().map(site).collect()),
            ledger: document.ledger.as_ref().map(ledger),
            warnings: document
                .warnings
                .iter()
                .map(|w| Warning { code: w.code.name(), message: &w.message, source: w.source.as_deref() })
                .collect(),
        }
    }
}

fn life(life: &crate::analysis::Life) -> Life {
    Life {
        from: life.from.and_then(rfc3339),
        until: life.until.and_then(rfc3339),
        began: life.began.map(NoticeCode::name),
        heap_first: life.heap.map(|(first, _)| first),
        heap_last: life.heap.map(|(_, last)| last),
        judged: life.judged,
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Heap => "heap",
        Kind::Goroutine => "goroutines",
        Kind::GoroutineLeak => "goroutineleaks",
    }
}

fn inputs(document: &Document) -> Vec<Input<'_>> {
    let form = |form: Form| match form {
        Form::Proto => "proto",
        Form::Text => "debug=1",
        Form::Dump => "debug=2",
    };
    let time_source = |source: TimeSource| match source {
        TimeSource::Profile => "profile",
        TimeSource::SameRound => "same-round",
        TimeSource::HttpDate => "http-date",
        TimeSource::FileTime => "file-time",
    };
    document
        .inputs
        .iter()
        .map(|input| Input {
            source: &input.source,
            kind: input.kind.name(),
            form: form(input.form),
            taken_at: input.taken_at.and_then(rfc3339),
            time_source: input.time_source.map(time_source),
            incarnation: input.incarnation,
            build_id: input.build_id.as_deref(),
        })
        .collect()
}

fn suspect(view: &SuspectView) -> Suspect<'_> {
    let growth = growth(&view.figures);
    let (kind, growth) = match view.subject {
        Subject::Heap => ("heap", Grown { heap: Some(growth), goroutines: None }),
        Subject::Goroutine => ("goroutine", Grown { heap: None, goroutines: Some(growth) }),
    };
    Suspect {
        fingerprint: &view.fingerprint,
        rank: view.rank,
        kind,
        confidence: view.confidence.name(),
        cause: Cause { id: view.cause.id, title: view.cause.title, confidence: "low" },
        blame: blame(&view.blame),
        share: view.share,
        growth,
        sites: view.sites.iter().map(site).collect(),
        evidence: view.evidence.iter().map(|(_, sentence)| sentence.as_str()).collect(),
        advice: view.cause.advice,
    }
}

fn blame(frame: &FrameView) -> Blame<'_> {
    Blame { function: &frame.function, file: &frame.file, line: frame.line, moved_from: frame.moved_from }
}

fn growth(figures: &Figures) -> Growth {
    let growth = &figures.growth;
    let (low, high) = growth.delta_interval();
    Growth {
        first: growth.first(),
        last: growth.last(),
        delta: growth.delta(),
        delta_ci95: [low, high],
        unit: figures.unit.name(),
        per_hour: growth.per_hour(),
        ci95: growth.per_hour_interval().map(|(low, high)| [low, high]),
        slope: growth
            .slope
            .filter(|_| growth.hours().is_some())
            .map(|slope| [slope.per_hour, slope.low, slope.high]),
        p_value: growth.p_value,
        q_value: growth.q_value,
        shape: growth.shape.map(Shape::name),
        retention: growth.retention.map(|r| r.value),
        retention_ci95: growth.retention.map(|r| [r.low, r.high]),
        points: growth.points.iter().map(|p| (p.time.and_then(rfc3339), p.value, p.standard_error)).collect(),
    }
}

fn site(view: &SiteView) -> Site<'_> {
    Site {
        kind: view.kind.name(),
        stack: view
            .stack
            .iter()
            .map(|frame| Frame {
                function: &frame.function,
                file: &frame.file,
                line: frame.line,
                inlined: frame.inlined,
                moved_from: frame.moved_from,
            })
            .collect(),
        growth: growth(&view.figures),
        set_aside: view.set_aside,
    }
}

fn ledger(view: &LedgerView) -> Ledger<'_> {
    let moment = |moment: &Moment| moment.time.and_then(rfc3339);
    let row = |row: &LedgerRowView| LedgerRow {
        id: row.id,
        label: row.label,
        first: row.change.first,
        last: row.change.last,
        delta: row.change.delta(),
        unit: Unit::Bytes.name(),
    };
    Ledger {
        first: LedgerMoment { source: &view.first.source, time: moment(&view.first) },
        last: LedgerMoment { source: &view.last.source, time: moment(&view.last) },
        rows: view.rows.iter().map(row).collect(),
        collector: view.collector.as_ref().map(|c| Collector {
            collections: c.collections,
            forced: c.forced,
            per_minute: c.minutes.map(|minutes| c.collections as f64 / minutes),
            cpu_fraction: c.cpu_fraction,
            longest_pause_ns: c.pauses.last().copied(),
            median_pause_ns: c.pauses.get(c.pauses.len() / 2).copied(),
        }),
        sentences: &view.sentences,
    }
}

fn unjudged<'a>(title: &'a str, rows: &'a [super::RowView]) -> Unjudged<'a> {
    let row = |row: &'a super::RowView| UnjudgedRow {
        blame: blame(&row.frame),
        first: row.figures.growth.first(),
        last: row.figures.growth.last(),
        delta: row.figures.growth.delta(),
        unit: row.figures.unit.name(),
    };
    Unjudged { title, rows: rows.iter().map(row).collect() }
}
