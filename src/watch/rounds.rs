//! The rounds: what happens in one, in order, and what is kept from one to the next.

use super::judge::{Judge, JudgeOptions};
use super::judging::{Bounds, Done, Judging, alert_target};
use crate::alert::{self, AlertOptions, Metrics, Pages, RoundDone, Scrape};
use crate::collect::{Discovered, Discovery, Round, RoundOptions, Scraped, Scraper, Stop, Target};
use crate::report::inert;
use crate::store::{Pruned, Retention, Store};
use crate::suspects::Confidence;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use tracing::{debug, info, warn};

/// The store is thinned no more often than this.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);

/// How rounds are made.
pub struct WatchOptions {
    /// How targets are scraped.
    pub round: RoundOptions,
    /// How instances are judged; not at all if `None`.
    pub judge: Option<JudgeOptions>,
    /// How suspects are reported.
    pub alerts: AlertOptions,
    /// How long snapshots are kept.
    pub retention: Retention,
}

/// What a round did.
#[derive(Debug, Default)]
pub struct Report {
    /// What was scraped.
    pub round: Round,
    /// How many targets there are.
    pub targets: usize,
    /// What was wrong with the lists of targets.
    pub problems: usize,
    /// Instances that were judged.
    pub judged: usize,
    /// The surest suspect seen.
    pub surest: Option<Confidence>,
    /// Why the memory of what was reported could not be kept.
    pub not_told: Option<String>,
}

/// What goes on from round to round.
pub struct Watch {
    store: Store,
    discovery: Discovery,
    scraper: Scraper,
    options: WatchOptions,
    metrics: Arc<Metrics>,
    pages: Arc<Pages>,
    judging: Option<Judging>,
    store_bytes: u64,
    pruned: Option<Instant>,
    /// Jobs that were warned of.
    exposed: BTreeSet<String>,
    /// Whether the last round had no time for some targets.
    is_short: bool,
    /// Whether some had not answered when it ended.
    is_late: bool,
}

impl Watch {
    /// Rounds over the targets of `discovery` into a store.
    pub fn new(store: Store, discovery: Discovery, options: WatchOptions, metrics: Arc<Metrics>) -> Watch {
        let pages = Arc::new(Pages::new(&options.alerts.reports));
        let judging = options.judge.clone().map(|judge| {
            let judge = (store.clone(), Judge::new(judge));
            Judging::new(judge, options.alerts.clone(), Arc::clone(&metrics), Arc::clone(&pages))
        });
        Watch {
            scraper: Scraper::new(store.clone(), options.round),
            store,
            discovery,
            options,
            metrics,
            pages,
            judging,
            store_bytes: 0,
            pruned: None,
            exposed: BTreeSet::new(),
            is_short: false,
            is_late: false,
        }
    }

