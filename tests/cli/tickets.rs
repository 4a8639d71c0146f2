//! Markdown as GitHub renders it: whole tables, closed fences, balanced folds, and nothing that a name put there.

use crate::support::{Profile, command, finish, heap_pair, pprof_leaks, recording};
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use std::path::Path;

/// As GitHub reads it, by its published extensions to CommonMark and those beyond.
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.alerts = true;
    options
}

/// The first line of a chart, the only one that may set anything.
const COLOURS: &str = r##"%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#e0443e"}}}}%%"##;

/// Holds a report to what it may be made of, and gives its Mermaid pictures.
pub(crate) fn check(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let mut open = 0;
    let mut pictures = Vec::new();
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Text(_)
            | NodeValue::Code(_)
            | NodeValue::Strong
            | NodeValue::SoftBreak
            | NodeValue::TableCell => {}
            NodeValue::Heading(heading) => assert!([2, 3].contains(&heading.level), "{markdown}"),
            NodeValue::Table(table) => check_table(node, table.alignments.len(), markdown),
            NodeValue::TableRow(_) => {}
            NodeValue::CodeBlock(block) => {
                assert!(
                    block.fenced && ["text", "go", "mermaid"].contains(&block.info.as_str()),
                    "{}",
                    block.info
                );
                assert!(block.closed, "an open fence in: {markdown}");
                if block.info == "mermaid" {
                    pictures.push(block.literal.clone());
                }
            }
            NodeValue::HtmlBlock(html) => match html.literal.trim() {
                "</details>" => open -= 1,
                fold => {
                    let inner =
                        fold.strip_prefix("<details><summary>").and_then(|f| f.strip_suffix("</summary>"));
                    assert!(inner.is_some_and(|inner| !inner.contains(['<', '&'])), "{fold}");
                    open += 1;
                }
            },
            other => panic!("{other:?} in: {markdown}"),
        }
        assert!((0..=1).contains(&open), "folds stand apart");
    }
    assert_eq!(open, 0, "an open fold in: {markdown}");
    pictures
}

fn check_table<'a>(table: &'a AstNode<'a>, columns: usize, markdown: &str) {
    assert!(table.children().count() > 1, "a table without rows in: {markdown}");
    for row in table.children() {
        assert_eq!(row.children().count(), columns, "{markdown}");
    }
    // A row with a bar too many loses its end when it is parsed, and shows it in its source.
    let line = table.data.borrow().sourcepos;
    for row in markdown.lines().skip(line.start.line - 1).take(line.end.line - line.start.line + 1) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), columns + 1, "{row}");
    }
}

#[test]
fn every_recording_makes_a_whole_ticket() {
    let mut pictures = 0;
    let folders = recording("").read_dir().expect("testdata").flatten().map(|entry| entry.path());
    for folder in folders.filter(|folder| folder.join("heap-01.pb.gz").is_file()) {
        let folder = folder.to_str().expect("UTF-8");
        let trend = pprof_leaks(["trend", folder, "--format", "markdown", "--memory-limit", "1GiB"]);
        assert_eq!(trend.status, 0, "{folder}: {}", trend.stderr);
        assert!(trend.stdout.len() <= 60_000, "{folder}: {} bytes", trend.stdout.len());
        pictures += check(&trend.stdout).len();
    }
    assert!(pictures > 40, "{pictures}");
}

#[test]
fn the_line_of_source_is_quoted_with_its_backticks() {
    let args = ["trend", "testdata/subslice", "--source", "testdata/programs", "--format", "markdown"];
    let text = pprof_leaks(args).stdout;
    check(&text);
    assert!(text.contains("> ") && text.contains("`subslice.go:"), "{text}");
    assert!(text.contains(&format!("Over time:\n\n```mermaid\n{COLOURS}\nxychart-beta\n")), "{text}");
    assert!(text.contains("```mermaid\nflowchart TD\n"), "{text}");
}

#[test]
fn the_path_of_the_growth_is_folded_and_starts_at_the_first_function_of_ones_own() {
    let mut pair = heap_pair("main.leak");
    for (index, profile) in pair.iter_mut().enumerate() {
        let stack = [
            "bytes.Clone",
            "shop.keep",
            "net/http.HandlerFunc.ServeHTTP",
            "shop.serve",
            "net/http.(*conn).serve",
        ];
        let count = 9000 * index as i64;
        profile.row(&stack, 1024, count, count);
        let goroot = profile.string("/usr/local/go/src/net/http/server.go");
        let names = profile.proto.string_table.clone();
        let is_go =
            |name: i64| ["net/http", "bytes."].iter().any(|start| names[name as usize].starts_with(start));
        for function in profile.proto.function.iter_mut().filter(|function| is_go(function.name)) {
            function.filename = goroot;
        }
    }
    let text = ticket(&pair, &[]);
    check(&text);
    let fold = "<details><summary>Where the growth comes from</summary>\n\n```mermaid\nflowchart TD\n    n0[\"shop.serve";
    assert!(text.contains(fold), "{text}");
    let path = text.split("flowchart TD").nth(1).and_then(|rest| rest.split("```").next()).expect("a path");
    assert!(path.contains("HandlerFunc.ServeHTTP") && !path.contains("conn"), "{path}");
}

