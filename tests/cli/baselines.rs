//! Suspects that are accepted by a baseline.

use crate::support::pprof_leaks;
use serde_json::Value;

const SERIES: &str = "testdata/two-leaks";

fn accepted(baseline: &str, more: &[&str]) -> crate::support::Run {
    // The recordings are of less than a minute.
    let options = ["--format=json", "--must-detect=100GiB/h", "--baseline", baseline];
    pprof_leaks([&["trend", SERIES], &options[..], more].concat())
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
    let said = run.json();
    assert_eq!(said["accepted"][0]["fingerprint"], ids[0]);
    assert_eq!(said["accepted"][0]["expires"], "2999-01-31");
    assert!(!said["suspects"].as_array().expect("a list").iter().any(|s| s["fingerprint"] == ids[0]));
    assert_eq!((said["verdict"].as_str(), run.status), (Some("suspicious"), 1), "the other one still counts");

    for id in &ids[1..] {
        add(id, "2999-01-31");
    }
    let run = accepted(&baseline, &["--fail-on=low"]);
    let said = run.json();
    assert_eq!((said["verdict"].as_str(), run.status), (Some("clean"), 0));
    let headline = said["headline"].as_str().expect("text");
    assert!(
        headline.starts_with("Clean so far but for ") && headline.contains("no other leak"),
        "{headline}"
    );
    let text = std::fs::read_to_string(&baseline).expect("it is there");
    assert!(text.starts_with("# ours\n"), "what was in the file is kept: {text}");
    add(ids[0], "2999-01-31");
    assert_eq!(std::fs::read_to_string(&baseline).expect("it is there"), text, "nothing is added twice");
}

/// A folder with a saved report of two leaks.
struct Place {
    folder: tempfile::TempDir,
    report: Value,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let run = pprof_leaks(["trend", SERIES, "--format=json"]);
        std::fs::write(folder.path().join("report.json"), &run.stdout).expect("can be written");
        Place { report: run.json(), folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn first(&self) -> &str {
        self.report["suspects"][0]["fingerprint"].as_str().expect("a suspect")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file("accepted.toml")).expect("it is there")
    }

    fn add(&self, more: &[&str]) -> crate::support::Run {
        let (baseline, report) = (self.file("accepted.toml"), self.file("report.json"));
        pprof_leaks([&["baseline", "add", &baseline, &report], more].concat())
    }

    fn accept_all(&self, day: &str) -> crate::support::Run {
        self.add(&["--all", "--reason", "a known cache", "--owner", "team-web", "--expires", day])
    }
}

#[test]
fn what_has_expired_can_be_renewed_and_comments_are_kept() {
    let place = Place::new();
    let old = format!(
        "# Reviewed every quarter.\n\n[[accepted]]\nfingerprint = \"{}\" # the cache\nreason = 'old' # see below\n\
         owner = \"o\"\nexpires = 2001-01-31\n\n# A comment at the end.\n",
        place.first()
    );
    std::fs::write(place.file("accepted.toml"), old).expect("can be written");
    let said = accepted(&place.file("accepted.toml"), &[]).json();
    assert_eq!(said["suspects"], place.report["suspects"], "a date of TOML is read, and has passed");
    let run = place.accept_all("2999-12-31");
    let new = place.report["suspects"].as_array().expect("a list").len() - 1;
    assert!(run.stdout.ends_with(&format!(": {new} added, 1 renewed\n")), "{}{}", run.stdout, run.stderr);
    let text = place.text();
    for part in [
        "# Reviewed every quarter.\n",
        "# the cache\n",
        "\"a known cache\" # see below\n",
        "# A comment at the end.",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    assert!(!text.contains("2001"), "{text}");
    assert_eq!(text.matches("[[accepted]]").count(), new + 1, "{text}");
    let said = accepted(&place.file("accepted.toml"), &["--fail-on=low"]);
    assert_eq!((said.status, said.json()["verdict"].as_str()), (0, Some("clean")));
    assert_eq!(place.folder.path().read_dir().expect("readable").count(), 2, "nothing else is left behind");
}

#[test]
fn entries_written_in_one_line_stay_readable() {
    let place = Place::new();
    let old = "accepted = [{ fingerprint = \"0123456789abcdef\", reason = \"r\", owner = \"o\" }]\n";
    std::fs::write(place.file("accepted.toml"), old).expect("can be written");
    assert_eq!(place.accept_all("2999-12-31").status, 0);
    let said = accepted(&place.file("accepted.toml"), &[]).json();
    assert_eq!(said["verdict"], "clean");
    assert!(place.text().contains("0123456789abcdef"), "{}", place.text());
}

#[test]
fn wrong_arguments_write_nothing() {
    let place = Place::new();
    place.accept_all("soon").refusal(&["--expires", "`soon` is not a day", "2027-01-31"]);
    place.accept_all("2001-01-01").refusal(&["--expires", "past"]);
    place.add(&["--all", "--reason", " ", "--owner", "o"]).refusal(&["--reason is empty"]);
    place
        .add(&["--fingerprint", "0000000000000000", "--reason", "r", "--owner", "o"])
        .refusal(&["0000000000000000 is no suspect"]);
    let foreign = "{\"suspects\":[{\"fingerprint\":\"x\\u001b\",\"blame\":{\"function\":\"f\"}}]}";
    for (text, part) in
        [("no report", "no JSON report"), ("{}", "no JSON report"), (foreign, "no fingerprint")]
    {
        std::fs::write(place.file("report.json"), text).expect("can be written");
        place.accept_all("2999-12-31").refusal(&[part]);
    }
    assert!(!std::path::Path::new(&place.file("accepted.toml")).exists());
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
    let said = accepted(&baseline, &[]).json();
    let codes: Vec<&str> =
        said["warnings"].as_array().expect("a list").iter().filter_map(|w| w["code"].as_str()).collect();
    assert!(codes.contains(&"baseline-expired") && codes.contains(&"baseline-unused"), "{codes:?}");
    assert_eq!(said["suspects"][0]["fingerprint"], id);
}

#[test]
fn a_broken_baseline_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let baseline = folder.path().join("accepted.toml").display().to_string();
    accepted(&baseline, &[]).refusal(&["accepted.toml", "baseline add"]);
    std::fs::write(&baseline, "[[accepted]]\nfingerprint = 1\n").expect("can be written");
    accepted(&baseline, &[]).refusal(&["accepted.toml", "line 2"]);
    std::fs::write(&baseline, "\n[[accepted]]\nfingerprint = \"1\"\nreason = \"r\"\nowner = \"o\"\n")
        .expect("written");
    accepted(&baseline, &[]).refusal(&["accepted.toml", "line 3", "16 digits"]);
    std::fs::write(&baseline, [0xff, 0xfe]).expect("can be written");
    accepted(&baseline, &[]).refusal(&["accepted.toml", "not text"]);
    accepted(&folder.path().display().to_string(), &[]).refusal(&["--baseline", "folder"]);
    std::fs::write(&baseline, "# none\n").expect("can be written");
    accepted(&baseline, &["-o", &baseline]).refusal(&["the baseline itself"]);
    assert_eq!(std::fs::read_to_string(&baseline).expect("it is there"), "# none\n");
}
