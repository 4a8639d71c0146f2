//! Series: ten thousand sites without a leak, a leak among a thousand, and what looks like a leak without being one.

use crate::false_positives::DOUBT;
use crate::false_positives::services::{SMALL_SIZES, bursty, large, quiet, site, site_of, tiny};
use crate::false_positives::simulation::{
    DEFAULT_RATE, Lifetime, Pace, Queue, Random, Service, least_plausible, most_plausible,
};
use crate::support::on_all_cores;
use pprof_leaks::judge::confidence;
use pprof_leaks::judge::policy::LEAST_PLACES;
use pprof_leaks::pipeline::{Analysis, Options, follow};
use pprof_leaks::suspects::{Confidence, Criteria, Evidence, Suspect};

/// Seconds from the first snapshot to the last.
pub(crate) const SPAN: f64 = 3600.0;

pub(crate) fn judged(
    sites: Vec<Queue>,
    points: usize,
    marking: impl Fn(f64) -> f64,
    random: &mut Random,
) -> Analysis {
    judged_late(sites, 0, points, marking, random)
}

/// The same of a service that had run for so many intervals before its first snapshot, all of them in the span.
pub(crate) fn judged_late(
    sites: Vec<Queue>,
    before: usize,
    points: usize,
    marking: impl Fn(f64) -> f64,
    random: &mut Random,
) -> Analysis {
    let service = Service { sites, window: SPAN, distance: DEFAULT_RATE };
    let profiles = service.series(before + points, marking, random).split_off(before);
    follow(profiles, &Options::default()).expect("a series of heap profiles")
}

/// A site that keeps everything, with so many sampled objects in the span at its peak pace.
pub(crate) fn leak(samples: f64, size: f64, leaking: Pace) -> Queue {
    let queue = Queue::steady(0.0, size, Lifetime::Fixed, 1.0);
    Queue { leak: samples / SPAN / queue.probability(DEFAULT_RATE), leaking, ..queue }
}

/// A site without a leak, one of ten thousand.
pub(crate) fn null(index: usize, random: &mut Random) -> Queue {
    match index % 10 {
        // Hot paths, of which the collector sees as live what was allocated while it marked.
        0 | 1 => site(index / 10, random.between(0.05, 20.0), 4096.0, random.between(0.01, 3.0)),
        // Requests of seconds, and batches that stay for up to an hour.
        2 if index % 20 == 2 => bursty(index / 20, random),
        2 => batches(index / 20, random),
        3 => tiny(index / 10, random),
        4 => large(index / 10, random),
        _ => quiet(index / 10, random),
    }
}

/// Objects that are allocated a hundred at once and stay for minutes.
fn batches(index: usize, random: &mut Random) -> Queue {
    let (queue, mean_life) = (bursty(index, random), random.between(10.0, SPAN));
    Queue { rate: queue.rate * queue.mean_life / mean_life, mean_life, ..queue }
}

/// The most that a suspect could be called were it material: a process of ten thousand sites that all swing is so large that a
/// single one hardly matters, which must not be what keeps it from being called.
fn confidence_if_material(suspect: &Suspect, points: usize) -> Confidence {
    let capped =
        |e: &Evidence| matches!(e, Evidence::Offset { .. } | Evidence::TinyBlocks | Evidence::BusyPlace);
    let called = match suspect.evidence.iter().any(capped) {
        true => None,
        false => suspect.posterior().and_then(|posterior| confidence(posterior, points)),
    };
    called.max(Some(suspect.confidence)).unwrap_or(Confidence::Low)
}

/// How many services are simulated: more give a rate that is known better, and take as much longer (docs/accuracy.md).
fn services(usual: usize) -> usize {
    let asked = std::env::var("PPROF_LEAKS_SERVICES").ok();
    asked.map_or(usual, |count| count.parse().expect("PPROF_LEAKS_SERVICES is a number"))
}

