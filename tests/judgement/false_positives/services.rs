//! Whole services: a thousand sites through the whole analysis, without a leak and with one.

use crate::false_positives::DOUBT;
use crate::false_positives::simulation::{DEFAULT_RATE, Lifetime, Queue, Random, Service, most_plausible};
use pprof_leaks::pipeline::{Analysis, Options, compare};
use pprof_leaks::suspects::{Confidence, Criteria, Suspect};

const LAWS: [Lifetime; 4] =
    [Lifetime::Exponential, Lifetime::Fixed, Lifetime::Pareto(2.5), Lifetime::Pareto(1.5)];
/// Ten minutes between the snapshots.
const WINDOW: f64 = 600.0;
const SITES: usize = 1000;
pub(crate) const SMALL_SIZES: [f64; 4] = [48.0, 256.0, 4096.0, 65_536.0];

/// Site `index` of a service: so many sampled objects live in equilibrium, so many seconds each.
pub(crate) fn site(index: usize, live: f64, size: f64, mean_life: f64) -> Queue {
    let queue = Queue::steady(0.0, size, LAWS[index % 4], mean_life);
    Queue { rate: live / mean_life / queue.probability(DEFAULT_RATE), ..queue }
}

/// Caches, sessions and buffers: from a twentieth of a sampled object live (25 KiB) to fifty (25 MiB), for a second
/// or for hours.
pub(crate) fn quiet(index: usize, random: &mut Random) -> Queue {
    let size = SMALL_SIZES[index / 4 % 4];
    site(index, random.between(0.05, 50.0), size, random.between(1.0, 6000.0))
}

/// A hot path: thousands of times what lives is allocated and freed in the window, and what the collector had not
/// yet seen at the second snapshot looks live (S40).
fn hot(index: usize, random: &mut Random) -> Queue {
    let queue = site(index, random.between(1.0, 20.0), 4096.0, random.between(0.5, 3.0));
    Queue { leak: 0.02 * queue.rate, ..queue }
}

/// Requests that allocate a hundred objects together, which die with the request.
pub(crate) fn bursty(index: usize, random: &mut Random) -> Queue {
    let size = [1024.0, 4096.0, 32_768.0, 65_536.0][index / 4 % 4];
    let queue = site(index, random.between(5.0, 50.0), size, random.between(0.5, 10.0));
    Queue { burst: 100, rate: queue.rate / 100.0, ..queue }
}

/// Blocks of the tiny allocator, which live as long as any of their tenants (S39).
pub(crate) fn tiny(index: usize, random: &mut Random) -> Queue {
    site(index, random.between(0.1, 50.0), 16.0, random.between(1.0, 6000.0))
}

/// Large buffers, nearly all of them sampled.
pub(crate) fn large(index: usize, random: &mut Random) -> Queue {
    site(index, random.between(0.2, 5.0), 4_194_304.0, random.between(1.0, 6000.0))
}

fn service(sites: Vec<Queue>) -> Service {
    Service { sites, window: WINDOW, distance: DEFAULT_RATE }
}

fn judged(service: &Service, random: &mut Random) -> Analysis {
    let [before, after] = service.snapshots(random);
    compare(vec![before], vec![after], &Options::default()).expect("both are heap profiles")
}

/// The site that a suspect is blamed on.
pub(crate) fn site_of(suspect: &Suspect, analysis: &Analysis) -> usize {
    let name = &analysis.series.names.info(suspect.blame.function).name;
    name.strip_prefix("main.site").and_then(|index| index.parse().ok()).expect("a simulated site")
}

/// In how many runs anything of at least this confidence is called among the sites that do not leak.
#[derive(Default, Debug)]
struct Tally {
    runs: u64,
    any: u64,
    medium: u64,
    high: u64,
}

impl Tally {
    fn add(&mut self, analysis: &Analysis, counts: impl Fn(usize) -> bool) {
        let confidences =
            analysis.suspects.iter().filter(|s| counts(site_of(s, analysis))).map(|s| s.confidence);
        let surest = confidences.max();
        self.runs += 1;
        self.any += u64::from(surest.is_some());
        self.medium += u64::from(surest >= Some(Confidence::Medium));
        self.high += u64::from(surest >= Some(Confidence::High));
    }

    /// At most one run in twenty names anything at all: with no leak every discovery is false, so the
    /// false-discovery rate of 0.05 is the chance of making any.
    fn assert_clean(&self, what: &str) {
        let most = most_plausible(self.runs, Criteria::MEDIUM_Q, DOUBT);
        assert!(self.any <= most, "{what}: {self:?}, at most {most} runs may name anything");
        self.assert_none_above_low(what);
    }

    /// For medium the retention gate asks for more than the test: of n objects that came or went fewer than a quarter
    /// may have gone, which a steady site gives with 2⁻¹¹ at most, and that only where n = 11, too few for a thousand
    /// sites' false-discovery threshold. One run in a hundred is allowed.
    fn assert_none_above_low(&self, what: &str) {
        println!("{what}: {self:?}");
        let most = most_plausible(self.runs, 0.01, 1e-3);
        assert!(self.medium <= most, "{what}: {self:?}, at most {most} runs may name anything above low");
        assert_eq!(self.high, 0, "{what}: two snapshots never give high");
    }
}

