//! What the comments of the source cite is there: facts by their ids, documents by their names, sections by their titles.
//!
//! Facts are those of docs/go-profile-semantics.md, cited as `(S12)`, `(S12, S14)` or `semantics S12`. A document is
//! cited by its name, with or without its folder, and a section after it in quotes, by how its title begins.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where the facts are.
const SEMANTICS: &str = "docs/go-profile-semantics.md";
/// What can go wrong, and the tests that show what happens then.
const FAULTS: &str = "docs/faults.md";
/// What comments name that is no document, but a report that the program writes.
const REPORTS: [&str; 1] = ["2026-11-24T010203Z.md"];

/// Comment lines that follow each other, joined: a citation may go over the end of a line.
#[derive(Debug, PartialEq)]
struct Comment {
    /// The line that it starts at, from 1.
    line: usize,
    text: String,
}

/// A document that a comment names.
#[derive(Debug, PartialEq)]
struct Citation<'a> {
    document: &'a str,
    /// How the title of the section begins, where one is named.
    section: Option<&'a str>,
}

/// The text of a line's comment, if it has one.
fn comment(line: &str) -> Option<&str> {
    let is_code = |before: &str| before.matches('"').count().is_multiple_of(2);
    let (start, _) = line.match_indices("//").find(|(at, _)| {
        let before = &line[..*at];
        before.trim().is_empty() || before.ends_with(' ') && is_code(before)
    })?;
    Some(line[start..].trim_start_matches(['/', '!']).trim())
}

fn comments(source: &str) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    let mut goes_on = false;
    for (line, text) in (1..).zip(source.lines().map(comment)) {
        match (text, comments.last_mut()) {
            (Some(text), Some(last)) if goes_on => last.text.extend([" ", text]),
            (Some(text), _) => comments.push(Comment { line, text: text.to_owned() }),
            (None, _) => {}
        }
        goes_on = text.is_some();
    }
    comments
}

/// The ids of facts in a text: words of an `S` and digits.
fn facts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| {
        word.strip_prefix('S').is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// The documents that a text names; addresses of pages elsewhere, and patterns as `*.md`, are none.
fn citations(text: &str) -> Vec<Citation<'_>> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let mut citations = Vec::new();
    for (dot, ending) in text.match_indices(".md") {
        let end = dot + ending.len();
        let start = text[..dot].trim_end_matches(in_name).len();
        let document = &text[start..end];
        if start == dot || document.starts_with("//") || text[end..].starts_with(char::is_alphanumeric) {
            continue;
        }
        let quoted = text[end..].trim_start_matches('`').strip_prefix(", \"");
        let section = quoted.and_then(|title| title.split('"').next());
        citations.push(Citation { document, section });
    }
    citations
}

/// All files below a folder of the repository whose names end like this, as paths from its root.
fn files(folder: &str, extension: &str) -> BTreeSet<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeSet::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.insert(path.strip_prefix(root).expect("it is below the root").to_owned());
            }
        }
    }
    files
}

/// The documents that may be cited: those of docs, those at the top, and the pages among the source.
fn documents() -> BTreeSet<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top = root
        .read_dir()
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable folder").file_name());
    let mut documents: BTreeSet<PathBuf> =
        top.map(PathBuf::from).filter(|name| name.extension().is_some_and(|found| found == "md")).collect();
    documents.extend(files("docs", "md"));
    documents.extend(files("src", "md"));
    documents
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a readable file")
}

/// The titles of a document's sections.
fn titles(document: &str) -> impl Iterator<Item = &str> {
    document.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim())
}

/// The comments of the source, with the path of their file and the number of their first line.
fn source_comments() -> Vec<(String, Comment)> {
    let mut all = Vec::new();
    for path in files("src", "rs") {
        let comments = comments(&read(&path)).into_iter();
        all.extend(comments.map(|comment| (format!("{}:{}", path.display(), comment.line), comment)));
    }
    all
}

/// Whether a word is spelled as names of tests are: small letters, digits and underscores between them.
fn is_test(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[track_caller]
fn assert_none(problems: &[String], rule: &str) {
    assert!(problems.is_empty(), "{rule}\n  {}", problems.join("\n  "));
}

#[test]
fn every_fact_cited_is_defined() {
    let semantics = read(Path::new(SEMANTICS));
    let defined: BTreeSet<&str> = titles(&semantics).filter_map(|title| facts(title).next()).collect();
    let mut problems = Vec::new();
    for (place, comment) in source_comments() {
        let unknown = facts(&comment.text).filter(|id| !defined.contains(id));
        problems.extend(unknown.map(|id| format!("{place}: {id}")));
    }
    assert_none(&problems, &format!("No such fact in {SEMANTICS}:"));
}

/// An id is never given up or used again: old comments and tickets cite it.
#[test]
fn the_ids_of_facts_are_unique_and_without_gaps() {
    let semantics = read(Path::new(SEMANTICS));
    let ids: Vec<&str> = titles(&semantics).filter_map(|title| facts(title).next()).collect();
    let expected: BTreeSet<String> = (1..=ids.len()).map(|number| format!("S{number}")).collect();
    assert_eq!(ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>(), expected);
}

#[test]
fn every_document_cited_exists_and_has_the_section() {
    let documents = documents();
    let mut problems = Vec::new();
    for (place, comment) in source_comments() {
        for Citation { document, section } in citations(&comment.text) {
            if REPORTS.iter().any(|report| Path::new(document).ends_with(report)) {
                continue;
            }
            let named: Vec<&PathBuf> = documents.iter().filter(|path| path.ends_with(document)).collect();
            if named.is_empty() {
                problems.push(format!("{place}: {document}"));
            } else if let Some(section) = section
                && !named.iter().any(|path| titles(&read(path)).any(|title| title.starts_with(section)))
            {
                problems.push(format!("{place}: \"{section}\" in {document}"));
            }
        }
    }
    assert_none(
        &problems,
        "Cite a document of docs/, of the top folder or of src, and a title that is in it:",
    );
}

/// docs/faults.md says of each fault which test shows what happens then.
#[test]
fn every_test_that_a_fault_names_is_there() {
    let faults = read(Path::new(FAULTS));
    let code: String =
        ["src", "tests"].iter().flat_map(|folder| files(folder, "rs")).map(|path| read(&path)).collect();
    let named: BTreeSet<&str> = faults.split('`').skip(1).step_by(2).filter(|word| is_test(word)).collect();
    assert!(named.len() > 30, "{FAULTS} names tests");
    let missing: Vec<String> = named
        .iter()
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .map(|name| (*name).to_owned())
        .collect();
    assert_none(&missing, &format!("No such test as {FAULTS} names:"));
}

/// The rules above are only as good as this reading of comments.
#[test]
fn citations_are_read_out_of_comments_but_not_out_of_code() {
    let source = "//! As semantics S12 says.\n\
                  let s = \"S7, // code.md\"; // S3: before rows are summed\n\
                  /// (S1, S2; docs/a.md, \"The\n\
                  /// sample\"), `b/README.md`, *.md, https://go.dev/c.md, x.mdx, S_4, SS5\n\
                  let url = \"https://go.dev/S8.md\";\n";
    let comments = comments(source);
    let lines: Vec<usize> = comments.iter().map(|comment| comment.line).collect();
    assert_eq!(lines, [1]);
    let text = &comments[0].text;
    assert_eq!(facts(text).collect::<Vec<&str>>(), ["S12", "S3", "S1", "S2"]);
    let sample = Citation { document: "docs/a.md", section: Some("The sample") };
    assert_eq!(citations(text), [sample, Citation { document: "b/README.md", section: None }]);
}
