//! What the options change in a report, and what they must not.

use crate::support::{heap_pair, pprof_leaks};
use serde_json::Value;

const PAIR: [&str; 2] = ["testdata/two-leaks/heap-01.pb.gz", "testdata/two-leaks/heap-08.pb.gz"];

fn text(options: &[&str]) -> String {
    let run = pprof_leaks([&["diff", PAIR[0], PAIR[1], "--details"], options].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{options:?}");
    run.stdout
}

fn report(options: &[&str]) -> Value {
    let run = pprof_leaks([&["diff", PAIR[0], PAIR[1], "--format=json"], options].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{options:?}");
    run.json()
}

fn suspects(report: &Value) -> &[Value] {
    report["suspects"].as_array().expect("a list")
}

fn blamed(report: &Value) -> Vec<&str> {
    suspects(report).iter().map(|s| s["blame"]["function"].as_str().expect("a name")).collect()
}

/// Who they are and how sure that is.
fn judgement(report: &Value) -> Vec<(&Value, &Value, &Value, &Value)> {
    suspects(report)
        .iter()
        .map(|s| (&s["fingerprint"], &s["confidence"], &s["growth"]["heap"]["p_value"], &s["evidence"]))
        .collect()
}

#[test]
fn focus_keeps_and_ignore_leaves_out_what_matches_a_function_or_a_file() {
    let all = report(&[]);
    let [first, second] = [blamed(&all)[0], blamed(&all)[1]];
    let named = |function: &str| format!("^{}$", regex::escape(function));
    assert_eq!(blamed(&report(&["--focus", &named(second)]))[0], second);
    assert!(!blamed(&report(&["--focus", &named(second)])).contains(&first));
    assert!(!blamed(&report(&["--ignore", &named(first)])).contains(&first));
    assert_eq!(blamed(&report(&["--focus", r"two-leaks\.go$"])), blamed(&all), "the file matches too");
    assert_eq!(blamed(&report(&["--ignore", r"two-leaks\.go$"])), [""; 0]);
    let both = report(&["--focus", &named(second), "--ignore", &named(second)]);
    assert_eq!(both["verdict"], "inconclusive");
    assert_eq!(both["warnings"][0]["code"], "filtered-out");
    // Set aside, not forgotten.
    assert_eq!(report(&["--ignore", &named(first)])["totals"], all["totals"]);
    let sites = report(&["--ignore", &named(first), "--full"]);
    let filtered = sites["sites"].as_array().expect("--full").iter().filter(|s| s["set_aside"] == "filtered");
    assert!(filtered.count() > 0);
}

#[test]
fn the_sample_type_changes_what_is_shown_and_not_what_is_judged() {
    let default = report(&[]);
    let shown = |report: &Value| report["totals"]["heap"]["last"].clone();
    let mut seen = Vec::new();
    for (name, unit) in [
        ("inuse_space", "bytes"),
        ("inuse_objects", "count"),
        ("alloc_space", "bytes"),
        ("alloc_objects", "count"),
    ] {
        let report = report(&["--sample-type", name]);
        assert_eq!(judgement(&report), judgement(&default), "{name}");
        assert_eq!(report["verdict"], default["verdict"]);
        assert_eq!(report["totals"]["heap"]["unit"], unit);
        assert_eq!(suspects(&report)[0]["growth"]["heap"]["unit"], unit);
        assert!(text(&["--sample-type", name]).contains(&format!("heap {name} ")), "{name}");
        seen.push(shown(&report).to_string());
    }
    assert_eq!(seen[0], shown(&default).to_string(), "inuse_space is the default");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "four columns show four numbers: {seen:?}");
}

#[test]
fn a_finer_granularity_splits_a_function_into_its_lines_and_paths() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    for (profile, path) in heap_pair("main.leak").iter_mut().zip(&paths) {
        // The same function once more, called from elsewhere and at another line.
        let live = profile.proto.sample[0].value[3] / 524_800;
        profile.row(&["main.leak@line9", "main.other", "main.main"], 1024, live, live);
        profile.row(&["main.leak", "main.third", "main.main"], 1024, live, live);
        let string = profile.string("main.leak");
        let at =
            profile.proto.function.iter().position(|f| f.name == profile_name(profile, "main.leak@line9"));
        let at = at.expect("just added");
        profile.proto.function[at].name = string;
        profile.proto.location[at].line[0].line = 9;
        profile.write(path);
    }
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let suspects_at = |granularity: &str| {
        let run = pprof_leaks(["diff", before, after, "--format=json", "--granularity", granularity]);
        let report = run.json();
        let lines: Vec<i64> =
            suspects(&report).iter().map(|s| s["blame"]["line"].as_i64().expect("a line")).collect();
        let mut lines = lines;
        lines.sort_unstable();
        lines
    };
    assert_eq!(suspects_at("function").len(), 1);
    assert_eq!(suspects_at("line"), [7, 9]);
    assert_eq!(suspects_at("address"), [7, 7, 9]);
}

