//! Saved JSON reports, written anew in other formats without the snapshots.

use crate::support::{Run, command, finish, pprof_leaks, recording};
use pprof_leaks::profile::Kind;
use pprof_leaks::report::{json, read_json};
use pprof_leaks::store::{Ending, Instance, Store};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// Every format that a report is written in.
const FORMATS: [&str; 4] = ["terminal", "markdown", "json", "sarif"];

/// What a command prints in a format, complete.
fn printed(args: &[&str], format: &str) -> String {
    let run = pprof_leaks([args, &["--full", "--top", "50", "--format", format]].concat());
    assert!([0, 3].contains(&run.status), "{args:?}: {}", run.stderr);
    run.stdout
}

fn saved(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("can be written");
    file
}

fn report(file: &Path, options: &[&str]) -> Run {
    let mut command = command();
    command.arg("report").arg(file).args(options);
    finish(&mut command)
}

#[test]
fn a_saved_report_comes_out_as_the_run_itself_would_have_written_it() {
    let folder = |name: &str| recording(name).to_str().expect("UTF-8").to_owned();
    let mut runs: Vec<Vec<String>> = Vec::new();
    // A leak of memory, of goroutines with what they hold, lives, falls, a clean run; the ledger; and what is not judged.
    for name in ["two-leaks", "blocked-goroutine", "restart", "sawtooth", "map-cache-fixed", "http-body"] {
        runs.push(vec!["trend".into(), folder(name), "--memory-limit".into(), "1GiB".into()]);
    }
    let file = |path: &str| recording(path).to_str().expect("UTF-8").to_owned();
    for [before, after] in [
        ["map-cache/heap-01.txt.gz", "map-cache/heap-08.txt.gz"],
        ["map-cache/heap-08.pb.gz", "map-cache/heap-01.pb.gz"],
        ["two-leaks/heap-01.pb.gz", "map-cache/heap-08.pb.gz"],
    ]
    .into_iter()
    .filter(|pair| pair.iter().all(|path| recording(path).is_file()))
    {
        runs.push(vec!["diff".into(), file(before), file(after)]);
    }
    runs.push(vec!["trend".into(), folder("subslice"), "--source".into(), folder("programs")]);
    for run in &runs {
        let args: Vec<&str> = run.iter().map(String::as_str).collect();
        let file = saved(&printed(&args, "json"));
        for format in FORMATS {
            let again = report(file.path(), &["--top", "50", "--format", format]);
            assert_eq!(again.stderr, "", "{args:?}");
            assert!(again.stdout == printed(&args, format), "{args:?} as {format}");
        }
    }
}

#[test]
fn accepted_suspects_and_unusable_files_are_saved_as_well() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    for round in ["01", "04", "08"] {
        let name = format!("heap-{round}.pb.gz");
        std::fs::copy(recording(&format!("two-leaks/{name}")), path(&name)).expect("can be copied");
    }
    std::fs::write(path("heap-09.pb.gz"), "no profile").expect("can be written");
    let first = printed(&["trend", folder.path().to_str().expect("UTF-8")], "json");
    let (json, baseline) = (path("report.json"), path("accepted.toml"));
    std::fs::write(&json, &first).expect("can be written");
    let args = ["baseline", "add", &baseline, &json, "--all", "--reason", "known", "--owner", "ann"];
    assert_eq!(pprof_leaks(args).status, 0);
    std::fs::remove_file(&json).expect("can be removed");
    let snapshots = folder.path().to_str().expect("UTF-8");
    let args = ["trend", snapshots, "--baseline", &baseline];
    let file = saved(&printed(&args, "json"));
    for format in FORMATS {
        let again = report(file.path(), &["--top", "50", "--format", format]);
        assert_eq!((again.status, again.stderr.as_str()), (3, ""), "some inputs were unusable");
        assert!(again.stdout == printed(&args, format), "{format}");
        assert!(again.stdout.contains("known"), "{format}");
    }
}

#[test]
fn the_threshold_applies_to_saved_reports_and_standard_input_will_do() {
    let file = saved(&printed(&["trend", "testdata/two-leaks"], "json"));
    assert_eq!(report(file.path(), &["--fail-on", "medium"]).status, 1);
    let input = std::fs::File::open(file.path()).expect("it is there");
    let mut command: Command = command();
    let run = finish(command.args(["report", "-"]).stdin(Stdio::from(input)));
    assert!(run.status == 0 && run.stdout.contains("\nSuspicious: "), "{}", run.stdout);
}

