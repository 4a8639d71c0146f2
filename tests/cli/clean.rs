//! When a process is called clean: where a leak that matters would have been seen, and what a gate makes of that.

use crate::support::{Profile, pprof_leaks};
use tempfile::TempDir;

/// So many snapshots of a service that is busy at one place and keeps what `kept` says, in sampled objects of 512 KiB, at another.
fn service(snapshots: i64, seconds_apart: i64, kept: impl Fn(i64) -> i64) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..snapshots {
        let mut profile = Profile::heap();
        profile.at(seconds_apart * round);
        profile.row(&["main.keep", "main.main"], 4096, 20 + kept(round), 20 + kept(round));
        profile.row(&["main.render", "main.main"], 4096, 10 * (round + 1), 5 + round % 3);
        std::fs::write(folder.path().join(format!("heap-{round:02}.pb.gz")), profile.gzipped())
            .expect("can be written");
    }
    folder
}

/// The verdict and its sentence.
fn judged(folder: &TempDir, options: &[&str]) -> (String, String, i32) {
    let path = folder.path().to_str().expect("UTF-8");
    let run = pprof_leaks([&["trend", path, "--format=json"], options].concat());
    let report = run.json();
    let text = |field: &str| report[field].as_str().expect("text").to_owned();
    (text("verdict"), text("headline"), run.status)
}

#[test]
fn half_a_minute_is_never_clean_and_says_how_long_to_look() {
    let (verdict, headline, status) = judged(&service(7, 5, |_| 0), &[]);
    assert_eq!((verdict.as_str(), status), ("inconclusive", 0), "{headline}");
    assert!(headline.contains("30 s are too short") && headline.contains("look for 59 s"), "{headline}");
}

#[test]
fn two_minutes_are_clean_down_to_a_rate_that_the_first_sentence_names() {
    let (verdict, headline, _) = judged(&service(13, 10, |_| 0), &[]);
    assert_eq!(verdict, "clean", "{headline}");
    assert!(
        headline.starts_with("Clean so far: no leak of 248.5 MiB an hour or more (8.3 MiB in 2 min)"),
        "{headline}"
    );
    assert!(headline.ends_with("A slower one takes longer to show."), "{headline}");
}

/// A third of what is allocated at one place stays, and a dozen sampled objects of it are all that was seen.
#[test]
fn a_heap_that_rose_is_not_clean_where_a_leak_as_large_as_all_of_it_could_hide() {
    let report = pprof_leaks(["trend", "testdata/sealed8/ferrybook", "--format=json"]).json();
    let headline = report["headline"].as_str().expect("text");
    assert_eq!(report["verdict"], "inconclusive", "{headline}");
    assert!(headline.contains("deck.(*Deck).place, where more comes and goes"), "{headline}");
    // So much comes and goes there as well, and the heap fell.
    assert_eq!(
        pprof_leaks(["trend", "testdata/sealed8/filmsettle", "--format=json"]).json()["verdict"],
        "clean"
    );
}

/// 60 MiB an hour: two sampled objects a minute, all of which stay.
#[test]
fn a_slow_leak_in_two_minutes_is_neither_clean_nor_called_churn() {
    let folder = service(13, 10, |round| round / 3);
    let (verdict, headline, _) = judged(&folder, &[]);
    assert_eq!(verdict, "inconclusive", "{headline}");
    assert!(headline.contains("main.keep"), "{headline}");
    let short = pprof_leaks([folder.path().to_str().expect("UTF-8")]);
    assert!(!short.stdout.contains("most of what comes there goes again"), "{}", short.stdout);
}

#[test]
fn a_gate_that_must_detect_a_leak_says_leak_none_or_that_it_could_not_tell() {
    let gate = ["--must-detect", "16MiB/day"];
    let day = |kept: fn(i64) -> i64| service(25, 3600, kept);
    let (verdict, headline, status) = judged(&day(|_| 0), &gate);
    assert_eq!((verdict.as_str(), status), ("clean", 0), "{headline}");
    assert!(headline.starts_with("Clean: no leak of "), "a day is long: {headline}");
    let (verdict, headline, status) = judged(&day(|round| 4 * round), &gate);
    assert_eq!((verdict.as_str(), status), ("leak", 1), "{headline}");
    let (verdict, headline, status) = judged(&service(13, 10, |_| 0), &gate);
    assert_eq!((verdict.as_str(), status), ("inconclusive", 4), "{headline}");
    assert!(headline.contains("to see one of 682.7 KiB an hour"), "{headline}");
    pprof_leaks(["testdata/map-cache", "--must-detect", "12MiB"]).refusal(&["12MiB/day"]);
}

/// A store that fills for two minutes and is full for ten.
#[test]
fn what_grew_and_stopped_is_named_beside_clean_without_advice() {
    let folder = service(25, 30, |round| (8 * round).min(40));
    let (verdict, headline, _) = judged(&folder, &[]);
    assert_eq!(verdict, "clean", "{headline}");
    let short = pprof_leaks([folder.path().to_str().expect("UTF-8")]).stdout;
    assert!(short.contains("main.keep app.go:7: +20.1 MiB, it grew and stopped"), "{short}");
    assert!(!short.contains("  fix ") && !short.contains("  cause "), "{short}");
}