/// Fifty services, of which each has ten thousand chances to call a site that does not leak, and a leak that the
/// floating garbage of the hot paths follows.
#[test]
fn ten_thousand_sites_without_a_leak_raise_no_more_than_the_stated_rate() {
    let (runs, sites) = (services(50), 10_000);
    let mut random = Random::seeded(41);
    let (mut any, mut medium, mut high, mut suspects) = (0, 0, 0, [0; 3]);
    for run in 0..runs {
        let leaking = run * 17 % sites;
        let queues = (0..sites)
            .map(|i| if i == leaking { leak(400.0, 4096.0, Pace::Steady) } else { null(i, &mut random) })
            .collect();
        // The heap grows fivefold by the neighbour's leak, and marking takes so much longer.
        let analysis = judged(queues, 8, |part| 0.5 + 2.0 * part, &mut random);
        let called: Vec<Confidence> = analysis
            .suspects
            .iter()
            .filter(|suspect| site_of(suspect, &analysis) != leaking)
            .map(|suspect| confidence_if_material(suspect, 8))
            .collect();
        called.iter().for_each(|confidence| suspects[*confidence as usize] += 1);
        let surest = called.into_iter().max();
        any += u64::from(surest.is_some());
        medium += u64::from(surest >= Some(Confidence::Medium));
        high += u64::from(surest >= Some(Confidence::High));
    }
    println!(
        "{runs} services of {sites} sites: {any} name anything beside the leak, {medium} at medium or more, {high} at \
         high; suspects low, medium, high: {suspects:?}"
    );
    // One true discovery and V false ones: the rate is the mean of V/(V + 1), which is a half for one. So a
    // false-discovery rate of q allows one false one in 2q of the services.
    let runs = runs as u64;
    let allowed = |q: f64| most_plausible(runs, 2.0 * q, DOUBT);
    assert!(high <= allowed(Criteria::HIGH_Q), "{high} > {}", allowed(Criteria::HIGH_Q));
    assert!(medium <= allowed(Criteria::MEDIUM_Q), "{medium} > {}", allowed(Criteria::MEDIUM_Q));
}

#[test]
fn a_leak_among_a_thousand_sites_is_high_from_eight_snapshots_and_never_from_four() {
    const SITES: usize = 1000;
    const RUNS: usize = 30;
    let mut random = Random::seeded(42);
    for (points, samples) in [(3, 40.0), (4, 40.0), (3, 400.0), (4, 400.0), (8, 40.0), (8, 60.0), (8, 100.0)]
    {
        let (mut first, mut medium, mut high) = (0, 0, 0);
        for run in 0..RUNS {
            let leaking = run * 17 % SITES;
            let queues = (0..SITES)
                .map(|i| match i == leaking {
                    true => leak(samples, SMALL_SIZES[run % 4], Pace::Steady),
                    false => null(i, &mut random),
                })
                .collect();
            let analysis = judged(queues, points, |_| 0.1, &mut random);
            let suspect = analysis.suspects.first().filter(|suspect| site_of(suspect, &analysis) == leaking);
            let confidence = suspect.map(|suspect| suspect.confidence);
            first += u64::from(suspect.is_some());
            medium += u64::from(confidence >= Some(Confidence::Medium));
            high += u64::from(confidence == Some(Confidence::High));
        }
        println!(
            "{samples} samples, {points} snapshots: first {first}, medium {medium}, high {high} of {RUNS}"
        );
        if points < 5 {
            assert_eq!(high, 0, "{points} snapshots");
        } else {
            // Seven increments show 2.3 times their dispersion some three times in a hundred, and then forty samples
            // are worth fewer than the seventeen that q = 0.01 among a thousand sites asks for.
            let least = least_plausible(RUNS as u64, 0.9, 1e-3);
            assert!(high >= least, "{samples} samples: {high} of {RUNS}, at least {least}");
        }
    }
}

/// What a look-alike may be called.
#[derive(Clone, Copy, PartialEq)]
enum Promise {
    /// A leak: found with this confidence at least, but for one in a hundred; one that begins late is named from eight snapshots on, but for
    /// one in twenty.
    Found(Confidence),
    /// No leak: high in one of a hundred at most, medium in five.
    Benign,
    /// Printed, not promised.
    Printed,
}

/// How so many sampled objects come to be live.
type Course = fn(f64, &mut Random) -> Queue;

const COURSES: [(&str, Promise, Course); 13] = [
    ("leak", Promise::Found(Confidence::Medium), |n, _| leak(n, 4096.0, Pace::Steady)),
    ("leak in the second half", Promise::Found(Confidence::Low), |n, _| {
        leak(2.0 * n, 4096.0, Pace::From(0.5))
    }),
    ("cache that fills", Promise::Benign, |n, _| leak(5.0 * n, 4096.0, Pace::Fading(0.2))),
    ("warm-up", Promise::Benign, |n, _| Queue { requests: Pace::From(0.0), ..pool(n, SPAN / 5.0) }),
    ("step", Promise::Benign, |n, _| leak(100.0 * n, 4096.0, Pace::Moment(0.5))),
    ("load doubles, hot", Promise::Benign, |n, _| Queue { requests: Pace::Doubling, ..pool(n, 30.0) }),
    ("load doubles, slow", Promise::Benign, |n, _| Queue { requests: Pace::Doubling, ..pool(n, SPAN / 5.0) }),
    ("sawtooth", Promise::Benign, |n, random| Queue {
        lifetime: Lifetime::Flushed(random.uniform()),
        ..pool(n, SPAN / 3.5)
    }),
    ("wave from the night", Promise::Benign, |n, _| wave(n, 0.0)),
    ("wave", Promise::Benign, |n, random| wave(n, random.uniform())),
    ("steady, short lives", Promise::Benign, |n, _| pool(n, SPAN / 20.0)),
    ("steady, long lives", Promise::Benign, |n, _| pool(n, SPAN)),
    ("bursts that stay long", Promise::Printed, |n, random| {
        let queue = site(random.poisson(2.0) as usize, n, 65_536.0, SPAN);
        Queue { burst: 100, rate: queue.rate / 100.0, ..queue }
    }),
];

