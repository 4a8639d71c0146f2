//! The sentences of the ledger, and the ledger in every format.

use super::*;
use crate::input::{Limits, parse};
use crate::pipeline::{Options, compare};
use crate::report::{
    JSON_SCHEMA, MarkdownOptions, TerminalOptions, build_document, json, markdown, terminal,
};

#[test]
fn the_wrong_tool_is_named_and_the_right_one() {
    let text = |part| finding(Finding::Elsewhere { part, share: 0.8, live: 0.1 });
    assert!(
        text(Part::Stacks)
            .starts_with("80 % of what grew is stacks, and 10 % live heap: the heap profile is")
    );
    for (part, tool) in [
        (Part::Stacks, "goroutine profile"),
        (Part::Idle, "GOMEMLIMIT"),
        (Part::Outside, "/proc/PID/smaps"),
        (Part::Garbage, "?gc=1"),
        (Part::Runtime, "runtime/metrics"),
    ] {
        assert!(text(part).contains("wrong tool") && text(part).contains(tool), "{}", text(part));
    }
    let follows = finding(Finding::Follows { part: Part::Idle, share: 0.6, live: 0.4 });
    assert!(follows.contains("right tool") && follows.contains("60 % idle"), "{follows}");
}

#[test]
fn the_collector_is_told_in_a_sentence() {
    let cost = Collector {
        collections: 11,
        forced: Some(7),
        minutes: Some(0.8),
        cpu_fraction: Some(0.3),
        pauses: vec![40_000, 52_000, 12_000_000],
    };
    let text = collector(&cost).expect("ran");
    assert!(
        text.starts_with("The garbage collector ran 11 times in 48 s, 14 a minute (7 asked for"),
        "{text}"
    );
    assert!(text.contains("0.05 ms typically and 12 ms at most; it took 30 % of the CPU"), "{text}");
    assert!(text.contains("which is much"), "{text}");
    let none = Collector { collections: 0, ..cost };
    assert_eq!(collector(&none).expect("a sentence"), "The garbage collector did not run in between.");
}

#[test]
fn every_format_shows_it_and_only_where_it_is_known() {
    let read = |path: &str| {
        let bytes =
            std::fs::read(format!("{}/testdata/{path}", env!("CARGO_MANIFEST_DIR"))).expect("recorded");
        parse(&bytes, path, &Limits::default()).expect("valid")
    };
    let options = Options::default();
    let report = |form: &str| {
        let side = |round| vec![read(&format!("blocked-goroutine/heap-{round}.{form}.gz"))];
        let analysis = compare(side("01"), side("08"), &options).expect("heaps");
        build_document(&analysis)
    };
    let document = report("txt");
    let text = terminal(&document, &TerminalOptions { details: true, ..TerminalOptions::default() });
    assert!(text.contains("Memory ledger") && text.contains("idle, not returned"), "{text}");
    assert!(
        markdown(&document, &MarkdownOptions::default())
            .contains("| stacks | 544.0 KiB | 2.9 MiB | +2.4 MiB |")
    );
    let value: serde_json::Value = serde_json::from_str(&json(&document).expect("json")).expect("json");
    let schema = serde_json::from_str(JSON_SCHEMA).expect("json");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let rows = value["ledger"]["rows"].as_array().expect("rows");
    let held = rows.iter().find(|row| row["id"] == "held").expect("a sum");
    assert_eq!((&held["last"], &held["delta"]), (&85_264_664.into(), &67_809_296.into()));
    assert_eq!(value["ledger"]["collector"]["collections"], 11);

    let without = report("pb");
    assert!(without.ledger.is_none() && !terminal(&without, &TerminalOptions::default()).contains("ledger"));
    assert_eq!(without.verdict, document.verdict);
    assert!(!json(&without).expect("json").contains("\"ledger\""));
}
