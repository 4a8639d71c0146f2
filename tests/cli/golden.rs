//! What people see, kept as files in `tests/golden/` and reviewed by eye. `BLESS=1 cargo test --test cli golden::` writes them.

use pprof_leaks::input::proto;
use prost::Message;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One case: its name, and the recorded program whose first and last rounds it compares.
struct Case {
    name: &'static str,
    program: &'static str,
    kinds: &'static [&'static str],
    /// What is asked for besides.
    options: &'static [&'static str],
}

const CASES: [Case; 3] = [
    Case { name: "one-leak", program: "map-cache", kinds: &["heap"], options: &[] },
    Case {
        name: "goroutines",
        program: "blocked-goroutine",
        kinds: &["heap", "goroutine", "goroutineleak"],
        options: &[],
    },
    Case {
        name: "clean",
        program: "map-cache-fixed",
        kinds: &["heap", "goroutine"],
        options: &["--must-detect=1GiB/h"],
    },
];

/// How reports are asked for, and the endings of their files.
const FORMATS: [(&[&str], &str); 8] = [
    (&["--format=terminal"], "txt"),
    (&["--details"], "details.txt"),
    (&["--format=markdown"], "md"),
    (&["--format=json"], "json"),
    (&["--format=sarif"], "sarif"),
    (&["--format=dot"], "dot"),
    (&["--format=html"], "html"),
    (&["--format=pprof"], "pprof.txt"),
];

#[test]
fn reports_are_as_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut differing = Vec::new();
    for case in &CASES {
        let work = tempfile::tempdir().expect("a temporary folder");
        lay_out(case, &root.join("testdata").join(case.program), work.path());
        for (options, extension) in FORMATS {
            let got = report(work.path(), case.options, options);
            let path = root.join("tests/golden").join(format!("{}.{extension}", case.name));
            differing.extend(difference(&path, &got));
        }
    }
    assert!(differing.is_empty(), "{}\nBLESS=1 accepts what is new; look at it first", differing.join("\n"));
}

/// What the program prints from the folder of the project.
fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("COLUMNS", "80")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("reports are UTF-8")
}

#[test]
fn a_series_and_a_repair_are_as_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let series = ["trend", "testdata/two-leaks", "--memory-limit", "512MiB"];
    let repair = ["compare", "testdata/map-cache", "testdata/map-cache-fixed"];
    let mut differing = Vec::new();
    for (name, args, formats) in [
        ("series", &series[..], &["txt", "details.txt", "md"][..]),
        ("repair", &repair[..], &["txt", "md", "json", "html"]),
    ] {
        for (options, extension) in FORMATS.into_iter().filter(|(_, extension)| formats.contains(extension)) {
            let got = printed(&[args, options].concat());
            let got = if extension == "html" { without_assets(&got) } else { got };
            differing.extend(difference(&root.join(format!("{name}.{extension}")), &got));
        }
    }
    assert!(differing.is_empty(), "{}\nBLESS=1 accepts what is new; look at it first", differing.join("\n"));
}

/// A snapshot by itself: the name of the files, the recording, and what of it is read.
const SNAPSHOTS: [(&str, &str, &[&str], &[&str]); 4] = [
    ("one-dump", "mutex", &["goroutine-08.txt.gz"], &["terminal", "markdown"]),
    ("one-heap", "map-cache", &["heap-08.pb.gz"], &["terminal", "markdown", "json"]),
    ("one-round", "handler-send", &["heap-08.pb.gz", "goroutine-08.pb.gz"], &["terminal", "markdown"]),
    ("one-proof", "blocked-goroutine", &["goroutine-08.pb.gz", "goroutineleak-08.pb.gz"], &["terminal"]),
];

#[test]
fn one_snapshot_is_explained_as_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut differing = Vec::new();
    for (name, program, files, formats) in SNAPSHOTS {
        let work = tempfile::tempdir().expect("a temporary folder");
        // A dump does not say when it was taken, and the time of its file is that of the checkout.
        let names = files.iter().map(|file| format!("20261124T024807-123Z-{file}"));
        let names: Vec<String> = names.collect();
        for (file, name) in files.iter().zip(&names) {
            std::fs::copy(root.join("testdata").join(program).join(file), work.path().join(name))
                .expect("recorded");
        }
        let source = root.join("testdata/programs");
        for format in formats {
            let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
                .args(["inspect", "--format", format, "--source"])
                .arg(&source)
                .args(&names)
                .current_dir(work.path())
                .env("COLUMNS", "100")
                .output()
                .expect("the program runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let got = String::from_utf8(output.stdout).expect("reports are UTF-8");
            let got = got.replace(source.to_str().expect("UTF-8"), "programs");
            let option = format!("--format={format}");
            let extension = FORMATS.iter().find(|(of, _)| of == &[&option]).expect("a format").1;
            differing
                .extend(difference(&root.join("tests/golden").join(format!("{name}.{extension}")), &got));
        }
    }
    assert!(differing.is_empty(), "{}\nBLESS=1 accepts what is new; look at it first", differing.join("\n"));
}

