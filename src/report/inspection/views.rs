//! What a report on one snapshot says; it is the JSON report on it as well.

use super::super::document::{ExcerptView, FrameView, InputView, Provenance, SchemaVersion, Warning};
use crate::analysis::{Relation, Wait};
use crate::diagnose::Certainty;
use serde::Serialize;

/// A report on one snapshot of each kind, ready to be rendered.
#[derive(Clone, Debug, Serialize)]
pub struct InspectionDocument {
    /// The version of the format.
    pub inspection_schema_version: SchemaVersion,
    /// What stands out, a sentence each.
    pub headline: Vec<String>,
    /// Which program it is, as far as the snapshots say.
    pub program: Option<ProgramView>,
    /// The snapshots.
    pub inputs: Vec<InputView>,
    /// Goroutines that the garbage collector proved leaked.
    pub proof: Option<ProofView>,
    /// All goroutines.
    pub goroutines: Option<WaitsView>,
    /// The heap.
    pub memory: Option<MemoryView>,
    /// What to run next.
    pub next: Vec<StepView>,
    /// What snapshots like these cannot show, a sentence each.
    pub cannot_show: Vec<String>,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
    /// How the report came about.
    pub provenance: Provenance,
}

/// A way to learn more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepView {
    /// What it is good for.
    pub why: String,
    /// The commands, one after the other.
    pub commands: Vec<String>,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramView {
    /// Its name.
    pub name: String,
    /// The file of its binary; null where the name is that of the folder of `main`.
    pub binary: Option<String>,
}

/// The goroutines that can never run again.
#[derive(Clone, Debug, Serialize)]
pub struct ProofView {
    /// How many there are.
    pub total: u64,
    /// Where they stand, most first.
    pub groups: Vec<ProvedView>,
}

/// So many goroutines at one line.
#[derive(Clone, Debug, Serialize)]
pub struct ProvedView {
    /// The line.
    pub blame: FrameView,
    /// How many.
    pub count: u64,
    /// What they wait for.
    pub wait: Wait,
    /// One of their stacks.
    pub stack: StackView,
}

/// All goroutines of a snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct WaitsView {
    /// How many there are.
    pub total: u64,
    /// At how many lines they stand.
    pub lines: usize,
    /// How many do what, most first.
    pub waits: Vec<(Wait, u64)>,
    /// The lines with most of them.
    pub groups: Vec<GroupView>,
}

/// The goroutines at one line.
#[derive(Clone, Debug, Serialize)]
pub struct GroupView {
    /// The line.
    pub blame: FrameView,
    /// How many.
    pub count: u64,
    /// Their part of all.
    pub share: f64,
    /// What most of them do.
    pub wait: Wait,
    /// The states of a dump, most frequent first.
    pub states: Vec<(String, u64)>,
    /// The longest wait in minutes, where a dump says one.
    pub longest_minutes: Option<u64>,
    /// The function that started most of them and how many, where a dump says it.
    pub created_by: Option<(String, u64)>,
    /// The function that most of them were started in.
    pub started_in: Option<String>,
    /// Labels, as `key=value`, most frequent first.
    pub labels: Vec<(String, u64)>,
    /// Who may hold the lock that they wait for.
    pub lock_holder: Option<HolderView>,
    /// How many of them the garbage collector proved leaked.
    pub proved: u64,
    /// Others that they come with, one for one.
    pub comes_with: Option<HeldByView>,
    /// Live bytes that they seem to hold.
    pub holds_bytes: f64,
    /// Where own code calls in, with shares, if the line is in a library.
    pub called_from: Vec<(FrameView, f64)>,
    /// The cause, if their number increases; null where there are few.
    pub if_it_grows: Option<IfItGrows>,
    /// The source at the line, if it was read.
    pub source: Option<ExcerptView>,
    /// Their most frequent stack.
    pub stack: StackView,
}

/// Goroutines that may hold a lock.
#[derive(Clone, Debug, Serialize)]
pub struct HolderView {
    /// Where they are in the function that takes the lock.
    pub frame: FrameView,
    /// Where they wait or run.
    pub inside: FrameView,
    /// How many.
    pub count: u64,
    /// What they do.
    pub wait: Wait,
    /// For how many minutes at most, where a dump says it.
    pub longest_minutes: Option<u64>,
    /// Why they may hold it.
    pub relation: Relation,
}

/// A cause that only holds if there will be more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IfItGrows {
    /// The id of its rule.
    pub cause: String,
    /// What it is, in a few words.
    pub title: String,
    /// How sure the name would be.
    pub certainty: Certainty,
    /// What led to it.
    pub because: Vec<String>,
    /// The next best name.
    pub runner_up: Option<String>,
    /// What to change. Markdown, on one line.
    pub advice: String,
}

/// A stack, and how many others are of the same place.
#[derive(Clone, Debug, Serialize)]
pub struct StackView {
    /// Its frames, leaf first.
    pub frames: Vec<FrameView>,
    /// How many more stacks there are.
    pub others: usize,
}

/// The heap of a snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct MemoryView {
    /// Live bytes.
    pub bytes: i64,
    /// Live objects.
    pub objects: Option<i64>,
    /// Bytes allocated since the start of the process.
    pub allocated_bytes: Option<i64>,
    /// One sampled object stands for about so many bytes.
    pub sampling_rate: Option<i64>,
    /// What the process has taken from the system and not given back, if a heap text says it.
    pub process_bytes: Option<i64>,
    /// Who allocated what is live, largest first.
    pub places: Vec<MemoryPlaceView>,
    /// What is allocated and freed again, largest first.
    pub churn: Vec<ChurnView>,
}

/// A function whose allocations are live.
#[derive(Clone, Debug, Serialize)]
pub struct MemoryPlaceView {
    /// The function, and the line that holds most.
    pub blame: FrameView,
    /// The part of its bytes that this line holds.
    pub line_share: f64,
    /// Live bytes.
    pub bytes: f64,
    /// The standard error of that.
    pub bytes_error: f64,
    /// Their part of all.
    pub share: f64,
    /// Live objects.
    pub objects: f64,
    /// Really sampled objects behind these, if that is known.
    pub sampled: Option<u64>,
    /// The sizes that hold most.
    pub sizes: Vec<SizeView>,
    /// Bytes allocated since the start.
    pub allocated_bytes: Option<f64>,
    /// The part of these that was freed again.
    pub freed_share: Option<f64>,
    /// The goroutines that seem to hold it.
    pub held_by: Option<HeldByView>,
    /// Where own code calls in, with shares, if the function is in a library.
    pub called_from: Vec<(FrameView, f64)>,
    /// The cause, if it grows; null where there is little.
    pub if_it_grows: Option<IfItGrows>,
    /// The source at the line, if it was read.
    pub source: Option<ExcerptView>,
    /// The stack that holds most.
    pub stack: StackView,
}

/// Goroutines that something else goes with: that seem to hold memory, or that run beside others.
#[derive(Clone, Debug, Serialize)]
pub struct HeldByView {
    /// Where they stand.
    pub blame: FrameView,
    /// How many.
    pub count: u64,
}

/// Live objects of one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SizeView {
    /// Bytes an object; 0 if unknown.
    pub size: i64,
    /// Bytes of all.
    pub bytes: f64,
    /// Their number.
    pub objects: f64,
}

/// A function whose allocations are freed again.
#[derive(Clone, Debug, Serialize)]
pub struct ChurnView {
    /// The function, and its heaviest line.
    pub blame: FrameView,
    /// Bytes allocated since the start.
    pub allocated_bytes: f64,
    /// Bytes of these that are live.
    pub live_bytes: f64,
}
