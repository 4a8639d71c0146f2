//! What the reader of source finds at the places where the recorded programs keep their memory or wait.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]
#![cfg(feature = "source")]

use pprof_leaks::source::{FactKind, Position, Reading, Released, Sources};
use std::path::Path;

fn follow(function: &str, file: &str, line: u32) -> Reading {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/programs");
    let mut sources = Sources::open(&[folder], None).expect("the programs are there");
    // As a build with -trimpath names them.
    let file = format!("command-line-arguments/{file}");
    sources.follow(&[Position { function: function.to_owned(), file, line, calls: None }])
}

/// A program's function, file and line, what is to be found there, and how to tell.
type Case = (&'static str, &'static str, u32, &'static str, fn(&FactKind) -> bool);

const CASES: [Case; 20] = [
    (
        "main.(*sessionCache).open",
        "map-cache.go",
        43,
        "a map that never shrinks",
        |kind| matches!(kind, FactKind::MapEntry(c) if c.shrinks.is_empty()),
    ),
    (
        "main.(*auditLog).record",
        "slice-append.go",
        41,
        "a slice that never shrinks",
        |kind| matches!(kind, FactKind::Appended { container, in_map: false } if container.shrinks.is_empty()),
    ),
    (
        "main.(*exporter).emit",
        "channel-queue.go",
        29,
        "a channel and its room",
        |kind| matches!(kind, FactKind::Sent(channel) if channel.capacity.as_deref().is_some_and(|c| c != "0")),
    ),
    (
        "main.(*relay).accept",
        "late-leak.go",
        36,
        "a slice that shrinks elsewhere",
        |kind| matches!(kind, FactKind::Appended { container, .. } if !container.shrinks.is_empty()),
    ),
    ("main.(*prices).watch", "listeners.go", 48, "a slice of functions", |kind| {
        matches!(kind, FactKind::Appended { container, .. }
            if container.declared.as_deref().is_some_and(|declared| declared.starts_with("[]func(")))
    }),
    ("main.(*journal).rotate", "files.go", 67, "a file that is stored", |kind| {
        matches!(kind, FactKind::Acquired { release: "Close", released: Released::Elsewhere, .. })
    }),
    ("main.(*documentIndex).add", "subslice.go", 62, "a part of a slice", |kind| {
        matches!(kind, FactKind::Sliced { is_string: false, .. })
    }),
    ("main.(*checker).check", "substring.go", 71, "a part of a string", |kind| {
        matches!(kind, FactKind::Sliced { is_string: true, .. })
    }),
    ("main.(*uploads).receive", "closures.go", 27, "a chain of functions", |kind| {
        matches!(kind, FactKind::Stored { links_previous: true, .. })
    }),
    ("main.(*document).change", "linked-list.go", 33, "a linked list", |kind| {
        matches!(kind, FactKind::Stored { links_previous: true, .. })
    }),
    ("main.(*player).open", "finalizer-cycle.go", 39, "a finalizer on a cycle", |kind| {
        matches!(kind, FactKind::FinalizerSet { cyclic: true })
    }),
    ("main.(*registry[...]).put", "generics.go", 40, "slices in a map", |kind| {
        matches!(kind, FactKind::Appended { in_map: true, .. })
    }),
    ("main.(*pageCache).page", "two-leaks.go", 52, "a map", |kind| matches!(kind, FactKind::MapEntry(_))),
    ("main.(*notes).add", "two-leaks.go", 61, "a slice", |kind| {
        matches!(kind, FactKind::Appended { in_map: false, .. })
    }),
    ("main.(*importer).run", "defer-loop.go", 63, "a release deferred in a loop", |kind| {
        matches!(kind, FactKind::Acquired { released: Released::DeferredInLoop, .. })
    }),
    ("main.(*server).begin", "context.go", 45, "a cancel function handed to the caller", |kind| {
        matches!(kind, FactKind::Acquired { release: "cancel", released: Released::Elsewhere, .. })
    }),
    (
        "main.(*device).heartbeat",
        "ticker.go",
        33,
        "waiting for a ticker",
        |kind| matches!(kind, FactKind::WaitsToReceive { channel, .. } if channel.expression.ends_with(".C")),
    ),
    ("main.(*weather).forecast", "http-body.go", 41, "a body closed on one way only", |kind| {
        matches!(
            kind,
            FactKind::Acquired { release: "Body.Close", released: Released::NotAlways { line: 46 }, .. }
        )
    }),
    (
        "main.(*lockService).watch",
        "nil-channel.go",
        42,
        "a channel made on one way only",
        |kind| matches!(kind, FactKind::WaitsToReceive { channel, .. } if !channel.never_made && channel.capacity.as_deref() == Some("0")),
    ),
    (
        "main.(*limiter).allow",
        "sync-map.go",
        37,
        "a sync.Map",
        |kind| matches!(kind, FactKind::PassedTo { receiver_type: Some(of), .. } if of == "sync.Map"),
    ),
];

#[test]
fn every_program_shows_what_keeps_its_memory() {
    let mut missing = Vec::new();
    for (function, file, line, what, is_it) in CASES {
        let reading = follow(function, file, line);
        let kinds: Vec<&FactKind> = reading.facts.iter().map(|fact| &fact.kind).collect();
        let shown = reading.excerpt.as_ref().is_some_and(|excerpt| {
            (excerpt.statement.0..=excerpt.statement.1).contains(&line) && excerpt.file == file
        });
        if !shown || !kinds.iter().any(|kind| is_it(kind)) {
            missing.push(format!("{file}:{line}: {what}: {:?} {kinds:?}", reading.problem));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