#[test]
fn what_is_no_report_is_refused_in_one_line() {
    let whole =
        printed(&["diff", "testdata/map-cache/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"], "json");
    let edited = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from}");
        whole.replacen(from, to, 1)
    };
    let nested = "[".repeat(100_000);
    for (text, parts) in [
        (String::new(), ["it is not JSON", "--format json"]),
        ("no report".into(), ["it is not JSON", "line 1"]),
        (whole[..whole.len() / 2].into(), ["it is not JSON", "EOF"]),
        (nested, ["it is", "--format json"]),
        ("{}".into(), ["no report of pprof-leaks", "schema_version"]),
        ("\"text\"".into(), ["no report of pprof-leaks", "schema_version"]),
        (edited("\"schema_version\": 1", "\"schema_version\": 2"), ["schema_version 2", "reads 1"]),
        (edited("\"schema_version\": 1", "\"schema_version\": \"1\""), ["no report", "schema_version"]),
        (edited("\"verdict\": \"suspicious\"", "\"verdict\": \"guilty\""), ["`guilty` is none of", "line 3"]),
        (edited("\"headline\"", "\"headlines\""), ["missing field `headline`", "line "]),
        (edited("\"rank\": 1", "\"rank\": 7"), ["ranks", "no whole report"]),
        (edited("\"fingerprint\": \"", "\"fingerprint\": \"<b>"), ["fingerprint", "no whole report"]),
        (edited("\"id\": \"unbounded-map\"", "\"id\": \"<script>\""), ["ids", "no whole report"]),
        (edited("\"evidence_for\": [", "\"evidence_for\": [true,"), ["evidence_for", "no whole report"]),
        (edited("\"taken_at\": \"2026", "\"taken_at\": \"9999"), ["out of range", "no whole report"]),
        (
            edited("\"delta_error\": ", "\"delta_error\": 1e999, \"delta_error\": "),
            ["number out of range", "line"],
        ),
    ] {
        let file = saved(&text);
        let name = file.path().to_str().expect("UTF-8");
        report(file.path(), &[]).refusal(&[name, parts[0], parts[1]]);
    }
    pprof_leaks(["report", "no-such-file"]).refusal(&["no-such-file", "No such file"]);
    let output = saved(&whole);
    let name = output.path().to_str().expect("UTF-8");
    pprof_leaks(["report", name, "-o", name]).refusal(&["-o", "name another file"]);
}

/// Puts a field that no version knows into each object.
fn with_new_fields(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(with_new_fields);
            map.insert("of_a_later_version".to_owned(), serde_json::json!({ "list": [1, "two", null] }));
        }
        Value::Array(list) => list.iter_mut().for_each(with_new_fields),
        _ => {}
    }
}

#[test]
fn a_report_of_a_later_version_with_new_fields_is_valid_and_read() {
    let schema = serde_json::from_str(pprof_leaks::report::JSON_SCHEMA).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for args in [
        &["trend", "testdata/restart", "--memory-limit", "1GiB"][..],
        &["diff", "testdata/two-leaks/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"],
        &["trend", "testdata/subslice", "--source", "testdata/programs"],
        &["trend", "testdata/blocked-goroutine"],
    ] {
        let text = printed(args, "json");
        let mut report: Value = serde_json::from_str(&text).expect("JSON");
        // Sums are there by the names of kinds, of which there are no new ones.
        let totals = report["totals"].take();
        with_new_fields(&mut report);
        report["totals"] = totals;
        let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{args:?}");
        let read = read_json(&report.to_string()).unwrap_or_else(|error| panic!("{args:?}: {error}"));
        assert!(json(&read).expect("JSON") == text, "{args:?}: what is known is kept as it was");
    }
}

/// Somebody's report may be as hostile as somebody's profile.
#[test]
fn hostile_text_in_a_report_is_made_harmless() {
    let whole =
        printed(&["diff", "testdata/map-cache/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"], "json");
    let hostile = "\\u001b[31m\\u202e<script>|`\\n```\\n# x</details>";
    let text = whole.replace("main.(*sessionCache).open", hostile).replace("Delete entries", hostile);
    let file = saved(&text);
    for format in FORMATS.into_iter().chain(["html", "dot"]) {
        let run = report(file.path(), &["--format", format]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(format != "html" || run.stdout.matches("<script").count() == 2, "the page's own");
        assert!(run.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{format}");
        assert!(!run.stdout.contains('\u{202e}') && !run.stdout.contains("\n# x"), "{format}");
    }
    let huge = whole.replace("\"line\": 40,", "\"line\": 4294967295,");
    assert_eq!(report(saved(&huge).path(), &[]).status, 0);
    let sums = whole.replace("\"first\": ", "\"first\": 17").replace("\"last\": ", "\"last\": -17");
    assert_eq!(report(saved(&sums).path(), &["--format", "markdown"]).status, 0);
}

/// One text of each field of a report.
fn fields(value: &Value, place: &str, field: &str, found: &mut BTreeMap<String, String>) {
    let mut below = |key: &str, value: &Value, field: String| {
        fields(value, &format!("{place}/{key}"), &field, found);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key, value, format!("{field}/{key}"))),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, value)| below(&i.to_string(), value, format!("{field}/0")));
        }
        Value::String(_) => drop(found.entry(field.to_owned()).or_insert(place.to_owned())),
        _ => {}
    }
}

