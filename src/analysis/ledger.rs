//! The memory ledger: of the growth of the whole process, what is live heap and what is not. Reported, never judged.

use super::Life;
use crate::profile::{Heading, MemStats, TimeSource};

/// Growth that is not broken down, in bytes: Go asks the system for heap in chunks of at least 4 MiB
/// (runtime/mheap.go, `grow`), so less than that may be one request.
const LEAST_GROWTH: i64 = 4 << 20;

/// Standard errors by which the objects in the heap must exceed the estimate of the live ones before the rest is
/// called garbage. Three, because there are two such tests a ledger, and a ledger a report.
const ERRORS: f64 = 3.0;

/// A purpose that memory serves. Without the last, they add up to what Go holds: Sys less HeapReleased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Objects that the last collection found reachable, and those so few that sampling cannot tell them apart.
    LiveHeap,
    /// Objects that were not live at the last collection: garbage not swept, or allocated since.
    Garbage,
    /// Room in spans that hold other objects.
    SpanRoom,
    /// Spans without objects, kept for reuse.
    Idle,
    /// Stacks of goroutines and threads.
    Stacks,
    /// The runtime's own: MSpan, MCache, BuckHash, GC, other.
    Runtime,
    /// What the process holds beyond all that Go ever obtained: C code, mapped files, the program itself. A lower
    /// bound, because not all that Go obtained is in use.
    Outside,
}

/// A figure in the first and in the last snapshot, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// In the first.
    pub first: i64,
    /// In the last.
    pub last: i64,
}

impl Change {
    /// The last less the first.
    pub fn delta(self) -> i64 {
        self.last.saturating_sub(self.first)
    }
}

/// A snapshot that has the figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The input as the user named it.
    pub source: String,
    /// When it was taken, or, where that is not known, its last collection. Nanoseconds since the Unix epoch.
    pub time: Option<i64>,
}

/// What the garbage collector cost between the two snapshots.
#[derive(Clone, Debug, PartialEq)]
pub struct Collector {
    /// Collections between the two.
    pub collections: i64,
    /// Those of them that the program asked for.
    pub forced: Option<i64>,
    /// Minutes between the last collection before each of the two, by the process's own clock.
    pub minutes: Option<f64>,
    /// Share of the CPU time available since the start of the process.
    pub cpu_fraction: Option<f64>,
    /// How long the program stood still in each of them, in nanoseconds, sorted; at most the last 256.
    pub pauses: Vec<i64>,
}

/// Where the memory of the process went, from the first to the last snapshot that tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// The first snapshot.
    pub first: Moment,
    /// The last snapshot.
    pub last: Moment,
    /// Every part that is known, in the order of [`Part`].
    pub parts: Vec<(Part, Change)>,
    /// All that Go holds.
    pub held: Change,
    /// What Go obtained and gave back.
    pub returned: Change,
    /// The peak of the resident set.
    pub peak_rss: Option<Change>,
    /// What the collector cost.
    pub collector: Option<Collector>,
}

/// What most of the growth is, and so where to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// Too little grew to be broken down.
    Little,
    /// Live heap: the heap profile shows it.
    LiveHeap {
        /// Its share of all that grew.
        share: f64,
    },
    /// Room that the collector needs above a live heap that grows: the heap profile shows the reason.
    Follows {
        /// What grew most.
        part: Part,
        /// Its share of all that grew.
        share: f64,
        /// That of the live heap.
        live: f64,
    },
    /// Something that the heap profile does not show.
    Elsewhere {
        /// What grew most besides live heap.
        part: Part,
        /// Its share of all that grew.
        share: f64,
        /// That of the live heap.
        live: f64,
    },
}

impl Ledger {
    /// What most of the growth is.
    pub fn finding(&self) -> Finding {
        let grown = |change: &Change| change.delta().max(0) as f64;
        let all: f64 = self.parts.iter().map(|(_, change)| grown(change)).sum();
        let net: f64 = self.parts.iter().map(|(_, change)| change.delta() as f64).sum();
        if net < LEAST_GROWTH as f64 {
            return Finding::Little;
        }
        let (mut live, mut other) = (0.0, (Part::LiveHeap, 0.0));
        for (part, change) in &self.parts {
            let share = grown(change) / all;
            match part {
                Part::LiveHeap => live = share,
                _ if share > other.1 => other = (*part, share),
                _ => {}
            }
        }
        let (part, share) = other;
        match part {
            _ if live >= 0.5 || share <= 0.0 => Finding::LiveHeap { share: live },
            // By default the collector lets the heap double before it runs (GOGC=100), so a live heap that grows takes
            // as much again with it, and a quarter of the whole is enough to explain it.
            Part::Garbage | Part::Idle | Part::SpanRoom if live >= 0.25 => {
                Finding::Follows { part, share, live }
            }
            _ => Finding::Elsewhere { part, share, live },
        }
    }
}

/// The figures of one snapshot.
pub(super) struct Record {
    moment: Moment,
    stats: MemStats,
    /// Bytes that the profile estimates to be live, and the distance of its samples.
    live: Option<(i128, i64)>,
}

/// The figures of all profiles that have some, chosen for the comparison or not.
pub(super) fn records(found: &[Heading]) -> Vec<Record> {
    let mut records: Vec<Record> = found.iter().filter_map(Record::of).collect();
    // So that nothing depends on the order of the command line.
    records.sort_by(|a, b| a.moment.source.cmp(&b.moment.source));
    records
}

