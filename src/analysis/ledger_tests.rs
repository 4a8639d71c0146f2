//! The ledger, over recorded snapshots and over figures made up for what none of them shows.

use super::*;
use crate::analysis::{Follower, Options, Taken, pair};
use crate::input::{Limits, parse};
use crate::profile::NoticeCode;
use crate::profile::RawProfile;

fn read(path: &str) -> RawProfile {
    let bytes = std::fs::read(format!("{}/testdata/{path}", env!("CARGO_MANIFEST_DIR"))).expect("recorded");
    parse(&bytes, path, &Limits::default()).expect("valid")
}

fn compare(before: Vec<RawProfile>, after: Vec<RawProfile>) -> Taken {
    pair(before, after, &Options::default()).expect("heap on both sides")
}

fn follow(profiles: Vec<RawProfile>) -> Taken {
    let options = Options::default();
    let found = profiles.iter().map(Heading::of).collect();
    let mut follower = Follower::new(found, &options).expect("a series");
    for index in follower.order() {
        follower.add(index, profiles[index].clone());
    }
    follower.finish()
}

/// The first and last round of a recording, in both forms of the heap.
fn rounds(program: &str, forms: &[&str]) -> Taken {
    let side = |round| forms.iter().map(|form| read(&format!("{program}/heap-{round}.{form}.gz"))).collect();
    compare(side("01"), side("08"))
}

fn of(ledger: &Ledger, part: Part) -> (i64, i64) {
    let (_, change) = ledger.parts.iter().find(|(p, _)| *p == part).expect("known");
    (change.first, change.last)
}

/// A profile without samples that has these figures, in MiB: live heap, idle, stacks, RSS.
fn made_up(seconds: i64, [heap, idle, stacks, rss]: [i64; 4]) -> RawProfile {
    let [heap_mib, idle_mib, stack_mib, rss_mib] = [heap, idle, stacks, rss].map(|mib| mib << 20);
    let sys = heap_mib + idle_mib + stack_mib + (5 << 20);
    let text = format!(
        "heap profile: 0: 0 [0: 0] @ heap/0\n\n# runtime.MemStats\n# TotalAlloc = {seconds}000\n# Mallocs = {seconds}\n\
         # Sys = {sys}\n# HeapAlloc = {heap_mib}\n# HeapIdle = {idle_mib}\n# HeapInuse = {heap_mib}\n\
         # HeapReleased = 0\n# Stack = {stack_mib} / {stack_mib}\n# LastGC = {seconds}000000000\n\
         # NumGC = {seconds}\n# MaxRSS = {rss_mib}\n"
    );
    parse(text.as_bytes(), &format!("heap-{seconds}"), &Limits::default()).expect("valid")
}

fn finding(first: [i64; 4], last: [i64; 4]) -> Finding {
    let [first, last] = [made_up(10, first), made_up(70, last)];
    of_pair(&records(&[Heading::of(&first)]), &records(&[Heading::of(&last)])).expect("both tell").finding()
}

#[test]
fn a_real_leak_of_goroutines_adds_up() {
    // The binary form is compared, and the text beside it still tells.
    let analysis = rounds("blocked-goroutine", &["pb", "txt"]);
    let ledger = analysis.ledger.expect("both rounds have a text");
    assert_eq!(ledger.first.source, "blocked-goroutine/heap-01.txt.gz");
    assert_eq!(of(&ledger, Part::LiveHeap), (8_174_200, 58_631_760));
    assert_eq!(of(&ledger, Part::Garbage), (0, 0));
    assert_eq!(of(&ledger, Part::SpanRoom), (1_148_296, 1_399_216));
    assert_eq!(of(&ledger, Part::Idle), (2_752_512, 16_769_024));
    assert_eq!(of(&ledger, Part::Stacks), (557_056, 3_047_424));
    assert_eq!(of(&ledger, Part::Runtime), (4_823_304, 5_417_240));
    assert_eq!(of(&ledger, Part::Outside), (0, 0));
    let sum: i64 = ledger.parts.iter().map(|(_, change)| change.delta()).sum();
    assert_eq!((sum, ledger.held), (67_809_296, Change { first: 17_455_368, last: 85_264_664 }));
    assert_eq!(ledger.peak_rss, Some(Change { first: 17_072_128, last: 65_609_728 }));
    assert!(matches!(ledger.finding(), Finding::LiveHeap { share } if (0.74..0.75).contains(&share)));

    let collector = ledger.collector.expect("counted");
    assert_eq!((collector.collections, collector.forced), (11, Some(7)));
    assert!((collector.minutes.expect("timed") - 49.004 / 60.0).abs() < 1e-4);
    assert_eq!((collector.pauses.len(), collector.pauses[10]), (11, 1_030_591));
}

