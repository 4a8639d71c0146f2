//! The totals of every sample type agree exactly with those of `go tool pprof`, on every recorded pair and on
//! profiles of other producers. `testdata/expected-totals.toml` says with which command its figures were made.

mod corpus_support;

use corpus_support::{read, testdata};
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

fn total(profile: &RawProfile, name: &str) -> i64 {
    let column = profile
        .sample_types
        .iter()
        .position(|t| t.name == name)
        .unwrap_or_else(|| panic!("{} has no sample type {name}", profile.source));
    i64::try_from(profile.samples.totals()[column]).expect("fits")
}
