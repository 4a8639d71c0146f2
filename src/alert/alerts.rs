//! A round's documents in, news sent: the memory in its file, the outbox, and the order in which a crash does no harm.

use super::error::AlertError;
use super::message::{ended, firing, labels, webhook};
use super::options::AlertOptions;
use super::outbox::{Outbox, Waiting};
use super::pages::address;
use super::receiver::{Delivery, Receiver, ReceiverKind, Sender};
use super::reports::{Report, write_report};
use super::sighting::{Sighting, Target};
use super::state::{News, NewsKind, Open, Rules, State};
use super::whole::write_whole;
use crate::files;
use crate::report::Document;
use crate::suspects::{Confidence, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of what was reported, in the folder of alerts.
const STATE_FILE: &str = "alerts.json";
/// The version of that file.
const VERSION: u32 = 1;
/// How many intervals an alert outlives the round that sent it, as with Prometheus' own: three rounds may fail before
/// Alertmanager takes it for resolved.
const OUTLIVES: i32 = 4;

/// One target's judgement of this round.
pub struct Judged<'a> {
    /// Whose.
    pub target: &'a Target,
    /// What it says.
    pub document: &'a Document,
    /// How much of the process's life it covers.
    pub span: Duration,
    /// The report, made only if it is needed.
    pub report: &'a dyn Fn() -> Report,
}

/// What a round reported.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The news, in the order of the targets.
    pub news: Vec<News>,
    /// The report files written.
    pub reports: Vec<PathBuf>,
    /// What went wrong, one line each, without secrets.
    pub warnings: Vec<String>,
    /// How many messages wait, by receiver.
    pub undelivered: BTreeMap<String, usize>,
    /// How many messages were dropped in this round because too many waited.
    pub dropped: u64,
    /// The surest suspect of the round, for `--fail-on`.
    pub surest: Option<Confidence>,
}

/// A round of telling under way.
#[derive(Debug)]
pub struct Telling {
    now: Timestamp,
    time: String,
    /// The alerts that were open when it began, by their labels, as they end.
    before: Vec<(String, Value)>,
    outcome: Outcome,
}

impl Telling {
    /// Whether it has something to report that was not reported yet.
    pub fn has_news(&self) -> bool {
        !self.outcome.news.is_empty()
    }
}

/// What is on disk.
#[derive(Serialize, Deserialize)]
struct Memory {
    version: u32,
    state: State,
    outbox: Outbox,
}

/// Tells suspects: once, again when they got worse, and once when they are gone.
pub struct Alerts {
    options: AlertOptions,
    sender: Sender,
    memory: Memory,
}

