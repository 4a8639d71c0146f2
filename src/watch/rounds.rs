//! The rounds: what happens in one, in order, and what is kept from one to the next.

use super::judge::{Judge, JudgeOptions, Judgement, NotJudged};
use super::sentry::Sentry;
use crate::alert::{
    self, AlertOptions, Alerts, Judged, Metrics, NewsKind, Outcome, Pages, Report as ReportFile, RoundDone,
    Scrape, Sighting,
};
use crate::collect::{Discovered, Discovery, Round, RoundOptions, Scraped, Scraper, Stop, Target};
use crate::report::{Document, HtmlOptions, MarkdownOptions, build_document, html, inert, markdown};
use crate::store::{Instance, Retention, Store};
use crate::suspects::Confidence;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{debug, info, warn};

/// The store is thinned no more often than this.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
/// Suspects shown in full in a report file.
const TOP: usize = 10;

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
    judge: Option<Judge>,
    alerts: Option<(Alerts, Sentry)>,
    /// When each instance was judged last, those never judged first.
    last_judged: BTreeMap<Instance, u64>,
    turn: u64,
    store_bytes: u64,
    pruned: Option<Instant>,
    /// Jobs that were warned of.
    exposed: BTreeSet<String>,
}

impl Watch {
    /// Rounds over the targets of `discovery` into a store.
    pub fn new(store: Store, discovery: Discovery, options: WatchOptions, metrics: Arc<Metrics>) -> Watch {
        Watch {
            judge: options.judge.clone().map(Judge::new),
            scraper: Scraper::new(store.clone(), options.round),
            store,
            discovery,
            pages: Arc::new(Pages::new(&options.alerts.reports)),
            options,
            metrics,
            alerts: None,
            last_judged: BTreeMap::new(),
            turn: 0,
            store_bytes: 0,
            pruned: None,
            exposed: BTreeSet::new(),
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
        let mut report = Report { targets: targets.len(), problems: problems.len(), ..Report::default() };
        let all: Vec<alert::Target> = targets.iter().map(alert_target).collect();
        let mut fresh: Vec<Target> = Vec::new();
        let metrics = Arc::clone(&self.metrics);
        report.round = self.scraper.round(targets, stop, |scraped| {
            let (took, failed) = (scraped.took, scraped.has_failed());
            metrics.scraped(&alert_target(&scraped.target), Scrape { took, failed });
            log(scraped);
            if !scraped.stored.is_empty() {
                fresh.push(scraped.target.clone());
            }
        });
        if let Some(why) = &report.round.broken_off {
            warn!(why = %inert(why), "the round was broken off");
            // Perhaps the retention makes room for the next one.
            self.pruned = None;
        }
        self.store_bytes += report.round.bytes;
        // A list that cannot be read hides targets that are there.
        let known = is_complete.then_some(all.as_slice());
        self.judge_and_tell(fresh, known, started, stop, &mut report);
        if let Some(known) = known {
            self.pages.retain(known);
        }
        self.prune(stop);
        let Round { done, failed, skipped, late, snapshots, bytes, .. } = report.round;
        let ended = RoundDone { unix_seconds: unix_seconds(), skipped, late, store_bytes: self.store_bytes };
        self.metrics.round_done(&ended, &all);
        if skipped > 0 && report.round.broken_off.is_none() && !stop.is_wanted() {
            warn!(
                skipped,
                of = all.len(),
                "there was no time for some targets, which come first in the next round; give a longer interval with --every, \
                 ask more at once with --concurrency, or watch fewer"
            );
        }
        info!(done, failed, skipped, late, snapshots, bytes, took_ms = millis(started.elapsed()), "round");
        report
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

    /// Judges what has new snapshots, those first that have waited longest, and reports what is new.
    fn judge_and_tell(
        &mut self,
        mut fresh: Vec<Target>,
        known: Option<&[alert::Target]>,
        started: Instant,
        stop: &Stop,
        report: &mut Report,
    ) {
        if self.judge.is_none() || stop.is_wanted() {
            return;
        }
        if let Err(why) = self.open_alerts() {
            report.not_told = Some(why);
        }
        self.turn += 1;
        fresh.sort_by(|a, b| {
            let turn = |target: &Target| self.last_judged.get(&target.instance).copied().unwrap_or(0);
            turn(a).cmp(&turn(b)).then_with(|| a.instance.cmp(&b.instance))
        });
        let mut telling = self.alerts.as_ref().map(|(alerts, _)| alerts.begin(Timestamp::now()));
        let count = fresh.len();
        // A round whose scraping took all of the interval still has half of one for judging.
        let judging = Instant::now();
        let time = self.options.round.time.map(|time| time.saturating_sub(started.elapsed()).max(time / 2));
        for target in fresh {
            let late = report.judged > 0 && time.is_some_and(|time| judging.elapsed() > time);
            if stop.is_wanted() || late {
                warn!(
                    judged = report.judged,
                    of = count,
                    "the time of the round is over; the others are judged first next time"
                );
                break;
            }
            self.last_judged.insert(target.instance.clone(), self.turn);
            let Some(Judgement { analysis, span, evidence }) = self.judged(&target) else { continue };
            let mut document = build_document(&analysis);
            document.service.instance = Some(target.instance.name().to_owned());
            drop(analysis);
            report.judged += 1;
            report.surest = report.surest.max(document.suspects.iter().map(|s| s.confidence).max());
            let whose = alert_target(&target);
            self.metrics.judged(&whose, Sighting::all(&document));
            let judged = Judged {
                target: &whose,
                document: &document,
                span,
                report: &|| report_on(&target, &document),
            };
            if let (Some((alerts, _)), Some(telling)) = (&mut self.alerts, &mut telling) {
                alerts.take_in(&judged, telling);
                let open =
                    alerts.open_of(&whose).map(|id| (id.to_owned(), evidence.clone())).collect::<Vec<_>>();
                if let Err(error) = self.store.keep_evidence(&target.instance, &open) {
                    warn!(problem = %error, "the evidence of open suspects cannot be noted");
                }
            }
            let report = self.alerts.as_ref().and_then(|(alerts, _)| alerts.report_of(&whose));
            self.pages.judged(&whose, &document, report);
        }
        let ended = telling
            .zip(self.alerts.as_mut())
            .map(|(telling, (alerts, _))| alerts.end(telling, known, &|| stop.is_wanted()));
        match ended {
            Some(Ok(outcome)) => self.tell(&outcome),
            Some(Err(error)) => {
                warn!(problem = %error, "nothing was reported");
                report.not_told = Some(error.to_string());
                // What is on disk is what was reported.
                self.alerts = None;
            }
            None => {}
        }
    }

    fn judged(&mut self, target: &Target) -> Option<Judgement> {
        match self.judge.as_mut()?.judge(&self.store, &target.instance) {
            Ok(judgement) => Some(judgement),
            Err(NotJudged::Incomparable(why)) => {
                debug!(instance = %inert(&target.instance.to_string()), %why, "not judged yet");
                None
            }
            Err(NotJudged::Store(error)) => {
                warn!(instance = %inert(&target.instance.to_string()), problem = %error, "not judged");
                None
            }
        }
    }

    /// Opens the memory of what was reported, unless another process reports.
    fn open_alerts(&mut self) -> Result<(), String> {
        if self.alerts.is_some() {
            return Ok(());
        }
        let folder = &self.options.alerts.folder;
        let sentry = Sentry::on_duty(folder)
            .map_err(|error| format!("{}: nothing can be whose: {error}", folder.display()))
            .inspect_err(|why| warn!("{}", inert(why)))?;
        let Some(sentry) = sentry else {
            warn!("another pprof-leaks judges this store and reports; this one only collects");
            return Ok(());
        };
        let (alerts, warning) = Alerts::open(self.options.alerts.clone())
            .map_err(|error| error.to_string())
            .inspect_err(|why| warn!("{}", inert(why)))?;
        if let Some(warning) = warning {
            warn!("{}", inert(&warning));
        }
        self.alerts = Some((alerts, sentry));
        Ok(())
    }

    fn tell(&self, outcome: &Outcome) {
        self.metrics.reported(outcome);
        for news in &outcome.news {
            let suspect = &news.sighting;
            let what = match news.kind {
                NewsKind::New => "new suspect",
                NewsKind::Worse => "suspect got worse",
                NewsKind::Resolved => "suspect is gone",
            };
            // The surest are worth a line even where little is logged.
            let line = inert(&suspect.summary);
            let whose = inert(&format!("{}/{}", news.target.job, news.target.instance));
            let (id, cause, confidence) = (&suspect.fingerprint, &suspect.cause, &suspect.confidence);
            if news.kind == NewsKind::Resolved {
                info!(instance = %whose, %id, %cause, "{what}: {line}");
            } else {
                warn!(instance = %whose, %id, %cause, %confidence, "{what}: {line}");
            }
        }
        for path in &outcome.reports {
            info!(path = %path.display(), "report written");
        }
        for warning in &outcome.warnings {
            warn!("{}", inert(warning));
        }
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

/// A target as alerts name it.
fn alert_target(target: &Target) -> alert::Target {
    alert::Target {
        job: target.instance.job().to_owned(),
        instance: target.instance.name().to_owned(),
        labels: target.labels.clone(),
    }
}

/// The report in both forms; in the one for tickets, first whose it is, as it stands in the store.
fn report_on(target: &Target, document: &Document) -> ReportFile {
    let labels: Vec<String> =
        target.labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    let labels = if labels.is_empty() { String::new() } else { format!(" {{{}}}", labels.join(", ")) };
    // As code, in which markdown means nothing; what service discovery says may hold anything.
    let head = format!("{} at {}{labels}", target.instance, target.address).replace('`', "'");
    let markdown = markdown(document, &MarkdownOptions { top: TOP, ..MarkdownOptions::default() });
    ReportFile {
        markdown: format!("`{}`\n\n{markdown}", inert(&head)),
        page: html(document, &HtmlOptions::default()).ok(),
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
