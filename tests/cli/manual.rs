//! Completions, manual pages, and what goes to standard error besides warnings.

use crate::support::pprof_leaks;

const PAIR: [&str; 3] = ["diff", "testdata/map-cache/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"];

#[test]
fn every_shell_gets_completions_of_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = pprof_leaks(["completions", shell]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{shell}");
        for part in ["compare", "trend", "max-bytes"] {
            assert!(run.stdout.contains(part), "{shell}: {part}");
        }
    }
    let run = pprof_leaks(["completions", "tcsh"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("possible values: bash"), "{}", run.stderr);
}

#[test]
fn the_manual_has_a_page_for_the_program_and_one_for_each_command() {
    let page = pprof_leaks(["man"]).stdout;
    assert!(page.contains(".TH pprof\\-leaks 1") || page.contains(".TH pprof-leaks 1"), "{page}");
    for command in
        ["inspect", "diff", "trend", "compare", "report", "explain", "baseline", "completions", "man"]
    {
        let run = pprof_leaks(["man", command]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{command}");
        assert!(run.stdout.contains(".SH NAME") && run.stdout.contains(command), "{command}: {}", run.stdout);
        assert!(page.contains(command), "{command}");
    }
    pprof_leaks(["man", "dif"]).refusal(&["`dif`", "diff, trend"]);
}

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in ["inspect", "diff", "trend", "compare", "report", "explain", "completions", "man"] {
        let help = pprof_leaks([command, "--help"]).stdout;
        assert!(help.contains("Example") && help.contains(&format!("  pprof-leaks {command}")), "{help}");
    }
    let help = pprof_leaks(["baseline", "add", "--help"]).stdout;
    assert!(help.contains("  pprof-leaks baseline add"), "{help}");
}

#[test]
fn quiet_says_nothing_and_verbose_says_what_was_done() {
    let with = |option: &str| pprof_leaks([&PAIR[..], &[option]].concat());
    let plain = pprof_leaks(PAIR);
    for option in ["--quiet", "-q"] {
        let run = with(option);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert_eq!(run.stdout, plain.stdout);
    }
    for option in ["--verbose", "-v"] {
        let run = with(option);
        assert!(run.stderr.contains("snapshots read: 1 before, 1 after, in "), "{}", run.stderr);
        assert_eq!(run.stdout, plain.stdout);
    }
    assert_eq!(pprof_leaks([&PAIR[..], &["-q", "-v"]].concat()).status, 2);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["heap-01.pb.gz", "heap-08.pb.gz"] {
        std::fs::copy(format!("testdata/map-cache/{name}"), folder.path().join(name)).expect("can be copied");
    }
    std::fs::write(folder.path().join("heap-09.pb.gz"), "no profile").expect("can be written");
    let path = folder.path().to_str().expect("UTF-8");
    assert!(pprof_leaks(["trend", path]).stderr.contains("warning: "));
    let quiet = pprof_leaks(["trend", path, "-q"]);
    assert_eq!((quiet.status, quiet.stderr.as_str()), (3, ""), "the exit status and the report still tell");
    assert!(quiet.stdout.contains("heap-09.pb.gz: not used"), "{}", quiet.stdout);
}
