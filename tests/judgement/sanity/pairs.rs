//! Two heap snapshots that cannot be subtracted, or whose figures are not what Go writes.

use crate::sanity::reports::{
    assert_not_judged, assert_nothing_above_low, codes, compared, recorded, report,
};
use crate::support::{edited, heap_pair, read, recording};
use pprof_leaks::input::proto;
use serde_json::Value;

const FIRST: &str = "map-cache/heap-01.pb.gz";
const LAST: &str = "map-cache/heap-08.pb.gz";
const SERVED: &str = "elsewhere/go1.27-served";
const MINUTE: i64 = 60_000_000_000;

#[test]
fn swapped_snapshots_are_told_with_the_right_command() {
    let report = report(&recording(LAST), &recording(FIRST));
    let command = format!("pprof-leaks diff {} {}", recording(FIRST).display(), recording(LAST).display());
    assert_not_judged(&report, "swapped-order", &command);
    assert_eq!(codes(&report), ["swapped-order"], "swapped snapshots seem to restart, which they did not");
}

#[test]
fn one_snapshot_given_twice_is_told() {
    for path in [FIRST, "map-cache/goroutine-08.pb.gz"] {
        let report = report(&recording(path), &recording(path));
        assert_not_judged(&report, "same-snapshot", "take a second one later");
        assert_eq!(codes(&report), ["same-snapshot"]);
    }
}

#[test]
fn snapshots_of_one_garbage_collection_cycle_are_told() {
    let again = report(
        &recording(&format!("{SERVED}/heap-1.pb.gz")),
        &recording(&format!("{SERVED}/heap-1-again.pb.gz")),
    );
    assert_not_judged(&again, "no-gc-between", "/debug/pprof/heap?gc=1");
    let later = edited(FIRST, |p| p.time_nanos += MINUTE);
    assert_not_judged(&compared(&recorded(FIRST), &later), "no-gc-between", "?gc=1");
}

#[test]
fn a_restart_is_told_by_counters_that_fall() {
    let reborn = edited(FIRST, |p| p.time_nanos += 10 * MINUTE);
    let report = compared(&recorded(LAST), &reborn);
    assert_not_judged(&report, "restart", "from one life of the process");
    let lives: Vec<&Value> =
        report["inputs"].as_array().expect("a list").iter().map(|i| &i["incarnation"]).collect();
    assert_eq!(lives, [1, 2]);
    assert!(!report["unjudged"][0]["rows"].as_array().expect("rows").is_empty());
}

/// Two instances of one build: what one has allocated more of, the other has allocated less of.
#[test]
fn two_processes_behind_one_address_are_told() {
    let other = edited("elsewhere/go1.22/map-cache-heap-08.pb.gz", |p| {
        let same = read(LAST);
        p.time_nanos = same.time_nanos + MINUTE;
        set_build(p, &build(&same));
    });
    let report = compared(&recorded(LAST), &other);
    assert_not_judged(&report, "two-processes", "Scrape one instance directly, not through a load balancer");
}

fn build(profile: &proto::Profile) -> String {
    profile.string_table[profile.mapping[0].build_id as usize].clone()
}

fn set_build(profile: &mut proto::Profile, build: &str) {
    profile.mapping[0].build_id = profile.string_table.len() as i64;
    profile.string_table.push(build.to_owned());
}

#[test]
fn two_programs_are_set_side_by_side_and_not_judged() {
    let report = report(&recording(FIRST), &recording("map-cache-fixed/heap-08.pb.gz"));
    assert_not_judged(&report, "different-build", "Take both snapshots from one running process");
    let table = &report["unjudged"][0];
    assert_eq!(table["title"], "Largest differences in the heap snapshots (not judged)");
    let rows = table["rows"].as_array().expect("rows");
    let sizes: Vec<f64> = rows.iter().map(|r| r["delta"].as_f64().expect("a number").abs()).collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b) && !sizes.is_empty(), "{sizes:?}");
}