fn profile_name(profile: &crate::support::Profile, text: &str) -> i64 {
    profile.proto.string_table.iter().position(|s| s == text).expect("a string") as i64
}

#[test]
fn top_limits_what_is_told_to_people_and_not_to_programs() {
    let count = suspects(&report(&[])).len();
    assert!(count >= 2, "the recording has two leaks");
    for format in ["terminal", "markdown"] {
        let one = text(&["--top", "1", "--format", format]);
        let others = match count - 1 {
            1 => "1 more suspect is not shown".to_owned(),
            n => format!("{n} more suspects are not shown"),
        };
        assert!(one.contains(&others), "{one}");
        assert!(one.contains(&format!("--top {count}")), "{one}");
        assert!(one.len() < text(&["--format", format]).len());
        assert!(!text(&["--top", "1000", "--format", format]).contains("not shown"));
        assert!(text(&["--top", "0", "--format", format]).contains(&format!("{count} more suspects")));
    }
    assert_eq!(report(&["--top", "1"]), report(&[]));
}

#[test]
fn full_adds_every_site_with_sums_that_agree_with_the_totals() {
    assert_eq!(report(&[])["sites"], Value::Null);
    let full = report(&["--full"]);
    let sites = full["sites"].as_array().expect("--full");
    for (field, total) in [("first", "first"), ("last", "last"), ("delta", "delta")] {
        let sum: f64 = sites.iter().map(|s| s["growth"][field].as_f64().expect("a number")).sum();
        assert_eq!(sum, full["totals"]["heap"][total].as_f64().expect("a number"), "{field}");
    }
    let mut short = full.clone();
    short.as_object_mut().expect("an object").remove("sites");
    assert_eq!(short, report(&[]), "nothing else changes");
}

#[test]
fn the_least_growth_that_matters_is_a_rate_a_day() {
    let rated = |least: &str| report(&["--min-growth", least]);
    let sure = |report: &Value| suspects(report).iter().filter(|s| s["confidence"] == "medium").count();
    assert_eq!(sure(&rated("0")), sure(&report(&[])));
    let none = rated("100TiB");
    assert_eq!(sure(&none), 0);
    assert_eq!(none["verdict"], "inconclusive");
    assert!(
        none["headline"].as_str().expect("text").contains("less than --min-growth"),
        "{}",
        none["headline"]
    );
    // The rate of the first suspect as the report has it, a little less and a little more.
    let per_day = suspects(&report(&[]))[0]["growth"]["heap"]["per_hour"].as_f64().expect("a rate") * 24.0;
    let confidence = |factor: f64| {
        let report = rated(&format!("{:.0}", per_day * factor));
        suspects(&report)[0]["confidence"].as_str().expect("a word").to_owned()
    };
    assert_eq!([confidence(0.99), confidence(1.01)], ["medium", "low"]);
}
