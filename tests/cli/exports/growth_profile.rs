//! Growth as a profile: its totals are those of the input's difference, and other programs can read it.
//! `.ci/formats` holds it against `go tool pprof -base`.

use crate::support::{Profile, plain, pprof_leaks, recording};
use pprof_leaks::input::proto;
use prost::Message;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a run with these arguments writes.
fn growth(args: &[&str]) -> proto::Profile {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("growth.pb.gz");
    let output = path.to_str().expect("UTF-8");
    let run = pprof_leaks([args, &["--format", "pprof", "-o", output]].concat());
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let bytes = std::fs::read(&path).expect("it was written");
    proto::Profile::decode(plain(&bytes).as_slice()).expect("a profile")
}

fn text(profile: &proto::Profile, index: i64) -> &str {
    &profile.string_table[usize::try_from(index).expect("an index")]
}

fn columns(profile: &proto::Profile) -> Vec<&str> {
    profile.sample_type.iter().map(|t| text(profile, t.r#type)).collect()
}

/// The sums of all columns by name, as of a report's `sample_totals`.
fn sums(profile: &proto::Profile) -> BTreeMap<String, i64> {
    let sum = |column: usize| profile.sample.iter().map(|sample| sample.value[column]).sum();
    columns(profile).iter().enumerate().map(|(column, name)| ((*name).to_owned(), sum(column))).collect()
}

fn deltas(report: &Value) -> BTreeMap<String, i64> {
    let totals = report["sample_totals"].as_array().expect("a list");
    let named = |t: &Value| {
        (t["sample_type"].as_str().expect("a name").to_owned(), t["delta"].as_i64().expect("a number"))
    };
    totals.iter().map(named).collect()
}

#[test]
fn totals_are_those_of_the_difference_in_every_column_and_kind() {
    for program in ["two-leaks", "map-cache-fixed", "blocked-goroutine", "sawtooth", "pool-churn"] {
        for rounds in [["01", "08"], ["02", "07"]] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let sides = ["before", "after"].map(|side| folder.path().join(side));
            for (side, round) in sides.iter().zip(rounds) {
                std::fs::create_dir(side).expect("can be made");
                for kind in ["heap", "goroutine"] {
                    let name = format!("{kind}-{round}.pb.gz");
                    std::fs::copy(recording(program).join(&name), side.join(&name)).expect("can be copied");
                }
            }
            let [before, after] = sides.each_ref().map(|side| side.to_str().expect("UTF-8"));
            let report = pprof_leaks(["diff", before, after, "--format", "json"]).json();
            let profile = growth(&["diff", before, after]);
            assert_eq!(sums(&profile), deltas(&report), "{program} {rounds:?}");
            assert_eq!(
                columns(&profile),
                ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "goroutine"]
            );
            assert_eq!(text(&profile, profile.default_sample_type), "inuse_space");
        }
    }
}

#[test]
fn of_a_series_it_is_the_growth_of_the_life_that_was_judged() {
    let args = ["trend", "testdata/restart"];
    let report = pprof_leaks(args.iter().chain(&["--format", "json"])).json();
    assert_eq!(sums(&growth(&args)), deltas(&report));
}

#[test]
fn what_shrinks_stays_negative() {
    let [mut before, mut after] = [Profile::heap(), Profile::heap()];
    after.at(600);
    before.row(&["main.freed", "main.main"], 1024, 300, 300);
    after.row(&["main.freed", "main.main"], 1024, 300, 100);
    let profile = growth_of(&before, &after, &[]);
    assert_eq!(profile.sample.len(), 1);
    assert!(profile.sample[0].value[3] < -50 << 20, "{:?}", profile.sample[0].value);
    assert_eq!(profile.sample[0].value[0], 0);
}

fn growth_of(before: &Profile, after: &Profile, options: &[&str]) -> proto::Profile {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    before.write(&paths[0]);
    after.write(&paths[1]);
    let [before, after] = paths.each_ref().map(|path: &std::path::PathBuf| path.to_str().expect("UTF-8"));
    growth(&[&["diff", before, after], options].concat())
}

#[test]
fn samples_of_a_suspect_say_so_and_every_reference_leads_somewhere() {
    let args = ["diff", "testdata/two-leaks/heap-01.pb.gz", "testdata/two-leaks/heap-08.pb.gz"];
    let report = pprof_leaks(args.iter().chain(&["--format", "json"])).json();
    let profile = growth(&args);
    let locations: BTreeSet<u64> = profile.location.iter().map(|location| location.id).collect();
    let functions: BTreeSet<u64> = profile.function.iter().map(|function| function.id).collect();
    let mut by_suspect: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for sample in &profile.sample {
        assert!(sample.location_id.iter().all(|id| locations.contains(id)));
        let label = |key: &str| sample.label.iter().find(|l| text(&profile, l.key) == key);
        assert!(label("bytes").is_some_and(|l| l.num > 0 && text(&profile, l.num_unit) == "bytes"));
        if let (Some(suspect), Some(cause)) = (label("suspect"), label("cause")) {
            let key = (text(&profile, suspect.str), text(&profile, cause.str));
            *by_suspect.entry(key).or_insert(0) += sample.value[3];
        }
    }
    assert!(profile.location.iter().flat_map(|l| &l.line).all(|line| functions.contains(&line.function_id)));
    for suspect in report["suspects"].as_array().expect("a list") {
        let key = (
            suspect["fingerprint"].as_str().expect("an id"),
            suspect["cause"]["id"].as_str().expect("an id"),
        );
        let own = suspect["growth"]["heap"]["delta"].as_f64().expect("a number") as i64;
        let joined = suspect["joined"].as_array().into_iter().flatten();
        let joined: f64 = joined.filter_map(|joined| joined["growth"]["delta"].as_f64()).sum();
        assert_eq!(by_suspect[&key], own + joined as i64, "{key:?}");
    }
    let comments: Vec<&str> = profile.comment.iter().map(|comment| text(&profile, *comment)).collect();
    assert_eq!(comments[0], report["headline"]);
}

#[test]
fn calls_that_were_inlined_share_a_location() {
    let profile = growth(&["diff", "testdata/two-leaks/heap-01.pb.gz", "testdata/two-leaks/heap-08.pb.gz"]);
    let original = crate::support::read("two-leaks/heap-08.pb.gz");
    let most = |profile: &proto::Profile| profile.location.iter().map(|l| l.line.len()).max();
    assert_eq!(most(&profile), most(&original));
}

#[test]
fn filtered_stacks_are_left_out() {
    let pair = crate::support::heap_pair("main.leak");
    let profile = growth_of(&pair[0], &pair[1], &["--ignore", "churn"]);
    assert!(!profile.string_table.iter().any(|text| text.contains("churn")));
    assert!(profile.string_table.iter().any(|text| text == "main.leak"));
}

#[test]
fn fed_back_it_is_told_for_a_difference() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("growth.pb.gz");
    let path: &Path = &path;
    let growth = path.to_str().expect("UTF-8");
    let pair = ["testdata/two-leaks/heap-01.pb.gz", "testdata/two-leaks/heap-08.pb.gz"];
    pprof_leaks(["diff", pair[0], pair[1], "--format", "pprof", "-o", growth]);
    let report = pprof_leaks(["diff", pair[0], growth, "--format", "json"]).json();
    assert_eq!(report["warnings"][0]["code"], "delta-profile");
}
