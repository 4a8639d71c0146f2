//! The memory ledger as rows and sentences, resolved once for all formats.

use super::json::fields::{id, text, time};
use super::units::{count, duration, percent};
use crate::analysis::{Change, Collector, Finding, Ledger, Moment, Part};
use crate::profile::Unit;
use serde::{Deserialize, Serialize};

/// Share of the CPU from which the collector is said to cost much: Go's own goal for the time it marks is a quarter
/// (runtime/mgcpacer.go, `gcBackgroundUtilization`), so at that average it hardly ever rests.
const MUCH_CPU: f64 = 0.25;

/// The memory of the whole process, ready to be rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerView {
    /// The first snapshot that tells.
    pub first: MomentView,
    /// The last snapshot that tells.
    pub last: MomentView,
    /// The parts, their sum, and what the system sees. In bytes.
    pub rows: Vec<LedgerRow>,
    /// What the collector cost.
    pub collector: Option<CollectorView>,
    /// What it comes to.
    #[serde(deserialize_with = "text")]
    pub sentences: Vec<String>,
}

/// A snapshot that tells of the whole process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MomentView {
    /// The input as the user named it.
    #[serde(deserialize_with = "text")]
    pub source: String,
    /// When it was taken, nanoseconds since the Unix epoch.
    #[serde(with = "time")]
    pub time: Option<i64>,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// Its stable name.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// What a reader sees.
    #[serde(deserialize_with = "text")]
    pub label: String,
    /// In the first snapshot.
    pub first: i64,
    /// In the last one.
    pub last: i64,
    /// The last less the first.
    pub delta: i64,
    /// The unit of all.
    pub unit: Unit,
}

/// What the garbage collector cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollectorView {
    /// Collections between the two snapshots.
    pub collections: i64,
    /// Those of them that the program asked for.
    pub forced: Option<i64>,
    /// Collections a minute.
    pub per_minute: Option<f64>,
    /// Share of the CPU since the start of the process.
    pub cpu_fraction: Option<f64>,
    /// The longest time the program stood still, in nanoseconds.
    #[serde(rename = "longest_pause_ns")]
    pub longest_pause: Option<i64>,
    /// The median of such times, in nanoseconds.
    #[serde(rename = "median_pause_ns")]
    pub median_pause: Option<i64>,
}

/// Resolves a ledger; `inert` makes a name from outside safe to print.
pub(super) fn view(ledger: &Ledger, inert: &dyn Fn(&str) -> String) -> LedgerView {
    let row = |id: &str, label: &str, change: Change| LedgerRow {
        id: id.to_owned(),
        label: label.to_owned(),
        first: change.first,
        last: change.last,
        delta: change.delta(),
        unit: Unit::Bytes,
    };
    let moment = |moment: &Moment| MomentView { source: inert(&moment.source), time: moment.time };
    let part = |(part, change): &(Part, Change)| {
        let (id, label) = words(*part);
        row(id, label, *change)
    };
    let outside = |(part, _): &&(Part, Change)| *part == Part::Outside;
    let mut rows: Vec<LedgerRow> = ledger.parts.iter().filter(|p| !outside(p)).map(part).collect();
    rows.push(row("held", "= held by Go", ledger.held));
    rows.extend(ledger.parts.iter().filter(outside).map(part));
    rows.push(row("returned", "returned to the system", ledger.returned));
    rows.extend(ledger.peak_rss.map(|change| row("peak-rss", "peak RSS", change)));
    let mut sentences = vec![finding(ledger.finding())];
    sentences.extend(ledger.collector.as_ref().and_then(collector));
    LedgerView {
        first: moment(&ledger.first),
        last: moment(&ledger.last),
        rows,
        collector: ledger.collector.as_ref().map(|c| CollectorView {
            collections: c.collections,
            forced: c.forced,
            per_minute: c.minutes.map(|minutes| c.collections as f64 / minutes),
            cpu_fraction: c.cpu_fraction,
            longest_pause: c.pauses.last().copied(),
            median_pause: c.pauses.get(c.pauses.len() / 2).copied(),
        }),
        sentences,
    }
}

/// The stable name of a part, and its label.
fn words(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::LiveHeap => ("live-heap", "live heap"),
        Part::Garbage => ("garbage", "garbage not yet collected"),
        Part::SpanRoom => ("span-room", "free room between objects"),
        Part::Idle => ("idle", "idle, not returned"),
        Part::Stacks => ("stacks", "stacks"),
        Part::Runtime => ("runtime", "the runtime's own"),
        Part::Outside => ("outside", "outside Go, at least"),
    }
}