#[test]
fn a_thousand_quiet_sites_come_out_clean() {
    let mut random = Random::seeded(11);
    let mut tally = Tally::default();
    for _ in 0..200 {
        let sites = (0..SITES).map(|i| quiet(i, &mut random)).collect();
        tally.add(&judged(&service(sites), &mut random), |_| true);
    }
    tally.assert_clean("quiet sites");
}

#[test]
fn hot_paths_do_not_make_quiet_sites_suspect() {
    let mut random = Random::seeded(12);
    let (mut quiet_sites, mut hot_sites) = (Tally::default(), Tally::default());
    for _ in 0..60 {
        let sites = (0..SITES)
            .map(|i| if i % 2 == 0 { hot(i, &mut random) } else { quiet(i, &mut random) })
            .collect();
        let analysis = judged(&service(sites), &mut random);
        quiet_sites.add(&analysis, |i| i % 2 == 1);
        hot_sites.add(&analysis, |i| i % 2 == 0);
    }
    assert_eq!(hot_sites.any, 0, "a site that keeps nothing is never a suspect");
    quiet_sites.assert_clean("quiet sites beside hot ones");
}

/// Bursts and 16-byte blocks break the assumption of independent arrivals or of one owner a block, so the test alone
/// calls them. What keeps them below medium: requests end within a small part of the window, so a burst that is
/// live at its end is a small part of what was allocated in it (retention); and tiny blocks count for low only.
#[test]
fn bursts_tiny_blocks_and_large_buffers_stay_below_medium() {
    let mut random = Random::seeded(13);
    let mut tally = Tally::default();
    for _ in 0..40 {
        let sites = (0..SITES)
            .map(|i| match i % 10 {
                0 => hot(i / 10, &mut random),
                1 | 2 => bursty(i / 10, &mut random),
                3 => tiny(i / 10, &mut random),
                4 => large(i / 10, &mut random),
                _ => quiet(i, &mut random),
            })
            .collect();
        tally.add(&judged(&service(sites), &mut random), |_| true);
    }
    tally.assert_none_above_low("a service of everything");
}

/// With every allocation recorded, the objects of the requests in flight swing together far beyond Poisson.
#[test]
fn exact_counts_of_requests_in_flight_are_no_leak() {
    let mut random = Random::seeded(14);
    let mut tally = Tally::default();
    for _ in 0..20 {
        let sites = (0..100)
            .map(|i| {
                let (rate, mean_life) = (random.between(0.3, 20.0), random.between(0.1, 5.0));
                Queue { burst: [1, 100][i % 2], ..Queue::steady(rate, 256.0, LAWS[i / 2 % 4], mean_life) }
            })
            .collect();
        let service = Service { sites, window: WINDOW, distance: 1.0 };
        tally.add(&judged(&service, &mut random), |_| true);
    }
    tally.assert_none_above_low("requests in flight, all recorded");
}

/// 40 MiB in ten minutes among a thousand sites that hold some 7 GiB: 80 samples. Of two snapshots the pace before the first is not
/// known, so that forty do not always outweigh a thousand places.
#[test]
fn one_leak_among_a_thousand_sites_is_the_first_suspect() {
    const RUNS: u64 = 60;
    let mut random = Random::seeded(15);
    let mut others = Tally::default();
    let mut found = 0;
    for run in 0..RUNS as usize {
        let mut sites: Vec<Queue> = (0..SITES)
            .map(|i| if i % 5 == 0 { hot(i / 5, &mut random) } else { quiet(i, &mut random) })
            .collect();
        let leaking = run * 17 % SITES;
        let size = SMALL_SIZES[run % 4];
        sites[leaking] = Queue { leak: 40.0 * 1_048_576.0 / size / WINDOW, ..site(leaking, 0.0, size, 1.0) };
        let analysis = judged(&service(sites), &mut random);
        let first = analysis.suspects.first().expect("a leak is found");
        found += u64::from(site_of(first, &analysis) == leaking && first.confidence == Confidence::Medium);
        others.add(&analysis, |i| i != leaking);
    }
    println!("found in {found} of {RUNS}, others {others:?}");
    assert_eq!(found, RUNS);
    others.assert_none_above_low("sites beside a leak");
}

/// What two snapshots cannot know: whether a few bursts whose objects outlive the window are the beginning of a leak or
/// as many as went before. Some are called, as growth that later snapshots must confirm - never as more.
#[test]
fn bursts_that_outlive_the_window_are_never_called_more_than_medium() {
    let mut random = Random::seeded(16);
    let (mut suspects, mut sites_seen) = (0, 0);
    let mut tally = Tally::default();
    for _ in 0..20 {
        let sites: Vec<Queue> = (0..300)
            .map(|i| {
                let queue = bursty(i, &mut random);
                let mean_life = random.between(WINDOW, 10.0 * WINDOW);
                Queue { rate: queue.rate * queue.mean_life / mean_life, mean_life, ..queue }
            })
            .collect();
        sites_seen += sites.len();
        let analysis = judged(&service(sites), &mut random);
        suspects += analysis.suspects.iter().filter(|s| s.confidence == Confidence::Medium).count();
        tally.add(&analysis, |_| true);
    }
    println!("long-lived bursts: {suspects} of {sites_seen} sites at medium");
    assert_eq!(tally.high, 0);
}