impl Record {
    fn of(profile: &Heading) -> Option<Record> {
        let stats = *profile.mem_stats.clone()?;
        // The file's time says when it was copied, the last collection when the process was running.
        let taken = profile.taken_at;
        let time = taken
            .filter(|t| t.source != TimeSource::FileTime)
            .map(|t| t.nanos)
            .or(stats.last_gc.filter(|nanos| *nanos > 0))
            .or(taken.map(|t| t.nanos));
        let live = profile.live.map(|(estimate, rate)| (estimate, rate.0));
        Some(Record { moment: Moment { source: profile.source.clone(), time }, stats, live })
    }

    /// How much of the objects in the heap is live, and how much is garbage beyond the noise of sampling.
    fn live_and_garbage(&self, heap_alloc: i64) -> (i64, i64) {
        let Some((estimate, rate)) = self.live else { return (heap_alloc, 0) };
        // An object of S bytes adds at most S·R to the variance of the estimate, R being the distance of samples.
        let noise = if rate > 1 { ERRORS * (heap_alloc as f64 * rate as f64).sqrt() } else { 0.0 };
        let estimate = i64::try_from(estimate.clamp(0, i128::from(heap_alloc))).unwrap_or(heap_alloc);
        let rest = heap_alloc - estimate;
        if rest as f64 > noise { (estimate, rest) } else { (heap_alloc, 0) }
    }

    /// Bytes of every part; `None` if the profile leaves out what is needed to add them up.
    fn parts(&self) -> Option<Vec<(Part, i64)>> {
        let s = &self.stats;
        let (sys, alloc, inuse, idle) = (s.sys?, s.heap_alloc?, s.heap_inuse?, s.heap_idle?);
        let (released, stacks) = (s.heap_released?, s.stack_sys?);
        let (live, garbage) = self.live_and_garbage(alloc);
        let own = sys.saturating_sub(inuse).saturating_sub(idle).saturating_sub(stacks);
        let mut parts = vec![
            (Part::LiveHeap, live),
            (Part::Garbage, garbage),
            (Part::SpanRoom, inuse.saturating_sub(alloc)),
            (Part::Idle, idle.saturating_sub(released)),
            (Part::Stacks, stacks),
            (Part::Runtime, own),
        ];
        // Sys never falls, so the peak of what Go itself had resident cannot have been above it.
        parts.extend(s.max_rss.map(|rss| (Part::Outside, rss.saturating_sub(sys).max(0))));
        Some(parts)
    }

    /// Whether a counter that only a new life sets back is lower in `later`.
    fn restarted_before(&self, later: &Record) -> bool {
        let fell = |of: fn(&MemStats) -> Option<i64>| {
            of(&self.stats).zip(of(&later.stats)).is_some_and(|(before, after)| after < before)
        };
        fell(|s| s.total_alloc) || fell(|s| s.mallocs) || fell(|s| s.num_gc)
    }

    /// Nanoseconds between it and the snapshots of a life.
    fn distance(&self, life: &Life) -> u64 {
        match (self.moment.time, life.from, life.until) {
            (Some(time), Some(from), Some(until)) => time.abs_diff(time.clamp(from.min(until), until)),
            _ => u64::MAX,
        }
    }
}

/// The ledger of a comparison: from the earliest before to the latest after.
pub(super) fn of_pair(before: &[Record], after: &[Record]) -> Option<Ledger> {
    let first = before.iter().min_by_key(|record| record.moment.time)?;
    let last = after.iter().max_by_key(|record| record.moment.time)?;
    between(first, last)
}

/// The ledger of a series: over the life that is judged.
pub(super) fn of_series(mut records: Vec<Record>, lives: &[Life]) -> Option<Ledger> {
    if lives.len() > 1 {
        records.retain(|record| {
            lives.iter().min_by_key(|life| record.distance(life)).is_some_and(|life| life.judged)
        });
    }
    if records.iter().all(|record| record.moment.time.is_some()) {
        records.sort_by_key(|record| record.moment.time);
    }
    // Lives that nothing but these counters tells apart; of several as long ones the latest.
    let life = records.chunk_by(|a, b| !a.restarted_before(b)).max_by_key(|life| life.len())?;
    between(life.first()?, life.last()?)
}

fn between(first: &Record, last: &Record) -> Option<Ledger> {
    // One snapshot twice tells of no growth.
    if first.restarted_before(last) || first.stats == last.stats {
        return None;
    }
    let change =
        |of: fn(&MemStats) -> Option<i64>| Some(Change { first: of(&first.stats)?, last: of(&last.stats)? });
    let parts = first
        .parts()?
        .into_iter()
        .zip(last.parts()?)
        .map(|((part, first), (_, last))| (part, Change { first, last }))
        .collect();
    Some(Ledger {
        first: first.moment.clone(),
        last: last.moment.clone(),
        parts,
        held: change(|s| Some(s.sys?.saturating_sub(s.heap_released?)))?,
        returned: change(|s| s.heap_released)?,
        peak_rss: change(|s| s.max_rss),
        collector: change(|s| s.num_gc).map(|runs| {
            let collections = runs.delta();
            let mut pauses = last.stats.recent_pauses(collections);
            pauses.sort_unstable();
            Collector {
                collections,
                forced: change(|s| s.num_forced_gc).map(Change::delta).filter(|forced| *forced >= 0),
                minutes: change(|s| s.last_gc.filter(|nanos| *nanos > 0))
                    .map(|times| times.delta() as f64 / 6e10)
                    .filter(|minutes| *minutes > 0.0),
                cpu_fraction: last.stats.gc_cpu_fraction,
                pauses,
            }
        }),
    })
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
