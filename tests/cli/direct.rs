//! `pprof-leaks PLACE...`: files, folders, stores and live services without a command.

use crate::support::{Answer, Server, command, finish, pprof_leaks, recording};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PAIR: [&str; 2] = ["testdata/map-cache/heap-01.pb.gz", "testdata/map-cache/heap-08.pb.gz"];

#[test]
fn two_snapshots_are_compared_and_a_folder_is_followed() {
    for (short, long) in [
        (&[PAIR[0], PAIR[1]][..], &["diff", PAIR[0], PAIR[1]][..]),
        (&["testdata/two-leaks"], &["trend", "testdata/two-leaks"]),
        (
            &[PAIR[0], PAIR[1], "testdata/map-cache/heap-04.pb.gz"],
            &["trend", PAIR[0], PAIR[1], "testdata/map-cache/heap-04.pb.gz"],
        ),
    ] {
        let report = |args: &[&str]| {
            let mut report = pprof_leaks([args, &["--format=json"]].concat()).json();
            report["provenance"]["command"].take();
            report
        };
        assert_eq!(report(short), report(long), "{short:?}");
    }
}

#[test]
fn what_is_nothing_is_refused_with_what_to_do() {
    for (args, parts) in [
        (&["no-such-file"][..], ["no such command, file or folder", "HOST:PORT"]),
        (&["scan", "a"], ["scan: there is no such command", "`pprof-leaks trend`"]),
        (&["localhost:6060", "testdata/two-leaks"], ["live service and snapshots", "--compare FOLDER"]),
        (&["localhost:1", "--every", "2m"], ["--every", "--for"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("kept").display().to_string();
        pprof_leaks([args, &["--store", &store]].concat()).refusal(&parts);
    }
}

#[test]
fn the_ending_of_the_file_chooses_the_format_and_a_page_is_not_poured_out() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, start) in [
        ("a.md", "## "),
        ("a.html", "<!DOCTYPE html>"),
        ("a.json", "{"),
        ("a.dot", "digraph"),
        ("a.txt", "map-cache"),
    ] {
        let path = folder.path().join(name);
        let run = pprof_leaks([PAIR[0], PAIR[1], "-o", path.to_str().expect("UTF-8")]);
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{name}");
        let text = std::fs::read_to_string(&path).expect("written");
        assert!(text.trim_start().starts_with(start), "{name}: {}", &text[..80]);
    }
    let md = folder.path().join("b.md");
    let run = pprof_leaks([PAIR[0], PAIR[1], "--format", "json", "-o", md.to_str().expect("UTF-8")]);
    assert_eq!(run.status, 0);
    assert!(std::fs::read_to_string(md).expect("written").starts_with('{'), "what is asked for by name wins");
}

#[test]
fn colour_is_as_asked() {
    let coloured = |args: &[&str], variable: (&str, &str)| {
        let mut command = command();
        command.args(PAIR).args(args).env(variable.0, variable.1);
        finish(&mut command).stdout.contains('\u{1b}')
    };
    assert!(coloured(&["--color=always"], ("NO_COLOR", "1")));
    assert!(coloured(&[], ("CLICOLOR_FORCE", "1")));
    assert!(!coloured(&[], ("CLICOLOR_FORCE", "0")));
    assert!(!coloured(&["--color=never"], ("CLICOLOR_FORCE", "1")));
}

#[test]
fn a_gate_may_fail_on_whatever_is_not_clean() {
    let status = |folder: &str| pprof_leaks([folder, "--fail-on", "inconclusive"]).status;
    assert_eq!(status("testdata/two-leaks"), 1);
    assert_eq!(status("testdata/map-cache-fixed"), 1, "49 s show no slow leak");
    let swapped = pprof_leaks([PAIR[1], PAIR[0], "--fail-on", "inconclusive"]);
    assert_eq!(swapped.status, 1, "{}", swapped.stdout);
    assert_eq!(pprof_leaks([PAIR[1], PAIR[0], "--fail-on", "low"]).status, 0);
}

