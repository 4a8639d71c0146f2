//! Every recording in every format: valid, the same every time, and fit for the terminal it is shown on.

use crate::support::{Run, command, finish, pprof_leaks, recording};
use std::path::PathBuf;

/// The folders of all recordings, by name.
fn recordings() -> Vec<PathBuf> {
    let folders = recording("").read_dir().expect("testdata").flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.join("heap-01.pb.gz").is_file()).collect();
    folders.sort();
    assert!(folders.len() > 10, "{}", folders.len());
    folders
}

/// Pairs of files of other producers and of other requests.
fn elsewhere() -> Vec<[PathBuf; 2]> {
    let pairs = std::fs::read_to_string(recording("elsewhere/pairs")).expect("testdata");
    let lines = pairs.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (before, after) = line.split_once(' ').expect("two files a line");
            [before, after].map(|file| recording(&format!("elsewhere/{file}")))
        })
        .collect()
}

fn diff(pair: &[PathBuf; 2], options: &[&str]) -> Run {
    pprof_leaks(
        ["diff".as_ref(), pair[0].as_os_str(), pair[1].as_os_str()]
            .into_iter()
            .chain(options.iter().map(|o| o.as_ref())),
    )
}

/// The first and the last snapshot of each kind and form of a folder, and the folder as a whole.
fn pairs() -> Vec<[PathBuf; 2]> {
    let mut pairs = elsewhere();
    for folder in recordings() {
        for (first, last) in [
            ("heap-01.pb.gz", "heap-08.pb.gz"),
            ("heap-01.txt.gz", "heap-08.txt.gz"),
            ("goroutine-01.pb.gz", "goroutine-08.pb.gz"),
            ("goroutine-01.txt.gz", "goroutine-08.txt.gz"),
        ] {
            let pair = [folder.join(first), folder.join(last)];
            if pair.iter().all(|path| path.is_file()) {
                pairs.push(pair);
            }
        }
        pairs.push([folder.clone(), folder]);
    }
    pairs
}