#[test]
fn lines_that_moved_between_two_builds_are_shown_as_moved() {
    let next = edited(LAST, |p| {
        set_build(p, "the next build");
        for line in p.location.iter_mut().flat_map(|l| &mut l.line) {
            let function = &p.function[line.function_id as usize - 1];
            let moved = p.string_table[function.filename as usize].ends_with("/map-cache.go");
            line.line += if moved { 3 } else { 0 };
        }
    });
    let report = compared(&recorded(FIRST), &next);
    assert_not_judged(&report, "different-build", "set side by side");
    let row = &report["unjudged"][0]["rows"][0];
    assert_eq!(row["blame"]["function"], "main.(*sessionCache).open");
    let moved = |frame: &Value| Some((frame["line"].as_i64()?, frame["moved_from"].as_i64()?));
    let (line, from) = moved(&row["blame"]).expect("moved");
    assert_eq!(line, from + 3);
    // Matched in spite of it: the site has a past.
    let frames = report["sites"].as_array().expect("--full").iter();
    let moved: Vec<(i64, i64)> =
        frames.flat_map(|s| s["stack"].as_array().expect("a stack")).filter_map(moved).collect();
    assert!(moved.len() > 3 && moved.iter().all(|(line, from)| *line == from + 3), "{moved:?}");
}

#[test]
fn a_sampling_rate_that_changed_is_told() {
    let finer = edited(LAST, |p| p.period = 65536);
    let report = compared(&recorded(FIRST), &finer);
    assert_not_judged(&report, "period-changed", "set it once, at the start of main");
    assert!(report["headline"].as_str().expect("text").contains("from 524288 to 65536 bytes"));
}

#[test]
fn a_difference_is_no_snapshot() {
    let report = report(
        &recording(&format!("{SERVED}/heap-1.pb.gz")),
        &recording(&format!("{SERVED}/heap-delta.pb.gz")),
    );
    assert_not_judged(&report, "delta-profile", "fetch /debug/pprof/heap?gc=1 instead");
    let goroutines = edited("map-cache/goroutine-08.pb.gz", |p| p.duration_nanos = 10_000_000_000);
    let report = compared(&recorded("map-cache/goroutine-01.pb.gz"), &goroutines);
    assert_not_judged(&report, "delta-profile", "fetch /debug/pprof/goroutine instead");
}

#[test]
fn live_memory_below_zero_is_told_and_counts_as_none() {
    // As Go 1.22 writes it: golang.org/issue/67584.
    let below = edited(FIRST, |p| {
        let row = p.sample.iter_mut().find(|s| s.value[3] > 0).expect("something lives");
        row.value[2] *= -1;
        row.value[3] *= -1;
    });
    let report = compared(&below, &recorded(LAST));
    assert_eq!(codes(&report), ["negative-inuse"]);
    assert_eq!(report["suspects"][0]["blame"]["function"], "main.(*sessionCache).open");
    let first = report["totals"]["heap"]["first"].as_i64().expect("a number");
    let whole: i64 = read(FIRST).sample.iter().map(|s| s.value[3]).sum();
    assert!(first < whole, "the total is as the file has it: {first} of {whole}");
}

#[test]
fn merged_and_averaged_estimates_reach_low_at_most() {
    let halved = |path: &str| {
        edited(path, |p| p.sample.iter_mut().flat_map(|s| &mut s.value).for_each(|v| *v = *v * 2 / 3))
    };
    let report = compared(&halved(FIRST), &halved(LAST));
    assert_nothing_above_low(&report);
    assert!(codes(&report).contains(&"merged-estimates"), "{:?}", codes(&report));
    assert!(report["headline"].as_str().expect("text").contains("/debug/pprof/heap?gc=1"));
}

