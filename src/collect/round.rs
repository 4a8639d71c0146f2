//! One round over all targets, on a bounded number of threads.

use super::client::Client;
use super::memory::Memory;
use super::scrape::{Scraped, Tools, scrape};
use super::{Failure, Stop, Target};
use crate::store::Store;
use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long those that are being scraped get when the program is to stop.
const GRACE: Duration = Duration::from_secs(2);
/// How often the wish to stop is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// How a round is made.
#[derive(Clone, Copy, Debug)]
pub struct RoundOptions {
    /// Targets that are scraped at the same time. Default 32.
    pub concurrency: usize,
    /// The time after which no further target is begun. Default none.
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
    /// Targets that were not begun, or not finished when the program had to stop.
    pub skipped: usize,
    /// Snapshots stored.
    pub snapshots: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Why the round was broken off, if it was: what keeps one snapshot from being stored keeps all.
    pub broken_off: Option<String>,
}

/// Scrapes all targets once; `done` is told of each as it ends.
///
/// Those that failed last time come last, so that they delay nobody. Each target's own failures are in what `done` gets;
/// a store that takes nothing any more ends the round.
pub fn run_round(
    store: &Store,
    targets: Vec<Target>,
    options: &RoundOptions,
    stop: &Stop,
    mut done: impl FnMut(&Scraped),
) -> Round {
    let started = Instant::now();
    let (now, count) = (wall_clock(), targets.len());
    let threads = options.concurrency.clamp(1, count.max(1));
    let mut queue: Vec<(Target, Memory)> = targets
        .into_iter()
        .map(|target| {
            let memory = Memory::of(store, &target.instance);
            (target, memory)
        })
        .collect();
    // Stable: among equals the order given.
    queue.sort_by_key(|(_, memory)| memory.failed);
    let clients = clients(&queue, threads);
    let queue = Arc::new(Mutex::new(VecDeque::from(queue)));
    // The round's own wish to stop: the program's, or a store that takes nothing any more.
    let enough = Stop::default();
    let places = std::thread::available_parallelism().map_or(2, usize::from);
    let tools = Arc::new(Tools {
        store: store.clone(),
        stop: enough.clone(),
        reading: std::iter::repeat_with(|| Mutex::new(())).take(places).collect(),
    });
    let (sender, receiver) = channel();
    for _ in 0..threads {
        let (queue, tools, clients, sender) =
            (Arc::clone(&queue), Arc::clone(&tools), Arc::clone(&clients), sender.clone());
        let enough = enough.clone();
        // Not joined: a server that hangs holds its thread until the timeout, and must not hold up the end.
        std::thread::spawn(move || {
            while !enough.is_wanted() {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some((target, memory)) = next else { return };
                let scraped = match clients.get(&client_key(&target)) {
                    Some(Ok(client)) => scrape(&tools, client, target, memory, now),
                    Some(Err(why)) => failed(target, Failure::Configuration(why.clone())),
                    None => return,
                };
                if sender.send(scraped).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let mut round = Round::default();
    let mut stop_by: Option<Instant> = None;
    loop {
        match receiver.recv_timeout(GLANCE) {
            Ok(scraped) => {
                round.take_in(&scraped);
                if round.broken_off.is_some() {
                    enough.ask();
                }
                done(&scraped);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if stop.is_wanted() {
            enough.ask();
        }
        if enough.is_wanted() {
            let end = *stop_by.get_or_insert_with(|| Instant::now() + GRACE);
            if Instant::now() >= end {
                break;
            }
        } else if options.time.is_some_and(|time| started.elapsed() >= time) {
            queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
    round.skipped = count - round.done - round.failed;
    round
}

impl Round {
    fn take_in(&mut self, scraped: &Scraped) {
        self.snapshots += scraped.stored.len();
        self.bytes += scraped.bytes();
        if scraped.has_failed() {
            self.failed += 1;
        } else {
            self.done += 1;
        }
        if let Some((_, failure)) = scraped.failures.iter().find(|(_, failure)| failure.concerns_all()) {
            self.broken_off.get_or_insert_with(|| failure.to_string());
        }
    }
}

fn failed(target: Target, failure: Failure) -> Scraped {
    Scraped {
        target,
        stored: Vec::new(),
        failures: vec![("", failure)],
        restarts: None,
        took: Duration::ZERO,
    }
}

/// Jobs are told apart by where their settings lie: two of one name may differ.
fn client_key(target: &Target) -> usize {
    Arc::as_ptr(&target.job).addr()
}

/// A client a job, with the secrets as they are now.
type Clients = BTreeMap<usize, Result<Client, String>>;

fn clients(queue: &[(Target, Memory)], threads: usize) -> Arc<Clients> {
    let mut clients = BTreeMap::new();
    for (target, _) in queue {
        clients
            .entry(client_key(target))
            .or_insert_with(|| Client::new(&target.job, threads).map_err(|failure| failure.to_string()));
    }
    Arc::new(clients)
}

/// The time in nanoseconds since the Unix epoch.
fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
