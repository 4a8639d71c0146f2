//! SARIF: it follows the official schema, and says what code scanning needs.

use crate::support::{Profile, heap_pair, pprof_leaks};
use serde_json::Value;
use std::sync::OnceLock;

/// A log that follows the schema, from a run with these arguments.
fn log(args: &[&str]) -> Value {
    let run = pprof_leaks([args, &["--format", "sarif"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let log: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let schema = include_str!("sarif/sarif-schema-2.1.0.json");
        jsonschema::validator_for(&serde_json::from_str(schema).expect("it is JSON")).expect("a schema")
    });
    let errors: Vec<String> =
        schema.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(errors, [""; 0]);
    log
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().expect("a list")
}

#[test]
fn the_schema_is_not_an_empty_promise() {
    let schema = serde_json::from_str(include_str!("sarif/sarif-schema-2.1.0.json")).expect("it is JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let mut log = log(&["trend", "testdata/two-leaks"]);
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!schema.is_valid(&log));
}

#[test]
fn a_result_names_rule_place_level_and_fingerprint() {
    let report = pprof_leaks(["trend", "testdata/two-leaks", "--format", "json"]).json();
    let log = log(&["trend", "testdata/two-leaks"]);
    let suspects = report["suspects"].as_array().expect("a list");
    assert_eq!(results(&log).len(), suspects.len());
    for (result, suspect) in results(&log).iter().zip(suspects) {
        assert_eq!(result["ruleId"], suspect["cause"]["id"]);
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let place = &result["locations"][0];
        assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], suspect["blame"]["file"]);
        assert_eq!(place["physicalLocation"]["region"]["startLine"], suspect["blame"]["line"]);
        assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], suspect["blame"]["function"]);
        assert_eq!(result["partialFingerprints"]["pprofLeaks/v1"], suspect["fingerprint"]);
        let level = match suspect["confidence"].as_str() {
            Some("high") => "error",
            Some("medium") => "warning",
            _ => "note",
        };
        assert_eq!(result["level"], level);
    }
}

#[test]
fn read_source_gives_the_path_in_its_folder_and_the_whole_statement() {
    let log = log(&["trend", "testdata/subslice", "--source", "testdata/programs"]);
    let place = &results(&log)[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "subslice.go");
    assert!(place["region"]["endLine"].as_u64() >= place["region"]["startLine"].as_u64());
}

#[test]
fn clean_unjudged_and_nameless_logs_are_valid_too() {
    let clean = log(&["trend", "testdata/map-cache-fixed"]);
    assert_eq!(results(&clean).len(), 0);
    // Two processes: warnings become notifications.
    let other = ["testdata/map-cache/heap-08.pb.gz", "testdata/two-leaks/heap-08.pb.gz"];
    let unjudged = log(&["diff", other[0], other[1]]);
    let notes = &unjudged["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes.as_array().is_some_and(|notes| !notes.is_empty()));
    // Without files and lines.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    for (mut profile, path) in heap_pair("main.leak").into_iter().zip(&paths) {
        profile.proto.function.iter_mut().for_each(|function| function.filename = 0);
        profile.proto.location.iter_mut().flat_map(|l| &mut l.line).for_each(|line| line.line = 0);
        Profile::write(&profile, path);
    }
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let nameless = log(&["diff", before, after]);
    assert_eq!(
        results(&nameless)[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "main.leak"
    );
}

#[test]
fn what_a_baseline_accepts_is_suppressed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [report, baseline] = ["report.json", "accepted.toml"].map(|name| folder.path().join(name));
    let [report, baseline] = [&report, &baseline].map(|path| path.to_str().expect("UTF-8"));
    pprof_leaks(["trend", "testdata/two-leaks", "--format", "json", "-o", report]);
    let add = ["baseline", "add", baseline, report, "--all", "--reason", "known", "--owner", "ann"];
    assert_eq!(pprof_leaks(add).status, 0);
    let log = log(&["trend", "testdata/two-leaks", "--baseline", baseline]);
    assert!(!results(&log).is_empty());
    for result in results(&log) {
        assert_eq!(result["suppressions"][0]["justification"], "known (ann)");
    }
}