#[test]
fn no_field_of_a_report_is_forgotten_where_text_is_made_harmless() {
    let mut known = BTreeMap::new();
    for args in [
        &["trend", "testdata/subslice", "--source", "testdata/programs"][..],
        &["trend", "testdata/restart", "--memory-limit", "1GiB"],
        &["diff", "testdata/two-leaks/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"],
        &["trend", "testdata/blocked-goroutine"],
    ] {
        let mut report: Value = serde_json::from_str(&printed(args, "json")).expect("JSON");
        if let Some(suspect) = report["suspects"].get(0) {
            let growth = match suspect["subject"].as_str() {
                Some("heap") => &suspect["growth"]["heap"],
                _ => &suspect["growth"]["goroutines"],
            };
            report["accepted"] = serde_json::json!([{
                "fingerprint": suspect["fingerprint"], "blame": suspect["blame"], "confidence": "high",
                "delta": 1.0, "unit": "bytes", "growth": growth, "reason": "known", "owner": "ann",
                "expires": "2027-01-31",
            }]);
        }
        // Stacks by the thousand have the fields of one.
        if let Some(sites) = report["sites"].as_array_mut() {
            sites.truncate(20);
        }
        let mut places = BTreeMap::new();
        fields(&report, "", "", &mut places);
        for (field, place) in places {
            let mut report = report.clone();
            *report.pointer_mut(&place).expect("found there") = "a\u{202e}b".into();
            match read_json(&report.to_string()) {
                Ok(document) => {
                    let text = json(&document).expect("JSON");
                    assert!(!text.contains('\u{202e}'), "{field}");
                    known.insert(field, true);
                }
                // A word or an id, which is nothing else.
                Err(_) => drop(known.entry(field).or_insert(false)),
            }
        }
    }
    let texts = known.values().filter(|is_text| **is_text).count();
    assert!(texts >= 30, "{texts} of {} are texts: {known:?}", known.len());
}

#[test]
fn a_store_is_judged_and_one_of_several_instances_has_to_be_chosen() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(folder.path()).expect("a store");
    let fill = |job: &str, name: &str, program: &str| {
        let instance = Instance::new(job, name).expect("a name");
        for round in 1..=8i64 {
            let file = recording(&format!("{program}/heap-{round:02}.pb.gz"));
            let mut writing = store.begin(&instance, Kind::Heap, Ending::Proto).expect("can begin");
            writing.write(&std::fs::read(file).expect("recorded")).expect("can be written");
            writing.commit(1_800_000_000_000_000_000 + round * 7_000_000_000).expect("can be kept");
        }
    };
    fill("shop", "10.0.0.7:6060", "map-cache");
    let path = folder.path().to_str().expect("UTF-8");
    let run = pprof_leaks(["report", path]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains("\nSuspicious: memory allocated in main.(*sessionCache).open"),
        "{}",
        run.stdout
    );
    fill("shop", "10.0.0.8:6060", "map-cache-fixed");
    pprof_leaks(["report", path]).refusal(&["2 instances", "--instance", "shop/10.0.0.8:6060"]);
    let chosen = pprof_leaks(["report", path, "--instance", "shop/10.0.0.8:6060", "--format", "json"]);
    assert_eq!(chosen.json()["verdict"], "inconclusive", "49 s are too short to be clean");
    pprof_leaks(["report", path, "--instance", "shop/x"]).refusal(&["`shop/x`", "shop/10.0.0.7:6060"]);
    let empty = tempfile::tempdir().expect("a temporary folder");
    pprof_leaks(["report", empty.path().to_str().expect("UTF-8")]).refusal(&["no snapshots"]);
}

/// Names of a profile can have any length, and a report any number of suspects.
#[test]
fn a_brief_report_keeps_to_its_size_whatever_is_in_it() {
    let text = std::fs::read_to_string("tests/golden/one-leak.json").expect("a report");
    let mut report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut suspect = report["suspects"][0].clone();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json").display().to_string();
    for filler in ["a", "\"", "\\", "漢"] {
        let long = filler.repeat(20_000);
        suspect["blame"]["function"] = format!("main.{long}").into();
        suspect["blame"]["file"] = format!("/{long}/x.go").into();
        suspect["advice"] = long.clone().into();
        suspect["cause"]["because"] = serde_json::json!([long]);
        report["headline"] = long.clone().into();
        report["service"]["program"] = long.into();
        let ranked = (1..=40).map(|rank| {
            suspect["rank"] = rank.into();
            suspect["fingerprint"] = format!("{rank:016x}").into();
            suspect.clone()
        });
        report["suspects"] = ranked.collect::<Vec<_>>().into();
        std::fs::write(&path, report.to_string()).expect("can be written");
        let run = pprof_leaks(["report", &path, "--format=json", "--brief"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.len() <= 4096, "{} bytes of {filler}", run.stdout.len());
        let brief: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
        let shown = brief["suspects"].as_array().expect("a list").len();
        assert!(shown >= 3, "{shown} of {filler}");
        assert_eq!(brief["more_suspects"], 40 - shown);
    }
    pprof_leaks(["report", &path, "--brief"]).refusal(&["--brief", "--format json"]);
}