/// A service that answers each profile with the next snapshot of a recording.
fn service(recording_of: &'static str) -> Server {
    service_that(recording_of, |_| {})
}

/// The same; `asked` is called with the number of the round before each answer.
fn service_that(recording_of: &'static str, asked: impl Fn(usize) + Send + Sync + 'static) -> Server {
    let heaps = std::sync::atomic::AtomicUsize::new(1);
    Server::answering(move |path| {
        if !path.starts_with("/debug/pprof/heap?gc=1") {
            return Answer::Whole("404 Not Found", String::new(), b"404".to_vec());
        }
        let round = heaps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        asked(round);
        let file = recording(&format!("{recording_of}/heap-{:02}.pb.gz", round.min(8)));
        Answer::Whole("200 OK", String::new(), std::fs::read(file).expect("recorded"))
    })
}

fn live(folder: &Path, args: &[&str]) -> crate::support::Run {
    let mut command = command();
    command.args(args).args(["--for", "1600ms", "--every", "200ms"]).current_dir(folder);
    finish(&mut command)
}

#[test]
fn a_live_service_is_watched_and_judged_and_its_snapshots_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let leaks = service("map-cache");
    let address = format!("127.0.0.1:{}", leaks.port());
    let run = live(folder.path(), &[&address]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let head = format!("map-cache at {address}, build aac8dd10b0e3, ");
    assert!(run.stdout.starts_with(&head), "{}", run.stdout);
    assert!(
        run.stdout.contains("\nSuspicious: memory allocated in main.(*sessionCache).open"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.lines().count() <= 24, "it fits on a screen: {}", run.stdout);
    assert!(run.stderr.contains("grows: main.(*sessionCache).open"), "{}", run.stderr);
    let details = run
        .stdout
        .lines()
        .find_map(|line| line.trim().strip_prefix("details  pprof-leaks "))
        .expect("a command");
    let again = finish(command().args(details.split(' ')).current_dir(folder.path()));
    assert!(again.stdout.contains("Compared") && again.stdout.starts_with(&head), "{}", again.stdout);
    let fixed = service("map-cache-fixed");
    let before = details.split(' ').next().expect("a folder");
    let run = live(folder.path(), &[&format!("127.0.0.1:{}", fixed.port()), "--compare", before]);
    assert!(run.stdout.contains("Fixed: ") || run.stdout.contains("fixed"), "{} {}", run.stdout, run.stderr);
}

#[test]
fn a_server_without_profiles_is_told_how_to_serve_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(Answer::Whole("404 Not Found", String::new(), b"nothing here".to_vec()));
    let run = live(folder.path(), &[&format!("localhost:{}", server.port())]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("serves no profiles below") && run.stderr.contains("import _ \"net/http/pprof\""),
        "{}",
        run.stderr
    );
    let gone = live(folder.path(), &["localhost:1"]);
    assert_eq!(gone.status, 2);
    assert!(gone.stderr.contains("localhost:1: no connection"), "{}", gone.stderr);
}

#[test]
fn several_services_are_a_line_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let (leaks, fixed) = (service("map-cache"), service("map-cache-fixed"));
    let run = live(
        folder.path(),
        &[
            &format!("127.0.0.1:{}", fixed.port()),
            &format!("127.0.0.1:{}", leaks.port()),
            "--must-detect=1GiB/h",
        ],
    );
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.starts_with("2 processes: 1 suspicious, 1 clean."), "{}", run.stdout);
    let rows: Vec<&str> = run.stdout.lines().filter(|line| line.contains("127.0.0.1:")).collect();
    assert!(rows[0].starts_with("suspicious") && rows[1].starts_with("clean"), "worst first: {}", run.stdout);
}

