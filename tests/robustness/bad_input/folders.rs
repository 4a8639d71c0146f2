//! Folders: one bad file does not lose the others, and is not passed over in silence either.

use crate::support::{Run, heap_pair, pprof_leaks, recording};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Two folders with a good heap profile each, and files to add.
struct Folders {
    root: TempDir,
}

impl Folders {
    fn new() -> Folders {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folders = Folders { root };
        for (name, profile) in ["before", "after"].iter().zip(heap_pair("main.leak")) {
            std::fs::create_dir(folders.path(name)).expect("can be written");
            profile.write(&folders.path(name).join("heap.pb.gz"));
        }
        folders
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn add(&self, name: &str, bytes: &[u8]) -> &Folders {
        std::fs::write(self.path(name), bytes).expect("can be written");
        self
    }

    fn diff(&self, options: &[&str]) -> Run {
        let [before, after] = ["before", "after"].map(|name| self.path(name));
        let sides = [before, after].map(|path| path.to_str().expect("UTF-8").to_owned());
        pprof_leaks([&["diff", &sides[0], &sides[1]], options].concat())
    }
}

#[test]
fn one_bad_file_is_told_and_the_others_are_compared() {
    let folders = Folders::new();
    folders.add("after/goroutine.pb.gz", &[0x1f, 0x8b, 8]);
    let run = folders.diff(&["--format", "json"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let warnings = run.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains("after/goroutine.pb.gz") && warnings[0].contains("cut short"),
        "{}",
        warnings[0]
    );
    let report = run.json();
    assert_eq!(report["verdict"], "suspicious");
    assert_eq!(report["suspects"][0]["blame"]["function"], "main.leak");
    let warning = &report["warnings"][0];
    assert_eq!(warning["code"], "unusable-input");
    assert!(warning["source"].as_str().expect("a source").ends_with("after/goroutine.pb.gz"));
    for format in ["terminal", "markdown"] {
        let run = folders.diff(&["--format", format, "--details"]);
        assert_eq!(run.status, 3);
        assert!(run.stdout.contains("unusable-input"), "{}", run.stdout);
    }
}

/// That a sample names a location that is not there shows only when the snapshot is read whole, after the headings of all.
#[test]
fn a_snapshot_of_a_series_that_is_damaged_inside_is_told_and_left_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [before, after] = heap_pair("main.leak");
    let [_, mut damaged] = heap_pair("main.leak");
    damaged.at(300);
    damaged.proto.sample[0].location_id[0] = 77;
    for (name, profile) in [("1.pb.gz", &before), ("2.pb.gz", &damaged), ("3.pb.gz", &after)] {
        profile.write(&folder.path().join(name));
    }
    let trend = || pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]);
    let run = trend();
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(
        run.warnings()[0].contains("2.pb.gz") && run.warnings()[0].contains("location 77"),
        "{}",
        run.stderr
    );
    assert_eq!(run.json()["suspects"][0]["blame"]["function"], "main.leak");
    std::fs::remove_file(folder.path().join("3.pb.gz")).expect("was there");
    trend().refusal(&["2.pb.gz", "location 77"]);
}

#[test]
fn a_suspect_at_the_threshold_matters_more_than_an_unusable_file() {
    let folders = Folders::new();
    folders.add("before/goroutine.pb.gz", b"");
    for (threshold, status) in [("low", 1), ("medium", 1), ("high", 3)] {
        let run = folders.diff(&["--fail-on", threshold]);
        assert_eq!(run.status, status, "--fail-on {threshold}");
        assert_eq!(run.warnings().len(), 1);
        assert!(run.stdout.contains("main.leak"), "the report is complete");
    }
}

/// `curl -so` saves whatever the server answers under the name of a profile.
#[test]
fn an_error_page_under_the_name_of_a_profile_is_told() {
    for (name, bytes) in [
        ("goroutine.pb.gz", &b"<html>Sign in</html>"[..]),
        ("goroutineleak.pb.gz", b"404 page not found\n"),
        ("goroutine.txt", b"404 page not found\n"),
        ("goroutineleak.txt", b"Unknown profile\n"),
        ("goroutine.prof", b"\x07\x07\x07\x07 not a profile"),
        ("goroutine", b"upstream connect error or disconnect/reset before headers"),
    ] {
        let folders = Folders::new();
        folders.add(&format!("after/{name}"), bytes);
        let run = folders.diff(&[]);
        assert_eq!(run.status, 3, "{name}: {}", run.stderr);
        assert!(run.warnings()[0].contains(name), "{}", run.stderr);
    }
}