#[test]
fn garbage_is_told_where_sampling_is_fine_enough_to_see_it() {
    // This one samples each 512 bytes, and 1.3 MiB of its heap is what wrote the binary snapshot before the text.
    let ledger = rounds("defer-loop", &["txt"]).ledger.expect("tells");
    let (first, last) = of(&ledger, Part::Garbage);
    assert!(
        (1_300_000..1_500_000).contains(&first) && (1_300_000..1_600_000).contains(&last),
        "{first} {last}"
    );
    assert_eq!(ledger.finding(), Finding::Little);
}

#[test]
fn older_go_tells_as_much() {
    let side = |round| vec![read(&format!("elsewhere/go1.22/map-cache-heap-{round}.txt.gz"))];
    let analysis = compare(side("01"), side("08"));
    let ledger = analysis.ledger.expect("tells");
    assert!(matches!(ledger.finding(), Finding::LiveHeap { .. } | Finding::Follows { .. }), "{ledger:?}");
}

#[test]
fn without_the_figures_there_is_no_ledger() {
    assert_eq!(rounds("blocked-goroutine", &["pb"]).ledger, None);
    let text = "heap profile: 1: 48 [3: 144] @ heap/2\n1: 48 [3: 144] @ 0x10\n";
    let bare = || parse(text.as_bytes(), "bare", &Limits::default()).expect("valid");
    assert!(records(&[Heading::of(&bare())]).is_empty());
    // Nor where the end of the file is lost, and with it what the sum needs.
    let mut cut = made_up(10, [1, 1, 1, 1]);
    cut.mem_stats.as_mut().expect("has some").stack_sys = None;
    assert_eq!(
        of_pair(&records(&[Heading::of(&cut)]), &records(&[Heading::of(&made_up(20, [1, 1, 1, 1]))])),
        None
    );
    // Nor from one snapshot.
    let one = || records(&[Heading::of(&made_up(10, [1, 1, 1, 1]))]);
    assert_eq!((of_pair(&one(), &one()), of_series(one(), &[])), (None, None));
}

#[test]
fn what_the_heap_profile_does_not_show_is_named() {
    let small = [20, 10, 2, 30];
    assert_eq!(finding(small, [22, 11, 2, 31]), Finding::Little);
    let part = |last| match finding(small, last) {
        Finding::Elsewhere { part, .. } => Some(part),
        _ => None,
    };
    assert_eq!(part([30, 12, 62, 90]), Some(Part::Stacks));
    assert_eq!(part([22, 110, 2, 130]), Some(Part::Idle));
    assert_eq!(part([22, 10, 2, 300]), Some(Part::Outside));
    assert!(matches!(finding(small, [80, 80, 2, 130]), Finding::Follows { part: Part::Idle, .. }));
    assert!(matches!(finding(small, [80, 20, 20, 130]), Finding::LiveHeap { .. }));
}

#[test]
fn a_series_is_told_over_its_judged_life() {
    let lives = |judged: usize| -> Vec<Life> {
        let life = |index: usize, from: i64, until: i64| Life {
            from: Some(from * 1_000_000_000),
            until: Some(until * 1_000_000_000),
            began: (index > 0).then_some(NoticeCode::Restart),
            heap: None,
            judged: index == judged,
        };
        vec![life(0, 100, 400), life(1, 1000, 1300)]
    };
    let all = || {
        // Of the second life the first snapshot is from a collection before any other kind was taken.
        records(
            &[1290, 350, 990, 120].map(|seconds| Heading::of(&made_up(seconds, [seconds, 1, 1, seconds]))),
        )
    };
    let ends = |judged| {
        let ledger = of_series(all(), &lives(judged)).expect("two each");
        (ledger.first.source, ledger.last.source)
    };
    assert_eq!(ends(0), ("heap-120".to_owned(), "heap-350".to_owned()));
    assert_eq!(ends(1), ("heap-990".to_owned(), "heap-1290".to_owned()));

    // Counters that fall end a life, whatever the clock says.
    let mut restarted = all();
    restarted.sort_by_key(|record| record.moment.time);
    restarted[1].stats.num_gc = Some(5);
    let ledger = of_series(restarted, &[]).expect("three in a row");
    assert_eq!(ledger.first.source, "heap-350");
}

#[test]
fn a_recorded_restart_is_told_from_the_second_life_alone() {
    let names = ["01", "02", "03", "04", "05", "06", "07", "08"];
    let texts = ["01", "04", "05", "08"];
    let profiles = names.map(|n| read(&format!("restart/heap-{n}.pb.gz"))).into_iter();
    let texts = texts.map(|n| read(&format!("restart/heap-{n}.txt.gz")));
    let analysis = follow(profiles.chain(texts).collect());
    let ledger = analysis.ledger.expect("tells");
    assert_eq!(ledger.first.source, "restart/heap-05.txt.gz");
    assert_eq!(ledger.last.source, "restart/heap-08.txt.gz");
}
