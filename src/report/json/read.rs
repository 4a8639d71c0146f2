//! Reading a JSON report back: from a saved file to the document it was written from.
//!
//! A file from outside can hold anything, so every text is made inert again and every number is bounded; what this
//! version does not know is refused rather than dropped.

use super::super::document::{
    AcceptedView, CauseView, Document, Figures, FrameView, InputView, JoinedView, Provenance, RowView,
    SiteView, SuspectView, TotalView, Warning,
};
use super::super::inert::inert;
use super::super::{CollectorView, LedgerRow, LedgerView, SiteDetail, SizeRow, Waits};
use super::{SCHEMA_VERSION, wire};
use crate::analysis::{Change, Forecast, Life, Moment};
use crate::clusters::Subject;
use crate::growth::{Growth, Point, Retention, Slope, TimeToLimit};
use crate::source::Excerpt;
use serde::Deserialize;
use std::borrow::Cow;
use thiserror::Error;

/// Sums beyond this are no process's; below it, differences cannot overflow.
const LARGEST_SUM: i128 = 1 << 100;

/// Why a file is no report that can be read back.
#[derive(Debug, Error)]
pub enum NotAReport {
    /// It is not JSON.
    #[error("it is not JSON ({0}); give a report saved with --format json")]
    NotJson(String),
    /// It is JSON, but has no version.
    #[error(
        "it is JSON, but no report of pprof-leaks: it has no schema_version; give a report saved with --format json"
    )]
    NoVersion,
    /// Another version of the format.
    #[error(
        "it has schema_version {found}, and this pprof-leaks reads {SCHEMA_VERSION}; use the version that wrote it"
    )]
    OtherVersion {
        /// The version found.
        found: u64,
    },
    /// Something in it is missing, unknown or out of bounds.
    #[error("it is no whole report of this version of pprof-leaks: {0}")]
    Broken(String),
}

/// All that every version has.
#[derive(Deserialize)]
struct Version {
    schema_version: Option<u64>,
}

/// Reads a report that [`super::json`] wrote. The document it gives renders as the one that was written did, byte for
/// byte in every format.
///
/// # Errors
/// If the text is no JSON report of this version, or one with anything in it that no report has.
pub fn read_json(text: &str) -> Result<Document, NotAReport> {
    match serde_json::from_str::<Version>(text) {
        Ok(Version { schema_version: Some(version) }) if version == u64::from(SCHEMA_VERSION) => {}
        Ok(Version { schema_version: Some(found) }) => return Err(NotAReport::OtherVersion { found }),
        Ok(Version { schema_version: None }) => return Err(NotAReport::NoVersion),
        Err(error) if error.is_data() => return Err(NotAReport::NoVersion),
        Err(error) => return Err(NotAReport::NotJson(error.to_string())),
    }
    let report: wire::Report<'_> =
        serde_json::from_str(text).map_err(|error| NotAReport::Broken(error.to_string()))?;
    document(report).map_err(|what| NotAReport::Broken(what.to_owned()))
}

/// What is wrong, in a few words.
type Wrong = &'static str;

fn document(report: wire::Report<'_>) -> Result<Document, Wrong> {
    let suspects: Vec<SuspectView> = report.suspects.into_iter().map(suspect).collect::<Result<_, _>>()?;
    if suspects.iter().enumerate().any(|(index, suspect)| suspect.rank != index + 1) {
        return Err("the ranks of its suspects are not 1, 2, 3 and so on");
    }
    Ok(Document {
        verdict: report.verdict.0,
        headline: clean(report.headline),
        hours: report.hours,
        inputs: report.inputs.into_iter().map(input).collect::<Result<_, _>>()?,
        totals: report.sample_totals.into_iter().map(total).collect::<Result<_, _>>()?,
        suspects,
        accepted: report.accepted.into_iter().map(accepted).collect::<Result<_, _>>()?,
        unjudged: report.unjudged.into_iter().map(unjudged).collect::<Result<_, _>>()?,
        sites: report.sites.map(|sites| sites.into_iter().map(site).collect()).transpose()?,
        lives: report.lives.into_iter().map(life).collect::<Result<_, _>>()?,
        forecast: report.forecast.map(|f| Forecast {
            limit: f.limit,
            now: f.now,
            time: f
                .hours_ci95
                .map(|(earliest_hours, latest_hours)| TimeToLimit { earliest_hours, latest_hours }),
        }),
        ledger: report.ledger.map(ledger).transpose()?,
        resolution: report.resolution.map(clean),
        warnings: report
            .warnings
            .into_iter()
            .map(|w| Warning { code: w.code.0, message: clean(w.message), source: w.source.map(clean) })
            .collect(),
        provenance: Provenance {
            version: clean(report.provenance.version),
            command: report.provenance.command.map(clean),
        },
    })
}

/// A text as the builder of documents leaves it; what it made inert stays as it is.
fn clean(text: Cow<'_, str>) -> String {
    inert(&text)
}

