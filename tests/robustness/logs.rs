//! Profiles as they leave a log collector, a terminal or a page: read as what Go wrote, or refused with what stands in the way.

use crate::support::{plain, pprof_leaks, recording};
use pprof_leaks::input::{Limits, parse};
use pprof_leaks::profile::RawProfile;

/// The text of a recording.
fn text(path: &str) -> String {
    let bytes = std::fs::read(recording(path)).expect("a recording");
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { plain(&bytes) } else { bytes };
    String::from_utf8(bytes).expect("UTF-8")
}

/// What a profile says, in a form that can be compared.
fn content(profile: &RawProfile) -> Vec<String> {
    let symbols = &profile.symbols;
    let stack = |sample: usize| {
        let frames =
            profile.samples.get(sample).stack.iter().flat_map(|location| symbols.frames_of(location));
        frames
            .map(|f| format!("{} {}:{}", symbols.name(f.function), symbols.file(f.function), f.line))
            .collect::<Vec<_>>()
    };
    (0..profile.samples.len())
        .map(|index| {
            let sample = profile.samples.get(index);
            let labels = &profile.label_sets[sample.label_set as usize];
            let goroutine = profile.goroutines.get(index);
            format!("{:?} {:?} {goroutine:?} {labels:?}", sample.values, stack(index))
        })
        .collect()
}

