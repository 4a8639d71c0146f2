//! The pages of docs/rules, and their index, are what the rules say. `BLESS=1 cargo test --test house catalogue::` writes them.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use pprof_leaks::diagnose::{Entry, entries};
use pprof_leaks::report::explain_table;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the pages are.
const PAGES: &str = "docs/rules";
/// What stands above the table of the index.
const INDEX: &str = "\
# What it can name

The causes that a report may name, most specific first within each kind. Each page says what happens, how the cause is
recognised, what looks like it and is harmless, and shows the mistake and its repair in Go. `pprof-leaks explain ID`
prints the same page in a terminal.

The last column has the recorded programs of [testdata](../../testdata/README.md) that show the cause; *a service* is a
larger one, of several packages.

";

/// The names of the recorded programs that show each cause, by the truth that stands beside them; of the services where no
/// program does.
fn programs() -> BTreeMap<String, BTreeSet<String>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let paths = |folder: &str| {
        let entries = testdata.join(folder).read_dir().expect("the folder is there");
        entries.map(|entry| entry.expect("a readable folder").path()).collect::<Vec<PathBuf>>()
    };
    let truths =
        paths("programs").into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let mut programs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    shown(truths.map(|path| (path.clone(), path)), &mut programs);
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let truths = paths("services").into_iter().map(|path| (path.join("truth.toml"), path));
    shown(truths.filter(|(truth, _)| truth.exists()), &mut services);
    for (cause, names) in services {
        programs.entry(cause).or_insert(names);
    }
    programs
}

/// Adds the names of what shows each cause: files with the truth, each with the path that gives the name.
fn shown(
    truths: impl Iterator<Item = (PathBuf, PathBuf)>,
    by_cause: &mut BTreeMap<String, BTreeSet<String>>,
) {
    for (path, named) in truths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let truth: toml::Table = text.parse().expect("the truth is TOML");
        let leaks = truth.get("leaks").and_then(toml::Value::as_array).into_iter().flatten();
        let causes = leaks.filter_map(|leak| leak.get("cause")).chain(truth.get("notice"));
        for cause in causes.filter_map(toml::Value::as_str) {
            let name = named.file_stem().expect("it has a name").to_string_lossy().into_owned();
            by_cause.entry(cause.to_owned()).or_default().insert(name);
        }
    }
}

/// The index: the table of all rules, with links to their pages.
fn index() -> String {
    let programs = programs();
    let shown_by = |entry: &Entry| match programs.get(entry.id) {
        Some(names) => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        None if entry.unverified => "unverified".to_owned(),
        None => "a service".to_owned(),
    };
    let mut table = explain_table(Some(("shown by", &shown_by)));
    for entry in entries() {
        let id = format!("`{}`", entry.id);
        table = table.replacen(&format!("\n| {id} |"), &format!("\n| [{id}]({}.md) |", entry.id), 1);
    }
    format!("{INDEX}{table}")
}

#[test]
fn what_is_unverified_has_no_program_and_every_program_has_a_rule() {
    let programs = programs();
    for entry in entries().iter().filter(|entry| entry.unverified) {
        assert!(!programs.contains_key(entry.id), "{}: a program shows it, so it is verified", entry.id);
    }
    let ids: BTreeSet<&str> = entries().iter().map(|entry| entry.id).collect();
    let unknown: Vec<&String> = programs.keys().filter(|cause| !ids.contains(cause.as_str())).collect();
    assert!(unknown.is_empty(), "causes without a page: {unknown:?}");
}

#[test]
fn the_documents_have_a_page_of_every_cause_and_no_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGES);
    let mut wanted: BTreeMap<String, String> = entries()
        .iter()
        .map(|entry| (format!("{}.md", entry.id), explain(&[entry.id, "--format", "markdown"]).1))
        .collect();
    wanted.insert("README.md".to_owned(), index());
    let there: BTreeSet<String> = match folder.read_dir() {
        Ok(files) => files
            .map(|file| file.expect("a readable folder").file_name().to_string_lossy().into_owned())
            .collect(),
        Err(_) => BTreeSet::new(),
    };
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(&folder).expect("can be made");
        for (name, text) in &wanted {
            std::fs::write(folder.join(name), text).expect("can be written");
        }
        for gone in there.iter().filter(|name| !wanted.contains_key(*name)) {
            std::fs::remove_file(folder.join(gone)).expect("can be removed");
        }
        return;
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a readable page");
    let differing: Vec<&String> = wanted
        .iter()
        .filter(|(name, text)| !there.contains(*name) || read(name) != **text)
        .map(|(name, _)| name)
        .chain(there.iter().filter(|name| !wanted.contains_key(*name)))
        .collect();
    assert!(differing.is_empty(), "{PAGES}: {differing:?}; BLESS=1 cargo test --test house catalogue::");
}

fn explain(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .arg("explain")
        .args(arguments)
        .env("COLUMNS", "80")
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_cause_is_explained() {
    let (status, list, _) = explain(&[]);
    assert_eq!(status, Some(0));
    for entry in entries() {
        assert!(list.contains(entry.id), "{}", entry.id);
        let (status, page, _) = explain(&[entry.id]);
        assert_eq!(status, Some(0), "{}", entry.id);
        for heading in ["What happens", "How it is recognised", "Before", "After"] {
            assert!(page.contains(&format!("\n{heading}\n")), "{}: {heading}", entry.id);
        }
        let code = entry.after.lines().next().expect("it has code");
        assert!(page.contains(&code.replace('\t', "    ")), "{}: {code}", entry.id);
    }
}

#[test]
fn an_unknown_cause_gets_the_nearest() {
    let (status, out, err) = explain(&["unbounded-maps"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(err.contains("`unbounded-map`") && err.lines().count() == 1, "{err}");
}
