//! One snapshot by itself: what is said of it, what never is, and what is refused.

use crate::support::{Run, command, finish, pprof_leaks, recording};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn inspect(files: &[&Path], options: &[&str]) -> Run {
    let files = files.iter().map(|file| file.to_str().expect("UTF-8"));
    finish(command().env("COLUMNS", "100").arg("inspect").args(files).args(options))
}

fn file(path: &str) -> PathBuf {
    recording("").join(path)
}

/// The last round of every recording, kind by kind and all kinds together.
fn recordings() -> Vec<Vec<PathBuf>> {
    let mut all = Vec::new();
    for folder in recording("").read_dir().expect("recorded").flatten() {
        let of = |name: &str| Some(folder.path().join(name)).filter(|path| path.exists());
        let [heap, dump, proof] = ["heap-08.pb.gz", "goroutine-08.txt.gz", "goroutineleak-08.pb.gz"].map(of);
        all.extend([&heap, &dump, &proof].into_iter().flatten().map(|path| vec![path.clone()]));
        let together: Vec<PathBuf> = [heap, dump, proof].into_iter().flatten().collect();
        all.extend((together.len() > 1).then_some(together));
    }
    assert!(all.len() > 200, "{}", all.len());
    all
}

fn schema() -> jsonschema::Validator {
    let schema = serde_json::from_str(pprof_leaks::report::INSPECTION_SCHEMA).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
}

#[test]
fn a_report_fits_on_a_screen_and_calls_nothing_a_leak_but_what_is_proved() {
    for files in recordings() {
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let run = inspect(&files, &[]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{files:?}");
        let lines = run.stdout.lines().count();
        assert!(lines <= 24, "{files:?}: {lines} lines\n{}", run.stdout);
        let widest = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{files:?}: {widest:?}\n{}", run.stdout);
        for line in run.stdout.lines() {
            let is_command = line.contains("pprof-leaks ") || line.contains("/debug/pprof/");
            let proof = line.contains("roved") || line.contains("goroutineleak") || is_command;
            // Recorded programs are called after what they do.
            let words = line.to_ascii_lowercase().replace("-leak", "");
            assert!(proof || !words.contains("leak"), "{files:?}: {line}");
        }
    }
}

#[test]
fn every_report_follows_its_schema_and_says_the_same_each_time() {
    let schema = schema();
    for files in recordings().into_iter().step_by(5) {
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let run = inspect(&files, &["--format", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, [""; 0], "{files:?}");
        assert_eq!(inspect(&files, &["--format", "json"]).stdout, run.stdout, "{files:?}");
    }
}

#[test]
fn source_is_read_and_quoted() {
    let heap = file("map-cache/heap-08.pb.gz");
    let source = file("programs");
    let options = ["--source", source.to_str().expect("UTF-8"), "--format", "json"];
    let run = inspect(&[&heap], &options);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let first = &report["memory"]["places"][0];
    let because = first["if_it_grows"]["because"].to_string();
    assert!(because.contains("map-cache.go") && because.contains("takes anything out"), "{because}");
    assert!(first["source"]["lines"].as_array().is_some_and(|lines| !lines.is_empty()));
}

#[test]
fn focus_and_own_choose_what_is_shown() {
    let heap = file("map-cache/heap-08.pb.gz");
    let first = |options: &[&str]| {
        let run = inspect(&[&heap], &[options, &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        report["memory"]["places"][0]["blame"]["function"].as_str().map(str::to_owned)
    };
    assert_eq!(first(&[]).as_deref(), Some("main.(*sessionCache).open"));
    assert_eq!(first(&["--ignore", "sessionCache"]).as_deref(), Some("main.loadProducts"));
    assert_eq!(first(&["--focus", "nothing-like-it"]), None);
    let run = inspect(&[&heap], &["--focus", "nothing-like-it"]);
    assert!(run.stdout.contains("[filtered-out]"), "{}", run.stdout);
}

#[test]
fn what_is_not_one_snapshot_is_refused_with_what_to_do() {
    let [first, last] = ["map-cache/heap-01.pb.gz", "map-cache/heap-08.pb.gz"].map(file);
    inspect(&[&first, &last], &[]).refusal(&["both heap profiles", "compares them"]);
    inspect(&[&recording("map-cache")], &[]).refusal(&["8 heap profiles", "pprof-leaks trend"]);
    let cpu = file("elsewhere/go1.27-served/cpu.pb.gz");
    inspect(&[&cpu], &[]).refusal(&["a CPU profile", "/debug/pprof/heap?gc=1"]);
    inspect(&[Path::new("missing.pb.gz")], &[]).refusal(&["missing.pb.gz", "check the path"]);
    inspect(&[&last], &["--format", "html"]).refusal(&["terminal, markdown or json"]);
    inspect(&[&last], &["--fail-on", "low"]).refusal(&["--fail-on", "one snapshot does not show"]);
    assert_eq!(pprof_leaks(["inspect"]).status, 2);
}

#[test]
fn what_could_not_be_read_is_said_beside_what_could() {
    let heap = file("map-cache/heap-08.pb.gz");
    let run = inspect(&[&heap, Path::new("missing.txt")], &[]);
    assert_eq!((run.status, run.warnings().len()), (3, 1));
    assert!(run.stdout.contains("[unusable-input]"), "{}", run.stdout);
}