fn read(bytes: &[u8], name: &str) -> RawProfile {
    parse(bytes, name, &Limits::default()).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

type Wrap = fn(&str) -> Vec<u8>;

fn lines(text: &str, line: impl Fn(usize, &str) -> String) -> Vec<u8> {
    text.lines().enumerate().map(|(number, content)| line(number, content) + "\n").collect::<String>().into()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}

/// What becomes of a text on its way, by those who do it.
const WAYS: &[(&str, Wrap)] = &[
    ("kubectl logs --timestamps", |text| {
        lines(text, |n, line| format!("2026-03-01T10:{:02}:00.{}Z {line}", n / 60 % 60, 1 + n % 977))
    }),
    ("rsyslog", |text| {
        lines(text, |n, line| {
            let tab = line.strip_prefix('\t').map(|rest| format!("#011{rest}"));
            format!("Mar  1 10:{:02}:00 web-7 app[1234]: {}", n / 60 % 60, tab.as_deref().unwrap_or(line))
        })
    }),
    // It drops empty lines, and the blanks at the start of the others.
    ("an old journald", |text| {
        let full: String =
            text.lines().filter(|line| !line.is_empty()).map(|l| format!("{}\n", l.trim())).collect();
        lines(&full, |_, line| format!("Mar 01 10:00:00 web-7 app[1234]: {line}"))
    }),
    ("docker compose, coloured", |text| lines(text, |_, line| format!("\u{1b}[36mweb-1  |\u{1b}[0m {line}"))),
    ("docker compose with a database", |text| {
        lines(text, |n, line| format!("web-1  | {line}\ndb-1   | {n} checkpoints complete"))
    }),
    ("a node's file", |text| {
        lines(text, |n, line| format!("2026-03-01T10:00:00.{}Z stderr F {line}", 1 + n % 977))
    }),
    ("a file of docker", |text| {
        lines(text, |_, line| format!("{{\"log\":{},\"stream\":\"stderr\"}}", json(&format!("{line}\n"))))
    }),
    ("journalctl -o json", |text| {
        lines(text, |_, line| format!("{{\"_PID\":\"7\",\"MESSAGE\":{}}}", json(line)))
    }),
    ("a logger", |text| {
        format!("{{\"level\":\"info\"}}\n{{\"level\":\"error\",\"stack\":{}}}\n", json(text)).into()
    }),
    ("dockerd", |text| {
        format!("time=\"t\" level=info msg={}\n", json(&format!("=== BEGIN ===\n{text}"))).into()
    }),
    ("mail", |text| lines(text, |_, line| format!("> {line}"))),
    ("markdown", |text| lines(text, |_, line| format!("    {line}"))),
    ("a code block", |text| format!("It hangs:\n\n```\n{text}```\n\nWhy?\n").into()),
    ("a terminal", |text| {
        format!("$ curl -i localhost:6060/debug/pprof/x\nHTTP/1.1 200 OK\nX-A: b\n\n{text}$ exit\n").into()
    }),
    ("PowerShell", |text| {
        let text = text.replace('\n', "\r\n");
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }),
    ("UTF-16 that does not say so", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("UTF-16 of the other order", |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ("mail with empty lines between", |text| text.replace('\n', "\n\n").into()),
    ("mail with empty lines between, trimmed", |text| {
        text.lines()
            .filter(|line| !line.is_empty())
            .map(|line| format!("{}\r\n\r\n", line.trim()))
            .collect::<String>()
            .into()
    }),
    ("any length of a log", |text| {
        format!("{}{text}", "{\"level\":\"info\",\"msg\":\"served\"}\n".repeat(20_000)).into()
    }),
];

/// Each goroutine of a dump behind words of a test, its calls behind `indent`.
fn reported(dump: &str, words: &str, indent: &str) -> Vec<u8> {
    let line = |line: &str| match line.starts_with("goroutine ") {
        true => format!("{words}{line}\n"),
        false => format!("{indent}{line}\n"),
    };
    let lines: String = dump.lines().filter(|line| !line.is_empty()).map(line).collect();
    format!("=== RUN   TestServe\n{lines}--- FAIL: TestServe (5.00s)\nFAIL\n").into()
}

/// What becomes of dumps alone.
const WAYS_OF_DUMPS: &[(&str, Wrap)] = &[
    ("leaktest", |dump| reported(dump, "    leaktest.go:150: leaktest: leaked goroutine: ", "        ")),
    ("leaktest before Go 1.14", |dump| reported(dump, "\tleaktest.go:132: Leaked goroutine: ", "\t\t")),
    ("t.Log", |dump| {
        lines(dump, |n, line| format!("{}{line}", if n == 0 { "    main_test.go:12: " } else { "        " }))
    }),
    ("a page", |dump| format!("<pre><code>{dump}\n</code></pre>\n").into()),
    ("a cell of a table", |dump| format!("timestamp,message\n1740000000,\"{dump}\n\"\n").into()),
];

#[test]
fn a_dump_whose_headers_stand_behind_words_says_what_it_said() {
    for path in ["map-cache/goroutine-01.txt", "blocked-goroutine/goroutine-08.txt.gz"] {
        let plain = text(path);
        let whole = content(&read(plain.as_bytes(), path));
        for (way, wrap) in WAYS_OF_DUMPS {
            let profile = read(&wrap(&plain), &format!("{path} by {way}"));
            assert!(content(&profile) == whole, "{path} by {way}: {}", profile.samples.len());
            assert!(profile.notices.is_empty(), "{path} by {way}: {:?}", profile.notices);
        }
    }
}

#[test]
fn whatever_way_a_profile_took_it_says_what_it_said() {
    for path in [
        "map-cache/goroutine-01.txt",
        "map-cache/heap-08.txt.gz",
        "blocked-goroutine/goroutine-08.txt.gz",
        "blocked-goroutine/heap-01.txt.gz",
    ] {
        let plain = text(path);
        let whole = content(&read(plain.as_bytes(), path));
        assert!(whole.len() > 5, "{path}");
        for (way, wrap) in WAYS {
            let profile = read(&wrap(&plain), &format!("{path} by {way}"));
            assert!(
                content(&profile) == whole,
                "{path} by {way}: {} of {}",
                profile.samples.len(),
                whole.len()
            );
            assert!(profile.notices.is_empty(), "{path} by {way}: {:?}", profile.notices);
        }
    }
}

#[test]
fn dumps_in_one_log_are_a_series() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("service.log");
    let log = log.to_str().expect("UTF-8");
    let mut written = String::new();
    for round in 1..=8 {
        let dump = text(&format!("blocked-goroutine/goroutine-0{round}.txt.gz"));
        written.push_str(&format!(
            "2026/03/01 10:0{round}:00 listening\n{dump}\n2026/03/01 10:0{round}:30 served\n"
        ));
    }
    std::fs::write(log, &written).expect("can be written");
    let run = pprof_leaks(["trend", log, "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let report = run.json();
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(8), "{:#}", report["inputs"]);
    let blame = report["suspects"][0]["blame"]["function"].as_str().expect("a suspect");
    assert!(blame.starts_with("main."), "{blame}");
    assert_eq!(pprof_leaks([log, "--format", "json"]).json()["verdict"], report["verdict"]);
    // One after the other, as `curl >> FILE` has it.
    let joined: String =
        (1..=3).map(|round| text(&format!("blocked-goroutine/goroutine-0{round}.txt.gz"))).collect();
    std::fs::write(log, joined).expect("can be written");
    let report = pprof_leaks(["trend", log, "--format", "json"]).json();
    assert_eq!(report["inputs"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_cannot_be_read_is_told_with_what_stands_in_the_way() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("web.log");
    let dump = text("map-cache/goroutine-01.txt");
    let of =
        |name: &str| String::from_utf8(lines(&dump, |_, line| format!("{name} | {line}"))).expect("UTF-8");
    for (log, parts) in [
        (of("web-1") + &of("web-2"), ["`web-1 |`", "`web-2 |`", "a file of its own"]),
        (
            "{\"level\":\"info\"}\n".repeat(9000),
            ["this is JSON", "not a heap or goroutine profile", "/debug/pprof/"],
        ),
    ] {
        std::fs::write(&file, log).expect("can be written");
        pprof_leaks(["inspect", file.to_str().expect("UTF-8")]).refusal(&parts);
    }
}
