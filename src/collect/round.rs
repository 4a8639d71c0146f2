//! Rounds over all targets: those first that have waited longest, with a bound on how many are asked at once.
//!
//! A target that hangs holds no round up. After a moment it no longer counts among those that are asked at once, the round ends without it, and
//! what it answers in the end is taken in by the round that runs then.

use super::client::Client;
use super::memory::Memory;
use super::scrape::{Scraped, Tools, scrape};
use super::{Failure, Stop, Target};
use crate::store::{Instance, Store};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
/// After so many failures in a row a target is passed over, where time is short, no more often than before.
const MOST_PASSED_OVER: u32 = 4;

/// How a round is made.
#[derive(Clone, Copy, Debug)]
pub struct RoundOptions {
    /// Targets that are scraped at the same time, those that hang not counted. Default 32.
    pub concurrency: usize,
    /// The time after which no further target is begun. A round ends at half of it, so that the rest is left for judging, if all were begun by
    /// then. Default none: it ends when all have answered or failed.
    pub time: Option<Duration>,
}

impl Default for RoundOptions {
    fn default() -> RoundOptions {
        RoundOptions { concurrency: 32, time: None }
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

/// How a target fared so far.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    /// The round it was asked in last.
    asked: u64,
    /// How many times in a row nothing could be had.
    failures: u32,
}

impl Past {
    /// Where it stands in the queue of a round: those that failed last time are passed over for one round, for three, seven, fifteen if
    /// they fail again and again, unless there is time for all; of equals the one that has waited longest comes first.
    fn place(&self, round: u64) -> (bool, u64) {
        let waited = round - self.asked;
        let is_passed_over = self.failures > 0 && waited < 1 << self.failures.min(MOST_PASSED_OVER);
        (is_passed_over, self.asked)
    }
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
        let tools = Arc::new(tools(store));
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

    /// Scrapes all targets once; `done` is called for each as it ends.
    ///
    /// Each target's own failures are in what `done` gets; a store that takes nothing any more ends the round.
    pub fn round(&mut self, targets: Vec<Target>, stop: &Stop, mut done: impl FnMut(&Scraped)) -> Round {
        let started = Instant::now();
        let now = wall_clock();
        self.round += 1;
        if self.tools.stop.is_wanted() {
            // The last round was broken off; those that were begun then are asked to end.
            self.tools = Arc::new(tools(self.tools.store.clone()));
        }
        let clients = clients(&targets, self.options.concurrency);
        let mut queue = self.queue(targets);
        let mut round = Round::default();
        let mut stop_by: Option<Instant> = None;
        loop {
            while self.has_room()
                && let Some(target) = queue.pop_front()
            {
                if let Err(scraped) = self.begin(target, &clients, now) {
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
                round.skipped += std::mem::take(&mut queue).len();
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

    /// The targets in the order in which they are asked, without those that are being asked still.
    fn queue(&mut self, targets: Vec<Target>) -> VecDeque<Target> {
        let there: BTreeSet<&Instance> = targets.iter().map(|target| &target.instance).collect();
        self.past.retain(|instance, _| there.contains(instance));
        let mut queue: Vec<Target> =
            targets.into_iter().filter(|target| !self.running.contains_key(&target.instance)).collect();
        // Stable: among equals the order given.
        queue.sort_by_key(|target| {
            self.past.get(&target.instance).copied().unwrap_or_default().place(self.round)
        });
        VecDeque::from(queue)
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
        let all_hang = self.running.values().all(|running| running.since.elapsed() >= HANGING);
        match waiting {
            0 => self.running.is_empty() || lasted >= time / 2 && all_hang,
            _ => lasted >= time,
        }
    }

    /// Scrapes a target on a thread of its own, which is not waited for: a server that hangs holds it until the timeout, and must not hold
    /// up the end. Gives what came of it where it could not be begun.
    fn begin(&mut self, target: Target, clients: &Clients, now: i64) -> Result<(), Box<Scraped>> {
        let instance = target.instance.clone();
        self.past.entry(instance.clone()).or_default().asked = self.round;
        let client = match clients.get(&client_key(&target)) {
            Some(Ok(client)) => Arc::clone(client),
            Some(Err(why)) => return Err(Box::new(failed(target, Failure::Configuration(why.clone())))),
            None => return Ok(()),
        };
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

fn tools(store: Store) -> Tools {
    let places = std::thread::available_parallelism().map_or(2, usize::from);
    Tools {
        store,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Whom a round has time for, of targets that fare as described: so many in each round.
    fn asked(failing: &[bool], capacity: usize, rounds: u64) -> Vec<Vec<u64>> {
        let mut past = vec![Past::default(); failing.len()];
        let mut asked = vec![Vec::new(); failing.len()];
        for round in 1..=rounds {
            let mut queue: Vec<usize> = (0..failing.len()).collect();
            queue.sort_by_key(|i| past[*i].place(round));
            for i in queue.into_iter().take(capacity) {
                past[i] = Past { asked: round, failures: if failing[i] { past[i].failures + 1 } else { 0 } };
                asked[i].push(round);
            }
        }
        asked
    }

    #[test]
    fn all_take_turns_where_time_is_short() {
        let asked = asked(&[false; 20], 8, 10);
        assert!(asked.iter().all(|rounds| (3..=5).contains(&rounds.len())), "{asked:?}");
    }

    #[test]
    fn those_that_fail_delay_the_others_no_more_than_once_and_are_not_forgotten() {
        let failing: Vec<bool> = (0..74).map(|i| i < 64).collect();
        let asked = asked(&failing, 32, 40);
        let (bad, good) = asked.split_at(64);
        assert!(good.iter().all(|rounds| rounds.len() >= 37), "{good:?}");
        assert!(bad.iter().all(|rounds| rounds.len() >= 3 && rounds.last() > Some(&20)), "{bad:?}");
    }
}
