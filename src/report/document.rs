//! The document: everything a report says, resolved once. No renderer asks the model again.

use super::LedgerView;
use super::detail::SiteDetail;
use super::inert::short;
use crate::analysis::{Forecast, Life};
use crate::clusters::Subject;
use crate::diagnose::Certainty;
use crate::growth::{Growth, Point};
use crate::profile::{Form, Kind, NoticeCode, Owner, TimeSource, Unit, display_function};
use crate::source::Excerpt;
use crate::suspects::{Confidence, Verdict};

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
    /// How the report came about.
    pub provenance: Provenance,
}

/// How a report came about, so that a second person can check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The version of pprof-leaks that judged.
    pub version: String,
    /// The command line, without secrets and without what only concerns the form of the report.
    pub command: Option<String>,
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
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: Option<String>,
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
    /// Between the snapshots of its kind, in hours, if known.
    pub hours: Option<f64>,
    /// In the first snapshot.
    pub first: i128,
    /// In the last snapshot.
    pub last: i128,
    /// Whether it is the column shown at the top.
    pub shown: bool,
    /// Of a shown column in a series: its sum in every snapshot, those of other lives as well.
    pub points: Vec<Point>,
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
    /// Why it is left out of the judgement, if it is.
    pub set_aside: Option<SetAside>,
    /// What a full report tells besides.
    pub detail: Option<SiteDetail>,
}

impl SiteView {
    /// Whether the reader asked for it; what focus or ignore leaves out is set aside.
    pub(super) fn is_asked_for(&self) -> bool {
        self.set_aside != Some(SetAside::Filtered)
    }
}

/// Why a site takes no part in the judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetAside {
    /// The profiler itself allocated it.
    Profiler,
    /// Focus or ignore leaves it out.
    Filtered,
}

impl SetAside {
    /// The word used in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            SetAside::Profiler => "profiler",
            SetAside::Filtered => "filtered",
        }
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
    /// Its figures in every snapshot, where the process has lived several times; empty else.
    pub history: Vec<Point>,
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
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// What to do. Markdown, on one line.
    pub advice: String,
    /// Go code with the mistake and without it.
    pub example: Option<(String, String)>,
    /// How sure the name is.
    pub certainty: Certainty,
    /// What led to it.
    pub because: Vec<String>,
    /// The id of the next best name, where it is close.
    pub runner_up: Option<String>,
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

impl Document {
    /// What would have been seen, where the headline does not say it all.
    pub fn further_resolution(&self) -> Option<&str> {
        let resolution = self.resolution.as_deref()?;
        (self.verdict != Verdict::Clean || resolution.contains("; ")).then_some(resolution)
    }

    /// Whether the reader is told something of this sort.
    pub fn has_warning(&self, code: NoticeCode) -> bool {
        self.warnings.iter().any(|warning| warning.code == code)
    }
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
