//! What is judged while a round goes on: instances with new snapshots, in the order in which they came; what is new is reported.

use super::judge::{Judge, Judgement, NotJudged};
use super::sentry::Sentry;
use super::telling::{log, report_on};
use crate::alert::{self, AlertOptions, Alerts, Judged, Metrics, Outcome, Pages, Sighting, Telling};
use crate::collect::{Stop, Target};
use crate::pipeline::Incomparable;
use crate::report::{build_document, inert};
use crate::store::{Instance, Store};
use crate::suspects::Confidence;
use jiff::Timestamp;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;
use tracing::{debug, warn};

/// The bounds of a round.
pub(super) struct Bounds<'a> {
    /// All targets there are, if that is known.
    pub(super) known: Option<&'a [alert::Target]>,
    /// When the next round begins, to which those are left that were not judged by then.
    pub(super) until: Option<Instant>,
    pub(super) stop: &'a Stop,
}

/// What the judging of a round came to.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Instances that were judged.
    pub(super) judged: usize,
    /// The surest suspect seen.
    pub(super) surest: Option<Confidence>,
    /// Why the memory of what was reported could not be kept.
    pub(super) not_told: Option<String>,
    /// Instances with new snapshots for which there was no time.
    pub(super) waiting: usize,
}

/// Judges instances and reports, round after round.
pub(super) struct Judging {
    store: Store,
    judge: Judge,
    options: AlertOptions,
    metrics: Arc<Metrics>,
    pages: Arc<Pages>,
    alerts: Option<(Alerts, Sentry)>,
    /// Those that were not judged yet, the one first that has waited longest; in no round may the same ones be left over.
    waiting: VecDeque<Target>,
    queued: BTreeSet<Instance>,
    /// Those whose last judgement took too long, which are judged when nobody else waits.
    slow: BTreeSet<Instance>,
}

impl Judging {
    pub(super) fn new(
        (store, judge): (Store, Judge),
        options: AlertOptions,
        metrics: Arc<Metrics>,
        pages: Arc<Pages>,
    ) -> Judging {
        Judging {
            store,
            judge,
            options,
            metrics,
            pages,
            alerts: None,
            waiting: VecDeque::new(),
            queued: BTreeSet::new(),
            slow: BTreeSet::new(),
        }
    }

    /// Judges those that come until no more can come, and reports what is new as soon as nobody waits.
    pub(super) fn round(&mut self, fresh: &Receiver<Target>, bounds: &Bounds<'_>) -> Done {
        let mut done = Done::default();
        if let Err(why) = self.open_alerts() {
            done.not_told = Some(why);
        }
        if let Some(known) = bounds.known {
            self.forget_all_but(known);
        }
        let mut telling = self.begin();
        while let Some(target) = self.next(fresh) {
            let late = done.judged > 0 && bounds.until.is_some_and(|until| Instant::now() > until);
            if late || bounds.stop.is_wanted() {
                self.queued.insert(target.instance.clone());
                self.waiting.push_front(target);
                break;
            }
            self.judge(&target, telling.as_mut(), &mut done);
            self.take(fresh);
            if self.waiting.is_empty() && telling.as_ref().is_some_and(Telling::has_news) {
                self.end(telling.take(), None, bounds.stop, &mut done);
                telling = self.begin();
            }
        }
        self.take(fresh);
        self.end(telling, bounds.known, bounds.stop, &mut done);
        done.waiting = self.waiting.len();
        done
    }

    /// Takes those that have come.
    fn take(&mut self, fresh: &Receiver<Target>) {
        for target in fresh.try_iter() {
            if self.queued.insert(target.instance.clone()) {
                self.waiting.push_back(target);
            }
        }
    }

    /// The next one; it is waited for as long as one can come.
    fn next(&mut self, fresh: &Receiver<Target>) -> Option<Target> {
        self.take(fresh);
        let first = self.waiting.iter().position(|target| !self.slow.contains(&target.instance));
        let target = self.waiting.remove(first.unwrap_or(0)).or_else(|| fresh.recv().ok())?;
        self.queued.remove(&target.instance);
        Some(target)
    }

    fn forget_all_but(&mut self, known: &[alert::Target]) {
        let known: BTreeSet<(&str, &str)> =
            known.iter().map(|target| (target.job.as_str(), target.instance.as_str())).collect();
        let is_there = |instance: &Instance| known.contains(&(instance.job(), instance.name()));
        self.judge.retain(is_there);
        self.waiting.retain(|target| is_there(&target.instance));
        self.queued.retain(is_there);
        self.slow.retain(is_there);
    }

