//! One large object that is replaced by the next: tables that are loaded anew, uploads, slices that are appended to.

use crate::false_positives::DOUBT;
use crate::false_positives::simulation::{
    DEFAULT_RATE, Observation, Random, Row, least_plausible, most_plausible, poisson_mass, snapshots,
};
use pprof_leaks::pipeline::{Options, compare};
use pprof_leaks::suspects::Confidence;
use std::collections::BTreeMap;

const MIB: f64 = 1_048_576.0;
const SITES: usize = 5000;

/// The sizes that a site's only object had: in the first snapshot, if it was there, and then one after the other up
/// to the one that is live in the second.
struct Lives {
    before: Option<f64>,
    then: Vec<f64>,
}

impl Lives {
    fn rows(&self, random: &mut Random) -> Vec<Row> {
        let mut rows: BTreeMap<u64, Observation> = BTreeMap::new();
        let mut row = |size: f64, add: fn(&mut Observation)| {
            // Large objects take whole pages.
            let size = (size / 8192.0).ceil() * 8192.0;
            if random.uniform() <= -(-size / DEFAULT_RATE).exp_m1() {
                add(rows.entry(size as u64).or_default());
            }
        };
        match (self.before, self.then.split_last()) {
            (Some(size), None) => row(size, |seen| (seen.before, seen.after) = (1, 1)),
            (before, then) => {
                if let Some(size) = before {
                    row(size, |seen| seen.before += 1);
                }
                if let Some((last, passed)) = then {
                    passed.iter().for_each(|size| row(*size, |seen| seen.allocated += 1));
                    row(*last, |seen| (seen.allocated, seen.after) = (seen.allocated + 1, seen.after + 1));
                }
            }
        }
        rows.into_iter().map(|(size, seen)| Row { site: 0, size: size as f64, seen }).collect()
    }
}

/// How many of the sites are called with medium confidence or more, each in a service of its own.
fn called(seed: u64, site: impl Fn(&mut Random) -> Lives) -> u64 {
    let mut random = Random::seeded(seed);
    let mut medium = 0;
    for _ in 0..SITES {
        let rows = site(&mut random).rows(&mut random);
        let [before, after] = snapshots(rows, 1, 600.0, DEFAULT_RATE);
        let analysis =
            compare(vec![before], vec![after], &Options::default()).expect("both are heap profiles");
        medium += u64::from(analysis.suspects.iter().any(|s| s.confidence >= Confidence::Medium));
    }
    medium
}

/// A table that is loaded anew at random moments, in sizes that vary by chance. Of k + 1 sizes in random order the
/// first is the least and the last the largest once in k(k + 1) times; a climb asks for k of three at least, and for
/// steps of a fifth, which sizes within a fifth of their mean cannot give three times.
#[test]
fn a_table_loaded_anew_in_varying_sizes_is_no_leak() {
    for (seed, reloads) in [(21, 1.0), (22, 2.0), (23, 4.0)] {
        let by_order = (3..40).map(|k| poisson_mass(k, reloads) / (k * (k + 1)) as f64).sum();
        for spread in [0.1, 0.2, 0.5, 0.8] {
            let hits = called(seed, |random| {
                let mut sizes = (0..=random.poisson(reloads))
                    .map(|_| 20.0 * MIB * (1.0 + spread * (2.0 * random.uniform() - 1.0)))
                    .collect::<Vec<f64>>()
                    .into_iter();
                Lives { before: sizes.next(), then: sizes.collect() }
            });
            println!(
                "{reloads} reloads, sizes within {spread}: {hits} of {SITES}, by order alone {by_order:.4}"
            );
            let most = if spread <= 0.2 { 0 } else { most_plausible(SITES as u64, by_order, DOUBT) };
            assert!(hits <= most, "{hits} of {SITES}, but at most {most} are plausible");
        }
    }
}

/// A body of 5 to 60 MiB that is being read into a growing buffer at the second snapshot: it climbs as a leaking slice
/// does, but was not there before.
#[test]
fn an_upload_in_flight_is_no_leak() {
    let hits = called(24, |random| {
        let (mut size, last) = (3.0 * MIB, random.between(5.0, 60.0) * MIB);
        let mut then = Vec::new();
        while size < last {
            then.push(size);
            size *= 1.25;
        }
        Lives { before: None, then }
    });
    assert_eq!(hits, 0);
}

/// A slice of plain values that doubles in the window, as Go's append grows it: by a quarter each time. It is found
/// whenever its first and last array are among the sampled, and so many in between that no gap is too wide.
#[test]
fn a_slice_that_is_only_appended_to_is_found() {
    let hits = called(25, |random| {
        let first = random.between(4.0, 64.0) * MIB;
        Lives { before: Some(first), then: (1..=4).map(|step| first * 1.25f64.powi(step)).collect() }
    });
    // Objects of eight rates and more.
    let both = (1.0 - (-8.0f64).exp()).powi(2);
    let least = least_plausible(SITES as u64, both, DOUBT);
    println!("appended: {hits} of {SITES}, at least {least}");
    assert!(hits >= least, "{hits} of {SITES}, at least {least}");
}
