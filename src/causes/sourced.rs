//! Rules about source: what the statement at the position, and those the value flows to, do.

use super::case::Case;
use super::{Certainty, Finding, finding};
use crate::source::{Container, Fact, FactKind, Released};

/// Names of callbacks and of those who are told.
const LISTENERS: [&str; 9] =
    ["listener", "subscriber", "observer", "handler", "callback", "watcher", "hook", "subs", "waiters"];

pub(super) fn recognise(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = case.facts.iter().filter_map(|fact| of_fact(fact, case)).collect();
    if let Some(sliced) = sliced(case) {
        findings.push(sliced);
    }
    // What is acquired and never given back, or given back too late, explains where the value is kept; a part that
    // keeps the whole explains it better than the map the part is in.
    findings.sort_by_key(|finding| RANK.iter().position(|id| *id == finding.id).unwrap_or(RANK.len()));
    findings
}

/// The more specific first.
const RANK: [&str; 14] = [
    "finalizer-cycle",
    "defer-in-loop",
    "goroutine-nil-channel",
    "timer-not-stopped",
    "http-body-not-closed",
    "context-not-cancelled",
    "sql-rows-not-closed",
    "file-not-closed",
    "pool-oversized-buffers",
    "retained-subslice",
    "retained-substring",
    "listener-not-removed",
    "unbounded-queue",
    "unbounded-sync-map",
];

fn quoted(fact: &Fact) -> String {
    format!("{}:{} `{}`", fact.place.file, fact.place.line, fact.statement)
}

fn of_fact(fact: &Fact, case: &Case<'_>) -> Option<Finding> {
    let at = quoted(fact);
    // A goroutine that waits holds what it made; where that is stored besides does not matter then.
    let stored = if case.waits.is_empty() { Certainty::High } else { Certainty::Low };
    match &fact.kind {
        FactKind::FinalizerSet { cyclic: true } => finding(
            "finalizer-cycle",
            Certainty::High,
            format!("{at} sets a finalizer on a value that refers back to itself, so it is never collected"),
        ),
        FactKind::FinalizerSet { cyclic: false } => None,
        FactKind::Deferred { call, in_loop: true } => finding(
            "defer-in-loop",
            Certainty::High,
            format!(
                "{at} defers {call} in a loop: it runs when the function returns, not when the turn ends"
            ),
        ),
        FactKind::Acquired { callee, release, released } => acquired(&at, callee, release, *released, stored),
        FactKind::Sent(channel) if case.waits.is_empty() => {
            let room = match channel.capacity.as_deref() {
                Some(capacity) => format!(", which has room for {capacity}"),
                None => String::new(),
            };
            finding(
                "unbounded-queue",
                Certainty::High,
                format!("{at} sends it to {}{room}", channel.expression),
            )
        }
        // What takes out of the map may do so well; it is the best name only while nothing says more.
        FactKind::MapEntry(container) if !container.shrinks.is_empty() => {
            Some(kept(&at, container, "unbounded-map", stored.min(Certainty::Medium)))
        }
        FactKind::MapEntry(container) => Some(kept(&at, container, "unbounded-map", stored)),
        FactKind::Appended { container, .. } => {
            let id = if container.shrinks.is_empty() { "unbounded-slice" } else { "unbounded-queue" };
            Some(kept(&at, container, id, stored))
        }
        FactKind::Stored { container, links_previous } => {
            let how = if *links_previous { ", and it refers to the one before" } else { "" };
            // Most of what is assigned to a field replaces what was there; only a chain is sure to grow.
            let certainty = if *links_previous { stored } else { Certainty::Low };
            finding(
                "retained-reference",
                certainty,
                format!("{at} keeps it in {}{how}", container.expression),
            )
        }
        FactKind::PassedTo { callee, receiver_type } => passed(&at, callee, receiver_type.as_deref(), stored),
        FactKind::WaitsToReceive { channel, .. } if is_timer_channel(&channel.expression) => finding(
            "timer-not-stopped",
            Certainty::High,
            format!("{at} waits for ticks that go on for ever, and nothing else ends the wait"),
        ),
        FactKind::WaitsToReceive { channel, .. } if channel.expression.starts_with("time.After(") => finding(
            "goroutine-growing",
            Certainty::Medium,
            format!("{at} waits for a time to pass: more are started than end"),
        ),
        FactKind::WaitsInSelect { has_done, .. } if !case.waits.is_empty() => {
            let what = match has_done {
                true => {
                    "has a case that ends the wait, but it never comes: find out who should have cancelled the context or closed the channel"
                }
                false => "has no case that ends the wait when the work is over",
            };
            finding("goroutine-blocked-select", Certainty::Medium, format!("{at} {what}"))
        }
        FactKind::WaitsToSend(channel) | FactKind::WaitsToReceive { channel, .. } if channel.never_made => {
            finding(
                "goroutine-nil-channel",
                Certainty::Medium,
                format!("{at} waits on {}, which is never made", channel.expression),
            )
        }
        FactKind::Calls { left_at: Some(line), .. } if !case.waits.is_empty() => finding(
            "goroutine-blocked-lock",
            Certainty::High,
            format!("{at} takes the lock, and the return at line {line} leaves it locked"),
        ),
        FactKind::WaitsToSend(channel) if !case.waits.is_empty() => {
            let room = match channel.capacity.as_deref() {
                Some("0") => ", which has no room".to_owned(),
                Some(capacity) => format!(", which has room for {capacity}"),
                None => String::new(),
            };
            finding(
                "goroutine-blocked-send",
                Certainty::Medium,
                format!("{at} sends to {}{room}", channel.expression),
            )
        }
        FactKind::WaitsToReceive { channel, .. } if !case.waits.is_empty() && !channel.is_closed => finding(
            "goroutine-blocked-receive",
            Certainty::Medium,
            format!("{at} receives from {}, which nothing in its package closes", channel.expression),
        ),
        _ => None,
    }
}

