//! Suspects that are accepted by a baseline.

use crate::support::pprof_leaks;
use serde_json::Value;

const SERIES: &str = "testdata/two-leaks";

fn accepted(baseline: &str, more: &[&str]) -> crate::support::Run {
    pprof_leaks([&["trend", SERIES, "--format=json", "--baseline", baseline], more].concat())
}

#[test]
fn accepted_suspects_are_told_at_the_end_and_do_not_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (report, baseline) = (file("report.json"), file("accepted.toml"));
    assert_eq!(pprof_leaks(["trend", SERIES, "--format=json", "-o", &report]).status, 0);
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(&report).expect("saved")).expect("JSON");
    let ids: Vec<&str> = saved["suspects"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|s| s["fingerprint"].as_str())
        .collect();
    assert!(ids.len() >= 2, "two leaks");

    std::fs::write(&baseline, "# ours\n").expect("can be written");
    let add = |id: &str, expires: &str| {
        let run = pprof_leaks([
            "baseline",
            "add",
            &baseline,
            &report,
            "--fingerprint",
            id,
            "--reason",
            "known",
            "--owner",
            "ann",
            "--expires",
            expires,
        ]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    };
    add(ids[0], "2999-01-31");
    let run = accepted(&baseline, &["--fail-on=low"]);
    let told = run.json();
    assert_eq!(told["accepted"][0]["fingerprint"], ids[0]);
    assert_eq!(told["accepted"][0]["expires"], "2999-01-31");
    assert!(!told["suspects"].as_array().expect("a list").iter().any(|s| s["fingerprint"] == ids[0]));
    assert_eq!((told["verdict"].as_str(), run.status), (Some("leak"), 1), "the other one still counts");

    for id in &ids[1..] {
        add(id, "2999-01-31");
    }
    let run = accepted(&baseline, &["--fail-on=low"]);
    assert_eq!((run.json()["verdict"].as_str(), run.status), (Some("clean"), 0));
    let text = std::fs::read_to_string(&baseline).expect("it is there");
    assert!(text.starts_with("# ours\n"), "what was in the file is kept: {text}");
    add(ids[0], "2999-01-31");
    assert_eq!(std::fs::read_to_string(&baseline).expect("it is there"), text, "nothing is added twice");
}

#[test]
fn what_is_expired_or_unused_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let baseline = folder.path().join("accepted.toml").display().to_string();
    let all = pprof_leaks(["trend", SERIES, "--format=json"]).json();
    let id = all["suspects"][0]["fingerprint"].as_str().expect("an id");
    let entry = |id: &str, day: &str| {
        format!("[[accepted]]\nfingerprint = \"{id}\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"{day}\"\n")
    };
    std::fs::write(&baseline, entry(id, "2020-01-01") + &entry("0123456789abcdef", "2999-01-01"))
        .expect("written");
    let told = accepted(&baseline, &[]).json();
    let codes: Vec<&str> =
        told["warnings"].as_array().expect("a list").iter().filter_map(|w| w["code"].as_str()).collect();
    assert!(codes.contains(&"baseline-expired") && codes.contains(&"baseline-unused"), "{codes:?}");
    assert_eq!(told["suspects"][0]["fingerprint"], id);
}

#[test]
fn a_broken_baseline_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let baseline = folder.path().join("accepted.toml").display().to_string();
    accepted(&baseline, &[]).refusal(&["accepted.toml", "baseline add"]);
    std::fs::write(&baseline, "[[accepted]]\nfingerprint = 1\n").expect("can be written");
    accepted(&baseline, &[]).refusal(&["accepted.toml", "line 2"]);
}
