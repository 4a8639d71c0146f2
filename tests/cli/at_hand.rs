//! Source that nobody asked for: that of the module in the working directory, and what its repository says of the line.

use crate::support::{command, finish, recording};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A checkout of the recorded program, as a module of a path.
fn checkout(module: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "go.mod", &format!("module {module}\n\ngo 1.24\n"));
    let program = std::fs::read_to_string(recording("programs/map-cache.go")).expect("recorded");
    write(folder.path(), "map-cache.go", &program);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("can be written");
}

fn git(folder: &Path, args: &[&str]) {
    let settings =
        ["-c", "user.name=Ann Lee", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"];
    let status = Command::new("git")
        .args(settings)
        .args(args)
        .current_dir(folder)
        .env("GIT_AUTHOR_DATE", "2026-11-20T12:00:00Z")
        .status()
        .expect("git is there");
    assert!(status.success(), "git {args:?}");
}

/// The report on the recording, asked for from a folder.
fn report(folder: &Path, options: &[&str]) -> Value {
    let series = recording("map-cache");
    let mut command = command();
    command
        .args(["trend", series.to_str().expect("UTF-8"), "--format=json"])
        .args(options)
        .current_dir(folder);
    finish(&mut command).json()
}

fn is_noticed(report: &Value) -> bool {
    report["warnings"].as_array().expect("a list").iter().any(|warning| warning["code"] == "source-at-hand")
}

#[test]
fn the_module_that_the_program_is_of_is_read_and_no_other() {
    let ours = checkout("example.com/map-cache");
    let below = ours.path().join("docs");
    std::fs::create_dir(&below).expect("a folder");
    for folder in [ours.path(), &below] {
        let report = report(folder, &[]);
        assert_eq!(report["suspects"][0]["source"]["file"], "map-cache.go", "{report:#}");
        assert!(is_noticed(&report), "it is said");
        assert!(report["suspects"][0]["routing"].is_null(), "there is no repository");
    }
    let without = report(ours.path(), &["--no-source"]);
    assert!(without["suspects"][0]["source"].is_null() && !is_noticed(&without));
    let other = checkout("example.com/map");
    let without = report(other.path(), &[]);
    assert!(without["suspects"][0]["source"].is_null() && !is_noticed(&without));
}

#[test]
fn a_repository_names_the_last_change_and_the_owners_and_runs_nothing() {
    let ours = checkout("example.com/map-cache");
    let folder = ours.path();
    write(folder, "CODEOWNERS", "* @acme/everyone\n*.go @acme/cache @ann\n");
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "Keep sessions"]);
    // What the configuration of a repository can have git run.
    let marker = folder.join("ran");
    let touch = format!("touch {}", marker.display());
    for setting in
        ["core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.pager"]
    {
        git(folder, &["config", setting, &touch]);
    }
    write(folder, ".gitattributes", "*.go filter=evil diff=evil\n");
    let asked = report(folder, &[]);
    let routing = &asked["suspects"][0]["routing"];
    let change = &routing["last_change"];
    assert_eq!(change["author"], "Ann Lee", "{routing:#}");
    assert_eq!(
        (&change["summary"], &change["written"]),
        (&"Keep sessions".into(), &"2026-11-20T12:00:00Z".into())
    );
    assert_eq!(routing["owners"], serde_json::json!(["@acme/cache", "@ann"]));
    assert!(!marker.exists(), "nothing of the repository was run");
    let mut short = command();
    short.args([recording("map-cache")]).current_dir(folder);
    let short = finish(&mut short).stdout;
    assert!(
        short.contains("  who    owned by @acme/cache, @ann; last changed 2026-11-20 by Ann Lee in "),
        "{short}"
    );
    assert!(short.lines().count() <= 24, "it fits on a screen:\n{short}");
    // A line that was edited since is of no commit; its file has owners all the same.
    let program = std::fs::read_to_string(folder.join("map-cache.go")).expect("there");
    let line = asked["suspects"][0]["blame"]["line"].as_u64().expect("a line") as usize;
    let edited: Vec<String> = (1..)
        .zip(program.lines())
        .map(|(number, text)| if number == line { format!("{text} // edited") } else { text.to_owned() })
        .collect();
    write(folder, "map-cache.go", &(edited.join("\n") + "\n"));
    let edited = report(folder, &[]);
    let routing = &edited["suspects"][0]["routing"];
    assert!(routing["last_change"].is_null() && routing["owners"][1] == "@ann", "{routing:#}");
}
