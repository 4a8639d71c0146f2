//! README and docs keep their word: links lead somewhere, and the answers shown are those that the program prints.
//!
//! An answer is a block of `console` that begins with `$ pprof-leaks`. One that names a live service cannot be asked for
//! again and is left out; in the others a line `...` stands for lines that are not shown.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How wide the terminal of the examples is.
const WIDTH: &str = "90";
/// The README is meant to be read.
const README_LINES: usize = 200;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README, CHANGELOG, and all documents, with their texts.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                paths.push(path);
            }
        }
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a readable document");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// The lines of a document that are not code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// Where the links of a document lead.
fn links(text: &str) -> Vec<String> {
    let whole = prose(text).collect::<Vec<_>>().join("\n");
    let ends = whole.match_indices("](").map(|(at, open)| at + open.len());
    ends.filter_map(|start| whole[start..].split_once(')').map(|(target, _)| target.to_owned())).collect()
}

/// What GitHub makes of a title to link to it.
fn anchor(title: &str) -> String {
    let kept = title.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    prose(text)
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect()
}

/// The answers that a document shows: the command without the program's name, and what it prints.
fn answers(text: &str) -> Vec<(String, String)> {
    let blocks = text.split("```console\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks
        .filter_map(|(block, _)| {
            let (command, answer) = block.strip_prefix("$ pprof-leaks ")?.split_once('\n')?;
            Some((command.to_owned(), answer.to_owned()))
        })
        .collect()
}

/// Whether a text is as shown, where `...` stands for any lines.
fn is_as_shown(shown: &str, printed: &str) -> bool {
    let mut rest = printed;
    let mut may_skip = false;
    for part in shown.split_inclusive('\n') {
        if part == "...\n" {
            may_skip = true;
            continue;
        }
        let found = if may_skip { rest.find(part) } else { rest.starts_with(part).then_some(0) };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
        may_skip = false;
    }
    may_skip || rest.trim().is_empty()
}

#[test]
fn the_readme_is_short() {
    let text = std::fs::read_to_string(root().join("README.md")).expect("it is there");
    assert!(text.lines().count() <= README_LINES, "README.md has more than {README_LINES} lines");
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut broken = Vec::new();
    for (path, text) in documents() {
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (file, section) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            let has_section = || {
                section.is_empty()
                    || std::fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(section))
            };
            if !target.exists() || !has_section() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn every_answer_shown_of_a_recording_is_what_the_program_prints() {
    let mut checked = 0;
    for (path, text) in documents() {
        for (command, shown) in answers(&text).into_iter().filter(|(command, _)| !command.contains(':')) {
            let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
                .args(command.split_whitespace())
                .current_dir(root())
                .env("COLUMNS", WIDTH)
                // Without git: whose line it is, each checkout says otherwise.
                .env("PATH", "/nowhere")
                .output()
                .expect("the program runs");
            let printed = String::from_utf8(output.stdout).expect("reports are UTF-8");
            let what = format!("{}: pprof-leaks {command}", path.display());
            assert!(is_as_shown(&shown, &printed), "{what} shows\n{shown}\nand prints\n{printed}");
            checked += 1;
        }
    }
    assert!(checked > 0, "no document shows an answer");
}

/// The checks above are only as good as this reading of documents.
#[test]
fn documents_are_read_as_they_are_meant() {
    let text = "# A (b) c?\n[one](x.md#a) and [two](#b)\n```console\n$ pprof-leaks x\n[no](link)\nend\n```\n";
    assert_eq!(links(text), ["x.md#a", "#b"]);
    assert_eq!(anchors(text), BTreeSet::from(["a-b-c".to_owned()]));
    assert_eq!(answers(text), [("x".to_owned(), "[no](link)\nend\n".to_owned())]);
    assert!(is_as_shown("a\n...\nd\n", "a\nb\nc\nd\n") && is_as_shown("a\n...\n", "a\nb\n"));
    assert!(!is_as_shown("a\n", "a\nb\n") && !is_as_shown("b\n...\n", "a\nb\n"));
}