/// The largest of the reports above, for whoever reads it whole.
#[test]
fn a_brief_report_is_one_of_four_kilobytes_that_follows_its_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = serde_json::from_str(pprof_leaks::report::BRIEF_SCHEMA).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let reports = std::fs::read_dir(root.join("tests/golden")).expect("a folder").flatten();
    let is_report = |name: &str| CASES.iter().any(|case| format!("{}.json", case.name) == name);
    let mut reports: Vec<PathBuf> = reports
        .filter(|entry| entry.file_name().to_str().is_some_and(is_report))
        .map(|entry| entry.path())
        .collect();
    reports.sort_by_key(|path| path.metadata().expect("a file").len());
    for path in &reports {
        let text = printed(&["report", path.to_str().expect("UTF-8"), "--format=json", "--brief"]);
        assert!(text.len() <= pprof_leaks::report::BRIEF_BYTES, "{}: {} bytes", path.display(), text.len());
        let brief: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let errors: Vec<String> = schema.iter_errors(&brief).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let whole: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("it is JSON");
        let suspects = brief["suspects"].as_array().expect("a list").len();
        assert_eq!(suspects, whole["suspects"].as_array().expect("a list").len(), "these have few suspects");
    }
    let largest = reports.last().expect("reports");
    let text = printed(&["report", largest.to_str().expect("UTF-8"), "--format=json", "--brief"]);
    let pretty: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let pretty = serde_json::to_string_pretty(&pretty).expect("it has a form") + "\n";
    assert_eq!(
        difference(&root.join("tests/golden/brief.json"), &pretty),
        None,
        "BLESS=1 accepts what is new; look at it first"
    );
}

#[test]
fn a_page_of_the_catalogue_is_as_reviewed() {
    let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .args(["explain", "unbounded-map"])
        .env("COLUMNS", "80")
        .output()
        .expect("the program runs");
    let got = String::from_utf8(output.stdout).expect("pages are UTF-8");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/explain-unbounded-map.txt");
    assert_eq!(difference(&path, &got), None, "BLESS=1 accepts what is new; look at it first");
}

/// Copies the first and last round to `before/` and `after/`.
fn lay_out(case: &Case, recording: &Path, work: &Path) {
    for (folder, round) in [("before", "01"), ("after", "08")] {
        let folder: PathBuf = work.join(folder);
        std::fs::create_dir(&folder).expect("can be made");
        for kind in case.kinds {
            let name = format!("{kind}-{round}.pb.gz");
            if recording.join(&name).exists() {
                std::fs::copy(recording.join(&name), folder.join(format!("{kind}.pb.gz")))
                    .expect("can be copied");
            }
        }
    }
}

fn report(work: &Path, more: &[&str], options: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pprof-leaks"))
        .args([&["diff", "before", "after"], more, options].concat())
        .current_dir(work)
        .env("COLUMNS", "80")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    match options {
        ["--format=pprof"] => listing(&output.stdout),
        ["--format=html"] => without_assets(&String::from_utf8_lossy(&output.stdout)),
        _ => String::from_utf8(output.stdout).expect("reports are UTF-8"),
    }
}

/// A page without its style and its script, which are files of their own, and without what follows from them.
fn without_assets(page: &str) -> String {
    let mut lines = Vec::new();
    let mut left_out = false;
    for line in page.lines() {
        let starts = line.starts_with("<style>") || line.starts_with("<script>");
        if starts || line.contains("Content-Security-Policy") {
            lines.push(line.split('>').next().expect("a part").split(';').next().expect("a part").to_owned());
        } else if !left_out {
            lines.push(line.to_owned());
        }
        left_out = (left_out || starts) && !line.ends_with("</style>") && !line.ends_with("</script>");
    }
    lines.join("\n") + "\n"
}

/// A profile as text: its columns, then each sample with its values, labels and stack.
fn listing(profile: &[u8]) -> String {
    let profile = proto::Profile::decode(crate::support::plain(profile).as_slice()).expect("a profile");
    let text = |index: i64| profile.string_table[usize::try_from(index).expect("an index")].as_str();
    let joined = |parts: Vec<String>| parts.join(" ");
    let mut lines = vec![joined(profile.sample_type.iter().map(|t| text(t.r#type).to_owned()).collect())];
    lines.extend(profile.comment.iter().map(|comment| format!("# {}", text(*comment))));
    for sample in &profile.sample {
        let labels = sample.label.iter().map(|label| match label.str {
            0 => format!("{}={}", text(label.key), label.num),
            str => format!("{}={}", text(label.key), text(str)),
        });
        let values = joined(sample.value.iter().map(i64::to_string).collect());
        lines.push(format!("{values}  {}", joined(labels.collect())));
        for id in &sample.location_id {
            let location = profile.location.iter().find(|l| l.id == *id).expect("a location");
            for line in &location.line {
                let function =
                    profile.function.iter().find(|f| f.id == line.function_id).expect("a function");
                lines.push(format!("    {} {}:{}", text(function.name), text(function.filename), line.line));
            }
        }
    }
    lines.join("\n") + "\n"
}

/// Where what is there differs from what was reviewed; first of all writes it, if that was asked for.
fn difference(path: &Path, got: &str) -> Option<String> {
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("can be made");
        std::fs::write(path, got).expect("can be written");
    }
    let want = std::fs::read_to_string(path).unwrap_or_default();
    first_difference(&want, got).map(|difference| format!("{}: {difference}", path.display()))
}

fn first_difference(want: &str, got: &str) -> Option<String> {
    if want == got {
        return None;
    }
    let line = want.lines().zip(got.lines()).position(|(a, b)| a != b);
    let at = line.unwrap_or(want.lines().count().min(got.lines().count()));
    let nth = |text: &str| text.lines().nth(at).unwrap_or("(end of file)").to_owned();
    Some(format!("line {}:\n  - {}\n  + {}", at + 1, nth(want), nth(got)))
}
