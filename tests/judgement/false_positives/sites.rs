//! One site at a time: the sampling model, the two-snapshot test, its power, and the intervals.

use crate::false_positives::DOUBT;
use crate::false_positives::simulation::{
    DEFAULT_RATE, Lifetime, Observation, Queue, Random, Row, estimate, least_plausible, most_plausible,
    poisson_mass, poisson_tail, snapshots,
};
use pprof_leaks::growth::Change;
use pprof_leaks::pipeline::{Options, compare};
use pprof_leaks::profile::{Kind, SamplingRate};

const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];
const LAWS: [Lifetime; 4] =
    [Lifetime::Exponential, Lifetime::Fixed, Lifetime::Pareto(2.5), Lifetime::Pareto(1.5)];
/// Bytes an object: sampled once in eleven thousand times, once in nine, and always.
const SIZES: [f64; 3] = [48.0, 65_536.0, 4_194_304.0];
/// Seconds an object lives on average; only its ratio to the window matters.
const MEAN_LIFE: f64 = 60.0;

/// A site with so many sampled objects live in equilibrium.
fn steady(live: f64, size: f64, lifetime: Lifetime) -> Queue {
    let queue = Queue::steady(0.0, size, lifetime, MEAN_LIFE);
    Queue { rate: live / MEAN_LIFE / queue.probability(DEFAULT_RATE), ..queue }
}

/// A site that keeps everything, with so many sampled objects expected in the window.
fn leak(samples: f64, size: f64, window: f64) -> Queue {
    let queue = Queue { leak: 0.0, ..steady(0.0, size, Lifetime::Fixed) };
    Queue { leak: samples / window / queue.probability(DEFAULT_RATE), ..queue }
}

fn change(seen: Observation) -> Change {
    Change { before: seen.before, after: seen.after, allocated: Some(seen.allocated) }
}

fn assert_plausible(hits: u64, runs: u64, p: f64, what: &str) {
    let bounds = least_plausible(runs, p, DOUBT)..=most_plausible(runs, p, DOUBT);
    assert!(bounds.contains(&hits), "{what}: {hits} of {runs}, but theory says {bounds:?}");
}

/// The queues thin their objects independently; Go counts down bytes through all sites together. Both must give the
/// same sampled counts, and the counts must come back from the estimates that Go writes.
#[test]
fn walking_the_bytes_thins_each_site_independently_and_the_counts_come_back() {
    // Shares of the allocations that give each size some hundred samples.
    let sizes = [16.0, 48.0, 1024.0, 32_768.0, 524_288.0, 3_145_728.0f64];
    let shares = sizes.map(|size| 1.0 / -(-size / DEFAULT_RATE).exp_m1());
    let all: f64 = shares.iter().sum();
    let mut random = Random::seeded(1);
    let (mut objects, mut sampled) = ([0u64; 6], [0u64; 6]);
    let mut next = DEFAULT_RATE * random.exponential();
    for _ in 0..12_000_000 {
        let mut at = random.uniform() * all;
        let site = shares.iter().position(|share| {
            at -= share;
            at <= 0.0
        });
        let site = site.unwrap_or(0);
        objects[site] += 1;
        // As in the runtime's profilealloc: the countdown starts afresh after each sample.
        next -= sizes[site];
        if next < 0.0 {
            sampled[site] += 1;
            next = DEFAULT_RATE * random.exponential();
        }
    }
    for (site, size) in sizes.into_iter().enumerate() {
        let p = -(-size / DEFAULT_RATE).exp_m1();
        assert_plausible(sampled[site], objects[site], p, &format!("objects of {size} bytes"));
        let (_, bytes) = estimate(sampled[site], size, DEFAULT_RATE);
        let rate = SamplingRate(DEFAULT_RATE as i64);
        assert_eq!(rate.at(size as i64).sampled_count(bytes), sampled[site] as i64);
    }
}

