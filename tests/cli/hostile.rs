//! Names that want to be more than names. Whoever can choose a function's name, a label or a file's name must not be
//! able to write to a terminal, a web page or a ticket.

use crate::support::{Profile, heap_pair, plain, pprof_leaks};
use prost::Message;
use std::path::Path;

const NAMES: [&str; 14] = [
    "<script>alert(1)</script>",
    "</details></summary><img src=x onerror=alert(1)>",
    "a|b|c",
    "`code` ``more`` ```",
    "~~~\n# heading\n- item",
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}\u{9b}2J",
    "first\nsecond\r\nthird\u{2028}fourth\u{85}fifth",
    "left\u{202e}thgir\u{2066}x\u{2069}\u{200f}",
    "zero\u{200b}width\u{feff}\0",
    "[link](https://evil.example/a) ![image](https://evil.example/b)",
    "https://evil.example/click www.evil.example",
    "@everyone @octocat",
    "&lt;b&gt; &#60;b&#62;",
    "**bold** __bold__ *it* \\",
];

/// A pair in which each name leaks, in the user's own function and file, and in what it calls.
fn pair(names: &[&str]) -> [Profile; 2] {
    let mut pair = heap_pair("main.leak");
    for (index, profile) in pair.iter_mut().enumerate() {
        for (number, name) in names.iter().enumerate() {
            let count = index as i64 * (60 + number as i64);
            profile.row(&["strings.Clone", &format!("main.{name}"), name, "main.main"], 1024, count, count);
            let file = profile.string(&format!("/src/{name}.go"));
            let function = profile.proto.function.len() - 2;
            profile.proto.function[function].filename = file;
        }
        let hostile = profile.string(NAMES[5]);
        profile.proto.mapping.push(pprof_leaks::input::proto::Mapping {
            id: 1,
            build_id: hostile,
            ..Default::default()
        });
        profile.proto.comment = vec![hostile];
    }
    pair
}

/// The three reports, with the files themselves named with hostility.
fn reports(pair: &[Profile; 2]) -> [String; 3] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["be\u{1b}[31m|`<b>\nfore", "af\u{202e}[x](y)ter"].map(|name| folder.path().join(name));
    pair.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    ["terminal", "markdown", "json"].map(|format| report(&paths, format))
}

fn report(paths: &[impl AsRef<Path>; 2], format: &str) -> String {
    let [before, after] = paths.each_ref().map(|path| path.as_ref().to_str().expect("UTF-8"));
    let run = pprof_leaks(["diff", before, after, "--top", "50", "--details", "--format", format]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    if format == "json" {
        run.json();
    }
    run.stdout
}

/// No character acts by itself, whatever shows the text.
fn assert_inert(report: &str) {
    for c in report.chars() {
        assert!(c == '\n' || !c.is_control(), "{c:?}");
        assert!(
            !matches!(c, '\u{200c}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'),
            "{c:?}"
        );
    }
}

#[test]
fn no_name_writes_to_the_terminal_or_breaks_a_line() {
    let [terminal, markdown, json] = reports(&pair(&NAMES));
    for report in [&terminal, &markdown, &json] {
        assert_inert(report);
    }
    assert!(!terminal.contains("\nsecond") && !terminal.contains("\n# heading"), "{terminal}");
    assert!(terminal.contains("first\u{fffd}second"), "{terminal}");
}

#[test]
fn no_name_becomes_markup_in_a_ticket() {
    let [_, markdown, _] = reports(&pair(&NAMES));
    crate::tickets::check(&markdown);
}

#[test]
fn the_headline_is_as_harmless_as_the_rest() {
    for name in NAMES {
        // The surest suspect, and the example of a counter that fell: both are named in the first line.
        let [mut before, mut after] = [Profile::heap(), Profile::heap()];
        after.at(600);
        before.row(&[name], 1024, 1, 1);
        after.row(&[name], 1024, 400, 400);
        let mut reborn = Profile::heap();
        reborn.at(1200);
        reborn.row(&[name], 1024, 3, 3);
        for pair in [[&before, &after], [&after, &reborn]] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let paths = ["before", "after"].map(|name| folder.path().join(name));
            pair.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
            for format in ["terminal", "markdown", "json"] {
                assert_inert(&report(&paths, format));
            }
            let markdown = report(&paths, "markdown");
            let headline = markdown.lines().next().expect("a line").replace("\\]", "");
            for markup in ["<", "](", "https://", "www.evil", "@everyone", " **bold"] {
                assert!(!headline.contains(markup), "{markup} in: {headline}");
            }
        }
    }
}

#[test]
fn a_name_of_a_megabyte_fills_no_report() {
    let long = "x".repeat(1 << 20);
    let name = format!("example.com/{long}/{long}.(*{long}).{long}");
    for report in reports(&pair(&[&name])) {
        assert!(report.len() < 200_000, "{} bytes", report.len());
        assert!(report.contains("main.leak"));
    }
    // What to do stands behind the name, and is not cut off with it.
    let [mut before, mut after] = [Profile::heap(), Profile::heap()];
    after.at(600);
    before.row(&[&name], 1024, 400, 400);
    after.row(&[&name], 1024, 3, 3);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    before.write(&paths[0]);
    after.write(&paths[1]);
    let report = report(&paths, "terminal").replace('\n', " ");
    assert!(report.contains("from one life of the process"), "{report}");
}

/// What other programs are given, as text: SARIF, DOT, and the strings of the profile, a line each.
fn for_programs(pair: &[Profile; 2]) -> [String; 3] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["be\u{1b}[31m|`<b>\nfore", "af\u{202e}[x](y)ter"].map(|name| folder.path().join(name));
    pair.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    let [before, after] = paths.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let growth = folder.path().join("growth.pb.gz");
    let output = growth.to_str().expect("UTF-8");
    assert_eq!(pprof_leaks(["diff", before, after, "--format", "pprof", "-o", output]).status, 0);
    let growth = plain(&std::fs::read(&growth).expect("it was written"));
    let growth = pprof_leaks::input::proto::Profile::decode(growth.as_slice()).expect("a profile");
    [report(&paths, "sarif"), report(&paths, "dot"), growth.string_table.join("\n")]
}

#[test]
fn formats_for_programs_pass_on_nothing_that_acts() {
    let [sarif, dot, growth] = for_programs(&pair(&NAMES));
    for text in [&sarif, &dot, &growth] {
        assert_inert(text);
    }
    serde_json::from_str::<serde_json::Value>(&sarif).expect("it is JSON");
    // A label ends where it was meant to: between two quotes no line of DOT has a third that is not escaped.
    for line in dot.lines() {
        let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        assert!(quotes % 2 == 0, "{line}");
    }
    let long = "x".repeat(1 << 20);
    for text in for_programs(&pair(&[&format!("example.com/{long}/{long}.(*{long}).{long}")])) {
        assert!(text.len() < 200_000, "{} bytes", text.len());
        assert!(text.contains("main.leak"));
    }
}

#[test]
fn messages_are_as_harmless_as_reports() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["a\u{1b}[31m\nb", "a\u{202e}b", "\u{9b}2J"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "").expect("can be written");
        let path = path.to_str().expect("UTF-8");
        assert_inert(pprof_leaks(["diff", path, path]).refusal(&["is empty"]));
    }
    let mut odd = Profile::of(&[("\u{1b}[31mx\u{202e}", "count")]);
    odd.sample(&["main.main"], &[1]);
    let path = folder.path().join("odd");
    odd.write(&path);
    let path = path.to_str().expect("UTF-8");
    assert_inert(pprof_leaks(["diff", path, path]).refusal(&["not a heap or goroutine profile"]));
}