/// `go tool pprof -proto` adds up what it is given; each sum of two truncated estimates may lose one unit.
#[test]
fn a_sum_of_two_profiles_is_recognised() {
    for (merged, code) in [("merged", "same-snapshot"), ("difference", "delta-profile")] {
        let merged = recording(&format!("{SERVED}/{merged}.pb.gz"));
        assert!(codes(&report(&merged, &merged)).contains(&code));
        let profile = std::fs::read(&merged).expect("the recording is there");
        let later = edited(&format!("{SERVED}/merged.pb.gz"), |p| {
            p.time_nanos += MINUTE;
            for sample in &mut p.sample {
                sample.value.iter_mut().for_each(|v| *v *= 2);
            }
        });
        assert_nothing_above_low(&compared(&profile, &later));
    }
    let report =
        report(&recording(&format!("{SERVED}/heap-1.pb.gz")), &recording(&format!("{SERVED}/merged.pb.gz")));
    assert_nothing_above_low(&report);
    assert!(codes(&report).contains(&"merged-estimates"), "{:?}", codes(&report));
}

#[test]
fn no_recording_of_go_is_taken_for_merged() {
    for folder in recording("").read_dir().expect("testdata").flatten() {
        let [first, last] = ["heap-01.pb.gz", "heap-08.pb.gz"].map(|name| folder.path().join(name));
        if first.is_file() && last.is_file() {
            let report = report(&first, &last);
            for code in ["merged-estimates", "unknown-sampling", "negative-inuse", "overflow"] {
                assert!(!codes(&report).contains(&code), "{code} in {}", first.display());
            }
        }
    }
}

#[test]
fn rows_without_object_sizes_reach_low_at_most() {
    let bare = |path: &str| edited(path, |p| p.sample.iter_mut().for_each(|s| s.label.clear()));
    let report = compared(&bare(FIRST), &bare(LAST));
    assert_nothing_above_low(&report);
    assert!(codes(&report).contains(&"unknown-sampling"), "{:?}", codes(&report));
    assert!(!report["suspects"].as_array().expect("a list").is_empty(), "the growth is shown all the same");
}

#[test]
fn profiles_that_count_no_allocations_reach_low_at_most() {
    let live_only = |path: &str| {
        edited(path, |p| {
            p.sample_type.drain(..2);
            p.sample.iter_mut().for_each(|s| drop(s.value.drain(..2)));
        })
    };
    let ours = compared(&live_only(FIRST), &live_only(LAST));
    let node = report(&recording("elsewhere/node/carts-1.pb.gz"), &recording("elsewhere/node/carts-2.pb.gz"));
    for report in [ours, node] {
        assert_nothing_above_low(&report);
        assert!(codes(&report).contains(&"no-alloc-counters"), "{:?}", codes(&report));
        for suspect in report["suspects"].as_array().expect("a list") {
            assert_eq!(suspect["growth"]["heap"]["retention"], Value::Null);
        }
    }
}

#[test]
fn what_the_profiler_allocates_is_set_aside_and_what_it_labels_is_not() {
    let mut pair = heap_pair("main.leak");
    let writer = ["compress/flate.NewWriter", "runtime/pprof.(*profileBuilder).build", "main.main"];
    pair[1].row(&writer, 1 << 20, 40, 40);
    pair[1].row(&["main.labelled", "runtime/pprof.Do", "main.main"], 1024, 60, 60);
    let report = compared(&pair[0].gzipped(), &pair[1].gzipped());
    assert_eq!(codes(&report), ["profiler-overhead"]);
    let blamed: Vec<&Value> =
        report["suspects"].as_array().expect("a list").iter().map(|s| &s["blame"]["function"]).collect();
    assert_eq!(blamed, ["main.leak", "main.labelled"]);
    let sites = report["sites"].as_array().expect("--full");
    let aside: Vec<&Value> =
        sites.iter().filter(|s| s["set_aside"] == "profiler").map(|s| &s["stack"][0]["function"]).collect();
    assert_eq!(aside, ["compress/flate.NewWriter"]);
    let total: i64 = pair[1].proto.sample.iter().map(|s| s.value[3]).sum();
    assert_eq!(report["totals"]["heap"]["last"], total, "the totals are those of go tool pprof");
}
