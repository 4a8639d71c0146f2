//! The document: everything a report says, resolved once. No renderer asks the model again.

use super::detail::{Details, SiteDetail};
use super::inert::{inert, short};
use super::resolver::Resolver;
use super::{LedgerView, ledger, sentences};
use crate::analysis::{Analysis, Forecast, Life};
use crate::causes::Certainty;
use crate::clusters::Subject;
use crate::growth::Growth;
use crate::profile::{Form, Kind, NoticeCode, Owner, TimeSource, Unit, display_function};
use crate::source::Excerpt;
use crate::suspects::{Confidence, HeapMetric, Verdict};

/// A report, ready to be rendered.
#[derive(Clone, Debug)]
pub struct Document {
    /// The one word.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub headline: String,
    /// Between the snapshots, in hours, if known.
    pub hours: Option<f64>,
    /// What was compared.
    pub inputs: Vec<InputView>,
    /// The sums of whole snapshots, before anything was set aside.
    pub totals: Vec<TotalView>,
    /// The suspects in order.
    pub suspects: Vec<SuspectView>,
    /// Suspects that a baseline accepts.
    pub accepted: Vec<AcceptedView>,
    /// What differs most where nothing could be judged: a title and its rows.
    pub unjudged: Vec<(String, Vec<RowView>)>,
    /// Every site of every kind, if asked for.
    pub sites: Option<Vec<SiteView>>,
    /// The lives of the process, where a series shows several.
    pub lives: Vec<Life>,
    /// When the live heap reaches the memory limit.
    pub forecast: Option<Forecast>,
    /// Where the memory of the whole process went, if the snapshots tell.
    pub ledger: Option<LedgerView>,
    /// What a leak would have had to reach to be seen, as a sentence.
    pub resolution: Option<String>,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// One snapshot that was compared.
#[derive(Clone, Debug)]
pub struct InputView {
    /// The input as the user named it.
    pub source: String,
    /// What was profiled.
    pub kind: Kind,
    /// The form of the file.
    pub form: Form,
    /// When it was taken, nanoseconds since the Unix epoch.
    pub taken_at: Option<i64>,
    /// How that is known.
    pub time_source: Option<TimeSource>,
    /// The build it came from.
    pub build_id: Option<String>,
    /// The life of the process it belongs to, counted from 1; `None` if the lives cannot be told apart.
    pub incarnation: Option<u32>,
}

/// The sum of one value column.
#[derive(Clone, Debug)]
pub struct TotalView {
    /// Which kind it is of.
    pub kind: Kind,
    /// The column.
    pub sample_type: String,
    /// Its unit.
    pub unit: Unit,
    /// In the first snapshot.
    pub first: i128,
    /// In the last snapshot.
    pub last: i128,
    /// Whether it is the column shown at the top.
    pub shown: bool,
}

/// The growth of something, with its unit.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The unit of all values.
    pub unit: Unit,
    /// The numbers.
    pub growth: Growth,
}

/// One frame of a stack.
#[derive(Clone, Debug)]
pub struct FrameView {
    /// The full name, type arguments folded.
    pub function: String,
    /// The source file, empty if unknown.
    pub file: String,
    /// The line, 0 if unknown.
    pub line: u32,
    /// The line in the first snapshot, where it was another one.
    pub moved_from: Option<u32>,
    /// Inlined into its caller.
    pub inlined: bool,
    /// Whose code it is.
    pub owner: Owner,
}

/// One stack with its growth.
#[derive(Clone, Debug)]
pub struct SiteView {
    /// Which kind it is of.
    pub kind: Kind,
    /// Frames, leaf first.
    pub stack: Vec<FrameView>,
    /// Its growth.
    pub figures: Figures,
    /// Left out of the judgement: `profiler` or `filtered`.
    pub set_aside: Option<&'static str>,
    /// What a full report tells besides.
    pub detail: Option<SiteDetail>,
}

impl SiteView {
    /// Whether the reader asked for it; what focus or ignore leaves out is set aside.
    pub(super) fn is_asked_for(&self) -> bool {
        self.set_aside != Some("filtered")
    }
}

