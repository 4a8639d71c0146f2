//! Snapshots from a continuous profiler: what it keeps of a service becomes a store, one snapshot of each process a step.
//!
//! Of each step the latest profile of a process is taken as it was, nothing is averaged. Only where no label tells the
//! processes apart is all of a step averaged, and the snapshot says so.

mod columns;
mod parca;
mod pyroscope;
mod selector;
mod series;
mod server;
mod steps;
mod worker;

pub use selector::{Selector, SelectorError};
pub use steps::{Steps, StepsError};

use super::{Failure, Stop, Target};
use crate::profile::Kind;
use crate::store::Store;
use series::Process;
use server::{Profiler, Server, short};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// The profilers that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfilerKind {
    /// Grafana Pyroscope: `querier.v1.QuerierService` by the Connect protocol.
    Pyroscope,
    /// Parca: the HTTP gateway of `parca.query.v1alpha1.QueryService`.
    Parca,
}

/// What is pulled.
#[derive(Clone, Debug)]
pub struct PullOptions {
    /// Who is asked.
    pub profiler: ProfilerKind,
    /// Which series.
    pub selector: Selector,
    /// Over which time, in which steps.
    pub steps: Steps,
    /// The job that all belong to. Default: the label that each profiler has for it.
    pub job: Option<String>,
    /// The label that tells processes apart. Default: the first of `pod`, `service_instance_id`, `instance`, `hostname` that all
    /// series of a job have.
    pub instance_label: Option<String>,
    /// Processes that are asked for at a time. Default 4.
    pub concurrency: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Pulled {
    /// Processes found.
    pub processes: usize,
    /// Snapshots stored.
    pub snapshots: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Snapshots that were in the store already.
    pub there: usize,
    /// Steps of a process for which the profiler has nothing.
    pub empty: usize,
    /// Jobs whose processes no label tells apart.
    pub merged: Vec<String>,
}

/// Why nothing more is pulled. What was stored before is safe, and is not fetched again.
#[derive(Debug, Error)]
pub enum PullError {
    /// A request failed.
    #[error("{what}: {failure}")]
    Failed {
        /// What was being asked for.
        what: String,
        /// Why it failed.
        failure: Failure,
    },
    /// The profiler keeps nothing of use.
    #[error("it keeps no heap or goroutine profiles in this time{0}")]
    NoTypes(String),
    /// Nothing matches.
    #[error("no heap or goroutine profiles match {0} in this time; check the labels, --from and --to")]
    NothingMatches(String),
}

/// Profiles of one kind, by the types that hold their columns.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    kind: Kind,
    /// The first one tells which profiles there are.
    types: Vec<ProfileType>,
}

/// A type of profiles, which have one column each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ProfileType {
    /// `NAME:SAMPLE_TYPE:SAMPLE_UNIT:PERIOD_TYPE:PERIOD_UNIT`.
    id: String,
    /// The column, as Go calls it.
    column: &'static str,
    /// What it counts in, as Go calls it.
    unit: &'static str,
}

