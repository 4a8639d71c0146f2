//! The report as JSON: other programs depend on it, so its wire types stand apart from the document's.

mod read;
mod wire;
mod words;

pub use read::{NotAReport, read_json};

use wire::{
    Accepted, Blame, Caller, Cause, Collector, Detail, Example, Forecast, Frame, Grown, Growth, Input,
    Joined, Ledger, LedgerMoment, LedgerRow, Life, Provenance, Report, SampleTotal, Site, Source, Suspect,
    Total, Unjudged, UnjudgedRow, Waits, Warning,
};
use words::Word;

use super::document::{AcceptedView, Document, Figures, FrameView, RowView, SiteView, SuspectView};
use super::units::rfc3339;
use super::{LedgerRow as LedgerRowView, LedgerView, SiteDetail};
use crate::analysis::Moment;
use crate::clusters::Subject;
use crate::growth::Point;
use crate::profile::{Kind, Unit};
use std::borrow::Cow;

/// The JSON Schema (draft 2020-12) that every JSON report follows.
pub const JSON_SCHEMA: &str = include_str!("schema.json");

/// Raised when a name changes its meaning; new names may come at any time.
const SCHEMA_VERSION: u32 = 1;

/// Renders a document as JSON, every suspect and every stack of it. [`read_json`] is its reverse.
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
            verdict: Word(document.verdict),
            headline: text(&document.headline),
            hours: document.hours,
            inputs: inputs(document),
            totals: document
                .totals
                .iter()
                .filter(|total| total.shown)
                .map(|t| {
                    let total =
                        Total { first: t.first, last: t.last, delta: t.last - t.first, unit: Word(t.unit) };
                    (text(plural(t.kind)), total)
                })
                .collect(),
            sample_totals: document
                .totals
                .iter()
                .map(|t| SampleTotal {
                    kind: Word(t.kind),
                    sample_type: text(&t.sample_type),
                    unit: Word(t.unit),
                    hours: t.hours,
                    first: t.first,
                    last: t.last,
                    delta: t.last - t.first,
                    shown: t.shown,
                    points: points(&t.points),
                })
                .collect(),
            suspects: document.suspects.iter().map(suspect).collect(),
            accepted: document.accepted.iter().map(accepted).collect(),
            forecast: document.forecast.map(|f| Forecast {
                limit: f.limit,
                now: f.now,
                unit: Word(Unit::Bytes),
                hours_ci95: f.time.map(|time| (time.earliest_hours, time.latest_hours)),
            }),
            lives: document.lives.iter().map(life).collect(),
            unjudged: document.unjudged.iter().map(|(title, rows)| unjudged(title, rows)).collect(),
            sites: document.sites.as_ref().map(|sites| sites.iter().map(site).collect()),
            ledger: document.ledger.as_ref().map(ledger),
            resolution: document.resolution.as_deref().map(text),
            warnings: document
                .warnings
                .iter()
                .map(|w| Warning {
                    code: Word(w.code),
                    message: text(&w.message),
                    source: w.source.as_deref().map(text),
                })
                .collect(),
            provenance: Provenance {
                version: text(&document.provenance.version),
                command: document.provenance.command.as_deref().map(text),
            },
        }
    }
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn texts(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|one| text(one)).collect()
}

fn life(life: &crate::analysis::Life) -> Life {
    Life {
        from: life.from.and_then(rfc3339),
        until: life.until.and_then(rfc3339),
        began: life.began.map(Word),
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
    document
        .inputs
        .iter()
        .map(|input| Input {
            source: text(&input.source),
            kind: Word(input.kind),
            form: Word(input.form),
            taken_at: input.taken_at.and_then(rfc3339),
            time_source: input.time_source.map(Word),
            incarnation: input.incarnation,
            build_id: input.build_id.as_deref().map(text),
            sha256: input.sha256.as_deref().map(text),
        })
        .collect()
}

fn suspect(view: &SuspectView) -> Suspect<'_> {
    let (heap, goroutines) = (view.grown(Subject::Heap), view.grown(Subject::Goroutine));
    let kind = match (&heap, &goroutines) {
        (Some(_), Some(_)) => "both",
        (_, None) => "heap",
        (None, _) => "goroutine",
    };
    let growth = Grown { heap: heap.as_ref().map(growth), goroutines: goroutines.as_ref().map(growth) };
    Suspect {
        fingerprint: text(&view.fingerprint),
        rank: view.rank,
        kind: text(kind),
        subject: Word(view.subject),
        confidence: Word(view.confidence),
        cause: Cause {
            id: text(&view.cause.id),
            title: text(&view.cause.title),
            confidence: Word(view.cause.certainty),
            because: texts(&view.cause.because),
            runner_up: view.cause.runner_up.as_deref().map(text),
            example: view
                .cause
                .example
                .as_ref()
                .map(|(before, after)| Example { before: text(before), after: text(after) }),
        },
        blame: blame(&view.blame),
        share: view.share,
        growth,
        history: points(&view.history),
        source: view.excerpt.as_ref().map(|excerpt| Source {
            file: text(&excerpt.file),
            first_line: excerpt.first_line,
            statement: excerpt.statement,
            lines: texts(&excerpt.lines),
        }),
        callers: view
            .callers
            .iter()
            .map(|(frame, share)| Caller {
                function: text(&frame.function),
                file: text(&frame.file),
                owner: Word(frame.owner),
                share: *share,
            })
            .collect(),
        joined: view
            .joined
            .iter()
            .map(|joined| Joined {
                kind: Word(joined.subject),
                blame: blame(&joined.blame),
                growth: self::growth(&joined.figures),
            })
            .collect(),
        sites: view.sites.iter().map(site).collect(),
        evidence: view.evidence.iter().map(|(_, sentence)| text(sentence)).collect(),
        evidence_for: view.evidence.iter().map(|(speaks_for, _)| *speaks_for).collect(),
        advice: text(&view.cause.advice),
    }
}

