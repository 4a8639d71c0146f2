//! What the answers on a fleet say besides suspects, in all their forms.

use super::{judge, made, pooled, put};
use pprof_leaks::clusters::Subject;
use pprof_leaks::fleet::{AgeView, FleetOptions, Row, fleet, fleet_html, fleet_markdown, fleet_terminal};
use pprof_leaks::input::{Limits, parse};
use pprof_leaks::pipeline::Options;
use pprof_leaks::profile::Kind;
use pprof_leaks::report::TerminalOptions;
use pprof_leaks::store::{Instance, Store};
use pprof_leaks::suspects::Confidence;

#[test]
fn no_name_is_more_than_a_name_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    put(&store, "<script>alert(1)</script>", "<b>\"&:6060", "testdata/map-cache");
    put(&store, "<script>alert(1)</script>", "b:6060", "testdata/map-cache");
    let mut report = judge(folder.path());
    let suspect = &mut report.jobs[0].suspects[0];
    suspect.function = "main.<img src=x>\u{202e}".into();
    suspect.file = "/src/<i>.go".into();
    let cause = suspect.cause.as_mut().expect("named");
    cause.advice = "use `</code><u>` \u{1b}[31m".into();
    report.jobs[0].notes.push("</details><a href=x>".into());
    let page = fleet_html(&report, 10).unwrap();
    let (_, body) = page.split_once("<body>").expect("a body");
    for never in ["<script>alert", "<b>", "<img", "<i>", "<u>", "<a href=x", "\u{202e}", "\u{1b}"] {
        assert!(!body.contains(never), "{never:?}");
    }
    assert!(body.contains("main.&#60;img src=x&#62;") || body.contains("main.&lt;img src=x&gt;"), "{body}");
}

#[test]
fn what_processes_hold_at_an_age_needs_no_heap_profile() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for instance in ["a:6060", "b:6060", "c:6060"] {
        let who = put(&store, "mail", instance, "testdata/blocked-goroutine");
        std::fs::remove_dir_all(store.folder(&who).join(Kind::Heap.name())).unwrap();
    }
    put(&store, "shop", "a:6060", "testdata/map-cache");
    let report = judge(folder.path());
    let job = |name: &str| report.jobs.iter().find(|job| job.job == name).expect("judged");
    let (mail, shop) = (job("mail"), job("shop"));
    assert!(mail.suspects.iter().any(|suspect| suspect.kind == Subject::Goroutine), "{:?}", mail.suspects);
    let (first, last) = (mail.by_age[0], mail.by_age[mail.by_age.len() - 1]);
    assert!(mail.by_age.iter().all(|age| age.heap.is_none()), "{:?}", mail.by_age);
    let of = |age: AgeView| age.goroutines.expect("counted");
    assert_eq!((first.minutes, of(first).lives), (0, 3));
    assert!(of(first).median < of(last).median && of(last).median <= of(last).p90, "it leaks: {last:?}");
    // What the first snapshot has in all.
    let heap = shop.by_age[0].heap.expect("a heap");
    let entry = &store.snapshots(&Instance::new("shop", "a:6060").unwrap()).unwrap()[0];
    let profile = parse(&std::fs::read(&entry.path).unwrap(), "heap", &Limits::default()).unwrap();
    let column = profile.heap_columns().and_then(|columns| columns.inuse_space).expect("live bytes");
    assert_eq!(i128::from(heap.median), profile.samples.totals()[column]);

    let terminal =
        |details| fleet_terminal(&report, &TerminalOptions { details, ..TerminalOptions::default() });
    assert!(terminal(true).contains("GOROUTINES, MEDIAN"), "{}", terminal(true));
    assert!(!terminal(false).contains("MEDIAN"), "{}", terminal(false));
    let of_mail = terminal(false).split("mail: ").nth(1).expect("a section").to_owned();
    assert!(!of_mail.split("shop: ").next().unwrap().contains("live heap"), "{of_mail}");
    let markdown = fleet_markdown(&report, 10);
    let row = format!("| 0 min | 3 | - | - | {} | {} |", of(first).median, of(first).p90);
    assert!(markdown.contains(&row), "{row} in {markdown}");
}

#[test]
fn a_restart_is_suggested_in_half_the_time_to_the_memory_limit() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for instance in ["a:6060", "b:6060"] {
        put(&store, "shop", instance, "testdata/map-cache");
    }
    put(&store, "blog", "a:6060", "testdata/map-cache-fixed");
    let judge = |memory_limit: Option<f64>| {
        let options = FleetOptions {
            analysis: Options { memory_limit, ..Options::default() },
            anew: true,
            ..FleetOptions::default()
        };
        fleet(&[folder.path().to_owned()], &options, &mut |_, _| {}).expect("a fleet").0
    };
    let report = judge(Some(512.0 * 1024.0 * 1024.0));
    let [shop, blog] = report.jobs.as_slice() else { panic!("two jobs") };
    let restart = shop.restart.as_ref().expect("it leaks, and its limit is known");
    // From the last snapshot to the limit, and all that was seen of the life before.
    let to_limit = shop.suspects[0].hours_to_limit.expect("the limit is known");
    let whole = to_limit + shop.hours.expect("times are known");
    assert!((restart.after_hours / whole - 1.0).abs() < 0.05, "{restart:?} {whole}");
    let part = restart.every_hours / restart.after_hours;
    assert!((0.2..=0.5).contains(&part), "{restart:?}");
    assert!(shop.suspects[0].confidence >= Confidence::Medium && blog.restart.is_none());
    for text in [
        fleet_terminal(&report, &TerminalOptions { width: 1000, ..TerminalOptions::default() }),
        fleet_markdown(&report, 10),
    ] {
        assert!(text.contains("ntil it is fixed, restart each instance every"), "{text}");
        assert!(text.contains("may fill its memory limit of 512.0 MiB after"), "{text}");
    }
    assert!(judge(None).jobs.iter().all(|job| job.restart.is_none()), "no limit is known");
}

#[test]
fn what_only_all_together_show_has_a_restart_too() {
    let mut dice = fastrand::Rng::with_seed(11);
    let memory = |live: f64| {
        let facts = format!(
            r#"{{"verdict":"clean","headline":"","memory":{{"limit":1e9,"live":{live:?},"seen_hours":24.0}}}}"#
        );
        move |mut rows: Vec<Row>| {
            rows[0].facts = Some(facts.clone());
            rows
        }
    };
    let ill = |dice: &mut fastrand::Rng, i| made(dice, i, "old", &[(7, 4.0 / 24.0)]);
    let report = pooled((0..150).map(|i| memory(5e8 + i as f64 * 1e6)(ill(&mut dice, i))));
    let (job, each) = (&report.jobs[0], report.jobs[0].suspects[0].per_hour_each);
    let restart = job.restart.as_ref().expect("a leak and limits");
    assert_eq!(restart.instance, "pod-0149", "it is nearest to its limit");
    assert!((restart.after_hours - 24.0 - (5e8 - 149e6) / each).abs() < 1.0, "{restart:?}");
    assert_eq!(restart.every_hours % 168.0, 0.0, "whole weeks");
    // What holds more than its limit without any leak is not helped by a restart.
    let report = pooled((0..150).map(|i| memory(5e9)(ill(&mut dice, i))));
    assert_eq!(report.jobs[0].restart, None);
}