/// Many suspects, in the order of their weight.
fn many() -> [Profile; 2] {
    let mut pair = heap_pair("main.leak");
    for (index, profile) in pair.iter_mut().enumerate() {
        for number in 0..30 {
            let count = index as i64 * (400 - 5 * number);
            profile.row(&[&format!("shop.(*cart{number}).add|`*"), "main.main"], 1024, count, count);
        }
    }
    pair
}

fn ticket(pair: &[Profile; 2], options: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ["before", "after"].map(|name| folder.path().join(name));
    pair.iter().zip(&paths).for_each(|(profile, path)| profile.write(path));
    let mut command = command();
    command.arg("diff").args(&paths).args(["--format", "markdown"]).args(options);
    let run = finish(&mut command);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn what_is_too_long_loses_whole_suspects_from_its_end_and_says_so() {
    let pair = many();
    let whole = ticket(&pair, &["--top", "50", "--max-bytes", "1000000"]);
    check(&whole);
    let headings = |text: &str| text.matches("\n### ").count();
    let mut fewest = headings(&whole);
    for max_bytes in [60_000, 40_000, 20_000, 10_000, 5_000, 2_000] {
        let text = ticket(&pair, &["--top", "50", "--max-bytes", &max_bytes.to_string()]);
        assert!(text.len() <= max_bytes, "{} of {max_bytes}", text.len());
        check(&text);
        assert!(text.starts_with("## Suspicious: memory allocated in shop."), "{text}");
        assert!(headings(&text) <= fewest, "less room, fewer suspects");
        fewest = headings(&text);
        if text.len() < whole.len() && max_bytes > 2_000 {
            assert!(text.contains("(`--max-bytes`), suspects "), "{text}");
        }
    }
    let said = ticket(&pair, &["--top", "3"]);
    assert!(said.contains(" more suspects are not shown; `--top 3"), "{said}");
    pprof_leaks(["diff", "a", "b", "--max-bytes", "10"]).refusal(&["--max-bytes", "`10`"]);
}

/// Names that a ticket must show and not obey; each leaks, in function and file.
#[test]
fn hostile_names_are_text_wherever_they_stand() {
    let names = [
        "|</details><script>alert(1)</script>",
        "`a``b```c",
        "```\n```mermaid\nflowchart TD\nx-->y",
        "*a* **b** _c_ __d__ ~~e~~ $f$ $`g`$",
        "[a](https://evil.example) ![b](//evil.example/c) <https://evil.example>",
        "[^1] [x] - [ ] > # a",
        "https://evil.example www.evil.example ftp://evil.example a@evil.example",
        "@octocat #1 !1 GH-1",
        "a\\|b\\\\|c\\",
        "&lt;b&gt;&#60;&nbsp;",
        "<!-- -->-->",
        "%%{init: {\"securityLevel\": \"loose\"}}%%\"]; click n0 href \"javascript:alert(1)\"",
        "> [!NOTE]\n> x",
        "- a\n1. b\n***\n===",
    ];
    for name in names {
        let mut pair = heap_pair("main.leak");
        for (index, profile) in pair.iter_mut().enumerate() {
            let count = 100 * index as i64;
            profile.row(&[name, &format!("{name}.{name}"), &format!("main.{name}")], 1024, count, count);
            let file = profile.string(&format!("/src/{name}.go"));
            for function in &mut profile.proto.function {
                function.filename = file;
            }
        }
        let pictures = check(&ticket(&pair, &[]));
        assert!(!pictures.is_empty());
        let lines = pictures.iter().flat_map(|picture| picture.lines());
        for line in lines.map(str::trim).filter(|line| *line != COLOURS) {
            let ours =
                ["flowchart TD", "xychart-beta", "n", "style n", "title ", "x-axis ", "y-axis ", "line ["];
            assert!(ours.iter().any(|start| line.starts_with(start)), "{line}");
            assert!(!line.contains("%%") && !line.contains('`') && line.matches('"').count() <= 2, "{line}");
        }
    }
}

/// Writes every kind of picture for `.ci/mermaid`, which reads them with Mermaid itself.
#[test]
fn pictures_are_written_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("PPROF_LEAKS_PICTURES") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("can be made");
    let mut reports: Vec<String> =
        ["two-leaks", "blocked-goroutine", "restart", "slow-leak", "context", "http-body"]
            .map(|name| {
                pprof_leaks(["trend", recording(name).to_str().expect("UTF-8"), "--format=markdown"]).stdout
            })
            .into();
    reports.push(ticket(&many(), &["--top", "20", "--max-bytes", "1000000"]));
    let mut hostile = heap_pair("main.\"]; x --> y %%{init}%% `z` <b>&amp;#quot;end 数え \u{fffd}");
    for (index, profile) in hostile.iter_mut().enumerate() {
        let name = "a\"b.end\";click n0 \"javascript:alert(1)\"";
        profile.row(&[name, "end", "style", "main.main"], 64, 4000 * index as i64, 4000 * index as i64);
    }
    reports.push(ticket(&hostile, &[]));
    let pictures: Vec<String> = reports.iter().flat_map(|report| check(report)).collect();
    for (number, picture) in pictures.iter().enumerate() {
        std::fs::write(folder.join(format!("{number:03}.mmd")), picture).expect("can be written");
    }
}
