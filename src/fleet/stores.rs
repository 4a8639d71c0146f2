//! The stores of this machine: the evidence of each instance, on all cores, and from beside its snapshots where nothing has changed.

use super::answer::{FleetReport, JobAnswer};
use super::cache::{Cache, Inputs};
use super::evidence::{evidence, unjudged};
use super::pool::{NotPooled, Pool};
use super::row::Row;
use crate::input::{Fetcher, Limits, in_order, survey, survey_bytes};
use crate::pipeline::{Options, Since, follow_found};
use crate::store::{Entry, Instance, Store, StoreError};
use regex::Regex;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// What of the stores is judged, and how.
#[derive(Clone, Debug, Default)]
pub struct FleetOptions {
    /// As with `trend`.
    pub analysis: Options,
    /// Bounds on one snapshot.
    pub limits: Limits,
    /// Only snapshots taken in this time before the latest one of all stores.
    pub since: Option<Duration>,
    /// Only services whose name matches.
    pub job: Option<Regex>,
    /// Whether evidence is neither taken from beside the snapshots nor put there.
    pub anew: bool,
}

impl FleetOptions {
    /// How an instance is judged: what was counted at its places is asked for, too.
    fn of_evidence(&self) -> Options {
        Options { places: true, ..self.analysis.clone() }
    }
}

/// Why a fleet cannot be judged.
#[derive(Debug, Error)]
pub enum NotAFleet {
    /// A store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing to judge.
    #[error(
        "there are no snapshots{0}; a store has them as JOB/INSTANCE/heap/TIME.pb.gz, as `pprof-leaks collect --store` \
         writes them"
    )]
    Empty(String),
    /// Its own rows do not fit together.
    #[error(transparent)]
    NotPooled(#[from] NotPooled),
}

/// One instance with its snapshots in all stores.
struct Member {
    instance: Instance,
    /// The store that its evidence is kept in.
    home: Store,
    entries: Result<Vec<Entry>, String>,
}

/// How the work went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Instances looked at.
    pub instances: usize,
    /// Those whose evidence was there already.
    pub known: usize,
    /// Snapshots of all of them.
    pub snapshots: usize,
    /// Rows of evidence.
    pub rows: usize,
    /// Folders of services that could not be listed.
    pub problems: Vec<String>,
}

