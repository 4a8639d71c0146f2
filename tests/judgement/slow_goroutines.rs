//! Goroutines that accumulate slowly, or are few.

use crate::support::{Profile, pprof_leaks};
use serde_json::Value;

/// Goroutine texts with so many waiting at one line, so many hours apart.
fn accumulating<const N: usize>(counts: [u64; N], hours: i64) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (round, count) in counts.into_iter().enumerate() {
        let text = format!(
            "goroutine profile: total {total}\n\
             {count} @ 0x43e4ee 0x40a1bc 0x6f2a45\n\
             #\t0x40a1bb\truntime.chanrecv1+0x1b\t/go/src/runtime/chan.go:509\n\
             #\t0x6f2a44\texample.com/app.(*server).watch+0x44\t/app/server.go:77\n\n\
             1 @ 0x43e4ee 0x6f2b45\n\
             #\t0x6f2b44\tmain.main+0x44\t/app/main.go:9\n\n",
            total = count + 1
        );
        let time = jiff::Timestamp::from_second(1_790_000_000 + round as i64 * hours * 3600).expect("a time");
        let name = format!("{}-000Z-goroutine.txt", time.strftime("%Y%m%dT%H%M%S"));
        std::fs::write(folder.path().join(name), text).expect("can be written");
    }
    let run = pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.json()
}

/// Dumps with so many goroutines at one line, a minute apart: a hundred that stay, and in each minute `started` more, of which
/// `kept` stay and the others are gone in the next dump.
fn dumps(rounds: u64, started: u64, kept: u64) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for round in 0..rounds {
        let of_round = |r: u64| {
            let stay = if r == round { started } else { kept };
            (0..stay).map(move |n| 1000 + 100 * r + n)
        };
        let ids = (10..110).chain((0..=round).flat_map(of_round));
        let text: String = ids
            .map(|id| {
                format!(
                    "goroutine {id} [select]:\nexample.com/app.(*server).watch(0xc0001)\n\t/app/server.go:77 +0x44\n\
                     created by example.com/app.(*server).run\n\t/app/server.go:33 +0x1c\n\n"
                )
            })
            .collect();
        let time = jiff::Timestamp::from_second(1_790_000_000 + 60 * round as i64).expect("a time");
        let name = format!("{}-000Z-goroutine.txt", time.strftime("%Y%m%dT%H%M%S"));
        std::fs::write(folder.path().join(name), text).expect("can be written");
    }
    let run = pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.json()
}

/// Of counts alone, or of deaths whoever died, the ones that end hide the ones that do not.
#[test]
fn goroutines_that_never_end_show_beside_many_that_do() {
    let leak = dumps(10, 24, 4);
    assert_eq!(leak["verdict"], "suspicious", "{leak:#}");
    let traffic = dumps(10, 24, 0);
    assert_eq!(traffic["suspects"].as_array().map(Vec::len), Some(0), "{traffic:#}");
}

/// Counts alone cannot tell who of a wave has gone; what none of its troughs is without has not.
#[test]
fn what_stays_below_waves_shows_at_their_troughs() {
    const WAVE: [u64; 6] = [0, 90, 240, 330, 240, 90];
    let counts = |stay: u64| std::array::from_fn::<u64, 24, _>(|at| 100 + stay * at as u64 + WAVE[at % 6]);
    let leak = accumulating(counts(40), 1);
    assert_eq!(leak["verdict"], "suspicious", "{leak:#}");
    let waves = accumulating(counts(0), 1);
    assert!(["clean", "inconclusive"].contains(&waves["verdict"].as_str().expect("a word")), "{waves:#}");
}

/// The message of a warning, if it is given.
fn warning<'a>(report: &'a Value, code: &str) -> Option<&'a str> {
    let warnings = report["warnings"].as_array().expect("a list");
    warnings.iter().find(|w| w["code"] == code)?["message"].as_str()
}

/// Two thousand goroutines a day hold more than their stacks: 16,000 of them after eight days are no clean process.
#[test]
fn a_few_hundred_goroutines_more_a_day_are_not_clean() {
    let fast = accumulating([6, 2006, 4003, 6008, 8001, 10_006, 12_004, 14_007], 24);
    assert!(["leak", "suspicious"].contains(&fast["verdict"].as_str().expect("a word")), "{fast:#}");
    let slow = accumulating([6, 106, 203, 308, 401, 506, 604, 707], 24);
    assert_eq!(slow["verdict"], "inconclusive", "{slow:#}");
    assert!(
        warning(&slow, "below-min-growth").is_some_and(|message| message.contains("goroutines accumulate"))
    );
    let none = accumulating([6, 5, 7, 6, 6, 5, 7, 6], 24);
    assert_eq!(none["verdict"], "clean", "{none:#}");
}

/// Some ten workers that a service starts once look like ten that leak, of two snapshots.
#[test]
fn two_snapshots_of_a_few_goroutines_more_are_no_alarm() {
    let verdict = |after| accumulating([3, after], 1)["verdict"].clone();
    assert_eq!(verdict(43), "inconclusive");
    assert_eq!(verdict(143), "suspicious");
}

/// A goroutine profile for each round, of so many stacks with one goroutine each, a day apart; without stacks, if they are left out.
fn scattered(counts: &[u64], has_stacks: bool) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (round, count) in counts.iter().enumerate() {
        let mut profile = Profile::goroutines();
        profile.at(86_400 * round as i64);
        for place in 0..*count {
            let function = format!("example.com/app.run{place}");
            let stack = [function.as_str(), "main.main"];
            profile.sample(if has_stacks { &stack } else { &[] }, &[1]);
        }
        let file = folder.path().join(format!("goroutine-{round}.pb.gz"));
        std::fs::write(file, profile.gzipped()).expect("can be written");
    }
    let run = pprof_leaks(["trend", folder.path().to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.json()
}

/// Proven growth is never clean, wherever it stands: none of two thousand new places has more than one goroutine, and of stacks that are
/// missing nothing says where it is.
#[test]
fn goroutines_that_grow_at_many_places_are_not_clean() {
    for (counts, has_stacks) in
        [(&[1001, 3001][..], true), (&[501, 1001, 1501, 2001], true), (&[6, 2006, 4006, 6006], false)]
    {
        let report = scattered(counts, has_stacks);
        assert_eq!(report["verdict"], "inconclusive", "{}", report["headline"]);
        let said = warning(&report, "unexplained-growth").expect("why");
        let (first, last) = (counts[0], counts[counts.len() - 1]);
        assert!(said.contains(&format!("grew from {first} to {last}")), "{said}");
        assert_eq!(said.contains("without a stack in the profile"), !has_stacks, "{said}");
    }
    for level in [&[1001, 1040][..], &[501, 520, 490, 510], &[6, 9, 5, 8]] {
        assert_eq!(scattered(level, true)["verdict"], "clean");
    }
}

/// The heap of the tenth round repeats the ninth, and the process restarted after it: the goroutines of that round are those of the
/// life that ended. Counted with the next one, the 260 that leak in it were hidden behind the 290 that ended.
#[test]
fn goroutines_of_a_round_whose_heap_repeats_another_stay_in_their_life() {
    let folder = crate::support::recording("sealed/notifyd/recording");
    let run = pprof_leaks(["trend", folder.to_str().expect("UTF-8"), "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let report = run.json();
    let suspects = report["suspects"].as_array().expect("a list");
    let found = |s: &Value| s["blame"]["function"] == "notifyd/bus.(*Sub).pump" && s["confidence"] != "low";
    assert!(suspects.iter().any(found), "{suspects:?}");
}