#[test]
fn progress_off_a_terminal_is_a_line_a_round_and_the_run_has_an_overview() {
    let folder = tempfile::tempdir().expect("a folder");
    let (leaks, fixed) = (service("map-cache"), service("map-cache-fixed"));
    let places = [leaks.port(), fixed.port()].map(|port| format!("127.0.0.1:{port}"));
    let run = live(folder.path(), &[&places[0], &places[1]]);
    let rounds: Vec<&str> = run.stderr.lines().filter(|line| line.contains(" of 9, ")).collect();
    assert_eq!(rounds.len(), 9, "{}", run.stderr);
    assert!(rounds[8].contains("grows: main.(*sessionCache).open"), "{}", rounds[8]);
    let job = run.stderr.lines().find_map(|line| line.strip_prefix("kept in ")).expect("it is named");
    let store = folder.path().join(job);
    let job = store.read_dir().expect("a store").flatten().map(|entry| entry.path()).next().expect("a run");
    let overview = finish(command().arg(&job).current_dir(folder.path()));
    assert_eq!(overview.status, 0, "{}", overview.stderr);
    assert!(overview.stdout.starts_with("2 processes: 1 suspicious"), "{}", overview.stdout);
}

#[test]
fn after_a_round_that_took_long_none_is_made_up_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let moments = Arc::new(Mutex::new(Vec::new()));
    let (log, began) = (Arc::clone(&moments), Instant::now());
    let server = service_that("map-cache-fixed", move |round| {
        log.lock().expect("no thread panics").push(began.elapsed());
        if round == 2 {
            std::thread::sleep(Duration::from_millis(1500));
        }
    });
    let mut command = command();
    let address = format!("127.0.0.1:{}", server.port());
    let run =
        finish(command.args([&address, "--for", "1600ms", "--every", "400ms"]).current_dir(folder.path()));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let moments = moments.lock().expect("no thread panics").clone();
    assert_eq!(moments.len(), 5, "{moments:?}");
    let gaps: Vec<u128> = moments.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
    assert!(gaps[1] >= 1500 && gaps.iter().all(|gap| *gap >= 200), "{gaps:?}");
}

/// A folder with some rounds of a recording.
fn rounds(recording_of: &str, rounds: &[u32]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for round in rounds {
        let name = format!("heap-{round:02}.pb.gz");
        std::fs::copy(recording(&format!("{recording_of}/{name}")), folder.path().join(name))
            .expect("recorded");
    }
    folder
}

#[test]
fn two_folders_are_compared_as_points_or_as_runs() {
    let text = |folder: &tempfile::TempDir| folder.path().display().to_string();
    let run = pprof_leaks(["testdata/map-cache", "testdata/map-cache-fixed"]);
    assert!(run.stdout.contains("Fixed: main.(*sessionCache).open"), "{}{}", run.stdout, run.stderr);
    let points = [rounds("map-cache", &[1]), rounds("map-cache", &[8])];
    let run = pprof_leaks(points.each_ref().map(text));
    assert!(run.stdout.contains("Suspicious: memory allocated in main"), "{}{}", run.stdout, run.stderr);
    // Two kinds in a folder each are one process.
    let goroutines = tempfile::tempdir().expect("a folder");
    for round in 1..=8 {
        let name = format!("goroutine-{round:02}.pb.gz");
        std::fs::copy(recording(&format!("map-cache/{name}")), goroutines.path().join(name))
            .expect("recorded");
    }
    let heaps = rounds("map-cache", &[1, 2, 3, 4, 5, 6, 7, 8]);
    let run = pprof_leaks([&heaps, &goroutines].map(text));
    assert!(run.stdout.contains("Suspicious: memory allocated in main"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn every_command_understands_a_live_service() {
    let server = service("map-cache");
    let address = format!("127.0.0.1:{}", server.port());
    for url in [address.clone(), server.url(""), server.url("/debug/pprof/")] {
        let run = pprof_leaks(["diff", PAIR[0], &url, "--format=json"]);
        assert_eq!(run.status, 3, "goroutines are not served: {}", run.stderr);
        let report = run.json();
        assert_eq!(report["inputs"][1]["source"], server.url("/debug/pprof/heap?gc=1"), "{report:#}");
    }
}