/// So many live, each for so many seconds.
fn pool(live: f64, mean_life: f64) -> Queue {
    site(0, live, 4096.0, mean_life)
}

/// A day and a half, with so many live at noon.
fn wave(live: f64, phase: f64) -> Queue {
    Queue { requests: Pace::Wave(1.5, phase), ..pool(live, SPAN / 6.0) }
}

/// What became of a course: its line of the table, and at which numbers of snapshots its promise is broken.
fn followed(samples: f64, course: usize) -> (String, Vec<String>) {
    let runs = services(50) as u64;
    // As few as share the prior, for most of the time goes into simulating them.
    const OTHERS: usize = LEAST_PLACES as usize;
    let (name, promise, queue) = &COURSES[course];
    let mut random = Random::seeded(43 + course as u64);
    let (mut line, mut broken) = (format!("{name:<24}"), Vec::new());
    for points in [5, 8, 12, 24] {
        let (mut named, mut medium, mut high) = (0, 0, 0);
        for _ in 0..runs {
            let queues = std::iter::once(queue(samples, &mut random))
                .chain((1..OTHERS).map(|i| quiet(i, &mut random)))
                .collect();
            let analysis = judged(queues, points, |_| 0.1, &mut random);
            let suspect = analysis.suspects.iter().find(|suspect| site_of(suspect, &analysis) == 0);
            let confidence = suspect.map(|suspect| suspect.confidence);
            named += u64::from(confidence.is_some());
            medium += u64::from(confidence >= Some(Confidence::Medium));
            high += u64::from(confidence == Some(Confidence::High));
        }
        line.push_str(&format!("{:>14}", format!("{named}/{medium}/{high}")));
        let kept = match promise {
            Promise::Found(Confidence::Low) => points < 8 || named >= least_plausible(runs, 0.95, 1e-3),
            Promise::Found(_) => medium >= least_plausible(runs, 0.99, 1e-3),
            Promise::Benign => {
                high <= most_plausible(runs, 0.01, 1e-3) && medium <= most_plausible(runs, 0.05, 1e-3)
            }
            Promise::Printed => true,
        };
        if !kept {
            broken.push(format!("{name} of {samples} samples at {points} snapshots"));
        }
    }
    (line, broken)
}

#[test]
fn what_looks_like_a_leak_is_distinguished_from_one() {
    let mut broken = Vec::new();
    println!("of all runs named / at medium or more / at high, by snapshots");
    for samples in [60.0, 600.0] {
        println!("{:<24}{:>14}{:>14}{:>14}{:>14}", format!("{samples} samples"), 5, 8, 12, 24);
        for (line, of_course) in on_all_cores(COURSES.len(), |course| followed(samples, course)) {
            println!("{line}");
            broken.extend(of_course);
        }
    }
    assert!(broken.is_empty(), "promises broken: {broken:#?}");
}

/// Three tenths of what a site allocates are never freed, beside objects that live for four rounds: the leak that the gates before this
/// model did not see (0.12 and 0.68 of the runs, by the two-snapshot test, the last half and third, and the trend).
#[test]
fn a_share_that_is_never_freed_is_seen_under_churn() {
    const RUNS: u64 = 100;
    const ROUNDS: usize = 24;
    let round = SPAN / ROUNDS as f64;
    let mut random = Random::seeded(44);
    for (born, least) in [(3.0, 0.25), (10.0, 0.9)] {
        let mut found = 0;
        for _ in 0..RUNS {
            let churn = site(0, 0.7 * born * 4.0, 4096.0, 4.0 * round);
            let leaking = leak(0.3 * born * ROUNDS as f64, 4096.0, Pace::Steady).leak;
            let queues = (0..30)
                .map(|i| if i == 0 { Queue { leak: leaking, ..churn } } else { quiet(i, &mut random) })
                .collect();
            let analysis = judged(queues, ROUNDS + 1, |_| 0.1, &mut random);
            let sure = |suspect: &&Suspect| suspect.confidence >= Confidence::Medium;
            let leaks = analysis.suspects.iter().filter(sure).any(|suspect| site_of(suspect, &analysis) == 0);
            found += u64::from(leaks);
        }
        println!("{born} samples a round, 30 % of them never freed: found in {found} of {RUNS}");
        assert!(found >= least_plausible(RUNS, least, 1e-3), "{found} of {RUNS} at {born} a round");
    }
}

