//! What the answers on a fleet say besides suspects, in all their forms.

use super::{judge, made, pooled, put};
use pprof_leaks::fleet::{FleetOptions, Row, fleet, fleet_markdown, fleet_terminal};
use pprof_leaks::pipeline::Options;
use pprof_leaks::report::TerminalOptions;
use pprof_leaks::store::{Store};
use pprof_leaks::suspects::Confidence;

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