/// Pulls what is not in the store yet. `target` is the server; `done` hears of how many processes of all are done.
///
/// # Errors
/// The first thing that fails; what was stored before stays.
pub fn pull(
    target: &Target,
    options: &PullOptions,
    store: &Store,
    stop: &Stop,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Pulled, PullError> {
    let of_server = |what: &str| {
        let what = what.to_owned();
        move |failure| PullError::Failed { what, failure }
    };
    let server = Server::new(target, options.concurrency, stop).map_err(of_server("the server"))?;
    let profiler: &dyn Profiler = match options.profiler {
        ProfilerKind::Pyroscope => &pyroscope::Pyroscope(server),
        ProfilerKind::Parca => &parca::Parca(server),
    };
    let span = options.steps.span();
    let known = profiler.types(span).map_err(of_server("the list of profile types"))?;
    let wanted = wanted(&known, profiler.counts_allocations());
    if wanted.is_empty() {
        return Err(PullError::NoTypes(listed(&known)));
    }
    let mut names = vec![profiler.job_label()];
    names.extend(series::INSTANCE_LABELS);
    names.extend(options.instance_label.as_deref());
    let mut jobs = Vec::new();
    for of in &wanted {
        let found = profiler.label_sets(&of.types[0], &options.selector, span, &names);
        let found = found.map_err(of_server(&format!("the list of {} series", of.kind.name())))?;
        series::add(&mut jobs, found, options, profiler.job_label());
    }
    let processes = series::distinguished(jobs, options).map_err(of_server("the names of the series"))?;
    if processes.is_empty() {
        return Err(PullError::NothingMatches(options.selector.to_string()));
    }
    let pulled = Pulled { merged: series::merged(&processes), ..Pulled::default() };
    all(&processes, options.concurrency, pulled, done, &|process| {
        worker::pull_one(profiler, process, &wanted, &options.steps, store, target)
    })
}

/// Does the work for all processes, some at a time, until one fails.
fn all(
    processes: &[Process],
    concurrency: usize,
    pulled: Pulled,
    done: &(dyn Fn(usize, usize) + Sync),
    work: &(dyn Fn(&Process) -> Result<Pulled, PullError> + Sync),
) -> Result<Pulled, PullError> {
    let (next, ready) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let sum = Mutex::new(Ok(Pulled { processes: processes.len(), ..pulled }));
    let lane = || {
        while let Some(process) = processes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = work(process);
            let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(one) => {
                    if let Ok(sum) = &mut *sum {
                        sum.add(&one);
                    }
                }
                Err(error) => {
                    next.store(processes.len(), Ordering::Relaxed);
                    if sum.is_ok() {
                        *sum = Err(error);
                    }
                }
            }
            drop(sum);
            done(ready.fetch_add(1, Ordering::Relaxed) + 1, processes.len());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..concurrency.min(processes.len()) {
            scope.spawn(lane);
        }
        lane();
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Pulled {
    fn add(&mut self, other: &Pulled) {
        self.snapshots += other.snapshots;
        self.bytes += other.bytes;
        self.there += other.there;
        self.empty += other.empty;
    }
}

/// Which of the types that a profiler has are pulled: live memory, by bytes and by objects, with all allocations where they
/// are counted, and goroutines.
fn wanted(known: &[String], counts_allocations: bool) -> Vec<Wanted> {
    let find = |column: &'static str, unit: &'static str, like: Option<&ProfileType>| {
        let is_one = |id: &&String| {
            let parts: Vec<&str> = id.split(':').collect();
            // The objects are those of the same profiles as the bytes.
            let fits = like.is_none_or(|like| like.id.split(':').next() == parts.first().copied());
            matches!(parts[..], [_, sample, counts, ..] if sample == column && counts == unit) && fits
        };
        known.iter().find(is_one).map(|id| ProfileType { id: id.clone(), column, unit })
    };
    let mut wanted = Vec::new();
    if let Some(bytes) = find("inuse_space", "bytes", None) {
        let mut types: Vec<ProfileType> = find("inuse_objects", "count", Some(&bytes)).into_iter().collect();
        let allocated = ["alloc_objects", "alloc_space"].into_iter().zip(["count", "bytes"]);
        let allocated: Vec<ProfileType> =
            allocated.filter_map(|(column, unit)| find(column, unit, Some(&bytes))).collect();
        if counts_allocations && allocated.len() == 2 {
            types.extend(allocated);
        }
        types.insert(0, bytes);
        wanted.push(Wanted { kind: Kind::Heap, types });
    }
    if let Some(count) = find("goroutine", "count", None) {
        wanted.push(Wanted { kind: Kind::Goroutine, types: vec![count] });
    }
    wanted
}

/// The types that a profiler has instead, as the end of a sentence.
fn listed(known: &[String]) -> String {
    match known {
        [] => "; check --from and --to, and the tenant (-H 'X-Scope-OrgID: ...')".to_owned(),
        some => format!(", but {}", some.iter().take(6).map(|id| short(id)).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_objects_of_the_same_profiles_are_wanted_and_goroutines() {
        let known = [
            "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
            "other:inuse_objects:count:space:bytes",
            "memory:alloc_space:bytes:space:bytes",
            "memory:inuse_space:bytes:space:bytes",
            "memory:inuse_objects:count:space:bytes",
            "goroutines:goroutine:count:goroutine:count",
        ];
        let ids = |known: &[&str], counts_allocations: bool| -> Vec<Vec<String>> {
            let known: Vec<String> = known.iter().map(|id| (*id).to_owned()).collect();
            let found = wanted(&known, counts_allocations).into_iter();
            found.map(|of| of.types.into_iter().map(|of| of.id).collect()).collect()
        };
        let goroutines = vec![known[5]];
        assert_eq!(
            ids(&known, true),
            [vec![known[3], known[4]], goroutines.clone()],
            "one column of two is none"
        );
        let mut all = known.to_vec();
        all.push("memory:alloc_objects:count:space:bytes");
        assert_eq!(ids(&all, false), [vec![known[3], known[4]], goroutines.clone()]);
        assert_eq!(ids(&all, true), [vec![known[3], known[4], all[6], known[2]], goroutines]);
        assert_eq!(ids(&known[..2], true), [] as [Vec<String>; 0]);
    }

    #[test]
    fn a_server_that_names_much_is_quoted_in_part() {
        let text = listed(&vec!["x".repeat(10_000); 100]);
        assert!(text.len() < 1100, "{}", text.len());
    }
}