/// Judges all services of some stores. `progress` is called with the instances that are done and all of them.
///
/// # Errors
/// If a store cannot be listed, or there is nothing in any.
pub fn fleet(
    stores: &[PathBuf],
    options: &FleetOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(FleetReport, Work), NotAFleet> {
    let mut pool = Pool::new(options.analysis.criteria.min_growth);
    let mut jobs: Vec<JobAnswer> = Vec::new();
    let work = each_evidence(stores, options, progress, &mut |rows| {
        rows.iter().try_for_each(|row| {
            jobs.extend(pool.add(row)?);
            Ok::<(), NotAFleet>(())
        })
    })?;
    jobs.extend(pool.finish());
    Ok((FleetReport::of(jobs), work))
}

/// Gives the rows of each instance of some stores to `done`, sorted by job and instance, until that fails.
///
/// # Errors
/// If a store cannot be listed, or there is nothing in any, and what `done` fails with.
pub fn each_evidence<E: From<NotAFleet>>(
    stores: &[PathBuf],
    options: &FleetOptions,
    progress: &mut dyn FnMut(usize, usize),
    done: &mut dyn FnMut(Vec<Row>) -> Result<(), E>,
) -> Result<Work, E> {
    let mut problems = Vec::new();
    let members = members(stores, options, &mut problems)?;
    let all = members.len();
    let mut work = Work { instances: all, problems, ..Work::default() };
    // It reads files only, so nothing is ever fetched with it.
    let fetcher = Fetcher::plain(Duration::from_secs(1));
    let analysis = options.of_evidence();
    let one = |member: Member| rows_of(&member, &analysis, options, &fetcher);
    let (mut finished, mut outcome) = (0, Ok(()));
    in_order(members, usize::MAX, one, |(rows, snapshots, is_known)| {
        finished += 1;
        work.known += usize::from(is_known);
        work.snapshots += snapshots;
        work.rows += rows.len();
        progress(finished, all);
        outcome = done(rows);
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    outcome.map(|()| work)
}

/// Snapshots that somebody else reads, one by one, those of an instance together.
#[derive(Debug, Default)]
pub struct Snapshots {
    instance: Option<Instance>,
    files: Vec<(Entry, Vec<u8>)>,
    /// Paths that are none of a store.
    strange: Vec<String>,
}

impl Snapshots {
    /// Takes a snapshot in, and gives the rows of the instance before where it is the first one of another.
    pub fn add(&mut self, path: &str, bytes: &[u8], options: &FleetOptions) -> Vec<Row> {
        let Some((instance, entry)) = Entry::named(path) else {
            self.strange.push(path.to_owned());
            return Vec::new();
        };
        if options.job.as_ref().is_some_and(|job| !job.is_match(instance.job())) {
            return Vec::new();
        }
        let is_another = self.instance.as_ref().is_some_and(|before| *before != instance);
        let rows = if is_another { self.finish(options) } else { Vec::new() };
        self.instance = Some(instance);
        self.files.push((entry, bytes.to_vec()));
        rows
    }

    /// The rows of the last instance.
    pub fn finish(&mut self, options: &FleetOptions) -> Vec<Row> {
        let Some(instance) = self.instance.take() else { return Vec::new() };
        let mut files = std::mem::take(&mut self.files);
        files.sort_by_key(|(entry, _)| entry.order());
        let named = |(entry, bytes): (Entry, Vec<u8>)| (entry.path.to_string_lossy().into_owned(), bytes);
        let found = survey_bytes(files.into_iter().map(named).collect(), &options.limits);
        let outcome =
            follow_found(found, Since::Ever, &options.of_evidence(), &options.limits, &mut |_, _| {});
        evidence(instance.job(), instance.name(), &outcome)
    }

    /// The paths so far that were not of a store.
    pub fn strange(&self) -> &[String] {
        &self.strange
    }
}

/// The rows of an instance, the number of its snapshots, and whether they were there already.
fn rows_of(
    member: &Member,
    analysis: &Options,
    options: &FleetOptions,
    fetcher: &Fetcher,
) -> (Vec<Row>, usize, bool) {
    let (job, name) = (member.instance.job(), member.instance.name());
    let entries = match &member.entries {
        Ok(entries) => entries,
        Err(why) => return (unjudged(job, name, why.clone()), 0, false),
    };
    if entries.is_empty() {
        return (unjudged(job, name, "there are no snapshots of it".to_owned()), 0, false);
    }
    let cache = (!options.anew).then(|| Inputs::of(entries, analysis)).flatten();
    let cache = cache.map(|inputs| Cache { store: &member.home, instance: &member.instance, inputs });
    if let Some(rows) = cache.as_ref().and_then(Cache::read) {
        return (rows, entries.len(), true);
    }
    let mut entries: Vec<&Entry> = entries.iter().collect();
    entries.sort_by_key(|entry| entry.order());
    let paths: Vec<&str> = entries.iter().filter_map(|entry| entry.path.to_str()).collect();
    let found = survey(&paths, fetcher, &options.limits, &mut |_, _| {});
    let outcome = follow_found(found, Since::Ever, analysis, &options.limits, &mut |_, _| {});
    let rows = evidence(job, name, &outcome);
    if let Some(cache) = cache {
        cache.write(&rows);
    }
    (rows, entries.len(), false)
}

/// All instances, by job and name, with the snapshots that count.
fn members(
    stores: &[PathBuf],
    options: &FleetOptions,
    problems: &mut Vec<String>,
) -> Result<Vec<Member>, NotAFleet> {
    let mut members: BTreeMap<(String, String), Member> = BTreeMap::new();
    for root in stores {
        let store = Store::existing(root)?;
        let is_asked =
            |instance: &Instance| options.job.as_ref().is_none_or(|job| job.is_match(instance.job()));
        let (instances, unlisted) = store.listed()?;
        problems.extend(unlisted.iter().map(ToString::to_string));
        for instance in instances.into_iter().filter(is_asked) {
            let entries = store.snapshots(&instance).map_err(|error| error.to_string());
            let key = (instance.job().to_owned(), instance.name().to_owned());
            match members.get_mut(&key) {
                None => {
                    members.insert(key, Member { instance, home: store.clone(), entries });
                }
                // A part of its snapshots lies in another store.
                Some(there) => match (&mut there.entries, entries) {
                    (Ok(some), Ok(more)) => some.extend(more),
                    (_, Err(error)) => there.entries = Err(error),
                    (Err(_), Ok(_)) => {}
                },
            }
        }
    }
    if let Some(since) = options.since {
        let times = members.values().filter_map(|member| member.entries.as_ref().ok()).flatten();
        let latest = times.map(|entry| entry.nanos).max().unwrap_or(0);
        let earliest = latest.saturating_sub(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
        members.values_mut().filter_map(|member| member.entries.as_mut().ok()).for_each(|entries| {
            entries.retain(|entry| entry.nanos >= earliest);
        });
        // What has not been there for so long is no part of the fleet any more.
        members.retain(|_, member| member.entries.as_ref().map_or(true, |entries| !entries.is_empty()));
    }
    if members.is_empty() {
        let of = options.job.as_ref().map(|job| format!(" of a service that matches `{job}`"));
        let of = of.unwrap_or_else(|| format!(" in {}", shown(stores)));
        return Err(NotAFleet::Empty(of));
    }
    Ok(members.into_values().collect())
}

fn shown(stores: &[PathBuf]) -> String {
    stores.iter().map(|store| store.display().to_string()).collect::<Vec<_>>().join(", ")
}