fn accepted(view: &AcceptedView) -> Accepted<'_> {
    Accepted {
        fingerprint: text(&view.fingerprint),
        blame: blame(&view.blame),
        confidence: Word(view.confidence),
        delta: view.figures.growth.delta(),
        unit: Word(view.figures.unit),
        growth: growth(&view.figures),
        reason: text(&view.reason),
        owner: text(&view.owner),
        expires: view.expires.as_deref().map(text),
    }
}

fn blame(frame: &FrameView) -> Blame<'_> {
    Blame {
        function: text(&frame.function),
        file: text(&frame.file),
        line: frame.line,
        owner: Word(frame.owner),
        moved_from: frame.moved_from,
    }
}

fn growth(figures: &Figures) -> Growth {
    let growth = &figures.growth;
    let (low, high) = growth.delta_interval();
    Growth {
        first: growth.first(),
        last: growth.last(),
        delta: growth.delta(),
        delta_ci95: [low, high],
        delta_error: growth.delta_error,
        unit: Word(figures.unit),
        per_hour: growth.per_hour(),
        ci95: growth.per_hour_interval().map(|(low, high)| [low, high]),
        slope: growth.slope.map(|slope| [slope.per_hour, slope.low, slope.high]),
        p_value: growth.p_value,
        q_value: growth.q_value,
        shape: growth.shape.map(Word),
        retention: growth.retention.map(|r| r.value),
        retention_ci95: growth.retention.map(|r| [r.low, r.high]),
        retention_lower_bound: growth.retention.map(|r| r.lower_bound),
        points: points(&growth.points),
    }
}

fn site(view: &SiteView) -> Site<'_> {
    Site {
        kind: Word(view.kind),
        stack: view.stack.iter().map(frame).collect(),
        growth: growth(&view.figures),
        set_aside: view.set_aside.map(Word),
        detail: view.detail.as_ref().map(detail),
    }
}

fn detail(view: &SiteDetail) -> Detail<'_> {
    fn counted(list: &[(String, u64)]) -> Vec<(Cow<'_, str>, u64)> {
        list.iter().map(|(one, count)| (text(one), *count)).collect()
    }
    Detail {
        suspect: view.suspect.as_deref().map(text),
        sizes: view.sizes.iter().map(|row| (row.size, row.first, row.last)).collect(),
        waits: view.waits.as_ref().map(|waits| Waits {
            states: counted(&waits.states),
            longest_minutes: waits.longest_minutes,
            created_by: counted(&waits.created_by),
            leaked: waits.leaked,
        }),
    }
}

fn points(points: &[Point]) -> wire::Points {
    points.iter().map(|p| (p.time.and_then(rfc3339), p.value, p.standard_error)).collect()
}

fn frame(view: &FrameView) -> Frame<'_> {
    Frame {
        function: text(&view.function),
        file: text(&view.file),
        line: view.line,
        owner: Word(view.owner),
        inlined: view.inlined,
        moved_from: view.moved_from,
    }
}

fn ledger(view: &LedgerView) -> Ledger<'_> {
    Ledger {
        first: moment(&view.first),
        last: moment(&view.last),
        rows: view.rows.iter().map(ledger_row).collect(),
        collector: view.collector.as_ref().map(|c| Collector {
            collections: c.collections,
            forced: c.forced,
            per_minute: c.per_minute,
            cpu_fraction: c.cpu_fraction,
            longest_pause_ns: c.longest_pause,
            median_pause_ns: c.median_pause,
        }),
        sentences: texts(&view.sentences),
    }
}

fn moment(moment: &Moment) -> LedgerMoment<'_> {
    LedgerMoment { source: text(&moment.source), time: moment.time.and_then(rfc3339) }
}

fn ledger_row(row: &LedgerRowView) -> LedgerRow<'_> {
    LedgerRow {
        id: text(&row.id),
        label: text(&row.label),
        first: row.change.first,
        last: row.change.last,
        delta: row.change.delta(),
        unit: Word(Unit::Bytes),
    }
}

fn unjudged<'a>(title: &'a str, rows: &'a [RowView]) -> Unjudged<'a> {
    let row = |row: &'a RowView| UnjudgedRow {
        blame: blame(&row.frame),
        first: row.figures.growth.first(),
        last: row.figures.growth.last(),
        delta: row.figures.growth.delta(),
        unit: Word(row.figures.unit),
        growth: growth(&row.figures),
    };
    Unjudged { title: text(title), rows: rows.iter().map(row).collect() }
}
