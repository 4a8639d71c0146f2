//! The page on judging is what `explain --policy` prints, and every number of the judgement stands in its policy.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use pprof_leaks::judge::policy::NUMBERS;
use pprof_leaks::report::explain_model;
use std::path::{Path, PathBuf};

#[test]
fn the_page_on_judging_is_made_of_the_model_and_its_numbers() {
    let path = Path::new("docs/judging.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, explain_model()).expect("docs/judging.md can be written");
    }
    let page = std::fs::read_to_string(path).expect("docs/judging.md");
    assert!(
        page == explain_model(),
        "run BLESS=1 cargo test --test judgement judging::, and look at the difference"
    );
}

#[test]
fn every_number_has_a_reason_and_a_test() {
    for number in NUMBERS {
        let reason: String = number.reason.concat();
        assert!(reason.trim().len() > 20, "{}: {reason}", number.name);
        assert!(!number.calibrated_by.is_empty(), "{}", number.name);
    }
    let mut names: Vec<&str> = NUMBERS.iter().map(|number| number.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), NUMBERS.len());
}

/// What `accuracy` prints for more than one recording.
const TABLES: [&str; 8] = [
    "corpus",
    "services",
    "healthy",
    "called clean",
    "two snapshots",
    "first 4 and 5 snapshots",
    "real servers",
    "goroutineleak",
];

#[test]
fn the_tests_that_hold_the_numbers_exist() {
    let mut missing = Vec::new();
    for number in NUMBERS {
        let (place, what) = number.calibrated_by.split_once(": ").expect("a place and what is there");
        let exists = match place {
            "accuracy" => what.split(", ").all(|name| {
                let folders = ["testdata", "testdata/hard", "testdata/services"];
                TABLES.contains(&what)
                    || TABLES.contains(&name)
                    || folders.iter().any(|folder| Path::new(folder).join(name).join("truth.toml").exists())
            }),
            _ => {
                let roots: &[&str] =
                    if place.starts_with("judge") { &["src"] } else { &["tests/judgement", "tests/corpus"] };
                let name = format!("fn {}", what.replace(' ', "_"));
                roots.iter().any(|root| {
                    let file = Path::new(root).join(place.replace("::", "/")).with_extension("rs");
                    std::fs::read_to_string(&file).is_ok_and(|source| source.contains(&name))
                })
            }
        };
        if !exists {
            missing.push(format!("{}: {}", number.name, number.calibrated_by));
        }
    }
    assert!(missing.is_empty(), "these name no test and no recording: {missing:#?}");
}

/// Numbers that say nothing of policy: they count, halve, double or are there for the arithmetic.
const PLAIN: [&str; 6] = ["0.0", "1.0", "2.0", "0.5", "4.0", "3.0"];

#[test]
fn no_number_of_the_judgement_stands_outside_its_policy() {
    let mut found = Vec::new();
    for path in sources(Path::new("src/judge")) {
        if path.ends_with("policy.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        // A named constant with a reason of its own is a guard of the arithmetic or of an identity, and is read where it is used.
        for (number, line) in code.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if code.trim_start().starts_with("const ") {
                continue;
            }
            let literal = |word: &str| {
                let is_number = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
                is_number && word.parse::<f64>().is_ok() && !PLAIN.contains(&word)
            };
            let words = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'));
            found.extend(
                words
                    .map(|word| word.trim_end_matches("f64"))
                    .filter(|word| literal(word))
                    .map(|word| format!("{}:{}: {word}", path.display(), number + 1)),
            );
        }
    }
    assert!(found.is_empty(), "put these into src/judge/policy.rs, with a reason: {found:#?}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