impl Alerts {
    /// Opens the memory of what was reported. One that cannot be understood, or is no file, is set aside under another name, and a line
    /// says so: open suspects are then reported anew.
    ///
    /// # Errors
    /// If it cannot be read, or set aside.
    pub fn open(mut options: AlertOptions) -> Result<(Alerts, Option<String>), AlertError> {
        number_receivers(&mut options.receivers);
        let path = options.folder.join(STATE_FILE);
        let failed = |problem| AlertError { path: path.clone(), problem };
        let memory: Option<Memory> = match files::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).ok().filter(|memory: &Memory| memory.version == VERSION)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Memory::empty()),
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory) =>
            {
                None
            }
            Err(error) => return Err(failed(error)),
        };
        let mut warning = None;
        if memory.is_none() {
            let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
            let aside = options.folder.join(format!("{STATE_FILE}.broken-{time}"));
            std::fs::rename(&path, &aside).map_err(failed)?;
            warning = Some(format!(
                "{}: the memory of what was reported is damaged, no file, or of another version; it is kept as {}, and open suspects \
                 are reported anew",
                path.display(),
                aside.display()
            ));
        }
        let sender = Sender::new(options.patience);
        Ok((Alerts { options, sender, memory: memory.unwrap_or_else(Memory::empty) }, warning))
    }

    /// Begins a round at this time.
    pub fn begin(&self, now: Timestamp) -> Telling {
        let time = rfc3339(now);
        let open = self.memory.state.open();
        let before = open.map(|(target, open)| {
            (labels(target, &open.latest).to_string(), ended(target, &open.latest, &open.since, &time))
        });
        Telling { now, before: before.collect(), time, outcome: Outcome::default() }
    }

    /// Takes in the judgement of one target.
    pub fn take_in(&mut self, judged: &Judged<'_>, telling: &mut Telling) {
        let Judged { target, document, span, report } = judged;
        let outcome = &mut telling.outcome;
        let sightings = Sighting::all(document);
        outcome.surest = outcome.surest.max(document.suspects.iter().map(|s| s.confidence).max());
        let conclusive = document.verdict != Verdict::Inconclusive;
        let rules = self.rules();
        let covers = (conclusive, span.as_secs());
        let news = self.memory.state.observe(target, &sightings, covers, &rules, &telling.time);
        let path = self.report(target, &news, telling.now, report, outcome);
        self.post_webhooks(&news, path.as_deref(), &telling.time, outcome);
        outcome.news.extend(news);
    }

    /// Ends a round and reports what is new. `known` are all targets there are, also those that could not be scraped; the
    /// suspects of others are resolved, since nobody looks at them any more. `None` if that is not known. `stop` ends
    /// pauses between attempts.
    ///
    /// The messages are on disk before the first is sent, and are removed when they were taken: whatever ends the process
    /// on the way, none is lost, and one may be sent twice, with the same id.
    ///
    /// # Errors
    /// If the memory cannot be written. Nothing is sent then: it would be reported again each round.
    pub fn end(
        &mut self,
        telling: Telling,
        known: Option<&[Target]>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Outcome, AlertError> {
        let Telling { now, time, before, mut outcome } = telling;
        for target in known.map(|known| self.gone(known)).unwrap_or_default() {
            let news = self.memory.state.forget(&target);
            self.post_webhooks(&news, None, &time, &mut outcome);
            outcome.news.extend(news);
        }
        let after: BTreeSet<String> =
            self.memory.state.open().map(|(target, open)| labels(target, &open.latest).to_string()).collect();
        // An alert is its labels: one that has others now is another one, and the old one ends.
        for (_, end) in before.iter().filter(|(labels, _)| !after.contains(labels)) {
            self.post(ReceiverKind::Alertmanager, end, &mut outcome);
        }
        self.save()?;
        self.deliver(now, stop, &mut outcome);
        self.save()?;
        for receiver in &self.options.receivers {
            outcome.undelivered.insert(receiver.name.clone(), self.memory.outbox.len(&receiver.name));
        }
        Ok(outcome)
    }

    fn rules(&self) -> Rules {
        Rules {
            at_least: self.options.at_least,
            unsure_after: self.options.unsure_after.as_secs(),
            lasting: self.options.lasting,
            factor: self.options.factor,
            absences: self.options.absences,
        }
    }

    /// The open suspects with their targets, as they were last seen.
    pub fn open_suspects(&self) -> impl Iterator<Item = (&Target, &Sighting)> {
        self.memory.state.open().map(|(target, open)| (target, &open.latest))
    }

    /// An open suspect as an alert, with a link to its report.
    fn firing(&self, target: &Target, open: &Open, ends_at: &str) -> Value {
        let report = open.report.as_ref().map(|path| self.link(Path::new(path)));
        firing(target, open, report.as_deref(), ends_at)
    }

    /// Where a report is found: by its address where there is one, else by its path.
    fn link(&self, path: &Path) -> String {
        let page = path.with_extension("html");
        let linked = self.options.external_url.as_ref().filter(|_| page.is_file());
        match linked.zip(address(&self.options.reports, &page)) {
            Some((url, address)) => format!("{}{address}", url.trim_end_matches('/')),
            None => path.display().to_string(),
        }
    }

    /// The last report file of a target with open suspects.
    pub fn report_of(&self, target: &Target) -> Option<&str> {
        self.memory.state.report_of(target)
    }

    /// The ids of the open suspects of a target.
    pub fn open_of(&self, target: &Target) -> impl Iterator<Item = &str> {
        self.memory.state.open_of(target)
    }

    /// Writes the report of a target with a new or worsened suspect.
    fn report(
        &mut self,
        target: &Target,
        news: &[News],
        now: Timestamp,
        report: &dyn Fn() -> Report,
        outcome: &mut Outcome,
    ) -> Option<String> {
        let reported: Vec<&str> = news
            .iter()
            .filter(|news| news.kind != NewsKind::Resolved)
            .map(|news| news.sighting.fingerprint.as_str())
            .collect();
        if reported.is_empty() {
            return None;
        }
        match write_report(&self.options.reports, target, now, &report()) {
            Ok(path) => {
                self.memory.state.set_report(target, &reported, &path.display().to_string());
                let link = self.link(&path);
                outcome.reports.push(path);
                Some(link)
            }
            Err(error) => {
                let folder = self.options.reports.display();
                outcome.warnings.push(format!("{folder}: the report cannot be written there: {error}"));
                None
            }
        }
    }

    fn gone(&self, known: &[Target]) -> Vec<Target> {
        let known: BTreeSet<String> = known.iter().map(Target::key).collect();
        let gone = self.memory.state.targets.iter().filter(|(key, _)| !known.contains(*key));
        gone.map(|(_, of)| of.target.clone()).collect()
    }

    fn post_webhooks(&mut self, news: &[News], report: Option<&str>, now: &str, outcome: &mut Outcome) {
        for news in news {
            let report = report.filter(|_| news.kind != NewsKind::Resolved);
            self.post(ReceiverKind::Webhook, &webhook(news, report, now), outcome);
        }
    }

    /// Puts a message in the outbox for all receivers of a kind.
    fn post(&mut self, kind: ReceiverKind, body: &Value, outcome: &mut Outcome) {
        for receiver in self.options.receivers.iter().filter(|receiver| receiver.kind == kind) {
            let waiting = Waiting { receiver: receiver.name.clone(), body: body.clone(), refused: 0 };
            outcome.dropped += self.memory.outbox.push(waiting, self.options.most_waiting);
        }
    }

    fn save(&self) -> Result<(), AlertError> {
        let path = self.options.folder.join(STATE_FILE);
        serde_json::to_vec(&self.memory)
            .map_err(io::Error::from)
            .and_then(|bytes| write_whole(&path, &bytes))
            .map_err(|problem| AlertError { path, problem })
    }

    fn deliver(&mut self, now: Timestamp, stop: &dyn Fn() -> bool, outcome: &mut Outcome) {
        for receiver in self.options.receivers.clone() {
            let problem = match receiver.kind {
                ReceiverKind::Alertmanager => self.deliver_alerts(&receiver, now, stop, outcome),
                ReceiverKind::Webhook => self.deliver_news(&receiver, stop, outcome),
            };
            if let Some(problem) = problem {
                let waiting = self.memory.outbox.len(&receiver.name);
                outcome
                    .warnings
                    .push(format!("{}: {problem}; {waiting} messages wait for it", receiver.name));
            }
        }
    }

    /// Alertmanager gets all that fires with every round, and what ended until it was taken.
    fn deliver_alerts(
        &mut self,
        receiver: &Receiver,
        now: Timestamp,
        stop: &dyn Fn() -> bool,
        outcome: &mut Outcome,
    ) -> Option<String> {
        let lifetime =
            SignedDuration::try_from(self.options.interval).unwrap_or(SignedDuration::from_mins(5));
        let ends_at = rfc3339(now.checked_add(lifetime.saturating_mul(OUTLIVES)).unwrap_or(now));
        let open: Vec<Value> =
            self.memory.state.open().map(|(target, open)| self.firing(target, open, &ends_at)).collect();
        // What ended, but fires again by now, must not be ended after it.
        let again: BTreeSet<String> = open.iter().map(|alert| alert["labels"].to_string()).collect();
        let waiting = self.memory.outbox.of(&receiver.name);
        let count = waiting.len();
        let ended = waiting.into_iter().filter(|alert| !again.contains(&alert["labels"].to_string()));
        let alerts: Vec<Value> = ended.chain(open).collect();
        if alerts.is_empty() {
            self.memory.outbox.delivered(&receiver.name, 0, count);
            return None;
        }
        let body = Value::Array(alerts).to_string();
        match self.sender.send(receiver, &body, self.sender.deadline(), stop) {
            Delivery::Done => {
                self.memory.outbox.delivered(&receiver.name, 0, count);
                self.dropped_is_told(receiver)
            }
            Delivery::Refused(why) => Some(self.refused(receiver, 0, count, &why, outcome).1),
            Delivery::Later(why) => Some(why),
        }
    }

    /// A webhook gets one piece of news at a time, in order.
    fn deliver_news(
        &mut self,
        receiver: &Receiver,
        stop: &dyn Fn() -> bool,
        outcome: &mut Outcome,
    ) -> Option<String> {
        let deadline = self.sender.deadline();
        let mut problem = None;
        // Those that were refused before this one, which does not wait for them.
        let mut passed_over = 0;
        for mut body in self.memory.outbox.of(&receiver.name) {
            let dropped = self.memory.outbox.dropped(&receiver.name);
            if dropped > 0 {
                body["dropped_before"] = json!(dropped);
            }
            match self.sender.send(receiver, &body.to_string(), deadline, stop) {
                Delivery::Done => {
                    self.memory.outbox.delivered(&receiver.name, passed_over, 1);
                    problem = self.dropped_is_told(receiver).or(problem);
                }
                Delivery::Refused(why) => {
                    let (dropped, line) = self.refused(receiver, passed_over, 1, &why, outcome);
                    passed_over += usize::from(dropped == 0);
                    problem = Some(line);
                }
                Delivery::Later(why) => return Some(why),
            }
        }
        problem
    }

    /// Counts that messages for a receiver were refused. Gives how many are dropped for it, and what to say.
    fn refused(
        &mut self,
        receiver: &Receiver,
        place: usize,
        count: usize,
        why: &str,
        outcome: &mut Outcome,
    ) -> (u64, String) {
        let dropped = self.memory.outbox.refused(&receiver.name, place, count);
        outcome.dropped += dropped;
        let line = match dropped {
            0 => format!(
                "{why}: it takes a message for malformed or too large, and is asked again in the next round"
            ),
            n => format!("{why}, as in the rounds before; {n} messages that it does not take are dropped"),
        };
        (dropped, line)
    }

    /// The line about messages that were dropped while the receiver was away.
    fn dropped_is_told(&mut self, receiver: &Receiver) -> Option<String> {
        let dropped = self.memory.outbox.dropped(&receiver.name);
        self.memory.outbox.told_dropped(&receiver.name);
        (dropped > 0).then(|| format!("it is back; {dropped} messages were dropped while it was away"))
    }
}

impl Memory {
    fn empty() -> Memory {
        Memory { version: VERSION, state: State::default(), outbox: Outbox::default() }
    }
}

/// Gives receivers at one host names of their own, by their order.
fn number_receivers(receivers: &mut [Receiver]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for receiver in receivers {
        let count = seen.entry(receiver.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            receiver.name = format!("{} #{count}", receiver.name);
        }
    }
}

/// A time as RFC 3339 with milliseconds.
fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