/// For objects that arrive by a Poisson process the rate is not only met but guaranteed: those that stayed and those
/// that went are independent with equal means, and what came and went in between only adds trials. So it is, too,
/// where a profile does not count allocations.
#[test]
fn the_test_keeps_its_rates_for_every_law_of_lifetimes_and_every_rate() {
    const RUNS: u64 = 4000;
    let mut random = Random::seeded(2);
    let mut configurations = 0;
    // With allocations counted and without.
    let mut total = [[0; 3]; 2];
    for lifetime in LAWS {
        for size in SIZES {
            for live in [2.0, 8.0, 40.0, 150.0] {
                for lives in [0.05, 0.5, 1.0, 2.0, 10.0] {
                    let queue = steady(live, size, lifetime);
                    let hits = false_calls(&queue, lives * MEAN_LIFE, RUNS, &mut random);
                    for (kind, hits) in hits.iter().enumerate() {
                        for (i, level) in LEVELS.into_iter().enumerate() {
                            let most = most_plausible(RUNS, level, DOUBT);
                            assert!(
                                hits[i] <= most,
                                "{lifetime:?}, {size} bytes, {live} live, window of {lives} lifetimes: {} of {RUNS} \
                                 at {level}, but at most {most} are plausible",
                                hits[i]
                            );
                            total[kind][i] += hits[i];
                        }
                    }
                    configurations += 1;
                }
            }
        }
    }
    // All together, where a small excess could not hide.
    let runs = RUNS * configurations;
    for (i, level) in LEVELS.into_iter().enumerate() {
        let shares = total.map(|total| total[i] as f64 / runs as f64);
        println!("nominal {level}: {shares:.5?} of {runs} runs, with allocations counted and without");
        for total in total {
            assert!(total[i] <= most_plausible(runs, level, DOUBT), "{} of {runs} at {level}", total[i]);
        }
    }
}

/// How often a site that does not grow has p at or below each level: with its allocations counted, and without.
fn false_calls(queue: &Queue, window: f64, runs: u64, random: &mut Random) -> [[u64; 3]; 2] {
    let mut hits = [[0; 3]; 2];
    for _ in 0..runs {
        let counted = change(queue.observe(window, DEFAULT_RATE, random));
        for (hits, change) in hits.iter_mut().zip([counted, Change { allocated: None, ..counted }]) {
            let p = change.p_value();
            hits.iter_mut().zip(LEVELS).for_each(|(hits, level)| *hits += u64::from(p <= level));
        }
    }
    hits
}

/// k samples that all stay have p = 2⁻ᵏ, so a leak is seen as often as its Poisson count reaches log₂(1/level).
#[test]
fn a_pure_leak_is_detected_as_often_as_its_sampled_count_allows() {
    const RUNS: u64 = 4000;
    const WINDOW: f64 = 600.0;
    let mut random = Random::seeded(3);
    for size in SIZES {
        for samples in [5.0, 10.0, 15.0, 25.0] {
            let queue = leak(samples, size, WINDOW);
            let p_values: Vec<f64> = (0..RUNS)
                .map(|_| change(queue.observe(WINDOW, DEFAULT_RATE, &mut random)).p_value())
                .collect();
            for level in LEVELS {
                let needed = (1.0 / level).log2().ceil() as u64;
                let power = poisson_tail(needed, samples);
                let hits = p_values.iter().filter(|p| **p <= level).count() as u64;
                assert_plausible(hits, RUNS, power, &format!("{samples} samples of {size} bytes at {level}"));
            }
        }
    }
}

