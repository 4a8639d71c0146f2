//! Did the fix work: recorded programs against their repaired twins, against themselves, and too early.

use crate::support::{Profile, Run, close, pprof_leaks, recording};
use serde_json::Value;
use std::path::Path;

/// Programs that were recorded with their leak and without it.
const TWINS: [&str; 7] =
    ["map-cache", "slice-append", "subslice", "substring", "blocked-goroutine", "defer-loop", "job-slice"];

fn compare(before: &Path, after: &Path, options: &[&str]) -> Run {
    let [before, after] = [before, after].map(|path| path.to_str().expect("UTF-8"));
    pprof_leaks([&["compare", before, after], options].concat())
}

fn json(before: &Path, after: &Path) -> Value {
    let run = compare(before, after, &["--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{before:?} {after:?}");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let mut schema = serde_json::from_str(pprof_leaks::report::EFFECT_SCHEMA).expect("the schema is JSON");
    close(&mut schema);
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    report
}

/// The snapshots of some rounds of a recording, as a folder of their own.
fn rounds(program: &str, rounds: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in recording(program).read_dir().expect("recorded").flatten() {
        let name = file.file_name().into_string().expect("UTF-8");
        if rounds.iter().any(|round| name.contains(&format!("-{round}."))) {
            std::fs::copy(file.path(), folder.path().join(name)).expect("can be copied");
        }
    }
    folder
}

#[test]
fn a_repaired_twin_is_fixed() {
    for program in TWINS {
        let twin = format!("{program}-fixed");
        let report = json(&recording(program), &recording(&twin));
        let first = &report["suspects"][0];
        assert_eq!(first["effect"], "fixed", "{program}: {first:#}");
        let run = compare(&recording(program), &recording(&twin), &[]);
        assert!(run.stdout.starts_with("Fixed: "), "{program}: {}", run.stdout);
    }
    // Requests in flight hold blobs of a megabyte, so that gone and not quite gone look alike.
    let report = json(&recording("blob-cache"), &recording("blob-cache-fixed"));
    assert!(["fixed", "better"].contains(&report["effect"].as_str().expect("a word")), "{report:#}");
}

/// Where the points of the first series do not surely rise, the judgement says how fast it leaks.
#[test]
fn a_repair_is_seen_though_the_leak_began_late_or_over_short_lives() {
    for (program, effect) in [("late", "fixed"), ("lives-goroutines", "fixed")] {
        let [before, after] = ["", "-fixed"].map(|twin| format!("hard/{program}{twin}"));
        let report = json(&recording(&before), &recording(&after));
        assert_eq!(report["effect"], effect, "{program}: {:#}", report["suspects"]);
        let itself = json(&recording(&before), &recording(&before));
        assert!(
            ["unchanged", "too-early"].contains(&itself["effect"].as_str().expect("a word")),
            "{program}"
        );
    }
}

#[test]
fn a_program_against_itself_is_unchanged_and_says_that_it_is_one_build() {
    for program in TWINS {
        let report = json(&recording(program), &recording(program));
        let first = &report["suspects"][0];
        assert_eq!(first["effect"], "unchanged", "{program}: {first:#}");
        assert_eq!(first["rank_after"], 1, "{program}");
        assert_eq!(report["new"].as_array().map(Vec::len), Some(0), "{program}");
        assert!(report["remarks"].to_string().contains("one build"), "{program}: {}", report["remarks"]);
        let strict = compare(&recording(program), &recording(program), &["--fail-on", "medium"]);
        assert_eq!(strict.status, 1, "{program}");
    }
    let fixed = compare(&recording("map-cache"), &recording("map-cache-fixed"), &["--fail-on", "medium"]);
    assert_eq!(fixed.status, 0);
}

/// The first half of a recording against its second half: the same leak, at the same pace.
#[test]
fn two_halves_of_one_series_are_not_told_apart() {
    for program in TWINS {
        let [first, second] =
            [["01", "02", "03", "04"], ["05", "06", "07", "08"]].map(|half| rounds(program, &half));
        let report = json(first.path(), second.path());
        for suspect in report["suspects"].as_array().expect("a list") {
            let effect = suspect["effect"].as_str().expect("a word");
            if suspect["confidence_before"] == "low" {
                continue;
            }
            assert!(["unchanged", "too-early"].contains(&effect), "{program}: {suspect:#}");
        }
    }
}

/// What was no suspect yet, and grew as fast, is not new.
#[test]
fn what_grew_as_fast_before_is_not_new() {
    let follow = |program: &str| {
        let files = recording(program).read_dir().expect("recorded").flatten();
        let profiles = files.filter(|file| file.path().extension().is_some_and(|end| end == "gz"));
        let profiles = profiles.map(|file| {
            let bytes = std::fs::read(file.path()).expect("readable");
            pprof_leaks::input::parse(&bytes, &file.path().to_string_lossy(), &Default::default())
                .expect("valid")
        });
        pprof_leaks::pipeline::follow(profiles.collect(), &Default::default()).expect("a series")
    };
    let (mut before, after) = (follow("map-cache"), follow("map-cache"));
    let effects = |before: &_| pprof_leaks::analysis::effects(before, &after, &Default::default());
    assert_eq!((effects(&before).new.len(), effects(&before).as_before.len()), (0, 0));
    before.suspects.clear();
    assert_eq!((effects(&before).new.len(), effects(&before).as_before.len()), (0, 1));
    let repaired = follow("map-cache-fixed");
    assert_eq!((effects(&repaired).new.len(), effects(&repaired).as_before.len()), (1, 0));
}

/// A series of heap profiles a minute apart, in which `function` keeps so many sampled objects more each time.
fn series(function: &str, snapshots: i64, kept_each: i64, churn_each: i64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for index in 0..snapshots {
        let mut profile = Profile::heap();
        profile.at(60 * index);
        profile.row(&[function, "main.main"], 1024, kept_each * index + 1, kept_each * index + 1);
        profile.row(&["main.churn", "main.main"], 4096, 1000 + churn_each * index, 30);
        profile.write(&folder.path().join(format!("heap-{index:02}.pb.gz")));
    }
    folder
}

#[test]
fn a_short_series_after_the_change_is_too_early() {
    let before = series("main.leak", 9, 2, 600);
    // Two minutes of a program in which the function is gone: at the old pace four more samples, which is news in one
    // series of sixteen without any leak.
    let after = series("main.other", 3, 0, 600);
    let report = json(before.path(), after.path());
    assert_eq!(report["effect"], "too-early", "{report:#}");
    let said = compare(before.path(), after.path(), &[]).stdout.replace('\n', " ");
    assert!(said.starts_with("Too early to tell: "), "{said}");
    assert!(said.contains("take the second series at least as long"), "{said}");
    assert!(said.contains("appears nowhere in the second series"), "{said}");
    // As long as the first it is fixed; worse shows at once.
    assert_eq!(json(before.path(), series("main.other", 9, 0, 600).path())["effect"], "fixed");
    assert_eq!(json(before.path(), series("main.leak", 3, 20, 600).path())["effect"], "worse");
    assert_eq!(json(before.path(), series("main.leak", 9, 2, 600).path())["effect"], "unchanged");
}

#[test]
fn the_pull_request_gets_whole_markdown_whatever_functions_are_called() {
    let hostile = "a|`b`</details><script>\u{1b}[31m\u{202e}*x* @all #1 https://evil.example";
    for (before, after) in [(hostile, hostile), (hostile, "main.other"), ("main.leak", hostile)] {
        let [before, after] = [series(before, 9, 5, 600), series(after, 9, 9, 600)];
        let text = compare(before.path(), after.path(), &["--format", "markdown"]).stdout;
        assert!(crate::tickets::check(&text).is_empty());
        for format in ["terminal", "json", "markdown", "html"] {
            let text = compare(before.path(), after.path(), &["--format", format]).stdout;
            assert!(format != "html" || text.matches("<script").count() == 1, "{text}");
            assert!(
                text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
                "{format}: {text}"
            );
        }
    }
    let text = compare(&recording("two-leaks"), &recording("map-cache"), &["--format", "markdown"]).stdout;
    crate::tickets::check(&text);
    assert!(text.contains("### New since") && text.contains("SHA-256"), "{text}");
    let short = compare(
        &recording("two-leaks"),
        &recording("map-cache"),
        &["--format", "markdown", "--max-bytes", "2000"],
    );
    assert!(short.stdout.len() <= 2000, "{}", short.stdout.len());
    crate::tickets::check(&short.stdout);
    let other = compare(&recording("two-leaks"), &recording("map-cache"), &["--format", "sarif"]);
    other.refusal(&["--format", "terminal, markdown, html or json"]);
}

#[test]
fn an_idle_process_proves_nothing() {
    let before = series("main.leak", 9, 5, 600);
    let after = series("main.leak", 9, 0, 2);
    let report = json(before.path(), after.path());
    assert_eq!(report["effect"], "too-early", "{report:#}");
    assert!(report["suspects"][0]["because"].as_str().expect("text").contains("idle"), "{report:#}");
}

#[test]
fn another_leak_is_new_and_worse() {
    let report = json(&recording("map-cache-fixed"), &recording("map-cache"));
    assert_eq!(report["effect"], "worse");
    assert_eq!(report["new"][0]["function"], "main.(*sessionCache).open");
    let run = compare(&recording("map-cache-fixed"), &recording("map-cache"), &["--fail-on", "medium"]);
    assert_eq!(run.status, 1);
}

/// A series in which the first function of a list leaks and the others keep what they have.
fn program(functions: &[&str]) -> tempfile::TempDir {
    leaking(functions, 1)
}

/// The same of the first few.
fn leaking(functions: &[&str], leaks: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for index in 0..9 {
        let mut profile = Profile::heap();
        profile.at(60 * index);
        for (place, function) in functions.iter().enumerate() {
            let is_leak = place < leaks;
            let kept = if is_leak { 5 * index + 1 } else { 20 };
            profile.row(&[function, "main.main"], 1024, kept + 600 * index * i64::from(!is_leak), kept);
        }
        profile.write(&folder.path().join(format!("heap-{index:02}.pb.gz")));
    }
    folder
}

#[test]
fn a_series_of_another_program_fixes_nothing() {
    let before = program(&["main.leak", "main.read", "main.write"]);
    let other = program(&["main.quiet", "main.list", "main.send"]);
    let report = json(before.path(), other.path());
    assert_eq!(
        (&report["effect"], &report["suspects"][0]["effect"]),
        (&"inconclusive".into(), &"inconclusive".into())
    );
    let run = compare(before.path(), other.path(), &[]);
    let said = run.stdout.replace('\n', " ");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(said.starts_with("Inconclusive: the two series are of two programs"), "{said}");
    assert!(said.contains("none of the 3 functions") && said.contains("--own"), "{said}");
    assert!(said.contains("Suspects of the second series") && !said.contains("New since"), "{said}");
    // What is new is as sure as before, so that a gate does not pass where the programs were distinguished wrongly.
    assert_eq!(compare(before.path(), other.path(), &["--fail-on", "medium"]).status, 1);
    let page = compare(before.path(), other.path(), &["--format", "html"]).stdout;
    assert!(page.contains("<header class=\"top inconclusive\">"));
    // Of so few functions nobody knows.
    let [before, other] = [program(&["main.leak", "main.read"]), program(&["main.quiet", "main.list"])];
    let report = json(before.path(), other.path());
    assert!(report["remarks"].to_string().contains("are they of one program?"), "{report:#}");
}

/// Two services of one house, each with a leak: nothing of the one is fixed in the other, and nothing of it is worse.
#[test]
fn two_services_are_inconclusive_and_the_modules_say_why() {
    let [first, second] = ["sealed/devices/recording", "sealed/docfeed/recording"].map(recording);
    let report = json(&first, &second);
    assert_eq!(report["effect"], "inconclusive", "{report:#}");
    let headline = report["headline"].as_str().expect("text");
    assert!(
        headline.contains("the first has the code of devices, and the second that of docfeed"),
        "{headline}"
    );
    let effects = report["suspects"].as_array().expect("a list").iter().map(|suspect| &suspect["effect"]);
    assert!(
        effects.clone().count() > 0 && effects.clone().all(|effect| effect == "inconclusive"),
        "{report:#}"
    );
}

#[test]
fn what_is_new_is_named_where_it_is_what_is_worse() {
    let before = program(&["main.leak", "main.read", "main.write"]);
    let after = program(&["main.grow", "main.read", "main.write"]);
    let said = compare(before.path(), after.path(), &[]).stdout.replace('\n', " ");
    assert!(said.starts_with("Worse: main.grow is new ("), "{said}");
    assert!(said.contains("; main.leak is fixed."), "{said}");
}

#[test]
fn a_repair_of_one_of_two_leaks_is_said_first() {
    let functions = ["main.keep", "main.hoard", "main.read"];
    let said = compare(leaking(&functions, 2).path(), leaking(&functions, 1).path(), &[]).stdout;
    assert!(said.starts_with("Partly fixed: main.hoard is fixed, main.keep grew by "), "{said}");
    assert!(said.replace('\n', " ").contains("of 2 suspects 1 fixed, 1 unchanged"), "{said}");
}

#[test]
fn what_cannot_be_compared_is_told_in_one_line() {
    pprof_leaks(["compare", "testdata/map-cache", "no-such-folder"]).refusal(&["no-such-folder"]);
    pprof_leaks(["compare", "", "x"]).refusal(&["BEFORE_SERIES", "empty"]);
    let single = rounds("map-cache", &["01"]);
    let path = single.path().to_str().expect("UTF-8");
    pprof_leaks(["compare", "testdata/map-cache", path]).refusal(&[path, "at least two snapshots"]);
}