/// One suspect.
#[derive(Clone, Debug)]
pub struct SuspectView {
    /// Its stable id.
    pub fingerprint: String,
    /// Its place in the order, from 1.
    pub rank: usize,
    /// What grows first of all.
    pub subject: Subject,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it grows, and what led to that name.
    pub cause: CauseView,
    /// The frame to open first.
    pub blame: FrameView,
    /// Its growth.
    pub figures: Figures,
    /// Share of all growth of its kind.
    pub share: Option<f64>,
    /// What speaks for it (`true`), against it or for caution (`false`).
    pub evidence: Vec<(bool, String)>,
    /// The source at its place, if it was read.
    pub excerpt: Option<Excerpt>,
    /// The functions that call the blamed one, with the share of the growth that comes through each.
    pub callers: Vec<(FrameView, f64)>,
    /// What is the same leak: memory that its goroutines hold, companions, sites that grow with it.
    pub joined: Vec<JoinedView>,
    /// The stacks that carry it, largest first; those of what was joined come after its own.
    pub sites: Vec<SiteView>,
}

impl SuspectView {
    /// The growth of all its memory, or of its goroutines; of companions, which are the same goroutines seen twice, the
    /// first group. `None` where it has none of them.
    pub fn grown(&self, subject: Subject) -> Option<Figures> {
        if self.subject == subject {
            return Some(self.figures.clone());
        }
        let mut members = self.joined.iter().filter(|joined| joined.subject == subject).map(|j| &j.figures);
        let first = members.next()?.clone();
        Some(match subject {
            Subject::Goroutine => first,
            Subject::Heap => {
                members.fold(first, |sum, member| Figures { growth: sum.growth.plus(&member.growth), ..sum })
            }
        })
    }
}

/// The cause of a suspect.
#[derive(Clone, Debug)]
pub struct CauseView {
    /// The stable id.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// How sure the name is.
    pub certainty: Certainty,
    /// What led to it.
    pub because: Vec<String>,
    /// The id of the next best name, where it is close.
    pub runner_up: Option<&'static str>,
}

/// A suspect that a baseline accepts.
#[derive(Clone, Debug)]
pub struct AcceptedView {
    /// Its stable id.
    pub fingerprint: String,
    /// Where it is.
    pub blame: FrameView,
    /// How sure it is.
    pub confidence: Confidence,
    /// Its growth, as a change.
    pub figures: Figures,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for that.
    pub owner: String,
    /// The last day on which it is.
    pub expires: Option<String>,
}

/// A part of a suspect besides the one that leads it.
#[derive(Clone, Debug)]
pub struct JoinedView {
    /// What grows.
    pub subject: Subject,
    /// Where.
    pub blame: FrameView,
    /// Its growth.
    pub figures: Figures,
}

/// A row of a table that judges nothing.
#[derive(Clone, Debug)]
pub struct RowView {
    /// The frame.
    pub frame: FrameView,
    /// Its figures.
    pub figures: Figures,
}

/// One thing the reader must know.
#[derive(Clone, Debug)]
pub struct Warning {
    /// Which.
    pub code: NoticeCode,
    /// The sentence.
    pub message: String,
    /// The input it concerns.
    pub source: Option<String>,
}

/// Rows shown of what could not be judged.
const UNJUDGED_ROWS: usize = 15;

