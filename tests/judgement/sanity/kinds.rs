//! Heap, goroutine and goroutineleak snapshots given together, on both sides or on one; in several forms.

use crate::sanity::reports::{assert_not_judged, codes, report};
use crate::support::{Profile, heap_pair, pprof_leaks, recording};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

/// A folder with some recorded files.
fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in files {
        let name = Path::new(file).file_name().expect("a file");
        std::fs::copy(recording(file), folder.path().join(name)).expect("the recording is there");
    }
    folder
}

fn compared(before: &[&str], after: &[&str]) -> Value {
    let [before, after] = [before, after].map(folder);
    report(before.path(), after.path())
}

fn blamed(report: &Value) -> Vec<&str> {
    let suspects = report["suspects"].as_array().expect("a list");
    suspects.iter().map(|s| s["blame"]["function"].as_str().expect("a name")).collect()
}

#[test]
fn profiles_of_different_kinds_are_refused_with_what_to_give() {
    let refused = |before: &str, after: &str, parts: &[&str]| {
        let paths = [before, after].map(|path| recording(path).to_str().expect("UTF-8").to_owned());
        let run = pprof_leaks(["diff", &paths[0], &paths[1]]);
        run.refusal(&[&["nothing to compare", "Give two profiles of one kind"], parts].concat());
    };
    let [heap, goroutines, leaks] =
        ["heap", "goroutine", "goroutineleak"].map(|kind| format!("blocked-goroutine/{kind}-08.pb.gz"));
    refused(&heap, &goroutines, &["before is a heap profile", "after is a goroutine profile"]);
    refused(&goroutines, &heap, &["before is a goroutine profile", "after is a heap profile"]);
    refused(&goroutines, &leaks, &["after is a goroutineleak profile", "/debug/pprof/goroutine"]);
}

#[test]
fn what_is_given_on_one_side_only_is_told_and_the_rest_is_judged() {
    let heaps = ["map-cache/heap-01.pb.gz", "map-cache/heap-08.pb.gz"];
    let report = compared(&heaps[..1], &[heaps[1], "map-cache/goroutine-08.pb.gz"]);
    assert_eq!(codes(&report), ["one-sided"]);
    let warning = &report["warnings"][0];
    assert!(warning["source"].as_str().expect("a source").ends_with("goroutine-08.pb.gz"));
    assert!(warning["message"].as_str().expect("text").contains("no goroutine profile before"));
    assert_eq!(report["verdict"], "suspicious");
    assert_eq!(report["inputs"].as_array().expect("a list").len(), 2);
}

/// Whoever gives a heap asks about the heap; goroutines at rest are no answer.
#[test]
fn a_heap_on_one_side_only_is_not_acquitted_by_its_goroutines() {
    let goroutines = ["map-cache-fixed/goroutine-01.pb.gz", "map-cache-fixed/goroutine-02.pb.gz"];
    let clean = compared(&goroutines[..1], &goroutines[1..]);
    assert_eq!(clean["verdict"], "clean", "{}", clean["headline"]);
    let report = compared(&goroutines[..1], &[goroutines[1], "map-cache-fixed/heap-02.pb.gz"]);
    assert_eq!(report["verdict"], "inconclusive", "{}", report["headline"]);
    assert!(report["headline"].as_str().expect("text").contains("no heap profile before"));
}

#[test]
fn one_heap_beside_a_series_of_goroutines_is_told_to_show_no_growth() {
    let trend = |files: &[String]| {
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        let folder = folder(&names);
        pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]).json()
    };
    let mut files: Vec<String> =
        (1..=8).map(|round| format!("map-cache-fixed/goroutine-0{round}.pb.gz")).collect();
    let alone = trend(&files);
    assert!(!codes(&alone).contains(&"too-few-samples"), "{:#}", alone["warnings"]);
    files.push("map-cache-fixed/heap-08.pb.gz".to_owned());
    let report = trend(&files);
    assert_eq!(codes(&report), ["too-few-samples"]);
    let said = report["warnings"][0]["message"].as_str().expect("text");
    assert!(said.contains("only one heap snapshot") && said.contains("take another one later"), "{said}");
    // Whoever gives a heap asks about the heap.
    assert_eq!(report["verdict"], "inconclusive", "{}", report["headline"]);
}

#[test]
fn proof_on_one_side_is_enough() {
    let report = compared(
        &["blocked-goroutine/goroutine-01.pb.gz"],
        &["blocked-goroutine/goroutine-08.pb.gz", "blocked-goroutine/goroutineleak-08.pb.gz"],
    );
    assert_eq!(report["verdict"], "leak");
    assert_eq!(blamed(&report)[0], "main.(*thumbnailer).scale");
    assert_eq!(codes(&report), [""; 0]);
}

#[test]
fn of_several_snapshots_on_a_side_the_outermost_are_compared_and_told() {
    let early = ["map-cache/heap-01.pb.gz", "map-cache/heap-03.pb.gz"];
    let late = ["map-cache/heap-08.pb.gz", "map-cache/heap-06.pb.gz"];
    let report = compared(&early, &late);
    assert_eq!(codes(&report), ["chosen-input", "chosen-input"]);
    let sources: Vec<&str> =
        report["inputs"].as_array().expect("a list").iter().filter_map(|i| i["source"].as_str()).collect();
    assert!(sources[0].ends_with("heap-01.pb.gz") && sources[1].ends_with("heap-08.pb.gz"), "{sources:?}");
}

