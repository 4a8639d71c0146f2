//! `explain`: the list of rules and their pages.

use crate::support::{command, finish, pprof_leaks};
use pprof_leaks::diagnose::entries;

#[test]
fn all_rules_are_listed_the_classic_causes_first() {
    let run = pprof_leaks(["explain"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let places: Vec<usize> = entries()
        .iter()
        .map(|entry| run.stdout.find(&format!("\n  {} ", entry.id)).unwrap_or_else(|| panic!("{}", entry.id)))
        .collect();
    assert!(places.is_sorted(), "{}", run.stdout);
    let markdown = pprof_leaks(["explain", "--format", "markdown"]).stdout;
    assert_eq!(markdown.lines().count(), entries().len() + 2);
    assert!(markdown.starts_with("| rule | cause | what it means |\n| --- | --- | --- |\n"), "{markdown}");
}

#[test]
fn every_page_fits_the_width_and_has_all_its_parts() {
    for entry in entries() {
        let run = finish(command().args(["explain", entry.id]).env("COLUMNS", "80"));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", entry.id);
        for heading in ["What happens", "How it is recognised", "What looks like it but is not", "References"]
        {
            assert!(run.stdout.contains(&format!("\n{heading}\n  ")), "{}: {heading}", entry.id);
        }
        assert!(
            run.stdout.contains("\nBefore\n    ") && run.stdout.contains("\nAfter\n    "),
            "{}",
            entry.id
        );
        assert!(!run.stdout.contains('\u{1b}'), "no colour where it is not read in a terminal");
        let prose = |line: &&str| !line.starts_with("    ") && !line.contains("https://");
        for line in run.stdout.lines().filter(prose) {
            assert!(line.chars().count() <= 80, "{}: {line}", entry.id);
        }
    }
}

#[test]
fn a_page_as_markdown_is_the_page_itself() {
    for entry in entries() {
        let run = pprof_leaks(["explain", entry.id, "--format", "markdown"]);
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, entry.page, ""));
    }
}

#[test]
fn an_unknown_rule_is_told_with_the_near_one() {
    pprof_leaks(["explain", "unbounded-mpa"]).refusal(&[
        "`unbounded-mpa`",
        "`unbounded-map`",
        "lists all rules",
    ]);
    pprof_leaks(["explain", "defer loop"]).refusal(&["`defer loop`", "`defer-in-loop`"]);
    let line = pprof_leaks(["explain", "xyzzy\u{1b}[31m"]);
    assert!(!line.refusal(&["xyzzy", "`pprof-leaks explain`"]).contains("did you mean"));
}
