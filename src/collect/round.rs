//! Rounds over all targets: each is asked when it is due, with a bound on how many are asked at once.
//!
//! A target that hangs holds no round up. After a moment it no longer counts among those that are asked at once, the round ends without it, and
//! what it answers in the end is taken in by the round that runs then.

use super::client::Client;
use super::memory::Memory;
use super::queue::{Past, Queue};
use super::scrape::{Scraped, Tools, scrape};
use super::{Failure, Stop, Target};
use crate::input::Limits;
use crate::store::{Instance, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long those that are being scraped get when the program is to stop.
const GRACE: Duration = Duration::from_secs(2);
/// How often the wish to stop is looked at.
const GLANCE: Duration = Duration::from_millis(50);
/// What has not answered for so long gives its place to another: it waits, and costs a thread and a descriptor, no work.
const HANGING: Duration = Duration::from_secs(2);
/// So many times as many as are asked at once may be under way with those that hang.
const MOST_HANGING: usize = 8;
/// The last part of a round's time, in which only those that hang may not have answered yet; what is judged then is done before the next round.
const REST: u32 = 20;

/// How a round is made.
#[derive(Clone, Copy, Debug)]
pub struct RoundOptions {
    /// Targets that are scraped at the same time, those that hang not counted. Default 32.
    pub concurrency: usize,
    /// The time of a round, after which no further target is begun; it ends earlier where all have answered. Default none: it ends when all
    /// have answered or failed.
    pub time: Option<Duration>,
    /// Bounds on an answer that is read; what is larger is stored all the same.
    pub limits: Limits,
    /// The first part of a round over which the moments of targets are spread. Default none: all are asked at once.
    pub spread: Duration,
}

impl Default for RoundOptions {
    fn default() -> RoundOptions {
        RoundOptions { concurrency: 32, time: None, spread: Duration::ZERO, limits: Limits::of_a_service() }
    }
}

/// What became of a round.
#[derive(Debug, Default)]
pub struct Round {
    /// Targets of which all was stored that they serve.
    pub done: usize,
    /// Targets of which something could not be had.
    pub failed: usize,
    /// Targets that were not begun, because time was short; they come first in the next round.
    pub skipped: usize,
    /// Targets that had not answered in full when the round ended.
    pub late: usize,
    /// Snapshots stored.
    pub snapshots: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Why the round was broken off, if it was: what keeps one snapshot from being stored keeps all.
    pub broken_off: Option<String>,
}

/// One that is being scraped.
struct Running {
    since: Instant,
    thread: JoinHandle<()>,
}

/// Scrapes targets, round after round.
pub struct Scraper {
    options: RoundOptions,
    tools: Arc<Tools>,
    round: u64,
    past: BTreeMap<Instance, Past>,
    running: BTreeMap<Instance, Running>,
    sender: Sender<Scraped>,
    receiver: Receiver<Scraped>,
}

impl Scraper {
    /// A scraper that has asked nobody yet.
    pub fn new(store: Store, options: RoundOptions) -> Scraper {
        let (sender, receiver) = channel();
        let tools = Arc::new(tools(store, options.limits));
        Scraper {
            options,
            tools,
            round: 0,
            past: BTreeMap::new(),
            running: BTreeMap::new(),
            sender,
            receiver,
        }
    }

    /// Scrapes all targets once, each at its moment; `done` is called for each as it ends.
    ///
    /// Each target's own failures are in what `done` gets; a store that takes nothing any more ends the round.
    pub fn round(&mut self, targets: Vec<Target>, stop: &Stop, mut done: impl FnMut(&Scraped)) -> Round {
        let started = Instant::now();
        self.round += 1;
        if self.tools.stop.is_wanted() {
            // The last round was broken off; those that were begun then are asked to end.
            self.tools = Arc::new(tools(self.tools.store.clone(), self.options.limits));
        }
        let clients = clients(&targets, self.options.concurrency);
        let mut queue = self.queue(targets, started);
        let mut round = Round::default();
        let mut stop_by: Option<Instant> = None;
        let mut is_closed = false;
        loop {
            while !is_closed
                && self.has_room()
                && let Some(target) = queue.next(Instant::now())
            {
                if let Err(scraped) = self.begin(target, &clients) {
                    self.take_in(&scraped, &mut round);
                    done(&scraped);
                }
            }
            match self.receiver.recv_timeout(GLANCE) {
                Ok(scraped) => {
                    self.take_in(&scraped, &mut round);
                    done(&scraped);
                }
                // A thread that panicked has ended without an answer.
                Err(RecvTimeoutError::Timeout) => {
                    self.running.retain(|_, running| !running.thread.is_finished())
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if round.broken_off.is_some() || stop.is_wanted() {
                self.tools.stop.ask();
                let end = *stop_by.get_or_insert_with(|| Instant::now() + GRACE);
                is_closed = true;
                if self.running.is_empty() || Instant::now() >= end {
                    break;
                }
            } else if self.is_over(queue.len(), started.elapsed()) {
                break;
            }
        }
        round.skipped += queue.len();
        round.late = self.running.len();
        round
    }

    /// The targets to be asked, without those that are being asked still.
    fn queue(&mut self, targets: Vec<Target>, started: Instant) -> Queue {
        let there: BTreeSet<&Instance> = targets.iter().map(|target| &target.instance).collect();
        self.past.retain(|instance, _| there.contains(instance));
        let idle = targets.into_iter().filter(|target| !self.running.contains_key(&target.instance));
        let with_past = idle.map(|target| {
            let past = self.past.get(&target.instance).copied().unwrap_or_default();
            (target, past)
        });
        Queue::new(with_past, (self.round, started), self.options.spread)
    }

    /// Whether one more may be asked.
    fn has_room(&self) -> bool {
        let most = self.options.concurrency.max(1);
        let hanging = self.running.values().filter(|running| running.since.elapsed() >= HANGING).count();
        self.running.len() - hanging < most && self.running.len() < MOST_HANGING * most
    }

    /// Whether a round ends that has lasted so long, with so many that were not begun.
    fn is_over(&self, waiting: usize, lasted: Duration) -> bool {
        let Some(time) = self.options.time else { return waiting == 0 && self.running.is_empty() };
        let is_late = lasted >= time - time / REST;
        let all_hang = self.running.values().all(|running| running.since.elapsed() >= HANGING);
        match waiting {
            0 => self.running.is_empty() || is_late && all_hang,
            _ => is_late,
        }
    }

    /// Scrapes a target on a thread of its own, which is not waited for: a server that hangs holds it until the timeout, and must not hold
    /// up the end. Gives what came of it where it could not be begun.
    fn begin(&mut self, target: Target, clients: &Clients) -> Result<(), Box<Scraped>> {
        let instance = target.instance.clone();
        self.past.entry(instance.clone()).or_default().asked = self.round;
        let client = match clients.get(&client_key(&target)) {
            Some(Ok(client)) => Arc::clone(client),
            Some(Err(why)) => return Err(Box::new(failed(target, Failure::Configuration(why.clone())))),
            None => return Ok(()),
        };
        let now = wall_clock();
        let (tools, sender, asked) = (Arc::clone(&self.tools), self.sender.clone(), target.clone());
        let thread = std::thread::Builder::new().spawn(move || {
            let memory = Memory::of(&tools.store, &asked.instance);
            // Nobody listens any more where the program ends.
            let _ = sender.send(scrape(&tools, &client, asked, memory, now));
        });
        match thread {
            Ok(thread) => {
                self.running.insert(instance, Running { since: Instant::now(), thread });
                Ok(())
            }
            Err(error) => Err(Box::new(failed(target, Failure::Exhausted(error.to_string())))),
        }
    }

    fn take_in(&mut self, scraped: &Scraped, round: &mut Round) {
        let instance = &scraped.target.instance;
        self.running.remove(instance);
        if let Some(past) = self.past.get_mut(instance) {
            past.failures = if scraped.stored.is_empty() { past.failures.saturating_add(1) } else { 0 };
        }
        round.snapshots += scraped.stored.len();
        round.bytes += scraped.bytes();
        if scraped.has_failed() {
            round.failed += 1;
        } else {
            round.done += 1;
        }
        if let Some((_, failure)) = scraped.failures.iter().find(|(_, failure)| failure.concerns_all()) {
            round.broken_off.get_or_insert_with(|| failure.to_string());
        }
    }
}

fn tools(store: Store, limits: Limits) -> Tools {
    let places = std::thread::available_parallelism().map_or(2, usize::from);
    Tools {
        store,
        limits,
        stop: Stop::default(),
        reading: std::iter::repeat_with(|| Mutex::new(())).take(places).collect(),
    }
}

fn failed(target: Target, failure: Failure) -> Scraped {
    Scraped {
        target,
        stored: Vec::new(),
        failures: vec![("", failure)],
        too_large: None,
        restarts: None,
        took: Duration::ZERO,
    }
}

/// Jobs are distinguished by where their settings lie: two of one name may differ.
fn client_key(target: &Target) -> usize {
    Arc::as_ptr(&target.job).addr()
}

/// A client a job, with the secrets as they are now.
type Clients = BTreeMap<usize, Result<Arc<Client>, String>>;

fn clients(targets: &[Target], connections: usize) -> Clients {
    let mut clients = BTreeMap::new();
    for target in targets {
        clients.entry(client_key(target)).or_insert_with(|| {
            Client::new(&target.job, connections).map(Arc::new).map_err(|failure| failure.to_string())
        });
    }
    clients
}

/// The time in nanoseconds since the Unix epoch.
fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
