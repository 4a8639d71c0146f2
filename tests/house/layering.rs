//! The layout of the source holds: a file knows its own folder and lower floors only, and says what it is.
//!
//! The floors are those of the design: bytes become profiles, profiles a series, a series growth, growth suspects and
//! suspects a report. Whoever reads a module need not know the ones above it.

#![allow(clippy::expect_used, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The modules of the library, from the ground up. Those of one floor do not know each other.
const FLOORS: [&[&str]; 13] = [
    &["profile", "files"],
    &["input", "store"],
    &["series", "collect"],
    &["growth", "graph", "source"],
    &["clusters"],
    &["judge"],
    &["diagnose"],
    &["suspects"],
    &["analysis"],
    &["pipeline"],
    &["report"],
    // What is reported is taken from the report, with its words.
    &["alert", "fleet"],
    &["watch"],
];
/// Lines of one file beyond which it does more than one thing; its tests, which stand last, do not count.
const MOST_LINES: usize = 450;
/// Lines of one function beyond which it does more than one thing.
const MOST_LINES_OF_A_FUNCTION: usize = 80;
/// What the tests of a file start with.
const TESTS: &str = "#[cfg(test)]\nmod tests";
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "misc"];

/// One file of source code.
struct Source {
    /// Its path from the root of the repository.
    path: PathBuf,
    text: String,
}

impl Source {
    /// The path of modules that the file is, `["input", "pprof", "symbols"]`; empty for the root of a crate.
    fn module(&self) -> Vec<String> {
        let path = self.path.with_extension("");
        let mut module: Vec<String> =
            path.iter().skip(1).map(|segment| segment.to_string_lossy().into_owned()).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        module
    }

    /// Whether it belongs to the binary, which stands on top of the library.
    fn is_command_line(&self) -> bool {
        self.path == Path::new("src/main.rs") || self.path.starts_with("src/cli")
    }

    /// The code: without comments and without what stands in string literals.
    fn code(&self) -> String {
        let mut code = String::with_capacity(self.text.len());
        for line in self.text.lines() {
            let mut in_string = false;
            let mut previous = ' ';
            let mut rest = line.chars().peekable();
            while let Some(c) = rest.next() {
                match c {
                    '/' if !in_string && rest.peek() == Some(&'/') => break,
                    '"' if previous != '\\' && previous != '\'' => in_string = !in_string,
                    _ if !in_string => code.push(c),
                    _ => {}
                }
                previous = if previous == '\\' { ' ' } else { c };
            }
            code.push('\n');
        }
        code
    }

    /// The top-level modules that the code names, with the path as it is written.
    fn known_modules(&self) -> BTreeSet<(String, String)> {
        let code = self.code();
        let (code, tests) = code.split_at(code.find(TESTS).unwrap_or(code.len()));
        let depth = self.module().len();
        let mut known = paths_from(code, "crate::");
        known.extend(paths_from(tests, "crate::"));
        // Upwards to the root of the crate; the tests of a file stand one level lower than the file.
        for (code, ups) in [(code, depth), (tests, depth + 1)] {
            if ups > 1 {
                known.extend(paths_from(code, &"super::".repeat(ups)));
            }
        }
        known
    }
}

/// The names that paths starting like this go on with, with the paths.
fn paths_from(code: &str, start: &str) -> BTreeSet<(String, String)> {
    let mut paths = BTreeSet::new();
    for (at, _) in code.match_indices(start) {
        // Not the end of a longer chain, nor of another name.
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == ':' || c == '_') {
            let names = names_after(&code[at + start.len()..]).into_iter();
            paths.extend(names.map(|name| (name.clone(), format!("{start}{name}"))));
        }
    }
    paths
}

/// The first segments of what a path goes on with: one name, or those of a `{a::b, c}`.
fn names_after(code: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = code.strip_prefix('{') else { return vec![name(code)] };
    let mut names = vec![name(group.trim_start())];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(group[at + 1..].trim_start())),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// All files of Rust below a folder of the repository.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.read_dir() else { continue };
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                let path = path.strip_prefix(root).expect("it is below the root").to_owned();
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The library's files that stand on a floor: all but its front page.
fn library() -> Vec<Source> {
    let is_floor = |source: &Source| !source.is_command_line() && !source.module().is_empty();
    sources("src").into_iter().filter(is_floor).collect()
}

/// Every file that people read.
fn everything() -> Vec<Source> {
    ["src", "tests", "benches", "fuzz/fuzz_targets"].into_iter().flat_map(sources).collect()
}

#[track_caller]
fn assert_none(problems: &[String], rule: &str) {
    assert!(problems.is_empty(), "{rule}\n  {}", problems.join("\n  "));
}

#[test]
fn every_module_stands_on_a_floor() {
    let problems: Vec<String> = library()
        .iter()
        .filter(|source| floor(&source.module()[0]).is_none())
        .map(|source| format!("{}: module `{}` has no floor", source.path.display(), source.module()[0]))
        .collect();
    assert_none(&problems, "Give each module of the library a floor in FLOORS:");
}