    fn judge(&mut self, target: &Target, telling: Option<&mut Telling>, done: &mut Done) {
        let Some(Judgement { analysis, span, evidence }) = self.judgement(target) else { return };
        let mut document = build_document(&analysis);
        document.service.instance = Some(target.instance.name().to_owned());
        drop(analysis);
        done.judged += 1;
        done.surest = done.surest.max(document.suspects.iter().map(|suspect| suspect.confidence).max());
        let whose = alert_target(target);
        self.metrics.judged(&whose, Sighting::all(&document));
        let report = &|| report_on(target, &document);
        let judged = Judged { target: &whose, document: &document, span, report };
        if let (Some((alerts, _)), Some(telling)) = (&mut self.alerts, telling) {
            alerts.take_in(&judged, telling);
            let open = alerts.open_of(&whose).map(|id| (id.to_owned(), evidence.clone())).collect::<Vec<_>>();
            if let Err(error) = self.store.keep_evidence(&target.instance, &open) {
                warn!(problem = %error, "the evidence of open suspects cannot be noted");
            }
        }
        let report = self.alerts.as_ref().and_then(|(alerts, _)| alerts.report_of(&whose));
        self.pages.judged(&whose, &document, report);
    }

    fn judgement(&mut self, target: &Target) -> Option<Judgement> {
        let judged = self.judge.judge(&self.store, &target.instance);
        let is_slow = matches!(judged, Err(NotJudged::Incomparable(Incomparable::OutOfTime)));
        let was_slow = if is_slow {
            !self.slow.insert(target.instance.clone())
        } else {
            self.slow.remove(&target.instance)
        };
        match judged {
            Ok(judgement) => Some(judgement),
            Err(NotJudged::Incomparable(why)) if is_slow && !was_slow => {
                warn!(instance = %inert(&target.instance.to_string()), %why, "not judged; it is tried again when nobody else waits");
                None
            }
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
        let folder = &self.options.folder;
        let sentry = Sentry::on_duty(folder)
            .map_err(|error| format!("{}: nothing can be reported: {error}", folder.display()))
            .inspect_err(|why| warn!("{}", inert(why)))?;
        let Some(sentry) = sentry else {
            warn!("another pprof-leaks judges this store and reports; this one only collects");
            return Ok(());
        };
        let (alerts, warning) = Alerts::open(self.options.clone())
            .map_err(|error| error.to_string())
            .inspect_err(|why| warn!("{}", inert(why)))?;
        if let Some(warning) = warning {
            warn!("{}", inert(&warning));
        }
        self.alerts = Some((alerts, sentry));
        Ok(())
    }

    fn begin(&self) -> Option<Telling> {
        self.alerts.as_ref().map(|(alerts, _)| alerts.begin(Timestamp::now()))
    }

    fn end(
        &mut self,
        telling: Option<Telling>,
        known: Option<&[alert::Target]>,
        stop: &Stop,
        done: &mut Done,
    ) {
        let (Some(telling), Some((alerts, _))) = (telling, &mut self.alerts) else { return };
        match alerts.end(telling, known, &|| stop.is_wanted()) {
            Ok(outcome) => self.tell(&outcome),
            Err(error) => {
                warn!(problem = %error, "nothing was reported");
                done.not_told = Some(error.to_string());
                // What is on disk is what was reported.
                self.alerts = None;
            }
        }
    }

    fn tell(&self, outcome: &Outcome) {
        self.metrics.reported(outcome);
        log(outcome);
    }
}

/// A target as alerts name it.
pub(super) fn alert_target(target: &Target) -> alert::Target {
    alert::Target {
        job: target.instance.job().to_owned(),
        instance: target.instance.name().to_owned(),
        labels: target.labels.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::JudgeOptions;
    use super::*;
    use crate::collect::Job;
    use crate::store::Ending;
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::time::Duration;

    /// A target with the first two heap profiles of a recording.
    fn target(store: &Store, address: &str) -> Target {
        let target = Target::new(address, &BTreeMap::new(), &Arc::new(Job::default())).expect("an address");
        for number in [1, 2] {
            let recorded = format!("testdata/map-cache/heap-0{number}.pb.gz");
            let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(recorded)).expect("there");
            let mut writing =
                store.begin(&target.instance, crate::profile::Kind::Heap, Ending::Proto).expect("a file");
            writing.write(&bytes).expect("room");
            writing.commit(number * 60_000_000_000).expect("room");
        }
        target
    }

    fn judge(time: Duration) -> Judge {
        Judge::new(JudgeOptions { time, ..JudgeOptions::default() })
    }

    #[test]
    fn what_took_too_long_is_judged_again_when_nobody_else_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("made");
        let (large, small) = (target(&store, "large:1"), target(&store, "small:1"));
        let options = AlertOptions::in_store(folder.path(), Duration::from_secs(60));
        let pages = Arc::new(Pages::new(&options.reports));
        let judge_of_none = (store, judge(Duration::ZERO));
        let mut judging = Judging::new(judge_of_none, options, Arc::new(Metrics::default()), pages);
        assert!(judging.judgement(&large).is_none(), "it is given up");
        judging.judge = judge(Duration::from_secs(600));
        let (sender, fresh) = std::sync::mpsc::channel();
        for target in [&large, &small] {
            sender.send(target.clone()).expect("it is heard");
        }
        drop(sender);
        let mut next = || judging.next(&fresh);
        let order = [next(), next(), next()].map(|target| target.map(|target| target.instance));
        assert_eq!(order, [Some(small.instance), Some(large.instance.clone()), None]);
        assert!(
            judging.judgement(&large).is_some() && judging.slow.is_empty(),
            "it is like all others again"
        );
    }
}
