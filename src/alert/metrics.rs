//! The program's own metrics, in Prometheus' text format, with a number of series that hostile targets cannot raise.

use super::alerts::Outcome;
use super::message::cut;
use super::sighting::{Sighting, Target};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Suspects of one target that have series of their own; the counts hold all of them.
const SUSPECTS_PER_TARGET: usize = 10;
/// Targets that have series of their own, twice what is scraped in one round as a rule.
const MOST_TARGETS: usize = 5000;
/// Upper bounds of scrape durations, in seconds: a scrape takes milliseconds, one with `gc=1` on a large heap seconds.
const BUCKETS: [f64; 10] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0];

type Labels = Vec<(String, String)>;
type Decimal = Gauge<f64, AtomicU64>;

/// How one target was scraped.
#[derive(Clone, Copy, Debug)]
pub struct Scrape {
    /// How long it took, all profiles together.
    pub took: Duration,
    /// Whether it failed.
    pub failed: bool,
}

/// How a round ended.
#[derive(Clone, Copy, Debug)]
pub struct RoundDone {
    /// When, in seconds since the Unix epoch.
    pub unix_seconds: f64,
    /// Targets for which there was no time.
    pub skipped: usize,
    /// Targets that had not answered in full.
    pub late: usize,
    /// Targets with new snapshots that were not judged.
    pub unjudged: usize,
    /// The size of the store.
    pub store_bytes: u64,
}

/// What is known now.
struct Known {
    suspects: BTreeMap<String, (Target, Vec<Sighting>)>,
    durations: Histogram,
    scrapes: u64,
    failures: BTreeMap<String, u64>,
    rounds: u64,
    last_round: Option<(RoundDone, Instant)>,
    skipped: u64,
    late: u64,
    targets: usize,
    undelivered: BTreeMap<String, usize>,
    dropped: u64,
}

/// The metrics of a process; shared between the rounds and the server.
pub struct Metrics {
    known: Mutex<Known>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics {
            known: Mutex::new(Known {
                suspects: BTreeMap::new(),
                durations: Histogram::new(BUCKETS),
                scrapes: 0,
                failures: BTreeMap::new(),
                rounds: 0,
                last_round: None,
                skipped: 0,
                late: 0,
                targets: 0,
                undelivered: BTreeMap::new(),
                dropped: 0,
            }),
        }
    }
}

impl Metrics {
    /// Numbers stay numbers, even if a thread died while it held them.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One target was scraped.
    pub fn scraped(&self, target: &Target, scrape: Scrape) {
        let mut known = self.known();
        known.scrapes += 1;
        known.durations.observe(scrape.took.as_secs_f64());
        if scrape.failed {
            let full = known.failures.len() >= MOST_TARGETS;
            let job = if full && !known.failures.contains_key(&target.job) { "" } else { &target.job };
            *known.failures.entry(job.to_owned()).or_default() += 1;
        }
    }

    /// One target was judged.
    pub fn judged(&self, target: &Target, sightings: Vec<Sighting>) {
        let mut known = self.known();
        if sightings.is_empty() {
            known.suspects.remove(&target.key());
        } else {
            known.suspects.insert(target.key(), (target.clone(), sightings));
        }
    }

    /// A round over these targets has ended.
    pub fn round_done(&self, ended: &RoundDone, targets: &[Target]) {
        let keys: std::collections::BTreeSet<String> = targets.iter().map(Target::key).collect();
        let mut known = self.known();
        known.rounds += 1;
        known.last_round = Some((*ended, Instant::now()));
        known.skipped += ended.skipped as u64;
        known.late += ended.late as u64;
        known.targets = targets.len();
        known.suspects.retain(|key, _| keys.contains(key));
    }

    /// What a round reported, and what waits.
    pub fn reported(&self, outcome: &Outcome) {
        let mut known = self.known();
        known.undelivered.clone_from(&outcome.undelivered);
        known.dropped += outcome.dropped;
    }

    /// How the last round ended, and when, by a clock that nobody sets.
    pub fn last_round(&self) -> Option<(RoundDone, Instant)> {
        self.known().last_round
    }

