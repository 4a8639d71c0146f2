//! A suspect, as a document has it.

use super::super::inert::short;
use super::super::json::fields::{digest, fingerprint, id, lines, points, text, time};
use super::site::NO_GROWTH;
use super::{Figures, FrameView, SiteView};
use crate::clusters::Subject;
use crate::diagnose::Certainty;
use crate::growth::Point;
use crate::profile::{Owner, display_function};
use crate::suspects::Confidence;
use serde::{Deserialize, Serialize};

/// One suspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuspectView {
    /// Its stable id.
    #[serde(deserialize_with = "fingerprint")]
    pub fingerprint: String,
    /// Its place in the order, from 1.
    pub rank: usize,
    /// What it is made of.
    pub kind: SuspectKind,
    /// What grows first of all.
    pub subject: Subject,
    /// How sure it is.
    pub confidence: Confidence,
    /// The probability that it is a leak, to three digits and never certain; `None` where growth was seen and not weighed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// So many more snapshots, as far apart, would make it high if it goes on so; `None` if it is, or would take too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_snapshots: Option<usize>,
    /// Why it grows, and what led to that name.
    pub cause: CauseView,
    /// The frame to open first.
    pub blame: FrameView,
    /// Share of all growth of its kind.
    pub share: Option<f64>,
    /// Its growth.
    pub growth: Grown,
    /// Its figures in every snapshot, where the process has lived several times; empty else.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "points")]
    pub history: Vec<Point>,
    /// The source at its place, if it was read.
    #[serde(rename = "source", default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<ExcerptView>,
    /// Whom it concerns, if the repository of the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingView>,
    /// The functions that call the blamed one.
    pub callers: Vec<CallerView>,
    /// What is the same leak: memory that its goroutines hold, companions, sites that grow with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<JoinedView>,
    /// The stacks that carry it, largest first; those of what was joined come after its own.
    pub sites: Vec<SiteView>,
    /// What speaks for it, against it or for caution.
    #[serde(deserialize_with = "text")]
    pub evidence: Vec<String>,
    /// Whether each sentence of the evidence speaks for it.
    pub evidence_for: Vec<bool>,
    /// What to do. Markdown, on one line.
    #[serde(deserialize_with = "text")]
    pub advice: String,
}

impl SuspectView {
    /// The growth of its subject.
    pub fn figures(&self) -> &Figures {
        // Whoever makes a suspect gives it that, and reading refuses one without.
        self.growth.of(self.subject).unwrap_or(&NO_GROWTH)
    }

    /// The goroutines that were joined to it and became more.
    pub fn more_goroutines(&self) -> impl Iterator<Item = &JoinedView> {
        let joined = self.joined.iter();
        joined.filter(|joined| joined.subject == Subject::Goroutine && joined.figures.delta > 0.0)
    }

    /// The evidence: whether it speaks for the suspect, and the sentence.
    pub fn findings(&self) -> impl Iterator<Item = (bool, &str)> {
        self.evidence_for.iter().copied().zip(self.evidence.iter().map(String::as_str))
    }
}

/// What a suspect is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuspectKind {
    /// Memory.
    Heap,
    /// Goroutines.
    Goroutine,
    /// Goroutines and the memory they hold.
    Both,
}

/// The growth of all memory of a suspect, and of its goroutines; of companions, which are the same goroutines seen
/// twice, the first group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grown {
    /// Of memory, if it is a part of the suspect.
    pub heap: Option<Figures>,
    /// Of goroutines, if they are a part of it.
    pub goroutines: Option<Figures>,
}

impl Grown {
    /// The growth of memory or of goroutines.
    pub fn of(&self, subject: Subject) -> Option<&Figures> {
        match subject {
            Subject::Heap => self.heap.as_ref(),
            Subject::Goroutine => self.goroutines.as_ref(),
        }
    }

    /// What grows.
    pub fn kind(&self) -> SuspectKind {
        match (&self.heap, &self.goroutines) {
            (Some(_), Some(_)) => SuspectKind::Both,
            (_, None) => SuspectKind::Heap,
            (None, _) => SuspectKind::Goroutine,
        }
    }
}

/// The cause of a suspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseView {
    /// The stable id.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// What it is, in a few words.
    #[serde(deserialize_with = "text")]
    pub title: String,
    /// How sure the name is.
    #[serde(rename = "confidence")]
    pub certainty: Certainty,
    /// What led to it.
    #[serde(deserialize_with = "text")]
    pub because: Vec<String>,
    /// The id of the next best name, where it is close.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "id")]
    pub runner_up: Option<String>,
    /// Go code with the mistake and without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<ExampleView>,
}

/// A mistake and its repair in Go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExampleView {
    /// With the mistake.
    #[serde(deserialize_with = "lines")]
    pub before: String,
    /// Without it.
    #[serde(deserialize_with = "lines")]
    pub after: String,
}

/// Lines of source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExcerptView {
    /// The file, as it is named below the folder of sources.
    #[serde(deserialize_with = "text")]
    pub file: String,
    /// The number of the first line.
    pub first_line: u32,
    /// The first and last line of the statement that matters.
    pub statement: (u32, u32),
    /// The lines.
    #[serde(deserialize_with = "text")]
    pub lines: Vec<String>,
    /// Those of the lines that hold anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<LineView>,
}

/// Whom a ticket on the blamed line goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingView {
    /// The commit that the line comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change: Option<ChangeView>,
    /// The owners of the file by CODEOWNERS.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "text")]
    pub owners: Vec<String>,
}

/// A commit that changed a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Its hash.
    #[serde(deserialize_with = "digest")]
    pub commit: String,
    /// When it was written, nanoseconds since the Unix epoch.
    #[serde(with = "time")]
    pub written: Option<i64>,
    /// By whom.
    #[serde(deserialize_with = "text")]
    pub author: String,
    /// The first line of its message.
    #[serde(deserialize_with = "text")]
    pub summary: String,
}

/// What a line of source and what it calls hold: memory, or goroutines, in the unit of the suspect's growth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineView {
    /// Its number.
    pub line: u32,
    /// In the first snapshot.
    pub first: f64,
    /// In the last one.
    pub last: f64,
}

/// A caller of a blamed function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallerView {
    /// The full name, type arguments folded.
    #[serde(deserialize_with = "text")]
    pub function: String,
    /// The source file, empty if unknown.
    #[serde(deserialize_with = "text")]
    pub file: String,
    /// Whose code it is.
    pub owner: Owner,
    /// The share of the growth that comes through it.
    pub share: f64,
}

impl CallerView {
    /// The function as a person says it, without the folders of its import path.
    pub fn short_function(&self) -> String {
        short(&display_function(&self.function))
    }
}

/// A part of a suspect besides the one that leads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JoinedView {
    /// What grows.
    #[serde(rename = "kind")]
    pub subject: Subject,
    /// Where.
    pub blame: FrameView,
    /// Its growth.
    #[serde(rename = "growth")]
    pub figures: Figures,
}