fn finding(finding: Finding) -> String {
    match finding {
        Finding::Little => {
            "The process hardly grew, if at all: by less than the 4 MiB that Go asks the system for at once."
                .to_owned()
        }
        Finding::LiveHeap { share } => {
            format!("{} of what grew is live heap: the heap profile is the right tool.", percent(share))
        }
        Finding::Follows { part, share, live } => format!(
            "{} of what grew is live heap, and {} {}: the room that the collector leaves itself above a live heap that \
             grows (GOGC, GOMEMLIMIT). The heap profile is the right tool.",
            percent(live),
            percent(share),
            subject(part)
        ),
        Finding::Elsewhere { part, share, live } => format!(
            "{} of what grew is {}, and {} live heap: the heap profile is the wrong tool for it. {}",
            percent(share),
            subject(part),
            percent(live),
            right_tool(part)
        ),
    }
}

/// A part within a sentence.
fn subject(part: Part) -> &'static str {
    match part {
        Part::LiveHeap => "live heap",
        Part::Garbage => "garbage not yet collected",
        Part::SpanRoom => "free room between live objects",
        Part::Idle => "idle heap not returned to the system",
        Part::Stacks => "stacks",
        Part::Runtime => "the runtime's own",
        Part::Outside => "memory outside Go",
    }
}

/// Where to look for growth that the heap profile does not show.
fn right_tool(part: Part) -> &'static str {
    match part {
        Part::LiveHeap => "",
        Part::Garbage => {
            "Take the heap with ?gc=1 to see what stays; GOGC and GOMEMLIMIT set how much garbage may gather, and the \
             allocs profile shows who makes it."
        }
        Part::SpanRoom => {
            "Few objects keep many half-empty spans, as after a peak: compare HeapInuse with HeapAlloc over time, and \
             look for small objects that outlive the large ones made beside them."
        }
        Part::Idle => {
            "It was needed once and is kept for reuse, so it is no leak: look for the peak in the allocs profile. \
             GOMEMLIMIT makes Go return it sooner, and debug.FreeOSMemory at once; before Go 1.16, Linux takes it out \
             of RSS only with GODEBUG=madvdontneed=1."
        }
        Part::Stacks => {
            "Take the goroutine profile: many goroutines, or deep recursion in a few, hold stacks."
        }
        Part::Runtime => {
            "runtime/metrics breaks it down by class (/memory/classes/metadata/, /memory/classes/other): many threads, \
             many spans, or many different stacks in the profiler's own table."
        }
        Part::Outside => {
            "It is C code (cgo), mapped files or another allocator: see /proc/PID/smaps for which mappings grow, then \
             heaptrack or jemalloc's own profile for who allocates."
        }
    }
}

fn collector(collector: &Collector) -> Option<String> {
    if collector.collections == 0 {
        return Some("The garbage collector did not run in between.".to_owned());
    }
    let runs = match collector.collections {
        1 => "once".to_owned(),
        n => format!("{} times", count(n as f64)),
    };
    let rate = collector.minutes.map_or(String::new(), |minutes| {
        let pace = collector.collections as f64 / minutes;
        let pace = if pace < 10.0 { format!("{pace:.1}") } else { count(pace) };
        format!(" in {}, {pace} a minute", duration(minutes / 60.0))
    });
    let forced = match collector.forced {
        Some(n) if n > 0 => format!(" ({} asked for, as ?gc=1 and runtime.GC() do)", count(n as f64)),
        _ => String::new(),
    };
    let pauses = match (collector.pauses.get(collector.pauses.len() / 2), collector.pauses.last()) {
        (Some(typical), Some(longest)) => {
            format!(", pausing the program for {} typically and {} at most", pause(*typical), pause(*longest))
        }
        _ => String::new(),
    };
    let cpu = collector.cpu_fraction.map_or(String::new(), |share| {
        let much = if share >= MUCH_CPU {
            ", which is much: the heap is near its limit (GOMEMLIMIT, GOGC), or churns; the allocs profile shows where"
        } else {
            ""
        };
        format!("; it took {} of the CPU since the start{much}", percent(share))
    });
    Some(format!("The garbage collector ran {runs}{rate}{forced}{pauses}{cpu}."))
}

/// A pause, which is a matter of milliseconds or less.
fn pause(nanos: i64) -> String {
    match nanos as f64 / 1e6 {
        ms if ms < 9.95 => format!("{ms:.2} ms"),
        ms => format!("{} ms", count(ms)),
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