#[test]
fn a_file_knows_its_own_folder_and_lower_floors_only() {
    let mut problems = Vec::new();
    for source in library() {
        let own = source.module()[0].clone();
        let Some(own_floor) = floor(&own) else { continue };
        for (module, path) in source.known_modules() {
            let is_below = floor(&module).is_some_and(|floor| floor < own_floor);
            if module != own && !is_below {
                let why = match floor(&module) {
                    None => "which is no module of the library".to_owned(),
                    Some(floor) if floor == own_floor => format!("its neighbour on floor {floor}"),
                    Some(floor) => format!("which stands on floor {floor}, above its own {own_floor}"),
                };
                problems.push(format!("{}: {path}, {why}", source.path.display()));
            }
        }
    }
    assert_none(&problems, "Move what both need to a lower floor:");
}

#[test]
fn the_statistics_know_nothing_of_the_rest() {
    let mut problems = Vec::new();
    for source in library().iter().filter(|source| source.module()[0] == "growth") {
        let others = source.known_modules().into_iter().filter(|(module, _)| module != "growth");
        problems.extend(others.map(|(_, path)| format!("{}: {path}", source.path.display())));
    }
    assert_none(&problems, "src/growth is pure functions over numbers:");
}

#[test]
fn only_the_binary_knows_the_command_line() {
    let mut problems = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_command_line()) {
        let code = source.code();
        let names = ["clap", "anyhow"].into_iter().filter(|name| code.contains(&format!("{name}::")));
        problems.extend(names.map(|name| format!("{}: {name}", source.path.display())));
        if source.known_modules().iter().any(|(module, _)| module == "cli") {
            problems.push(format!("{}: crate::cli", source.path.display()));
        }
    }
    assert_none(
        &problems,
        "The library returns typed values and errors; arguments and wording are src/cli's:",
    );
}

#[test]
fn every_file_starts_with_a_sentence_that_says_what_it_is() {
    let mut problems = Vec::new();
    for source in everything() {
        let paragraph: Vec<&str> = source
            .text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        let text = paragraph.join(" ");
        let starts_well = text.starts_with(|c: char| c.is_uppercase() || c == '`');
        if !starts_well || !text.ends_with(['.', '?', ':']) {
            problems.push(format!("{}: `//! {text}`", source.path.display()));
        }
    }
    assert_none(&problems, "The first line of a file is a `//!` sentence, with a capital and a full stop:");
}

#[test]
fn no_file_is_too_long_to_be_one_thing() {
    let mut problems = Vec::new();
    for source in everything() {
        let end = source.text.find(TESTS).unwrap_or(source.text.len());
        let lines = source.text[..end].lines().count();
        if lines > MOST_LINES {
            problems.push(format!("{}: {lines} lines before its tests", source.path.display()));
        }
    }
    assert_none(&problems, &format!("Split what is longer than {MOST_LINES} lines by what it is about:"));
}

#[test]
fn no_function_is_too_long_to_be_read_at_once() {
    let mut problems = Vec::new();
    for source in sources("src") {
        let end = source.text.find(TESTS).unwrap_or(source.text.len());
        let lines: Vec<&str> = source.text[..end].lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let indent = &line[..line.len() - code.len()];
            let words: Vec<&str> = code.split(' ').collect();
            let Some(at) = words.iter().position(|word| *word == "fn") else { continue };
            let is_function =
                words[..at].iter().all(|word| word.starts_with("pub") || ["const", "async"].contains(word));
            let close = format!("{indent}}}");
            let length =
                lines[start..].iter().position(|line| line.starts_with(&close)).map_or(0, |last| last + 1);
            if is_function && length > MOST_LINES_OF_A_FUNCTION {
                problems.push(format!("{}:{}: {length} lines: {code}", source.path.display(), start + 1));
            }
        }
    }
    assert_none(&problems, &format!("Split what is longer than {MOST_LINES_OF_A_FUNCTION} lines:"));
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let mut problems = Vec::new();
    for source in everything() {
        let file = source.module().into_iter().filter(|name| EMPTY_NAMES.contains(&name.as_str()));
        let code = source.code();
        let inline = code
            .lines()
            .filter_map(|line| line.trim().trim_start_matches("pub ").strip_prefix("mod "))
            .map(|rest| rest.trim_end_matches([' ', '{', ';']).to_owned())
            .filter(|name| EMPTY_NAMES.contains(&name.as_str()));
        let names: BTreeSet<String> = file.chain(inline).collect();
        problems.extend(names.iter().map(|name| format!("{}: `{name}`", source.path.display())));
    }
    assert_none(&problems, "Name a module for what it is about:");
}

/// The rules above are only as good as this reading of paths.
#[test]
fn paths_are_read_out_of_code_but_not_out_of_comments() {
    let text = "//! See [`crate::report`].\n\
                use crate::{growth::Change, profile::{Kind, Unit}};\n\
                use super::super::input;\n\
                fn f() { crate::series::g(\"crate::fleet\") } // crate::alert\n\
                #[cfg(test)]\n\
                mod tests { use super::super::groups; use super::super::super::store; }\n";
    let source = Source { path: "src/clusters/tally.rs".into(), text: text.to_owned() };
    let known: Vec<String> = source.known_modules().into_iter().map(|(module, _)| module).collect();
    assert_eq!(known, ["growth", "input", "profile", "series", "store"]);
}
