//! One target in one round: its profiles one after another, each stored before anybody reads it.

use super::client::Client;
use super::memory::{Age, Memory};
use super::{Card, Failure, Stop, Target};
use crate::input::{Limits, Problem, goroutines_on, parse};
use crate::profile::{Form, Heading, Kind};
use crate::store::{Ending, Store, Stored};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The page on which net/http/pprof says how many goroutines there are. It stops nothing.
const INDEX: &str = "";
/// The largest such page.
const INDEX_BYTES: usize = 256 << 10;
/// Pauses before asking again: 0.2 s, then 0.4 s, each with up to as much again.
pub(super) const BACKOFF: ExponentialBuilder =
    ExponentialBuilder::new().with_min_delay(Duration::from_millis(200)).with_max_times(2).with_jitter();
/// Ids are handed out in batches, so the newest goroutine alive may be this much older than one that has ended (as in
/// `series::incarnation`).
const ID_SLACK: u64 = 16 * 256;

/// What a round got from one target.
#[derive(Debug)]
pub struct Scraped {
    /// Whose.
    pub target: Target,
    /// The snapshots that are in the store now.
    pub stored: Vec<Stored>,
    /// What could not be had, by the path of the profile. A profile that is not served is no failure.
    pub failures: Vec<(&'static str, Failure)>,
    /// Why what was stored will not be judged, if it is larger than what is read of a service.
    pub too_large: Option<String>,
    /// How often the counters fell of late, if that is too often for one process.
    pub restarts: Option<usize>,
    /// How long it took, all profiles together.
    pub took: Duration,
}

impl Scraped {
    /// Whether nothing was stored, or only a part of what is served.
    pub fn has_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Bytes stored.
    pub fn bytes(&self) -> u64 {
        self.stored.iter().map(|stored| stored.bytes).sum()
    }
}

/// What all scrapes of a round share.
pub(super) struct Tools {
    pub(super) store: Store,
    pub(super) limits: Limits,
    pub(super) stop: Stop,
    /// Held while a profile is read: that takes many times the memory of its file, and a round has many threads.
    pub(super) reading: Vec<Mutex<()>>,
}

/// One kind of request.
struct Request {
    path: &'static str,
    kind: Kind,
    form: Form,
}

const fn request(path: &'static str, kind: Kind, form: Form) -> Request {
    Request { path, kind, form }
}

const DUMP: Request = request("goroutine?debug=2", Kind::Goroutine, Form::Dump);
const GOROUTINES: Request = request("goroutine", Kind::Goroutine, Form::Proto);
const HEAP: Request = request("heap?gc=1", Kind::Heap, Form::Proto);
const HEAP_AS_IT_IS: Request = request("heap", Kind::Heap, Form::Proto);
const MEM_STATS: Request = request("heap?debug=1", Kind::Heap, Form::Text);
const LEAKED: Request = request("goroutineleak", Kind::GoroutineLeak, Form::Proto);

/// A scrape under way.
struct Scrape<'a> {
    tools: &'a Tools,
    client: &'a Client,
    memory: Memory,
    /// When it began by the clock on the wall, in nanoseconds since the Unix epoch. All files bear it.
    now: i64,
    ages: Vec<Age>,
    not_served: usize,
    scraped: Scraped,
}

/// Scrapes a target; `memory` is what is remembered of it.
pub(super) fn scrape(tools: &Tools, client: &Client, target: Target, memory: Memory, now: i64) -> Scraped {
    let started = Instant::now();
    let gc = target.job.gc;
    let scraped = Scraped {
        target,
        stored: Vec::new(),
        failures: Vec::new(),
        too_large: None,
        restarts: None,
        took: Duration::ZERO,
    };
    let mut scrape = Scrape { tools, client, memory, now, ages: Vec::new(), not_served: 0, scraped };
    // The order matters: a goroutineleak request ends the waits that a dump shows (S27), and a dump counts as
    // goroutines what a garbage collection has just woken.
    let _ = scrape
        .dump()
        .and_then(|()| scrape.fetch(&GOROUTINES))
        .and_then(|()| scrape.fetch(if gc { &HEAP } else { &HEAP_AS_IT_IS }))
        .and_then(|()| scrape.mem_stats())
        .and_then(|()| scrape.fetch(&LEAKED));
    scrape.end(started)
}

/// The rest of the target is not worth a try in this round.
struct GivenUp;

