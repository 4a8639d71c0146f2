//! The totals of every sample type agree exactly with those of `go tool pprof`, on every recorded pair and on
//! profiles of other producers. `testdata/expected-totals.toml` says with which command its figures were made.

use crate::corpus_support::{read, testdata};
use pprof_leaks::profile::RawProfile;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Expected {
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    first: String,
    last: String,
    #[serde(flatten)]
    sample_types: BTreeMap<String, Totals>,
}

#[derive(Deserialize)]
struct Totals {
    first: i64,
    last: i64,
    diff: i64,
}

#[test]
fn totals_agree_with_go_tool_pprof_to_the_last_digit() {
    let text = std::fs::read_to_string(testdata().join("expected-totals.toml")).expect("is checked in");
    let expected: Expected = toml::from_str(&text).expect("is valid");
    let mut compared = 0;
    for pair in &expected.pairs {
        let first = read(&testdata().join(&pair.first));
        let last = read(&testdata().join(&pair.last));
        for (name, totals) in &pair.sample_types {
            let (a, b) = (total(&first, name), total(&last, name));
            assert_eq!(
                (a, b, b - a),
                (totals.first, totals.last, totals.diff),
                "{name} of {} and {}",
                pair.first,
                pair.last
            );
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} totals were compared");
}

/// A heap text of which nothing was freed yet has the columns of a profile that knows no allocations.
#[test]
fn totals_are_there_where_the_first_heap_text_has_freed_nothing() {
    let text = |live: u64, allocated: u64| {
        format!(
            "heap profile: {live}: {} [{allocated}: {}] @ heap/1048576\n\
             {live}: {} [{allocated}: {}] @ 0x53e86b 0x53f441\n\
             #\t0x53e86a\tmain.f+0x18a\t/app/main.go:86\n\
             #\t0x53f440\tmain.main+0xa0\t/app/main.go:321\n\n",
            live * 32768,
            allocated * 32768,
            live * 32768,
            allocated * 32768
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let paths =
        [("1.txt", text(1, 1)), ("2.txt", text(300, 301)), ("3.txt", text(600, 700))].map(|(name, text)| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        });
    for (paths, points) in [(&paths[..2], 0), (&paths[..], 3)] {
        let mut profiles: Vec<RawProfile> = paths.iter().map(|path| read(path)).collect();
        for (profile, nanos) in profiles.iter_mut().zip(1..) {
            let source = pprof_leaks::profile::TimeSource::Profile;
            profile.taken_at = Some(pprof_leaks::profile::TakenAt { nanos: nanos * 600_000_000_000, source });
        }
        let (first, last) = (total(&profiles[0], "space"), total(&profiles[paths.len() - 1], "inuse_space"));
        let analysis = pprof_leaks::pipeline::follow(profiles, &Default::default()).expect("two or three");
        let document = pprof_leaks::report::build_document(&analysis);
        let shown: Vec<_> = document.sample_totals.iter().filter(|total| total.shown).collect();
        let [total] = shown.as_slice() else { panic!("{:?}", document.sample_totals) };
        assert_eq!((total.first, total.last), (first.into(), last.into()));
        assert_eq!(total.points.len(), points);
    }
}

fn total(profile: &RawProfile, name: &str) -> i64 {
    let column = profile
        .sample_types
        .iter()
        .position(|t| t.name == name)
        .unwrap_or_else(|| panic!("{} has no sample type {name}", profile.source));
    i64::try_from(profile.samples.totals()[column]).expect("fits")
}