#[test]
fn what_usually_lies_beside_snapshots_is_passed_over() {
    let folders = Folders::new();
    folders
        .add("after/notes.md", b"# Incident 4711\n")
        .add("after/report.html", b"<!doctype html><title>pprof-leaks</title>")
        .add("after/report.json", b"{\"schema_version\": 1}")
        .add("after/truth.toml", b"leak = true\n")
        .add("after/app", b"\x7fELF\x02\x01\x01\0\0\0")
        .add("after/.heap.pb.gz.swp", b"\x07\x07");
    std::fs::create_dir(folders.path("after/older")).expect("can be written");
    let cpu = recording("elsewhere/go1.27-served/cpu.pb.gz");
    std::fs::copy(cpu, folders.path("after/cpu.pb.gz")).expect("can be written");
    let run = folders.diff(&["--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(run.json()["warnings"], serde_json::json!([]));
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_is_told_and_a_pipe_is_not_waited_for() {
    let folders = Folders::new();
    std::os::unix::fs::symlink("gone", folders.path("before/goroutine.pb.gz")).expect("a link");
    let pipe = folders.path("before/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let run = folders.diff(&[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let warnings = run.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains("goroutine.pb.gz") && warnings[0].contains("no such file"),
        "{}",
        warnings[0]
    );
}

#[test]
#[cfg(unix)]
fn a_link_in_the_folder_of_an_instance_is_named_and_not_followed() {
    let folders = Folders::new();
    std::fs::create_dir(folders.path("before/heap")).expect("can be written");
    folders.add("secret", b"the first line of a secret\n");
    let link = folders.path("before/heap/20261124T024808-000Z.pb.gz");
    std::os::unix::fs::symlink("../../secret", &link).expect("a link");
    let run = folders.diff(&[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.warnings().iter().any(|warning| warning.contains("this is a link")), "{}", run.stderr);
    assert!(!(run.stdout + &run.stderr).contains("first line"));
}

#[test]
fn a_folder_without_profiles_is_refused_with_what_to_do() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let refused = |folder: &Path, parts: &[&str]| {
        let folder = folder.to_str().expect("UTF-8");
        let run = pprof_leaks(["diff", folder, "testdata/map-cache"]);
        run.refusal(
            &[&[folder, "holds no heap or goroutine profile", "/debug/pprof/heap?gc=1"], parts].concat(),
        );
    };
    refused(root.path(), &[]);
    std::fs::write(root.path().join("notes.md"), "# Incident\n").expect("can be written");
    std::fs::create_dir(root.path().join("first")).expect("can be written");
    refused(root.path(), &["one other file", "folders in it"]);
    std::fs::write(root.path().join("more.md"), "# More\n").expect("can be written");
    refused(root.path(), &["2 other files"]);
}

#[test]
fn a_folder_of_bad_files_is_refused_with_the_first_and_how_many_more() {
    let root = tempfile::tempdir().expect("a temporary folder");
    for name in ["a.pb.gz", "b.pb.gz", "c.pb.gz"] {
        std::fs::write(root.path().join(name), "").expect("can be written");
    }
    let folder = root.path().to_str().expect("UTF-8");
    let run = pprof_leaks(["diff", folder, "testdata/map-cache"]);
    run.refusal(&["a.pb.gz", "is empty", "2 more"]);
}

/// The reason why nothing matches is the file that could not be read.
#[test]
fn folders_that_share_no_kind_because_of_a_bad_file_name_that_file() {
    let folders = Folders::new();
    let goroutines = recording("map-cache/goroutine-01.pb.gz");
    std::fs::copy(goroutines, folders.path("after/goroutine.pb.gz")).expect("can be written");
    folders.add("after/heap.pb.gz", b"\x1f\x8b\x08");
    folders.diff(&[]).refusal(&["nothing to compare", "after/heap.pb.gz", "cut short"]);
}