/// A service without a leak, looked at after each round as `watch` does: how many are ever called high. The weight of a leak against
/// turnover grows like a bet that pays off on average once, so that the largest of all looks is little larger than the last one
/// (Ville 1939; docs/statistics.md, "Watching for ever").
#[test]
fn looking_after_each_round_alarms_little_more_often_than_looking_once() {
    let count = services(20);
    const ROUNDS: usize = 72;
    const SITES: usize = 40;
    let mut random = Random::seeded(46);
    let (mut looks, mut ever, mut at_the_end) = (0, 0u64, 0u64);
    for _ in 0..count {
        let queues = (0..SITES).map(|i| null(i, &mut random)).collect();
        let service = Service { sites: queues, window: SPAN, distance: DEFAULT_RATE };
        let profiles = service.series(ROUNDS, |_| 0.1, &mut random);
        let is_high = |count: usize| {
            let analysis = follow(profiles[..count].to_vec(), &Options::default()).expect("a series");
            analysis.suspects.iter().any(|suspect| suspect.confidence == Confidence::High)
        };
        let called: Vec<bool> = (6..=ROUNDS).map(is_high).collect();
        looks += called.len();
        ever += u64::from(called.contains(&true));
        at_the_end += u64::from(called.last() == Some(&true));
    }
    println!(
        "{count} services without a leak, {looks} looks: {ever} ever high, {at_the_end} at the last look"
    );
    assert!(ever <= most_plausible(count as u64, 0.02, 1e-3), "{ever} of {count}");
}

/// Services without a leak, watched as `watch` does it: a snapshot every five minutes, the last day judged after each. With
/// `PPROF_LEAKS_ROUNDS=10000` a service is watched for five weeks.
#[test]
fn watching_the_last_day_calls_nothing_high() {
    const DAY: usize = 24 * 12;
    let asked = std::env::var("PPROF_LEAKS_ROUNDS").ok();
    let rounds = asked.map_or(600, |rounds| rounds.parse().expect("PPROF_LEAKS_ROUNDS is a number"));
    let mut random = Random::seeded(47);
    // Looks, and times that a look was the first of several, at medium and more and at high.
    let (mut looks, mut called, mut begun) = (0u64, [0u64; 2], [0u64; 2]);
    for _ in 0..services(2) {
        let sites = (0..40).map(|i| of_a_day(i, rounds as f64 / DAY as f64, &mut random)).collect();
        let service = Service { sites, window: rounds as f64 * 300.0, distance: DEFAULT_RATE };
        let profiles = service.series(rounds, |_| 0.1, &mut random);
        let mut before = None;
        for end in 6..=rounds {
            let last_day = profiles[end.saturating_sub(DAY + 1)..end].to_vec();
            let analysis = follow(last_day, &Options::default()).expect("a series");
            let surest = analysis.suspects.iter().map(|suspect| suspect.confidence).max();
            looks += 1;
            for (i, word) in [Confidence::Medium, Confidence::High].into_iter().enumerate() {
                called[i] += u64::from(surest >= Some(word));
                begun[i] += u64::from(surest >= Some(word) && before < Some(word));
            }
            before = surest;
        }
    }
    let months = looks as f64 / (30 * DAY) as f64;
    println!(
        "{looks} looks, {months:.1} months: medium or more in {called:?} looks, beginning {begun:?} times"
    );
    assert!(begun[1] as f64 <= months, "{begun:?} in {months:.1} months");
}

/// A site without a leak in a service that is watched for so many days: among others traffic by day and night, and stores that are
/// emptied from once an hour to once a day.
fn of_a_day(index: usize, days: f64, random: &mut Random) -> Queue {
    let queue = null(index, random);
    match index % 10 {
        5 => Queue { requests: Pace::Wave(days, random.between(0.0, 1.0)), ..queue },
        6 => {
            let mean_life = random.between(1.0, 24.0) * SPAN;
            let rate = queue.rate * queue.mean_life / mean_life;
            Queue { lifetime: Lifetime::Flushed(random.between(0.0, 1.0)), mean_life, rate, ..queue }
        }
        _ => queue,
    }
}