/// Text of several lines.
fn clean_lines(text: &str) -> String {
    text.split('\n').map(inert).collect::<Vec<_>>().join("\n")
}

fn clean_all(texts: Vec<Cow<'_, str>>) -> Vec<String> {
    texts.into_iter().map(clean).collect()
}

fn time(text: Option<String>) -> Result<Option<i64>, Wrong> {
    let parse = |text: String| {
        let time = text.parse::<jiff::Timestamp>().map_err(|_| "one of its times is none")?;
        i64::try_from(time.as_nanosecond()).map_err(|_| "one of its times is out of range")
    };
    text.map(parse).transpose()
}

/// Text that ids are made of: what other formats may use as a name without a second look.
fn word(text: Cow<'_, str>, is_fit: fn(u8) -> bool) -> Result<String, Wrong> {
    match text.len() {
        1..=64 if text.bytes().all(is_fit) => Ok(text.into_owned()),
        _ => Err("one of its ids is none"),
    }
}

fn fingerprint(text: Cow<'_, str>) -> Result<String, Wrong> {
    if text.len() != 16 {
        return Err("one of its fingerprints is not 16 hexadecimal digits");
    }
    word(text, |byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn id(text: Cow<'_, str>) -> Result<String, Wrong> {
    word(text, |byte| byte.is_ascii_digit() || byte.is_ascii_lowercase() || byte == b'-')
}

fn input(input: wire::Input<'_>) -> Result<InputView, Wrong> {
    Ok(InputView {
        source: clean(input.source),
        kind: input.kind.0,
        form: input.form.0,
        taken_at: time(input.taken_at)?,
        time_source: input.time_source.map(|source| source.0),
        build_id: input.build_id.map(clean),
        sha256: input.sha256.map(|digest| word(digest, |byte| byte.is_ascii_hexdigit())).transpose()?,
        incarnation: input.incarnation,
    })
}

fn total(total: wire::SampleTotal<'_>) -> Result<TotalView, Wrong> {
    Ok(TotalView {
        kind: total.kind.0,
        sample_type: clean(total.sample_type),
        unit: total.unit.0,
        hours: total.hours,
        first: sum(total.first)?,
        last: sum(total.last)?,
        shown: total.shown,
        points: points(total.points)?,
    })
}

fn sum(value: i128) -> Result<i128, Wrong> {
    if value.abs() <= LARGEST_SUM { Ok(value) } else { Err("one of its totals is out of range") }
}

fn life(life: wire::Life) -> Result<Life, Wrong> {
    let heap = match (life.heap_first, life.heap_last) {
        (Some(first), Some(last)) => Some((sum(first)?, sum(last)?)),
        _ => None,
    };
    Ok(Life {
        from: time(life.from)?,
        until: time(life.until)?,
        began: life.began.map(|code| code.0),
        heap,
        judged: life.judged,
    })
}

fn suspect(suspect: wire::Suspect<'_>) -> Result<SuspectView, Wrong> {
    let grown = match suspect.subject.0 {
        Subject::Heap => suspect.growth.heap,
        Subject::Goroutine => suspect.growth.goroutines,
    };
    if suspect.evidence.len() != suspect.evidence_for.len() {
        return Err("a suspect's evidence and evidence_for are not of one length");
    }
    Ok(SuspectView {
        fingerprint: fingerprint(suspect.fingerprint)?,
        rank: suspect.rank,
        subject: suspect.subject.0,
        confidence: suspect.confidence.0,
        cause: CauseView {
            id: id(suspect.cause.id)?,
            title: clean(suspect.cause.title),
            advice: clean(suspect.advice),
            example: suspect
                .cause
                .example
                .map(|example| (clean_lines(&example.before), clean_lines(&example.after))),
            certainty: suspect.cause.confidence.0,
            because: clean_all(suspect.cause.because),
            runner_up: suspect.cause.runner_up.map(id).transpose()?,
        },
        blame: blame(suspect.blame),
        figures: figures(grown.ok_or("a suspect lacks the growth of its subject")?)?,
        history: points(suspect.history)?,
        share: suspect.share,
        evidence: suspect.evidence_for.into_iter().zip(clean_all(suspect.evidence)).collect(),
        excerpt: suspect.source.map(excerpt).transpose()?,
        callers: suspect
            .callers
            .into_iter()
            .map(|caller| {
                let wire::Caller { function, file, owner, share } = caller;
                (blame(wire::Blame { function, file, line: 0, owner, moved_from: None }), share)
            })
            .collect(),
        joined: suspect
            .joined
            .into_iter()
            .map(|joined| {
                let blame = blame(joined.blame);
                Ok(JoinedView { subject: joined.kind.0, blame, figures: figures(joined.growth)? })
            })
            .collect::<Result<_, Wrong>>()?,
        sites: suspect.sites.into_iter().map(site).collect::<Result<_, _>>()?,
    })
}

fn excerpt(source: wire::Source<'_>) -> Result<Excerpt, Wrong> {
    u32::try_from(source.lines.len())
        .ok()
        .and_then(|lines| source.first_line.checked_add(lines))
        .ok_or("the lines of a source have numbers out of range")?;
    Ok(Excerpt {
        file: clean(source.file),
        first_line: source.first_line,
        lines: clean_all(source.lines),
        statement: source.statement,
    })
}

fn accepted(accepted: wire::Accepted<'_>) -> Result<AcceptedView, Wrong> {
    Ok(AcceptedView {
        fingerprint: fingerprint(accepted.fingerprint)?,
        blame: blame(accepted.blame),
        confidence: accepted.confidence.0,
        figures: figures(accepted.growth)?,
        reason: clean(accepted.reason),
        owner: clean(accepted.owner),
        expires: accepted.expires.map(clean),
    })
}

fn unjudged(unjudged: wire::Unjudged<'_>) -> Result<(String, Vec<RowView>), Wrong> {
    let row =
        |row: wire::UnjudgedRow<'_>| Ok(RowView { frame: blame(row.blame), figures: figures(row.growth)? });
    Ok((clean(unjudged.title), unjudged.rows.into_iter().map(row).collect::<Result<_, Wrong>>()?))
}

fn blame(blame: wire::Blame<'_>) -> FrameView {
    FrameView {
        function: clean(blame.function),
        file: clean(blame.file),
        line: blame.line,
        moved_from: blame.moved_from,
        inlined: false,
        owner: blame.owner.0,
    }
}

fn site(site: wire::Site<'_>) -> Result<SiteView, Wrong> {
    let frame = |frame: wire::Frame<'_>| FrameView {
        function: clean(frame.function),
        file: clean(frame.file),
        line: frame.line,
        moved_from: frame.moved_from,
        inlined: frame.inlined,
        owner: frame.owner.0,
    };
    Ok(SiteView {
        kind: site.kind.0,
        stack: site.stack.into_iter().map(frame).collect(),
        figures: figures(site.growth)?,
        set_aside: site.set_aside.map(|word| word.0),
        detail: site.detail.map(detail).transpose()?,
    })
}

fn detail(detail: wire::Detail<'_>) -> Result<SiteDetail, Wrong> {
    fn counted(list: Vec<(Cow<'_, str>, u64)>) -> Vec<(String, u64)> {
        list.into_iter().map(|(text, count)| (clean(text), count)).collect()
    }
    Ok(SiteDetail {
        suspect: detail.suspect.map(fingerprint).transpose()?,
        sizes: detail.sizes.into_iter().map(|(size, first, last)| SizeRow { size, first, last }).collect(),
        waits: detail.waits.map(|waits| Waits {
            states: counted(waits.states),
            longest_minutes: waits.longest_minutes,
            created_by: counted(waits.created_by),
            leaked: waits.leaked,
        }),
    })
}

fn points(points: wire::Points) -> Result<Vec<Point>, Wrong> {
    let point = |(at, value, standard_error): (Option<String>, f64, f64)| {
        Ok(Point { time: time(at)?, value, standard_error })
    };
    points.into_iter().map(point).collect()
}

fn figures(growth: wire::Growth) -> Result<Figures, Wrong> {
    let retention = match (growth.retention, growth.retention_ci95, growth.retention_lower_bound) {
        (Some(value), Some([low, high]), Some(lower_bound)) => {
            Some(Retention { value, low, high, lower_bound })
        }
        (None, None, None) => None,
        _ => return Err("a retention lacks one of its figures"),
    };
    Ok(Figures {
        unit: growth.unit.0,
        growth: Growth {
            points: points(growth.points)?,
            delta_error: growth.delta_error,
            p_value: growth.p_value,
            q_value: growth.q_value,
            slope: growth.slope.map(|[per_hour, low, high]| Slope { per_hour, low, high }),
            shape: growth.shape.map(|shape| shape.0),
            retention,
        },
    })
}

fn ledger(ledger: wire::Ledger<'_>) -> Result<LedgerView, Wrong> {
    let moment = |moment: wire::LedgerMoment<'_>| {
        time(moment.time).map(|time| Moment { source: clean(moment.source), time })
    };
    let row = |row: wire::LedgerRow<'_>| {
        let change = Change { first: row.first, last: row.last };
        Ok(LedgerRow { id: id(row.id)?, label: clean(row.label), change })
    };
    Ok(LedgerView {
        first: moment(ledger.first)?,
        last: moment(ledger.last)?,
        rows: ledger.rows.into_iter().map(row).collect::<Result<_, Wrong>>()?,
        collector: ledger.collector.map(|c| CollectorView {
            collections: c.collections,
            forced: c.forced,
            per_minute: c.per_minute,
            cpu_fraction: c.cpu_fraction,
            longest_pause: c.longest_pause_ns,
            median_pause: c.median_pause_ns,
        }),
        sentences: clean_all(ledger.sentences),
    })
}
