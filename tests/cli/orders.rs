//! Series whose snapshots do not say when they were taken, are cut, or come in several forms.

use crate::support::{Run, pprof_leaks};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A goroutine dump in which so many goroutines wait to send, each with the next id.
fn dump(waiting: u64) -> String {
    let mut text = "goroutine 1 [running]:\nmain.main()\n\t/app/main.go:10 +0x1d\n\n".to_owned();
    for id in 0..waiting {
        let lines = [
            format!("goroutine {} [chan send, 2 minutes]:", 20 + id),
            "main.deliver()\n\t/app/main.go:20 +0x1d".to_owned(),
            "created by main.send in goroutine 1\n\t/app/main.go:12 +0x25\n".to_owned(),
        ];
        writeln!(text, "{}", lines.join("\n")).expect("in memory");
    }
    text
}

/// Files of one copy.
fn folder(files: &[(&str, String)]) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(files) {
        std::fs::write(path, text).expect("can be written");
    }
    (folder, paths)
}

fn trend<P: AsRef<Path>>(inputs: &[P]) -> Run {
    let inputs = inputs.iter().map(|path| path.as_ref().to_str().expect("UTF-8"));
    pprof_leaks(["trend", "--format=json"].into_iter().chain(inputs))
}

fn report<P: AsRef<Path>>(inputs: &[P]) -> Value {
    let run = trend(inputs);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    run.json()
}

fn has(report: &Value, code: &str) -> bool {
    report["warnings"].as_array().expect("a list").iter().any(|warning| warning["code"] == code)
}

/// Dumps `g-4` to `g-11` of a leak, in the order of their names as text.
fn unpadded() -> (TempDir, Vec<PathBuf>) {
    let mut files: Vec<(String, String)> =
        (4..12).map(|round| (format!("g-{round}.txt"), dump(8 + 20 * (round - 4)))).collect();
    files.sort();
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    folder(&files)
}

#[test]
fn numbers_in_names_give_the_order_where_no_times_do() {
    let (folder, files) = unpadded();
    for report in [report(&[folder.path()]), report(&files)] {
        assert_eq!(report["verdict"], "leak", "{report:#}");
        assert!(has(&report, "order-guessed") && !has(&report, "order-doubtful"), "{report:#}");
        let growth = &report["suspects"][0]["growth"]["goroutines"];
        assert_eq!((&growth["first"], &growth["last"]), (&8.0.into(), &148.0.into()), "{report:#}");
    }
    let text = pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--details"])
        .stdout
        .replace("\n   ", " ");
    assert!(text.contains("goroutines 8 -> 148, +140, 100 % of all"), "no dash for a rate: {text}");
}

#[test]
fn files_named_one_by_one_keep_their_order() {
    let files = ["noon.txt", "evening.txt", "midnight.txt", "dawn.txt", "breakfast.txt"];
    let files: Vec<(&str, String)> = files.into_iter().zip((0..).map(|n| dump(8 + 30 * n))).collect();
    let (_folder, paths) = folder(&files);
    let report = report(&paths);
    assert_eq!(report["verdict"], "suspicious", "{report:#}");
    assert!(has(&report, "order-guessed"));
}

#[test]
fn an_order_that_is_a_guess_and_contradicts_is_not_clean() {
    let (folder, _) = folder(&[("after.txt", dump(120)), ("before.txt", dump(8))]);
    let report = report(&[folder.path()]);
    assert_eq!(report["verdict"], "inconclusive", "{report:#}");
    assert!(has(&report, "order-doubtful"));
    assert!(report["headline"].as_str().expect("text").contains("one by one"), "{report:#}");
}

#[test]
fn what_is_missing_in_a_cut_dump_is_not_acquitted_and_does_not_grow() {
    let cut = |waiting: u64| dump(waiting).split_at(600).0.to_owned();
    let whole: Vec<(String, String)> = (1..6).map(|n| (format!("g-{n}.txt"), dump(40))).collect();
    let with = |place: usize| {
        let mut files: Vec<(&str, String)> =
            whole.iter().map(|(n, text)| (n.as_str(), text.clone())).collect();
        files[place].1 = cut(40);
        folder(&files)
    };
    let (last, _) = with(4);
    let report_of_last = report(&[last.path()]);
    assert_eq!(report_of_last["verdict"], "inconclusive", "{report_of_last:#}");
    assert!(report_of_last["headline"].as_str().expect("text").contains("ends in the middle"));
    // One that has whole ones behind it is left out, and those are judged.
    let (first, _) = with(0);
    let report_of_first = report(&[first.path()]);
    assert_eq!(report_of_first["verdict"], "clean", "{report_of_first:#}");
    assert!(has(&report_of_first, "chosen-input"));
    // Of two the first cannot be left out; what it lacks is no growth that anybody may rely on.
    let (_pair, paths) = folder(&[("g-1.txt", cut(40)), ("g-2.txt", dump(40))]);
    let report_of_pair = report(&paths);
    assert_eq!(report_of_pair["verdict"], "inconclusive", "{report_of_pair:#}");
}

#[test]
fn snapshots_in_another_form_are_told_to_be_left_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (round, ending) in (1..9).zip(["pb.gz", "txt.gz"].into_iter().cycle()) {
        let dump = format!("testdata/two-leaks/goroutine-{round:02}.{ending}");
        let dump = if Path::new(&dump).exists() { dump } else { dump.replace(".gz", "") };
        std::fs::copy(&dump, folder.path().join(format!("goroutine-{round}.{ending}"))).expect(&dump);
    }
    let report = report(&[folder.path()]);
    let warnings = report["warnings"].as_array().expect("a list");
    let said = warnings.iter().find(|warning| warning["code"] == "chosen-input").expect("a warning");
    let message = said["message"].as_str().expect("text");
    assert!(
        message.starts_with("4 goroutine snapshots are left out") && message.contains(".pb.gz"),
        "{message}"
    );
    // One round in two forms is nothing to tell.
    let both = pprof_leaks(["trend", "testdata/two-leaks", "--format=json"]).json();
    assert!(!has(&both, "chosen-input"), "{both:#}");
}

#[test]
fn one_file_given_again_is_one_snapshot() {
    let (_folder, paths) = folder(&[("g-1.txt", dump(8))]);
    let text = &paths[0];
    trend(&[text, text, text]).refusal(&["at least two", "2 times more the same"]);
    let binary = "testdata/two-leaks/heap-01.pb.gz";
    trend(&[binary, binary]).refusal(&["at least two", "a second time the same"]);
}

#[test]
fn files_in_the_folder_one_is_in_have_bare_names() {
    let (folder, _) = unpadded();
    let run = crate::support::finish(crate::support::command().current_dir(folder.path()).args([
        "trend",
        ".",
        "--format=json",
    ]));
    assert_eq!(run.json()["inputs"][0]["source"], "g-4.txt");
}

#[test]
fn of_a_folder_of_copies_the_first_and_last_by_number_are_compared() {
    let [(before, _), (after, _)] = [unpadded(), unpadded()];
    let [before, after] = [&before, &after].map(|folder| folder.path().to_str().expect("UTF-8"));
    let report = pprof_leaks(["diff", before, after, "--format=json"]).json();
    let inputs = report["inputs"].as_array().expect("a list");
    let names: Vec<&str> = inputs.iter().filter_map(|input| input["source"].as_str()).collect();
    assert!(names[0].ends_with("g-4.txt") && names[1].ends_with("g-11.txt"), "{names:?}");
}
