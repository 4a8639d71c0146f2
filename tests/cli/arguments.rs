//! Help, and arguments that are wrong.

use crate::support::{Run, pprof_leaks};

const PAIR: [&str; 2] = ["testdata/map-cache/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"];

fn diff(options: &[&str]) -> Run {
    pprof_leaks([&["diff", PAIR[0], PAIR[1]], options].concat())
}

/// Nobody reads forty options in one list.
#[test]
fn options_stand_under_headings() {
    for name in ["diff", "trend", "compare", "inspect", "collect", "watch", "report"] {
        let help = pprof_leaks([name, "-h"]).stdout;
        let (_, options) = help.split_once("\nOptions:\n").expect("a list");
        let list = options.split("\n\n").next().expect("a list");
        let flags = list.lines().filter(|line| line.trim_start().starts_with('-')).count();
        assert!(flags <= 6, "{flags} options of {name} have no heading:\n{list}");
    }
}

#[test]
fn help_shows_a_command_that_can_be_typed_and_tells_the_exit_statuses() {
    for (args, shown) in [
        (&["--help"][..], "pprof-leaks before.pb.gz after.pb.gz"),
        (&["-h"], "pprof-leaks localhost:6060"),
        (&["help"], "pprof-leaks localhost:6060"),
        (&["help", "diff"], "pprof-leaks diff before.pb.gz after.pb.gz"),
        (&["diff", "--help"], "pprof-leaks diff before.pb.gz after.pb.gz"),
    ] {
        let run = pprof_leaks(args);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains(shown), "{}", run.stdout);
    }
    let help = pprof_leaks(["diff", "--help"]).stdout;
    for part in
        ["Exit status: 0 done", "--fail-on", "never says more than \"suspicious\"", "[default: 10MiB]"]
    {
        assert!(help.contains(part), "`{part}` is missing in: {help}");
    }
    let version = pprof_leaks(["--version"]);
    assert_eq!(version.stdout, format!("pprof-leaks {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_mistyped_option_is_told_with_the_near_one() {
    for (typed, meant) in
        [("--fokus=x", "--focus"), ("--fail-at=high", "--fail-on"), ("--formt=json", "--format")]
    {
        let run = diff(&[typed]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{typed}");
        assert!(run.stderr.contains(&format!("'{meant}'")), "{}", run.stderr);
    }
    let run = pprof_leaks(["dif", "a", "b"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("did you mean `pprof-leaks diff`"), "{}", run.stderr);
}

#[test]
fn missing_and_superfluous_arguments_are_told() {
    for (args, part) in [
        (&[][..], "Usage: pprof-leaks"),
        (&["diff"], "<BEFORE> <AFTER>"),
        (&["diff", "a"], "<AFTER>"),
        (&["diff", "a", "b", "c"], "unexpected argument 'c'"),
        (&["diff", "a", "b", "--format", "yaml"], "possible values: terminal, markdown, json"),
        (&["diff", "a", "b", "--fail-on", "sure"], "possible values: high, medium, low"),
        (&["diff", "a", "b", "--granularity", "file"], "possible values: function, line, address"),
        (&["diff", "a", "b", "--top", "-1"], "invalid value '-1' for '--top <N>'"),
        (&["diff", "a", "b", "--timeout", "soon"], "--timeout"),
        (&["diff", "a", "b", "--top", "1", "--top", "2"], "cannot be used multiple times"),
        (
            &["baseline", "add", "f", "r", "--fingerprint", "x", "--reason", "y"],
            "not provided: --owner <WHO>; usage:",
        ),
        (&["config", "check"], "not provided: <FILE>"),
        (&["completions", "nosh"], "possible values: bash"),
    ] {
        let run = pprof_leaks(args);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains(part), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        // Without any arguments the help is shown, which is longer.
        let is_one_line = run.stderr.lines().count() == 1 && run.stderr.starts_with("pprof-leaks: error: ");
        assert!(args.is_empty() || is_one_line, "{args:?}: {}", run.stderr);
    }
}

#[test]
fn wrong_values_are_told_in_one_line_before_anything_is_read() {
    for (option, value, parts) in [
        ("--sample-type", "inuse", ["there is no `inuse`", "inuse_space"]),
        ("--sample-type", "cpu", ["there is no `cpu`", "alloc_objects, alloc_space"]),
        ("--min-growth", "10 miles", ["`10 miles` is not a size", "10MiB"]),
        ("--min-growth", "-5", ["`-5` is not a size", "10MiB"]),
        ("--min-growth", "", ["`` is not a size", "10MiB"]),
        ("--max-input-bytes", "lots", ["`lots` is not a size", "512KiB"]),
        ("--focus", "(", ["`(` is not a regular expression", "unclosed group"]),
        ("--ignore", "a{2,1}", ["`a{2,1}` is not a regular expression", "invalid repetition"]),
        ("--ignore", "(a{1000}){1000}", ["not a regular expression", "size limit"]),
        ("--memory-limit", "512", ["less than any Go process", "512MiB"]),
        ("--timeout", "0", ["0 seconds", "give up"]),
        ("--header", "Authorization", ["Name: value", "Bearer"]),
    ] {
        let run = pprof_leaks(["diff", "missing-1", "missing-2", &format!("{option}={value}")]);
        run.refusal(&[option, parts[0], parts[1]]);
    }
}

#[test]
fn a_folder_of_snapshots_is_no_store() {
    pprof_leaks(["report", "testdata/map-cache"])
        .refusal(&["no store", "pprof-leaks trend testdata/map-cache"]);
}

#[test]
fn the_last_hours_may_be_a_sum() {
    let run = pprof_leaks(["trend", "testdata/two-leaks", "--last", "1h30m"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[test]
fn the_threshold_of_fail_on_is_the_least_confidence_that_fails() {
    for (threshold, status) in [("low", 1), ("medium", 1), ("high", 0)] {
        let run = diff(&["--fail-on", threshold]);
        assert_eq!((run.status, run.stderr.as_str()), (status, ""), "--fail-on {threshold}");
        assert!(run.stdout.contains("\nSuspicious: "), "the report is complete");
    }
    let fixed = |threshold: &str| {
        pprof_leaks([
            "diff",
            "testdata/map-cache-fixed/heap-01.pb.gz",
            "testdata/map-cache-fixed/heap-08.pb.gz",
            "--fail-on",
            threshold,
        ])
    };
    assert_eq!(["medium", "high"].map(|threshold| fixed(threshold).status), [0, 0]);
    // What may not be judged cannot fail a build either.
    let swapped = pprof_leaks(["diff", PAIR[1], PAIR[0], "--fail-on", "low"]);
    assert_eq!((swapped.status, swapped.stderr.as_str()), (0, ""));
}