#[test]
fn the_json_report_of_every_recording_follows_the_schema() {
    for pair in pairs() {
        let run = diff(&pair, &["--format=json", "--full"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{pair:?}");
        let report = run.json();
        assert_eq!(report["schema_version"], 1);
        let suspects = report["suspects"].as_array().expect("a list");
        for (index, suspect) in suspects.iter().enumerate() {
            assert_eq!(suspect["rank"], index + 1, "{pair:?}");
        }
        let sure = |word: &str| suspects.iter().any(|suspect| suspect["confidence"] == word);
        match report["verdict"].as_str().expect("a word") {
            "leak" => assert!(sure("high"), "{pair:?}"),
            "suspicious" => assert!(sure("medium") && !sure("high"), "{pair:?}"),
            _ => assert!(!sure("medium") && !sure("high"), "{pair:?}"),
        }
    }
}

#[test]
fn two_runs_write_the_same_bytes_in_every_format() {
    for pair in pairs().iter().step_by(3) {
        for format in ["terminal", "markdown", "json"] {
            let run = || diff(pair, &["--full", "--format", format]).stdout;
            assert_eq!(run(), run(), "{pair:?} as {format}");
        }
    }
}

/// A line may be wider only if it is one name that cannot be broken, behind a mark, or a command that people copy.
#[test]
fn no_line_is_wider_than_the_terminal() {
    for pair in pairs() {
        for (columns, details) in [(80, false), (80, true), (120, false), (120, true)] {
            let mut command = command();
            command.arg("diff").args(&pair).env("COLUMNS", columns.to_string());
            if details {
                command.arg("--details");
            }
            let run = finish(&mut command);
            let is_command = |line: &str| line.contains("  pprof-leaks ");
            for line in run.stdout.lines().filter(|line| line.chars().count() > columns && !is_command(line))
            {
                let name = line.trim_start_matches([' ', '>', '|', '.', '!', '+', '-']);
                assert!(!name.contains(' '), "wider than {columns}: {line}");
            }
            assert!(run.stdout.lines().all(|line| line == line.trim_end()), "no spaces at the end of lines");
        }
    }
}

#[test]
fn a_width_that_is_none_is_passed_over() {
    let pair = &elsewhere()[0];
    let with = |columns: &str| {
        let mut command = command();
        command.arg("diff").args(pair).env("COLUMNS", columns);
        finish(&mut command).stdout
    };
    let default = diff(pair, &[]).stdout;
    for columns in ["", "wide", "-1", "99999999999999999999"] {
        assert_eq!(with(columns), default, "COLUMNS={columns}");
    }
    for columns in ["0", "1", "65536"] {
        assert!(!with(columns).is_empty(), "COLUMNS={columns}");
    }
}

#[test]
fn what_is_piped_has_no_colour_and_begins_with_the_service_and_the_verdict() {
    for no_colour in ["", "1"] {
        for format in ["terminal", "markdown", "json"] {
            let mut command = command();
            command.arg("diff").args(&elsewhere()[0]).args(["--format", format]).env("NO_COLOR", no_colour);
            let run = finish(&mut command);
            assert!(!run.stdout.contains('\u{1b}'), "{format}");
            let mut lines = run.stdout.lines();
            let first = lines.next().expect("a line");
            match format {
                "terminal" => {
                    assert_eq!(first, "map-cache, 2026-11-23 21:44 to 21:45 UTC");
                    assert!(
                        lines.next().is_some_and(|line| line.starts_with("Suspicious: ")),
                        "{}",
                        run.stdout
                    );
                }
                "markdown" => assert!(first.starts_with("## Suspicious: "), "{first}"),
                _ => assert_eq!(first, "{"),
            }
        }
    }
}

#[test]
fn positions_link_to_source_that_is_there_and_change_nothing_else() {
    use pprof_leaks::{input, pipeline, report};
    let read = |round: &str| {
        let path = format!("testdata/map-cache/heap-{round}.pb.gz");
        let bytes = std::fs::read(&path).expect("recorded");
        vec![input::parse(&bytes, &path, &input::Limits::default()).expect("valid")]
    };
    let options = pipeline::Options::default();
    let compared = pipeline::compare(read("01"), read("08"), &options).expect("heaps");
    let document = report::build_document(&compared);
    let links = report::SourceLinks::new(&[recording("programs")]);
    let plain = report::terminal(&document, &report::TerminalOptions::default());
    let linked = report::TerminalOptions { links: Some(links), ..report::TerminalOptions::default() };
    let linked = report::terminal(&document, &linked);
    assert!(linked.contains("\u{1b}]8;;file:///") && linked.contains("map-cache.go#40\u{1b}\\"), "{linked}");
    let mut bare = String::new();
    for (index, piece) in linked.split("\u{1b}]8;;").enumerate() {
        let text = if index == 0 { piece } else { piece.split_once("\u{1b}\\").expect("a whole link").1 };
        bare.push_str(text);
    }
    assert_eq!(bare, plain);
}

/// Just after a start nearly every store fills as evenly as a leak.
#[test]
fn memory_of_a_minute_is_high_only_where_its_source_shows_that_nothing_frees_it() {
    let alone = pprof_leaks(["trend", "testdata/map-cache"]).stdout;
    assert!(alone.contains("(medium confidence)"), "{alone}");
    let surer = alone.lines().find(|line| line.trim_start().starts_with("surer")).expect("what is lacking");
    assert!(surer.contains("more snapshots (") && surer.ends_with("or --source DIR"), "{surer}");
    let args = ["trend", "testdata/map-cache", "--source", "testdata/programs"];
    let shown = pprof_leaks(args).stdout;
    assert!(shown.contains("\nLeak: ") && shown.contains("(high confidence)"), "{shown}");
    assert!(!shown.contains("surer") && !shown.contains("could make it high"), "{shown}");
    let evidence = pprof_leaks([&args[..], &["--format", "markdown"]].concat()).stdout;
    assert!(evidence.contains("so it is no store that fills"), "{evidence}");
    // Of a queue its source shows a place that takes out as well, and not whether that is enough.
    let queue = pprof_leaks(["trend", "testdata/channel-queue", "--source", "testdata/programs"]).stdout;
    assert!(!queue.contains("\nLeak: "), "{queue}");
}

/// A cache with an expiry time of six minutes, seen for three since its start: straight as a leak, and its source deletes. By rounds of
/// work, whatever their time, it were high.
#[test]
fn memory_that_source_takes_out_again_is_not_high_so_soon() {
    let folder = "testdata/sealed9/festivalcarts";
    let alone = pprof_leaks(["trend", folder, "--rounds", "--no-source"]).stdout;
    assert!(alone.contains("(high confidence)"), "without source it cannot be told: {alone}");
    let source = "testdata/sealed9/programs/festivalcarts";
    let run = pprof_leaks(["trend", folder, "--rounds", "--source", source, "--format", "markdown"]);
    assert!(run.stdout.starts_with("## Suspicious: memory allocated in main.newBasket"), "{}", run.stdout);
    assert!(run.stdout.contains("something that takes out of what keeps it"), "{}", run.stdout);
    assert!(!run.stdout.contains("could make it high"), "{}", run.stdout);
    // What is medium by itself is promised nothing either, where its source takes out.
    let args = ["trend", "testdata/sealed9/customsrun", "--source", "testdata/sealed9/programs/customsrun"];
    let shown = pprof_leaks(args).stdout;
    assert!(shown.contains("(medium confidence)") && !shown.contains("surer"), "{shown}");
}

/// Who follows a parcel gets a subscription, of which a goroutine of nats.go serves each, and which stays when the browser goes.
#[test]
fn goroutines_of_a_library_belong_to_the_one_function_that_calls_it() {
    let report =
        pprof_leaks(["trend", "testdata/sealed11/lockerwatch", "--no-source", "--format=json"]).json();
    let suspects = report["suspects"].as_array().expect("a list");
    let sure = suspects.iter().filter(|suspect| suspect["confidence"] != "low").collect::<Vec<_>>();
    let [one] = sure.as_slice() else { panic!("one leak, one suspect: {sure:#?}") };
    assert_eq!(one["blame"]["function"], "parcels.example/lockerwatch/internal/board.(*Board).Follow");
    assert_eq!(one["cause"]["id"], "listener-not-removed");
    // The goroutines are surer than their memory, and so is the suspect.
    assert_eq!((one["confidence"].as_str(), &one["joined"][0]["kind"]), (Some("high"), &"goroutine".into()));
    assert!(one["probability"].as_f64() > Some(0.85), "{}", one["probability"]);
    let headline = report["headline"].as_str().expect("a sentence");
    assert!(headline.ends_with("of all heap growth, and goroutines by 1,409."), "{headline}");
}

/// Each dish that hangs has five goroutines: four walks, which wait for a place in their group, and who waits for them.
#[test]
fn goroutines_that_were_started_together_are_one_suspect() {
    let run = pprof_leaks(["trend", "testdata/sealed12/allergencheck", "--no-source"]);
    assert!(run.stdout.contains("  check.(*Checker).walk  (high confidence)"), "{}", run.stdout);
    assert!(run.stdout.contains("  with   +210 in check.(*Checker).Dish"), "{}", run.stdout);
    assert!(!run.stdout.contains("  also   check.(*Checker)"), "{}", run.stdout);
}

/// A cache of ccache by bytes, filling: what its `Fetch` calls own code for goes into it.
#[test]
fn what_fills_a_bounded_cache_by_its_own_fetch_is_no_alarm() {
    let snapshots = (1..=8).map(|at| format!("testdata/sealed11/trailcase/heap-{at:02}.pb.gz"));
    let run = pprof_leaks(["trend".to_owned(), "--no-source".to_owned()].into_iter().chain(snapshots));
    assert!(run.stdout.contains("(low confidence)") && run.stdout.contains("survey"), "{}", run.stdout);
    assert!(!run.stdout.contains("Leak: ") && !run.stdout.contains("Suspicious: "), "{}", run.stdout);
}
