//! Series as they come from real life: restarted, deployed anew, shuffled, repeated, mixed, with clocks that jump.

use crate::support::{Profile, Run, edited, gzip, plain, pprof_leaks, read, recording};
use pprof_leaks::input::proto;
use prost::Message;
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

const ROUNDS: std::ops::RangeInclusive<usize> = 1..=8;
const SECOND: i64 = 1_000_000_000;

/// The heap of a round, as a path below `testdata/`.
fn heap(program: &str, round: usize) -> String {
    format!("{program}/heap-{round:02}.pb.gz")
}

/// A folder in the making.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A folder with the heaps of a recorded program, each changed.
    fn with_heaps(program: &str, mut change: impl FnMut(usize, &mut proto::Profile)) -> Folder {
        let folder = Folder::new();
        for round in ROUNDS {
            let bytes = edited(&heap(program, round), |profile| change(round, profile));
            folder.add(&format!("heap-{round:02}.pb.gz"), &bytes);
        }
        folder
    }

    fn add(&self, name: &str, bytes: &[u8]) -> &Folder {
        std::fs::write(self.0.path().join(name), bytes).expect("can be written");
        self
    }

    /// Adds the goroutine dumps of a recorded program.
    fn add_dumps(&self, program: &str, prefix: &str) -> &Folder {
        for entry in std::fs::read_dir(recording(program)).expect("a recording") {
            let path = entry.expect("readable").path();
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            if name.starts_with("goroutine-") && name.contains(".txt") {
                self.add(&format!("{prefix}{name}"), &std::fs::read(&path).expect("readable"));
            }
        }
        self
    }

    fn trend(&self, options: &[&str]) -> Run {
        let path = self.0.path().to_str().expect("UTF-8");
        pprof_leaks([&["trend", path], options].concat())
    }

    /// The report of a run that went well.
    fn report(&self) -> Value {
        let run = self.trend(&["--format", "json"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.json()
    }
}

fn report_of(program: &str) -> Value {
    let path = recording(program);
    let run = pprof_leaks(["trend", path.to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.json()
}

/// The message of a warning, if it is given.
fn warning<'a>(report: &'a Value, code: &str) -> Option<&'a str> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().find(|w| w["code"] == code)?["message"].as_str()
}

/// The names of the files and the lives of the snapshots of a kind.
fn lives(report: &Value, kind: &str) -> Vec<(String, Option<u64>)> {
    let inputs = report["inputs"].as_array().expect("a list");
    let name = |input: &Value| {
        input["source"].as_str().expect("a name").rsplit('/').next().expect("not empty").to_owned()
    };
    inputs
        .iter()
        .filter(|input| input["kind"] == kind)
        .map(|input| (name(input), input["incarnation"].as_u64()))
        .collect()
}

/// The snapshots in the growth of the first suspect, which is a heap suspect.
fn points(report: &Value) -> usize {
    report["suspects"][0]["growth"]["heap"]["points"].as_array().expect("a heap suspect").len()
}

fn assert_finds_the_leak(report: &Value) {
    // By the times of most of these it has grown for less than a minute, and memory is high after some.
    assert!(["leak", "suspicious"].contains(&report["verdict"].as_str().expect("a verdict")), "{report:#}");
    assert_eq!(report["suspects"][0]["blame"]["function"], "main.(*sessionCache).open");
}

#[test]
fn a_restart_and_a_deploy_begin_a_new_life_in_which_growth_is_judged() {
    // Of a life of 21 s nobody can say that nothing leaks.
    for (program, boundary, code, why) in [
        ("restart", "a restart before 20", "unexplained-growth", "too little was seen to tell"),
        ("deploy", "a deploy of another build before 20", "too-short", "21 s are too short"),
    ] {
        let report = report_of(program);
        assert_eq!(report["verdict"], "inconclusive", "{program}");
        let said = warning(&report, code).expect("a warning");
        assert!(said.starts_with(why), "{said}");
        let said = warning(&report, "several-lives").expect("a warning");
        assert!(said.contains("2 lives") && said.contains(boundary), "{said}");
        for kind in ["heap", "goroutine"] {
            let lives: Vec<Option<u64>> = lives(&report, kind).into_iter().map(|(_, life)| life).collect();
            assert_eq!(lives, [[Some(1); 4], [Some(2); 4]].concat(), "{program}, {kind}");
        }
        let live = |round: usize| {
            let profile = read(&heap(program, round));
            profile.sample.iter().map(|sample| sample.value[3]).sum::<i64>()
        };
        assert_eq!(report["totals"]["heap"]["first"], live(5), "{program}: judged from the new life on");
        assert_eq!(report["totals"]["heap"]["last"], live(8), "{program}");
        for suspect in report["suspects"].as_array().expect("a list") {
            for kind in ["heap", "goroutines"] {
                if let Some(points) = suspect["growth"][kind]["points"].as_array() {
                    assert_eq!(points.len(), 4, "{program}");
                }
            }
        }
    }
}

#[test]
fn the_order_of_the_inputs_changes_nothing() {
    for program in ["map-cache", "restart", "blocked-goroutine"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(recording(program))
            .expect("a recording")
            .map(|entry| entry.expect("readable").path())
            .filter(|path| path.extension().is_none_or(|extension| extension != "toml"))
            .collect();
        files.sort();
        let run = |files: &[&PathBuf]| {
            let mut args = vec!["trend".to_owned(), "--format".to_owned(), "json".to_owned()];
            args.extend(files.iter().map(|path| path.to_str().expect("UTF-8").to_owned()));
            let run = pprof_leaks(args);
            assert_eq!(run.status, 0, "{}", run.stderr);
            // The command line is shown as it was given.
            let command = |line: &&str| !line.trim_start().starts_with("\"command\":");
            run.stdout.lines().filter(command).collect::<Vec<_>>().join("\n")
        };
        let in_order = run(&files.iter().collect::<Vec<_>>());
        // Steps that share no factor with the number of files visit them all.
        for step in [files.len() - 1, 5, 7].into_iter().filter(|step| !files.len().is_multiple_of(*step)) {
            let shuffled: Vec<&PathBuf> =
                (0..files.len()).map(|i| &files[(3 + i * step) % files.len()]).collect();
            assert!(run(&shuffled) == in_order, "{program}, every {step}th file");
        }
    }
}

#[test]
fn snapshots_given_twice_count_once() {
    let path = recording("map-cache");
    let path = path.to_str().expect("UTF-8");
    let twice = pprof_leaks(["trend", path, path, "--format", "json"]).json();
    let once = report_of("map-cache");
    assert_eq!(twice["suspects"], once["suspects"]);
    assert_eq!(twice["inputs"], once["inputs"]);
    assert!(warning(&twice, "repeated-snapshot").is_some_and(|said| said.contains("given twice")));
    assert_eq!(warning(&once, "repeated-snapshot"), None);
}

#[test]
fn identical_timestamps_are_put_in_order_by_the_counters() {
    let first = read(&heap("map-cache", 1)).time_nanos;
    // Named so that the names give another order.
    let folder = Folder::new();
    for round in ROUNDS {
        let bytes = edited(&heap("map-cache", round), |profile| profile.time_nanos = first);
        folder.add(&format!("heap-{:02}.pb.gz", (round * 5) % 9), &bytes);
    }
    let report = folder.report();
    assert_finds_the_leak(&report);
    assert_eq!(points(&report), 8);
    assert_eq!(report["suspects"][0]["growth"]["heap"]["per_hour"], Value::Null);
    assert!(warning(&report, "no-time").is_some() && warning(&report, "repeated-snapshot").is_none());

    let third = read(&heap("map-cache", 3)).time_nanos;
    let some = Folder::with_heaps("map-cache", |round, profile| {
        if round == 4 {
            profile.time_nanos = third;
        }
    });
    let report = some.report();
    assert_finds_the_leak(&report);
    assert_eq!(points(&report), 8, "two snapshots of one second are not one snapshot");
}

#[test]
fn a_clock_that_is_set_back_is_told_and_the_counters_give_the_order() {
    let set_back = |round: usize, profile: &mut proto::Profile| {
        if round >= 5 {
            profile.time_nanos -= 10 * SECOND;
        }
    };
    let folder = Folder::with_heaps("map-cache", set_back);
    folder.add_dumps("map-cache", "");
    let report = folder.report();
    assert_finds_the_leak(&report);
    let said = warning(&report, "clock-set-back").expect("a warning");
    assert!(said.contains("heap-04.pb.gz") && said.contains("set back"), "{said}");
    assert_eq!(warning(&report, "several-lives"), None);
    assert_eq!(report["suspects"][0]["growth"]["heap"]["per_hour"], Value::Null, "no rates without times");
    for (kind, prefix) in [("heap", "heap"), ("goroutine", "goroutine")] {
        let names: Vec<String> = lives(&report, kind).into_iter().map(|(name, _)| name).collect();
        let in_order = ROUNDS.map(|round| format!("{prefix}-{round:02}"));
        assert!(in_order.zip(&names).all(|(start, name)| name.starts_with(&start)), "{names:?}");
    }
}

#[test]
fn foreign_files_are_passed_over_and_a_corrupt_snapshot_is_told() {
    let folder = Folder::with_heaps("map-cache", |_, _| {});
    folder
        .add("notes.txt", b"taken on Monday")
        .add("core.bin", &[0x7f, b'E', b'L', b'F'])
        .add("run.log", b"started\n");
    let whole = std::fs::read(recording(&heap("map-cache", 5))).expect("readable");
    folder.add("heap-05.pb.gz", &whole[..whole.len() / 2]);
    let run = folder.trend(&["--format", "json"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let warnings = run.warnings();
    assert!(warnings.len() == 1 && warnings[0].contains("heap-05.pb.gz"), "{warnings:?}");
    let report = run.json();
    assert_finds_the_leak(&report);
    assert_eq!(points(&report), 7);
    assert!(warning(&report, "unusable-input").is_some());
}

/// Two instances behind one address, or their folders thrown together: the commonest mistake of all.
#[test]
fn two_processes_mixed_in_one_folder_are_told_and_not_judged() {
    // Two processes of one build: the lives of the restarted one, side by side in time.
    let first = read(&heap("restart", 1)).time_nanos;
    let one_build = Folder::with_heaps("restart", |round, profile| {
        let (turn, process) = ((round - 1) % 4, (round - 1) / 4);
        profile.time_nanos = first + SECOND * (10 * turn as i64 + 3 * process as i64);
    });
    // Two of different builds, with their goroutines.
    let two_builds = Folder::new();
    for (process, program) in ["map-cache", "slice-append"].into_iter().enumerate() {
        for round in ROUNDS {
            let bytes = edited(&heap(program, round), |profile| {
                profile.time_nanos = first + SECOND * (10 * round as i64 + 3 * process as i64);
            });
            two_builds.add(&format!("{program}-heap-{round:02}.pb.gz"), &bytes);
        }
        two_builds.add_dumps(program, &format!("{program}-"));
    }
    for (name, folder) in [("one build", one_build), ("two builds", two_builds)] {
        let report = folder.report();
        assert_eq!(report["verdict"], "inconclusive", "{name}");
        assert_eq!(report["suspects"], Value::Array(Vec::new()), "{name}");
        let said =
            warning(&report, "two-processes").unwrap_or_else(|| panic!("{name}: {}", report["warnings"]));
        assert!(said.contains("back and forth") && said.contains("one instance"), "{said}");
        assert_eq!(warning(&report, "several-lives"), None, "{name}");
        assert!(lives(&report, "heap").iter().all(|(_, life)| life.is_none()), "{name}");
        let text = folder.trend(&["--details"]).stdout;
        assert!(text.contains("Inconclusive: the snapshots go back and forth"), "{text}");
    }
}

/// A process that dies again and again is one process, whose lives are of different length, so that now and then one of
/// them is just as old as an earlier one was.
#[test]
fn a_process_that_restarts_again_and_again_is_not_taken_for_two() {
    let ages = [[1, 3], [2, 9], [4, 8], [1, 5], [2, 7], [1, 9]];
    let folder = Folder::new();
    for (turn, age) in ages.as_flattened().iter().enumerate() {
        let mut profile = Profile::heap();
        profile.at(60 * turn as i64);
        profile.row(&["main.serve", "main.main"], 4096, 100 * age, 30);
        profile.row(&["main.parse", "main.main"], 1024, 70 * age, 20);
        folder.add(&format!("heap-{:02}.pb.gz", turn + 1), &profile.gzipped());
    }
    let report = folder.report();
    assert_eq!(warning(&report, "two-processes"), None);
    let said = warning(&report, "several-lives").expect("a warning");
    assert!(said.contains("6 lives") && said.contains("and 2 more"), "{said}");
    let lives: Vec<Option<u64>> = lives(&report, "heap").into_iter().map(|(_, life)| life).collect();
    assert_eq!(lives, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6].map(Some));
}

#[test]
fn a_single_snapshot_is_no_series() {
    let folder = Folder::new();
    folder.add("heap-01.pb.gz", &std::fs::read(recording(&heap("map-cache", 1))).expect("readable"));
    folder.trend(&[]).refusal(&["at least two snapshots", "heap", "a few minutes apart"]);
    // Several kinds of one moment are still one snapshot of each.
    folder.add(
        "goroutine-01.pb.gz",
        &std::fs::read(recording("map-cache/goroutine-01.pb.gz")).expect("readable"),
    );
    folder.trend(&[]).refusal(&["at least two snapshots", "heap, goroutine"]);
}

#[test]
fn a_delta_profile_among_the_snapshots_is_left_out_and_told() {
    let folder = Folder::with_heaps("map-cache", |round, profile| {
        if round == 4 {
            profile.duration_nanos = 30 * SECOND;
        }
    });
    let report = folder.report();
    assert_finds_the_leak(&report);
    assert_eq!(points(&report), 7);
    let said = warning(&report, "delta-profile").expect("a warning");
    assert!(said.contains("30 s") && said.contains("heap?gc=1"), "{said}");
}

#[test]
fn since_and_last_leave_earlier_snapshots_out() {
    let path = recording("map-cache");
    let path = path.to_str().expect("UTF-8");
    let counts = |options: &[&str]| {
        let run = pprof_leaks([&["trend", path, "--format", "json"], options].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        let report = run.json();
        [lives(&report, "heap").len(), lives(&report, "goroutine").len()]
    };
    // Rounds are seven seconds apart. Dumps do not say their time, and are as old as the heap of their round.
    assert_eq!(counts(&["--last", "1h"]), [8, 8]);
    assert_eq!(counts(&["--last", "1d"]), [8, 8]);
    assert_eq!(counts(&["--last", "24s"]), [4, 4]);
    let report = report_of("map-cache");
    let fifth = report["inputs"][4]["taken_at"].as_str().expect("a time").to_owned();
    assert_eq!(counts(&["--since", &fifth]), [4, 4]);

    pprof_leaks(["trend", path, "--since", "yesterday"]).refusal(&[
        "--since",
        "yesterday",
        "2026-11-23T21:00:00Z",
    ]);
    pprof_leaks(["trend", path, "--last", "a while"]).refusal(&["--last", "a while", "5m"]);
    pprof_leaks(["trend", path, "--last", "1s"]).refusal(&["at least two snapshots"]);
    pprof_leaks(["trend", path, "--since", "2199-01-01T00:00:00Z"]).refusal(&["--since", "earlier time"]);
}

#[test]
fn snapshots_that_repeat_a_collection_are_left_out() {
    let third = read(&heap("map-cache", 3));
    let folder = Folder::with_heaps("map-cache", |round, profile| {
        if round == 4 {
            *profile = proto::Profile { time_nanos: profile.time_nanos, ..third.clone() };
        }
    });
    let report = folder.report();
    assert_finds_the_leak(&report);
    assert_eq!(points(&report), 7);
    assert!(warning(&report, "repeated-snapshot").is_some_and(|said| said.contains("no garbage collection")));
}

/// The helpers above lean on it.
#[test]
fn an_edited_profile_is_a_profile() {
    let bytes = edited(&heap("map-cache", 1), |_| {});
    let again = proto::Profile::decode(plain(&bytes).as_slice()).expect("valid");
    assert_eq!(again, read(&heap("map-cache", 1)));
    assert_eq!(plain(&gzip(b"text")), b"text");
}

/// Eight heaps of a service, a minute apart; `live` gives the sampled objects that a busy place holds in a round.
fn busy_service(live: impl Fn(i64) -> i64) -> Folder {
    let folder = Folder::new();
    for round in 1..=8 {
        let mut profile = Profile::heap();
        profile.at(60 * round);
        profile.row(&["main.handle", "main.main"], 1024, 4000 * round, live(round));
        profile.row(&["main.render", "main.main"], 4096, 9000 * round, 30 + round % 3);
        folder.add(&format!("heap-{round:02}.pb.gz"), &profile.gzipped());
    }
    folder
}

#[test]
fn a_busy_place_that_keeps_a_hundredth_is_suspicious_if_nothing_else_explains_the_growth() {
    let report = busy_service(|round| 40 * round).report();
    assert_eq!(report["verdict"], "suspicious");
    let suspects = report["suspects"].as_array().expect("a list");
    assert_eq!(suspects.len(), 1, "the other place swings");
    assert_eq!(suspects[0]["blame"]["function"], "main.handle");
    assert_eq!(suspects[0]["confidence"], "medium", "never high: it may be garbage");
    // What comes and goes with the collector is none, however busy.
    let report = busy_service(|round| 100 + 60 * (round % 2)).report();
    assert_eq!(report["verdict"], "clean");
    assert_eq!(report["suspects"].as_array().expect("a list").len(), 0);
}

#[test]
fn at_quiet_points_what_is_left_of_each_round_is_a_leak() {
    // Of four thousand born in a round two are kept: a busy place with time, a leak at quiet points.
    let leaks = busy_service(|round| 30 + 2 * round);
    assert_ne!(leaks.report()["verdict"], "leak");
    let run = leaks.trend(&["--rounds"]);
    assert!(run.stdout.contains("\nLeak: memory allocated in main.handle"), "{}", run.stdout);
    assert!(run.stdout.contains("a round)") && !run.stdout.contains("an hour"), "{}", run.stdout);
    let settles = busy_service(|round| 30 + round.min(3)).trend(&["--rounds"]);
    assert!(
        !settles.stdout.contains("\nLeak") && !settles.stdout.contains("\nSuspicious"),
        "{}",
        settles.stdout
    );
}

#[test]
fn growth_in_bursts_of_which_nothing_is_freed_is_called() {
    // Collections are rare in a small heap, and all that came in between shows at once.
    let live = [(5, 0, 0), (10, 0, 0), (15, 0, 0), (20, 0, 0), (30, 2, 8), (35, 2, 9), (40, 5, 11)];
    let folder = Folder::new();
    for (seconds, tables, locks) in live {
        let mut profile = Profile::heap();
        profile.at(seconds);
        profile.row(&["main.render", "main.main"], 4096, 10 * seconds, 3);
        profile.row(&["main.lock", "main.main"], 512, 1, i64::from(tables == 0));
        profile.row(&["main.lock", "main.main"], 27264, tables, tables);
        profile.row(&["main.lock", "main.main"], 96, locks, locks);
        folder.add(&format!("heap-{seconds:02}.pb.gz"), &profile.gzipped());
    }
    let report = folder.report();
    assert_eq!(report["verdict"], "suspicious");
    let suspects = report["suspects"].as_array().expect("a list");
    assert_eq!(suspects[0]["blame"]["function"], "main.lock");
    assert_eq!((suspects.len(), &suspects[0]["confidence"]), (1, &Value::from("medium")));
}
