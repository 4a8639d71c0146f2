//! The report as JSON: other programs depend on it, so its wire types stand apart from the document's.

mod wire;

use wire::{
    Accepted, Blame, Caller, Cause, Collector, Forecast, Frame, Grown, Growth, Input, Joined, Ledger,
    LedgerMoment, LedgerRow, Life, Report, SampleTotal, Site, Source, Suspect, Total, Unjudged, UnjudgedRow,
    Warning,
};

use super::document::{AcceptedView, Document, Figures, FrameView, SiteView, SuspectView};
use super::units::rfc3339;
use super::{LedgerRow as LedgerRowView, LedgerView};
use crate::analysis::Moment;
use crate::clusters::Subject;
use crate::growth::Shape;
use crate::profile::{Form, Kind, NoticeCode, TimeSource, Unit};

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
            accepted: document.accepted.iter().map(accepted).collect(),
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
        TimeSource::FileName => "file-name",
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
    let largest = |subject: Subject| {
        let own = (view.subject == subject).then_some(&view.figures);
        own.or_else(|| {
            view.joined.iter().find(|joined| joined.subject == subject).map(|joined| &joined.figures)
        })
    };
    let (heap, goroutines) = (largest(Subject::Heap), largest(Subject::Goroutine));
    let kind = match (heap, goroutines) {
        (Some(_), Some(_)) => "both",
        (_, None) => "heap",
        (None, _) => "goroutine",
    };
    let growth = Grown { heap: heap.map(growth), goroutines: goroutines.map(growth) };
    Suspect {
        fingerprint: &view.fingerprint,
        rank: view.rank,
        kind,
        confidence: view.confidence.name(),
        cause: Cause {
            id: view.cause.id,
            title: view.cause.title,
            confidence: view.cause.certainty.name(),
            because: &view.cause.because,
            runner_up: view.cause.runner_up,
        },
        blame: blame(&view.blame),
        share: view.share,
        growth,
        source: view.excerpt.as_ref().map(|excerpt| Source {
            file: &excerpt.file,
            first_line: excerpt.first_line,
            statement: excerpt.statement,
            lines: &excerpt.lines,
        }),
        callers: view
            .callers
            .iter()
            .map(|(frame, share)| Caller { function: &frame.function, share: *share })
            .collect(),
        joined: view
            .joined
            .iter()
            .map(|joined| Joined {
                kind: if joined.subject == Subject::Heap { "heap" } else { "goroutine" },
                blame: blame(&joined.blame),
                growth: self::growth(&joined.figures),
            })
            .collect(),
        sites: view.sites.iter().map(site).collect(),
        evidence: view.evidence.iter().map(|(_, sentence)| sentence.as_str()).collect(),
        advice: view.cause.advice,
    }
}

fn accepted(view: &AcceptedView) -> Accepted<'_> {
    Accepted {
        fingerprint: &view.fingerprint,
        blame: blame(&view.blame),
        confidence: view.confidence.name(),
        delta: view.figures.growth.delta(),
        unit: view.figures.unit.name(),
        reason: &view.reason,
        owner: &view.owner,
        expires: view.expires.as_deref(),
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