/// The process is what restarted, so its goroutines are not judged either.
#[test]
fn an_obstacle_of_the_process_holds_for_all_its_snapshots() {
    let first = ["map-cache/heap-01.pb.gz", "map-cache/goroutine-01.pb.gz"];
    let last = ["map-cache/heap-08.pb.gz", "map-cache/goroutine-08.pb.gz"];
    let swapped = compared(&last, &first);
    assert_eq!(swapped["suspects"], Value::Array(Vec::new()));
    assert_eq!(swapped["verdict"], "inconclusive");
    for (program, code) in [("restart", "two-processes"), ("deploy", "different-build")] {
        let round = |n: u32| ["heap", "goroutine"].map(|kind| format!("{program}/{kind}-0{n}.pb.gz"));
        let [first, last] = [round(1), round(8)];
        let report = compared(&first.each_ref().map(String::as_str), &last.each_ref().map(String::as_str));
        assert_not_judged(&report, code, "from one");
        let lives: Vec<&Value> =
            report["inputs"].as_array().expect("a list").iter().map(|i| &i["incarnation"]).collect();
        assert_eq!(lives, [1, 2, 1, 2], "{program}");
    }
}

/// The goroutines of a process say nothing about when its garbage was collected.
#[test]
fn an_obstacle_of_the_heap_leaves_the_goroutines_to_be_judged() {
    let served = "elsewhere/go1.27-served";
    let report = compared(
        &[&format!("{served}/heap-1.pb.gz"), "blocked-goroutine/goroutine-01.pb.gz"],
        &[&format!("{served}/heap-1-again.pb.gz"), "blocked-goroutine/goroutine-08.pb.gz"],
    );
    assert_eq!(codes(&report), ["no-gc-between"]);
    assert_eq!(blamed(&report), ["main.(*thumbnailer).scale"]);
    assert_eq!(report["suspects"][0]["kind"], "goroutine");
}

#[test]
fn the_text_and_the_binary_form_of_a_heap_are_compared_with_each_other() {
    let binary = compared(&["map-cache/heap-01.pb.gz"], &["map-cache/heap-08.pb.gz"]);
    for forms in [["heap-01.txt.gz", "heap-08.pb.gz"], ["heap-01.pb.gz", "heap-08.txt.gz"]] {
        // The text has the time of its file, which may be of any day.
        let [before, after] = forms.map(|form| recording(&format!("map-cache/{form}")));
        let [before, after] = [&before, &after].map(|path| path.to_str().expect("UTF-8"));
        let report = pprof_leaks(["diff", before, after, "--format=json", "--min-growth=1KiB"]).json();
        assert_eq!(blamed(&report), blamed(&binary), "{forms:?}");
        assert_eq!(report["verdict"], "suspicious", "{forms:?}");
        let unknown = codes(&report).into_iter().all(|code| ["no-time", "time-from-outside"].contains(&code));
        assert!(unknown, "{:?}", codes(&report));
    }
}

#[test]
fn a_dump_that_the_server_cut_off_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("goroutine.txt");
    // Go stops writing at 64 MiB, in the middle of a stack.
    let frames = "main.wait(0xc000012345)\n\t/app/main.go:7 +0x1d\n".repeat(20);
    let mut cut = String::with_capacity(65 << 20);
    for id in 1.. {
        cut.push_str(&format!("goroutine {id} [chan receive]:\n{frames}\n"));
        if cut.len() >= 64 << 20 {
            break;
        }
    }
    cut.truncate(64 << 20);
    std::fs::write(&path, cut).expect("can be written");
    let report = report(&recording("blocked-goroutine/goroutine-01.txt.gz"), &path);
    assert!(codes(&report).contains(&"truncated-dump"), "{:?}", codes(&report));
    let warnings = report["warnings"].as_array().expect("a list");
    let said = warnings.iter().find(|w| w["code"] == "truncated-dump").expect("just seen");
    assert!(said["message"].as_str().expect("text").contains("debug="), "{said}");
}

#[test]
fn nothing_left_by_focus_or_ignore_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    heap_pair("main.leak").iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    for options in [["--focus", "nobody"], ["--ignore", "main"]] {
        let run = pprof_leaks([&["diff", before, after, "--format=json"][..], &options].concat());
        assert_not_judged(&run.json(), "filtered-out", "loosen them");
    }
}

/// What has no stack is blamed on nothing, but it is kept all the same.
#[test]
fn a_heap_that_grows_where_it_has_no_stack_is_not_clean() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for round in 0..8 {
        let mut profile = Profile::heap();
        profile.at(3600 * round);
        profile.row(&["example.com/app.work", "main.main"], 4096, 500 + 300 * round, 40 + round % 3);
        profile.row(&[], 4096, 40 * round, 40 * round);
        let file = folder.path().join(format!("heap-{round}.pb.gz"));
        std::fs::write(file, profile.gzipped()).expect("can be written");
    }
    let run = pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]);
    let report = run.json();
    assert_eq!(report["verdict"], "inconclusive", "{report:#}");
    let headline = report["headline"].as_str().expect("a sentence");
    assert!(headline.contains("most of it where the profile has no stack"), "{headline}");
}