/// Resolves an analysis. `metric` is the heap column that is shown.
pub fn build_document(analysis: &Analysis, metric: HeapMetric) -> Document {
    let names = &analysis.series.names;
    let resolver = Resolver { names, metric };
    let suspects: Vec<SuspectView> = analysis
        .suspects
        .iter()
        .enumerate()
        .filter_map(|(index, suspect)| resolver.suspect(index + 1, suspect, analysis))
        .collect();
    let unjudged = analysis
        .unjudged
        .iter()
        .filter_map(|(kind, rows)| {
            let title = format!("Largest differences in the {} snapshots (not judged)", kind.name());
            let rows: Vec<RowView> = rows
                .iter()
                .take(UNJUDGED_ROWS)
                .map(|row| RowView {
                    frame: resolver.blame(&row.blame),
                    figures: resolver.figures(*kind, &row.growth),
                })
                .collect();
            (!rows.is_empty()).then_some((title, rows))
        })
        .collect();
    let sites = analysis
        .sites
        .iter()
        .filter_map(|(kind, sites)| {
            Some((analysis.series.track(*kind)?, Details::of(analysis, *kind)?, sites))
        })
        .flat_map(|(track, details, sites)| {
            let resolver = &resolver;
            sites.iter().map(move |site| SiteView {
                detail: Some(details.site(site.site)),
                ..resolver.site(track, site)
            })
        })
        .collect::<Vec<_>>();
    let mut document = Document {
        verdict: analysis.verdict,
        headline: String::new(),
        hours: analysis.windows.iter().find_map(|(_, window)| window.days()).map(|days| days * 24.0),
        inputs: inputs(analysis),
        totals: totals(analysis, metric),
        suspects,
        accepted: analysis
            .accepted
            .iter()
            .map(|(suspect, entry)| resolver.accepted(suspect, entry, analysis))
            .collect(),
        unjudged,
        sites: (!analysis.sites.is_empty()).then_some(sites),
        lives: if analysis.lives.len() > 1 { analysis.lives.clone() } else { Vec::new() },
        forecast: analysis.forecast,
        ledger: analysis.ledger.as_ref().map(|ledger| ledger::view(ledger, &inert)),
        resolution: None,
        warnings: analysis
            .notices
            .iter()
            .map(|n| Warning {
                code: n.code,
                message: inert(&n.message),
                source: n.source.as_deref().map(inert),
            })
            .collect(),
    };
    document.resolution = sentences::resolution(analysis, document.hours);
    document.headline = inert(&sentences::headline(&document, analysis));
    document
}

fn inputs(analysis: &Analysis) -> Vec<InputView> {
    let apart = analysis.has_notice(NoticeCode::Restart)
        || analysis.has_notice(NoticeCode::TwoProcesses)
        || analysis.has_notice(NoticeCode::DifferentBuild);
    let mixed =
        analysis.has_notice(NoticeCode::TwoProcesses) && analysis.windows.iter().any(|(_, w)| w.len() > 2);
    let mut inputs = Vec::new();
    for track in analysis.series.tracks() {
        let window = analysis.windows.iter().find(|(kind, _)| *kind == track.kind).map(|(_, window)| window);
        // Those of other lives are named as well, with the life they belong to.
        let indexes = match window {
            Some(window) if analysis.lives.len() < 2 => window.snapshots().to_vec(),
            None if analysis.lives.len() < 2 => continue,
            _ => (0..track.snapshots.len()).collect(),
        };
        for index in indexes {
            let snapshot = &track.snapshots[index];
            inputs.push(InputView {
                source: inert(&snapshot.source),
                kind: track.kind,
                form: snapshot.form,
                taken_at: snapshot.taken_at.map(|t| t.nanos),
                time_source: snapshot.taken_at.map(|t| t.source),
                build_id: snapshot.build_id.as_deref().map(inert),
                incarnation: incarnation(
                    analysis,
                    snapshot.taken_at.map(|t| t.nanos),
                    apart && window.is_some_and(|window| index == window.last()),
                )
                .filter(|_| !mixed),
            });
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

fn totals(analysis: &Analysis, metric: HeapMetric) -> Vec<TotalView> {
    let mut totals = Vec::new();
    for (kind, window) in analysis.windows.iter().filter(|(_, window)| window.is_pair()) {
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
            let Some(other) = before.sample_types.iter().position(|t| t.name == sample_type.name) else {
                continue;
            };
            totals.push(TotalView {
                kind: *kind,
                sample_type: inert(&sample_type.name),
                unit: sample_type.unit,
                first: before.totals[other],
                last: after.totals[index],
                shown: shown == Some(index),
            });
        }
    }
    totals
}

impl FrameView {
    /// The function as a person says it, without the folders of its import path.
    pub fn short_function(&self) -> String {
        short(&display_function(&self.function))
    }

    /// `file.go:12`, with the last segment of the path only; empty if unknown.
    pub fn short_position(&self) -> String {
        self.position_of(&self.short_file())
    }

    /// `file.go`; empty if unknown.
    pub fn short_file(&self) -> String {
        short(self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file))
    }

    /// `path/file.go:12`; empty if unknown.
    pub fn position(&self) -> String {
        self.position_of(&self.file)
    }

    fn position_of(&self, file: &str) -> String {
        match (file, self.line, self.moved_from) {
            ("", _, _) => String::new(),
            (file, 0, _) => file.to_owned(),
            (file, line, None) => format!("{file}:{line}"),
            (file, line, Some(from)) => format!("{file}:{line} (was :{from})"),
        }
    }
}