/// `ticker.C` and what `time.Tick` returns.
fn is_timer_channel(expression: &str) -> bool {
    expression.ends_with(".C") || expression.starts_with("time.Tick(")
}

fn acquired(at: &str, callee: &str, release: &str, released: Released, stored: Certainty) -> Option<Finding> {
    let name = callee.rsplit('.').next().unwrap_or(callee);
    if released == Released::DeferredInLoop {
        let what = format!("{at} is given back by a defer in a loop, so only when the function returns");
        return finding("defer-in-loop", Certainty::High, what);
    }
    let (sure, missing) = match released {
        Released::Never => (Certainty::High, format!("needs a {release} that is not there")),
        Released::NotAlways { line } => {
            (Certainty::Medium, format!("needs a {release}, and line {line} leaves before it"))
        }
        Released::Here | Released::DeferredInLoop | Released::Elsewhere => return None,
    };
    let id = match release {
        "cancel" | "stop" => "context-not-cancelled",
        "Stop" => "timer-not-stopped",
        "Body.Close" => "http-body-not-closed",
        "Close" if ["Query", "QueryContext", "Prepare", "PrepareContext"].contains(&name) => {
            "sql-rows-not-closed"
        }
        "Commit" | "Rollback" => "sql-rows-not-closed",
        "Close" if callee == "sql.Open" => "sql-open-per-request",
        "Close" => "file-not-closed",
        _ => return None,
    };
    // Since Go 1.23 a ticker that nothing refers to is collected though it was not stopped.
    let certainty = if id == "timer-not-stopped" { stored.min(Certainty::Medium) } else { sure };
    finding(id, certainty, format!("{at} {missing}"))
}

/// Kept in a container: those of callbacks and channels are lists of listeners.
fn kept(at: &str, container: &Container, id: &'static str, certainty: Certainty) -> Finding {
    let declared = container.declared.as_deref().unwrap_or_default();
    let element = declared.rsplit(']').next().unwrap_or(declared).trim_start_matches(['*', '(']);
    let name = container.expression.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let of_functions = element.starts_with("func(") || declared.contains("]func(");
    let of_channels = element.starts_with("chan ") || declared.contains("]chan ");
    let listens = of_functions || of_channels || LISTENERS.iter().any(|listener| name.contains(listener));
    let id = if listens { "listener-not-removed" } else { id };
    let taken_out = match container.shrinks.first() {
        None => ", and nothing in its package takes anything out of it".to_owned(),
        Some(place) => format!("; {}:{} takes out of it, too little or too late", place.file, place.line),
    };
    let declared = if declared.is_empty() { String::new() } else { format!(" ({declared})") };
    let because = format!("{at} keeps it in {}{declared}{taken_out}", container.expression);
    Finding { id, certainty, because }
}

fn passed(at: &str, callee: &str, receiver: Option<&str>, stored: Certainty) -> Option<Finding> {
    let method = callee.rsplit('.').next().unwrap_or(callee);
    let receiver = receiver.unwrap_or_default().trim_start_matches('*');
    let what = format!("{at} hands it to {callee}");
    match (receiver, method) {
        ("sync.Map", "Store" | "LoadOrStore" | "Swap" | "CompareAndSwap") => {
            finding("unbounded-sync-map", stored, what)
        }
        ("sync.Pool", "Put") => finding("pool-oversized-buffers", stored, what),
        ("list.List", "PushBack" | "PushFront" | "InsertBefore" | "InsertAfter") => {
            finding("unbounded-queue", stored, what)
        }
        _ if callee == "heap.Push" => finding("unbounded-queue", stored, what),
        _ => None,
    }
}

/// A part of a value that is kept keeps all of it.
fn sliced(case: &Case<'_>) -> Option<Finding> {
    let keeps = |fact: &&Fact| {
        matches!(
            fact.kind,
            FactKind::MapEntry(_)
                | FactKind::Appended { .. }
                | FactKind::Stored { .. }
                | FactKind::Sent(_)
                | FactKind::PassedTo { .. }
        )
    };
    let (at, fact) =
        case.facts.iter().enumerate().find(|(_, fact)| matches!(fact.kind, FactKind::Sliced { .. }))?;
    let FactKind::Sliced { of, is_string } = &fact.kind else { return None };
    let kept = case.facts[at..].iter().find(keeps)?;
    let (id, copy) = match is_string {
        true => ("retained-substring", "strings.Clone"),
        false => ("retained-subslice", "bytes.Clone or slices.Clone"),
    };
    let whole = of.as_deref().map_or("the whole".to_owned(), |of| format!("all that {of} returned"));
    let what = format!(
        "{} takes a part, which {} keeps, and with it {whole}; {copy} keeps the part alone",
        quoted(fact),
        quoted(kept)
    );
    finding(id, if case.waits.is_empty() { Certainty::High } else { Certainty::Low }, what)
}