    /// What a browser is shown.
    pub fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.pages)
    }

    /// One round. What was scraped when the wish to stop comes is in the store.
    pub fn round(&mut self, stop: &Stop) -> Report {
        let started = Instant::now();
        let Discovered { targets, problems, is_complete } = self.discovery.targets();
        for problem in &problems {
            warn!("{}", inert(problem));
        }
        self.warn_of_exposure(&targets);
        let all: Vec<alert::Target> = targets.iter().map(alert_target).collect();
        // A list that cannot be read hides targets that are there.
        let known = is_complete.then_some(all.as_slice());
        let until = self.options.round.time.map(|time| started + time);
        let (round, judged) = self.scrape_and_judge(targets, &Bounds { known, until, stop });
        if let Some(why) = &round.broken_off {
            warn!(why = %inert(why), "the round was broken off");
            // Perhaps the retention makes room for the next one.
            self.pruned = None;
        }
        self.store_bytes += round.bytes;
        if let Some(known) = known {
            self.pages.retain(known);
        }
        self.prune(stop);
        let Round { done, failed, skipped, late, snapshots, bytes, .. } = round;
        let Done { judged, surest, not_told, waiting: unjudged } = judged;
        let ended = RoundDone {
            unix_seconds: unix_seconds(),
            skipped,
            late,
            unjudged,
            store_bytes: self.store_bytes,
        };
        self.metrics.round_done(&ended, &all);
        if round.broken_off.is_none() && !stop.is_wanted() {
            self.warn_of_shortage(&round, unjudged, all.len());
        }
        let took_ms = millis(started.elapsed());
        info!(done, failed, skipped, late, judged, unjudged, snapshots, bytes, took_ms, "round");
        Report { round, targets: all.len(), problems: problems.len(), judged, surest, not_told }
    }

    /// Scrapes all targets; meanwhile a thread of its own judges those that have new snapshots, so that one does not wait for the other.
    fn scrape_and_judge(&mut self, targets: Vec<Target>, bounds: &Bounds<'_>) -> (Round, Done) {
        let (sender, fresh) = channel();
        let Watch { scraper, judging, metrics, .. } = self;
        std::thread::scope(|scope| {
            let judging = judging
                .as_mut()
                .filter(|_| !bounds.stop.is_wanted())
                .map(|judging| scope.spawn(move || judging.round(&fresh, bounds)));
            let round = scraper.round(targets, bounds.stop, |scraped| {
                let (took, failed) = (scraped.took, scraped.has_failed());
                metrics.scraped(&alert_target(&scraped.target), Scrape { took, failed });
                log(scraped);
                if !scraped.stored.is_empty() {
                    // Where nobody judges, nobody listens.
                    let _ = sender.send(scraped.target.clone());
                }
            });
            drop(sender);
            let judged = judging.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
            (round, judged.unwrap_or_default())
        })
    }

    fn warn_of_exposure(&mut self, targets: &[Target]) {
        for target in targets.iter().filter(|target| target.exposes_credentials()) {
            if self.exposed.insert(target.job.name.clone()) {
                warn!(
                    job = %inert(&target.job.name),
                    target = %inert(target.address.authority()),
                    "credentials are sent over plain HTTP to another machine, where they can be read on the way; use https"
                );
            }
        }
    }

    /// Says once that there is no time for some targets or that some answer too late, and once that this is over.
    fn warn_of_shortage(&mut self, round: &Round, unjudged: usize, of: usize) {
        let Round { skipped, late, .. } = *round;
        let (is_short, is_late) = (skipped + unjudged > 0, late > 0);
        if is_short && !self.is_short {
            warn!(
                skipped,
                unjudged,
                of,
                "there was no time for some targets, which come first in the next round; give a longer interval with --every, ask more at once \
                 with --concurrency, or watch fewer. This is said once; /metrics counts them"
            );
        }
        if is_late && !self.is_late {
            warn!(
                late,
                of,
                "some targets had not answered when the round ended; what they answer still counts. This is said once"
            );
        }
        if (self.is_short || self.is_late) && !is_short && !is_late {
            info!(of, "all targets are asked and judged in time again");
        }
        (self.is_short, self.is_late) = (is_short, is_late);
    }

    /// Thins the store now and then.
    fn prune(&mut self, stop: &Stop) {
        if stop.is_wanted() || self.pruned.is_some_and(|at| at.elapsed() < PRUNE_EVERY) {
            return;
        }
        self.pruned = Some(Instant::now());
        match self.store.prune(&self.options.retention, nanos_now()) {
            Ok(pruned) => {
                self.store_bytes = pruned.left;
                for problem in &pruned.problems {
                    warn!(%problem, "not pruned");
                }
                if pruned.doubted {
                    info!("{}", Pruned::DOUBT);
                }
                if pruned.snapshots > 0 {
                    info!(snapshots = pruned.snapshots, bytes = pruned.bytes, "pruned");
                }
                if pruned.over {
                    warn!(
                        bytes = pruned.left,
                        "the store is larger than its limit: what is left is the latest of each kind, or evidence of open \
                         suspects; raise --max-store"
                    );
                }
            }
            Err(error) => warn!(problem = %error, "the store cannot be pruned"),
        }
    }
}

fn log(scraped: &Scraped) {
    let target = &scraped.target;
    let instance = inert(&target.instance.to_string());
    // What is wrong with all profiles of a target is reported once.
    let mut problems: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (profile, failure) in &scraped.failures {
        problems.entry(failure.to_string()).or_default().push(profile);
    }
    for (problem, profiles) in problems {
        warn!(%instance, profiles = profiles.join(", "), "not stored: {}", inert(&problem));
    }
    if let Some(problem) = &scraped.too_large {
        warn!(%instance, "stored, but too large to be judged: {}", inert(problem));
    }
    if let Some(falls) = scraped.restarts {
        warn!(
            %instance,
            falls,
            "its counters fell several times in the last rounds: two processes seem to answer at this address, or it \
             restarts all the time. Give each process an address of its own"
        );
    }
    let snapshots = scraped.stored.len();
    debug!(%instance, snapshots, bytes = scraped.bytes(), took_ms = millis(scraped.took), "scraped");
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn nanos_now() -> i64 {
    i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

fn unix_seconds() -> f64 {
    Timestamp::now().as_millisecond() as f64 / 1000.0
}