    /// The targets of the last round.
    pub fn targets(&self) -> usize {
        self.known().targets
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let registry = registry(&self.known());
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

/// A registry of what is known: made anew each time, so that what is gone has no series left.
fn registry(known: &Known) -> Registry {
    let mut registry = Registry::with_prefix("pprof_leaks");
    let version = vec![("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    registry.register("build", "The version that runs", Info::new(version));
    registry.register("rounds", "Rounds that ended", counter(known.rounds));
    registry.register("targets", "Targets of the last round", gauge(known.targets as f64));
    if let Some((ended, _)) = known.last_round {
        let help = "When the last round ended, since the Unix epoch";
        registry.register_with_unit("last_round_timestamp", help, Unit::Seconds, gauge(ended.unix_seconds));
    }
    let help = "Targets for which a round had no time; they come first in the next one";
    registry.register("skipped_targets", help, counter(known.skipped));
    registry.register(
        "late_targets",
        "Targets that had not answered when a round ended",
        counter(known.late),
    );
    let unjudged = known.last_round.map_or(0, |(ended, _)| ended.unjudged);
    let help = "Targets whose new snapshots were not judged when the last round ended; they come first in the next one";
    registry.register("unjudged_targets", help, gauge(unjudged as f64));
    let stored = known.last_round.map_or(0, |(ended, _)| ended.store_bytes);
    registry.register_with_unit("store", "Size of the store", Unit::Bytes, gauge(stored as f64));
    registry.register("scrapes", "Scrapes of a target, all its profiles together", counter(known.scrapes));
    let failures = Family::<Labels, Counter>::default();
    for (job, count) in &known.failures {
        failures.get_or_create(&vec![label("job", job)]).inc_by(*count);
    }
    registry.register("scrape_failures", "Scrapes that failed", failures);
    let help = "How long the scrape of one target took";
    registry.register_with_unit("scrape_duration", help, Unit::Seconds, known.durations.clone());
    let undelivered = Family::<Labels, Decimal>::default();
    for (receiver, count) in &known.undelivered {
        undelivered.get_or_create(&vec![label("receiver", receiver)]).set(*count as f64);
    }
    registry.register("undelivered_notifications", "Messages that wait for their receiver", undelivered);
    registry.register(
        "dropped_notifications",
        "Messages dropped because too many waited",
        counter(known.dropped),
    );
    suspects(known, &mut registry);
    registry
}

fn suspects(known: &Known, registry: &mut Registry) {
    let counts = Family::<Labels, Decimal>::default();
    let [pace, size] = [(); 2].map(|()| Family::<Labels, Decimal>::default());
    for (target, sightings) in known.suspects.values().take(MOST_TARGETS) {
        let whose = [label("job", &target.job), label("instance", &target.instance)];
        for sighting in sightings {
            let of = [label("confidence", &sighting.confidence), label("cause", &sighting.cause)];
            counts.get_or_create(&[whose.as_slice(), &of].concat()).inc();
        }
        for sighting in sightings.iter().take(SUSPECTS_PER_TARGET) {
            let which = [
                label("confidence", &sighting.confidence),
                label("cause", &sighting.cause),
                label("fingerprint", &sighting.fingerprint),
                label("function", &sighting.function),
                label("unit", &sighting.unit),
            ];
            let labels = [whose.as_slice(), &which].concat();
            size.get_or_create(&labels).set(sighting.size);
            if let Some(per_hour) = sighting.per_hour {
                pace.get_or_create(&labels).set(per_hour);
            }
        }
    }
    registry.register("suspects", "Suspects of a target by confidence and cause", counts);
    registry.register("suspect_growth_per_hour", "Growth an hour of a suspect, in its unit", pace);
    registry.register("suspect_size", "What is live of a suspect, in its unit", size);
}

fn label(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), cut(value))
}

fn counter(value: u64) -> Counter {
    let counter = Counter::default();
    counter.inc_by(value);
    counter
}

fn gauge(value: f64) -> Decimal {
    let gauge = Decimal::default();
    gauge.set(value);
    gauge
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(id: usize) -> Sighting {
        Sighting {
            fingerprint: format!("{id:016x}"),
            confidence: "high".into(),
            cause: "unknown-growth".into(),
            function: "main.\"f\\\n".into(),
            position: String::new(),
            size: 1024.0,
            per_hour: Some(2.5),
            unit: "bytes".into(),
            summary: String::new(),
            advice: String::new(),
        }
    }

    #[test]
    fn hostile_names_and_many_suspects_stay_bounded_and_what_is_gone_has_no_series() {
        let target = Target { job: "s".repeat(10_000), instance: "a:1".into(), labels: BTreeMap::new() };
        let metrics = Metrics::default();
        metrics.judged(&target, (0..500).map(sighting).collect());
        metrics.scraped(&target, Scrape { took: Duration::from_millis(20), failed: true });
        let ended = RoundDone { unix_seconds: 1.5, skipped: 3, late: 2, unjudged: 1, store_bytes: 99 };
        metrics.round_done(&ended, std::slice::from_ref(&target));
        let text = metrics.text();
        assert!(text.contains("function=\"main.\\\"f\\\\\\n\""), "{text}");
        assert_eq!(text.matches("pprof_leaks_suspect_size{").count(), SUSPECTS_PER_TARGET);
        assert!(
            text.lines().any(|l| l.starts_with("pprof_leaks_suspects{") && l.ends_with(" 500.0")),
            "{text}"
        );
        assert!(text.contains("\npprof_leaks_store_bytes 99.0\n"), "{text}");
        assert!(text.lines().all(|line| line.len() < 1500));
        assert!(text.contains("\npprof_leaks_skipped_targets_total 3\n"), "{text}");
        assert!(text.contains("\npprof_leaks_unjudged_targets 1.0\n"), "{text}");
        metrics.round_done(&RoundDone { unix_seconds: 2.5, ..ended }, &[]);
        assert!(!metrics.text().contains("pprof_leaks_suspects{"));
    }
}