/// A leak inside a busy site, with everything else replaced in between: before ~ Poisson(m), after ~ Poisson(m + k),
/// and the test is the binomial one on both, so its power can be summed up exactly.
#[test]
fn a_leak_in_a_busy_site_is_detected_as_often_as_theory_says() {
    const RUNS: u64 = 4000;
    let mut random = Random::seeded(4);
    for (live, leaked) in [(10.0, 10.0), (20.0, 20.0), (50.0, 30.0)] {
        let queue =
            Queue { leak: leak(leaked, 256.0, MEAN_LIFE).leak, ..steady(live, 256.0, Lifetime::Fixed) };
        let p_values: Vec<f64> = (0..RUNS)
            .map(|_| change(queue.observe(MEAN_LIFE, DEFAULT_RATE, &mut random)).p_value())
            .collect();
        for level in LEVELS {
            let mut power = 0.0;
            for before in 0..200 {
                for after in 0..300 {
                    // What was allocated in the window is what lives at its end.
                    let seen = Observation { before, after, allocated: after };
                    if change(seen).p_value() <= level {
                        power += poisson_mass(before, live) * poisson_mass(after, live + leaked);
                    }
                }
            }
            let hits = p_values.iter().filter(|p| **p <= level).count() as u64;
            assert_plausible(hits, RUNS, power, &format!("{leaked} leaked on top of {live} at {level}"));
        }
    }
}

/// The variance of n₂ − n₁ is the number of objects that came and stayed plus those that were there and went. Both
/// bounds on it are tight for fixed lifetimes; in between, when the window is about a lifetime, some come and go
/// unseen while others stay throughout, and the bound is at most 1.3 times too wide: 2Φ(1.3 · 1.96) − 1 = 0.989.
#[test]
fn the_retention_interval_covers_as_often_as_it_says() {
    const RUNS: u64 = 4000;
    let mut random = Random::seeded(5);
    for lifetime in LAWS {
        for live in [20.0, 40.0, 150.0] {
            for lives in [0.25, 0.5, 1.0, 2.0, 10.0] {
                let queue = steady(live, 256.0, lifetime);
                let covered = (0..RUNS)
                    .map(|_| change(queue.observe(lives * MEAN_LIFE, DEFAULT_RATE, &mut random)))
                    // Without an allocation there is no retention; with these rates that has probability e⁻⁵.
                    .filter_map(|change| change.retention())
                    .filter(|retention| retention.low <= 0.0 && 0.0 <= retention.high)
                    .count() as u64;
                let share = covered as f64 / RUNS as f64;
                // The normal approximation is coarse below some ten objects.
                let expected = if lifetime == Lifetime::Fixed && live * lives >= 20.0 {
                    0.93..=0.97
                } else {
                    0.93..=0.989
                };
                assert!(
                    expected.contains(&share),
                    "{lifetime:?}, {live} live, window of {lives} lifetimes: {share} is not in {expected:?}"
                );
            }
        }
    }
}

/// What really happened is known here: of 3,000 objects 1,000 are freed and 2,000 new ones stay. The interval of the
/// growth in bytes must cover the thousand objects that the site gained.
#[test]
fn the_interval_of_the_growth_covers_what_really_grew() {
    const SITES: usize = 4000;
    let mut random = Random::seeded(7);
    for size in [1024.0, 8192.0, 65_536.0, 1_048_576.0f64] {
        let p = -(-size / DEFAULT_RATE).exp_m1();
        let rows = (0..SITES).map(|site| {
            let [kept, freed, new] = [2000, 1000, 2000].map(|objects| random.binomial(objects, p));
            let seen = Observation { before: kept + freed, after: kept + new, allocated: new };
            Row { site, size, seen }
        });
        let [before, after] = snapshots(rows, SITES, 600.0, DEFAULT_RATE);
        let options = Options { full: true, ..Options::default() };
        let analysis = compare(vec![before], vec![after], &options).expect("both are heap profiles");
        let (kind, sites) = &analysis.sites[0];
        assert_eq!((*kind, sites.len()), (Kind::Heap, SITES));
        let covered = sites
            .iter()
            .filter(|site| {
                let (low, high) = site.growth.delta_interval();
                (low..=high).contains(&(1000.0 * size))
            })
            .count();
        let share = covered as f64 / SITES as f64;
        println!("objects of {size} bytes: {share}");
        assert!((0.91..=0.97).contains(&share), "objects of {size} bytes: the interval covers {share}");
    }
}