impl Scrape<'_> {
    /// Lists the goroutines one by one, if they are known to be few enough.
    fn dump(&mut self) -> Result<(), GivenUp> {
        let count = match self.count() {
            Ok(count) => count.or(self.memory.goroutines),
            Err(failure) if failure.concerns_target() => return self.failed(GOROUTINES.path, failure),
            Err(_) => self.memory.goroutines,
        };
        match count {
            Some(count) if count < self.scraped.target.job.max_goroutines => self.fetch(&DUMP),
            // The first round of a server without an index: the next one knows.
            _ => Ok(()),
        }
    }

    /// How many goroutines there are, by the index page, if there is one.
    fn count(&mut self) -> Result<Option<u64>, Failure> {
        if self.memory.is_missing(INDEX, self.now) {
            return Ok(None);
        }
        let mut page = Vec::new();
        let got = self.retried(&mut |scrape| {
            page.clear();
            scrape.client.get(&scrape.scraped.target, INDEX, &scrape.tools.stop, &mut |bytes| {
                let room = INDEX_BYTES.saturating_sub(page.len());
                page.extend_from_slice(&bytes[..bytes.len().min(room)]);
                Ok(())
            })
        });
        match got {
            Ok(()) => {
                self.memory.missing.remove(INDEX);
                Ok(goroutines_on(&page))
            }
            Err(Failure::NotServed) => {
                self.memory.missing.insert(INDEX.to_owned(), self.now);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    fn mem_stats(&mut self) -> Result<(), GivenUp> {
        if !self.memory.wants_mem_stats(self.scraped.target.job.mem_stats_every, self.now) {
            return Ok(());
        }
        let before = self.scraped.stored.len();
        self.fetch(&MEM_STATS)?;
        if self.scraped.stored.len() > before {
            self.memory.mem_stats_at = Some(self.now);
        }
        Ok(())
    }

    /// Stores one profile, unless it is known not to be served.
    fn fetch(&mut self, request: &Request) -> Result<(), GivenUp> {
        if self.tools.stop.is_wanted() {
            return self.failed(request.path, Failure::Stopped);
        }
        if self.memory.is_missing(request.path, self.now) {
            self.not_served += 1;
            return Ok(());
        }
        match self.retried(&mut |scrape| scrape.store(request)) {
            Ok(stored) => {
                self.memory.missing.remove(request.path);
                self.read(request, stored)
            }
            Err(Failure::NotServed) => {
                self.memory.missing.insert(request.path.to_owned(), self.now);
                self.not_served += 1;
                Ok(())
            }
            Err(failure) => self.failed(request.path, failure),
        }
    }

    fn store(&self, request: &Request) -> Result<Stored, Failure> {
        let ending = if request.form == Form::Proto { Ending::Proto } else { Ending::Text };
        let mut writing = None;
        let target = &self.scraped.target;
        let begun = || self.tools.store.begin(&target.instance, request.kind, ending);
        self.client.get(target, request.path, &self.tools.stop, &mut |bytes| {
            // No file before there is something to write.
            if writing.is_none() {
                writing = Some(begun()?);
            }
            match &mut writing {
                Some(writing) => Ok(writing.write(bytes)?),
                None => Ok(()),
            }
        })?;
        match writing {
            Some(writing) => Ok(writing.commit(self.now)?),
            None => Err(Failure::Broken("it is empty".to_owned())),
        }
    }

    /// Asks again in a moment where that may help.
    fn retried<T>(&mut self, ask: &mut dyn FnMut(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut pauses = BACKOFF.build();
        loop {
            let failure = match ask(self) {
                Err(failure) if failure.may_pass() => failure,
                outcome => return outcome,
            };
            match pauses.next() {
                Some(pause) if self.tools.stop.pause(pause) => {}
                _ => return Err(failure),
            }
        }
    }

    /// Looks at what was stored: whether it is a profile, and how old its process is.
    fn read(&mut self, request: &Request, stored: Stored) -> Result<(), GivenUp> {
        match self.heading(&stored) {
            Ok(heading) if (heading.kind, heading.form) == (request.kind, request.form) => {
                let slack = if heading.kind == Kind::Heap { 0 } else { ID_SLACK };
                if heading.age > 0 {
                    let age = u64::try_from(heading.age).unwrap_or(u64::MAX);
                    self.ages.push(Age { of: request.path, age, slack });
                }
                self.scraped.stored.push(stored);
                Ok(())
            }
            // A profile beyond the limits of this machine is a profile.
            Err(problem) if problem.is_about_limits() => {
                self.scraped.stored.push(stored);
                self.scraped.too_large = Some(problem.to_string());
                Ok(())
            }
            Ok(heading) => self.reject(
                request,
                &stored,
                &format!("it is a {} profile of another form", heading.kind.name()),
            ),
            Err(problem) => self.reject(request, &stored, &problem.to_string()),
        }
    }

    fn heading(&mut self, stored: &Stored) -> Result<Heading, Problem> {
        let limits = &self.tools.limits;
        if stored.bytes > limits.inflated_bytes {
            return Err(Problem::TooLarge { limit: limits.inflated_bytes });
        }
        let places = &self.tools.reading;
        let free = places.iter().find_map(|place| place.try_lock().ok());
        let _place = match (free, places.first()) {
            (None, Some(place)) => Some(place.lock().unwrap_or_else(PoisonError::into_inner)),
            (free, _) => free,
        };
        let profile = parse(&std::fs::read(&stored.path)?, "the answer", limits)?;
        if profile.kind == Kind::Goroutine && profile.form == Form::Proto {
            let goroutines = profile.samples.totals().first().copied().unwrap_or_default();
            self.memory.goroutines = u64::try_from(goroutines).ok();
        }
        Ok(Heading::of(&profile))
    }

    fn reject(&mut self, request: &Request, stored: &Stored, problem: &str) -> Result<(), GivenUp> {
        let problem = problem.chars().take(200).collect();
        let failure = match self.tools.store.reject(&self.scraped.target.instance, &stored.path) {
            Ok(_) => Failure::NoProfile(problem),
            Err(error) => Failure::Store(error),
        };
        self.failed(request.path, failure)
    }

    fn failed(&mut self, path: &'static str, failure: Failure) -> Result<(), GivenUp> {
        let gives_up = failure.concerns_target();
        self.scraped.failures.push((path, failure));
        if gives_up { Err(GivenUp) } else { Ok(()) }
    }

    fn end(mut self, started: Instant) -> Scraped {
        let instance = &self.scraped.target.instance;
        if self.scraped.stored.is_empty() && self.scraped.failures.is_empty() && self.not_served > 0 {
            // Nothing at all is served there: a wrong path, which must be reported each round.
            self.memory.missing.clear();
            self.scraped.failures.push(("heap", Failure::NotServed));
        }
        self.scraped.restarts = self.memory.grow_older(&self.ages);
        if !self.scraped.stored.is_empty() {
            self.memory.keep(&self.tools.store, instance);
            Card::of(&self.scraped.target).keep(&self.tools.store, instance);
        }
        self.scraped.took = started.elapsed();
        self.scraped
    }
}
