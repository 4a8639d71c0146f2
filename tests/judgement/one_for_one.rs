//! Goroutines and memory whose stacks share nothing: joined where their numbers and their place agree, and only there.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use crate::support::pprof_leaks;
use serde_json::Value;
use std::fmt::Write as _;
use tempfile::TempDir;

const SERVER: &str = "#\t0x2\tnet/http.(*conn).serve+0x1\tnet/http/server.go:2157\n";

/// A heap of so many objects, all made by one function, as Go writes it when every allocation is recorded.
fn heap(function: &str, objects: u64) -> String {
    // Some were freed before the first snapshot, or it would look as if allocations were not counted.
    let (made, bytes) = (objects + 100, objects * 57_344);
    let all = made * 57_344;
    let file = file_of(function);
    format!(
        "heap profile: {objects}: {bytes} [{made}: {all}] @ heap/2\n\
         {objects}: {bytes} [{made}: {all}] @ 0x1 0x2\n#\t0x1\t{function}+0x1\t{file}:25\n{SERVER}\n\n\
         # runtime.MemStats\n# NumGC = {objects}\n"
    )
}

/// So many goroutines in each function.
fn goroutines(groups: &[(&str, u64)]) -> String {
    let all: u64 = groups.iter().map(|(_, count)| count).sum();
    let mut text = format!("goroutine profile: total {all}\n");
    for (address, (function, count)) in (0x10..).zip(groups) {
        let file = file_of(function);
        let _ = write!(text, "{count} @ {address:#x}\n#\t{address:#x}\t{function}+0x1\t{file}:54\n\n");
    }
    text
}

fn file_of(function: &str) -> String {
    if let Some((host, _)) = function.rsplit_once('/') {
        return format!("/go/pkg/mod/{host}/module@v1.2.3/module.go");
    }
    format!("/app/{}.go", function.split('.').next().unwrap_or(function))
}

/// The suspects between ten of everything and so many.
fn suspects(made_by: &str, objects: u64, run_by: &str, running: u64) -> Vec<Value> {
    suspects_of(made_by, objects, &[(run_by, running)])
}

/// The same with several groups of goroutines.
fn suspects_of(made_by: &str, objects: u64, run_by: &[(&str, u64)]) -> Vec<Value> {
    let folder = TempDir::new().expect("a temporary folder");
    let ten: Vec<(&str, u64)> = run_by.iter().map(|(function, _)| (*function, 10)).collect();
    let round = |name: &str, objects: u64, running: &[(&str, u64)]| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).expect("can be made");
        let write = |file: &str, text: String| std::fs::write(path.join(file), text).expect("can be written");
        write("heap.txt", heap(made_by, objects));
        write("goroutine.txt", goroutines(&[&[("main.main", 1)], running].concat()));
        path.to_str().expect("UTF-8").to_owned()
    };
    let (before, after) = (round("before", 10, &ten), round("after", objects, run_by));
    let run = pprof_leaks(["diff", &before, &after, "--format", "json"]);
    assert!(run.status == 0, "{}", run.stderr);
    let report = run.json();
    report["suspects"].as_array().expect("a list").clone()
}

fn text(suspect: &Value) -> String {
    format!("{} {}", suspect["evidence"], suspect["cause"])
}

#[test]
fn goroutines_and_as_many_objects_of_one_package_are_one_suspect() {
    let found = suspects("session.(*Manager).Open", 520, "session.(*Session).watch", 510);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["blame"]["function"], "session.(*Session).watch");
    assert!(text(&found[0]).contains("as many objects came as goroutines"), "{}", text(&found[0]));
}

#[test]
fn other_numbers_or_another_package_join_nothing_and_the_report_says_what_is_not_known() {
    for (made_by, objects, run_by, says) in [
        ("session.(*Manager).Open", 900, "session.(*Session).watch", "hold it is not known: session."),
        (
            "session.(*Manager).Open",
            520,
            "stream.From.func1",
            "as many objects do as goroutines accumulate in stream.",
        ),
        ("main.open", 520, "main.watch", "as many objects do as goroutines accumulate in main.watch"),
    ] {
        let found = suspects(made_by, objects, run_by, 510);
        assert_eq!(found.len(), 2, "{made_by}, {run_by}: {found:#?}");
        assert!(!found.iter().any(|suspect| text(suspect).contains("no goroutine that accumulates")));
        assert!(found.iter().any(|suspect| text(suspect).contains(says)), "{says}: {found:#?}");
    }
}

#[test]
fn the_goroutines_of_one_connection_are_one_suspect_and_two_leaks_stay_two() {
    let found = |groups: &[(&str, u64)]| {
        let found = suspects_of("cache.Get", 10, groups);
        found.iter().filter(|suspect| suspect["subject"] == "goroutine").count()
    };
    assert_eq!(
        found(&[("link.(*Conn).read", 510), ("link.(*Conn).write", 511), ("link.(*Conn).ping", 509)]),
        1
    );
    // As many by accident, or because one handler starts both.
    assert_eq!(found(&[("link.(*Conn).read", 510), ("audit.(*Log).flush", 510)]), 2);
    assert_eq!(found(&[("link.(*Conn).read", 510), ("link.(*Conn).write", 610)]), 2);
    // A library's, which stand for what own code has of it.
    assert_eq!(found(&[("main.serve", 510), ("github.com/acme/mux.(*Session).recv", 510)]), 1);
}
