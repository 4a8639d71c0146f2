//! Pooling: the rows of all instances of a service become one answer.

use super::ages::Ages;
use super::answer::{Alone, BuildView, FLEET_VERSION, JobAnswer, Unjudged};
use super::evidence::subject_of;
use super::place::{FleetPlace, Own, Reported};
use super::row::{EVIDENCE_VERSION, InstanceFacts, MemoryFacts, Row, RowKind};
use crate::clusters::Subject;
use crate::judge::Overlay;
use crate::judge::policy::MEDIUM;
use crate::suspects::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// So many instances that could not be judged are named.
const NAMED: usize = 20;

/// Why rows cannot be pooled.
#[derive(Debug, Error)]
pub enum NotPooled {
    /// Rows of another version.
    #[error(
        "the evidence has version {0} and this program reads version {EVIDENCE_VERSION}; make it anew with this \
         program, or pool it with the one that made it"
    )]
    Version(u32),
    /// Rows in another order.
    #[error("the rows are not sorted by job, instance and seq: {0} comes after {1}")]
    Unsorted(String, String),
    /// A row that belongs to none before it.
    #[error("row {seq} of {instance}: {what}")]
    Broken {
        /// Which instance.
        instance: String,
        /// Which row of it.
        seq: u32,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// Takes rows one by one, sorted by job, instance and `seq`, and gives an answer a job. It keeps the pooled rows of one job only.
#[derive(Debug, Default)]
pub struct Pool {
    min_growth: f64,
    job: Option<JobPool>,
    last: (String, String, u32),
}

/// What is known of a job so far.
#[derive(Debug, Default)]
pub(super) struct JobPool {
    pub(super) job: String,
    pub(super) instances: Vec<OneInstance>,
    builds: BTreeMap<String, Build>,
    pub(super) units: BTreeMap<(Subject, String), FleetPlace>,
    life: Option<Life>,
    notes: BTreeMap<&'static str, usize>,
    unusable: Vec<String>,
    unjudged: Vec<Unjudged>,
    unjudged_count: usize,
    snapshots: u64,
    span: (Option<i64>, Option<i64>),
    ages: Ages,
    /// The most places that share the prior in any life, for each subject.
    pub(super) sharing: BTreeMap<Subject, f64>,
}

/// An instance that was judged.
#[derive(Debug)]
pub(super) struct OneInstance {
    pub(super) name: String,
    pub(super) verdict: Verdict,
    pub(super) hours_to_limit: Option<f64>,
    pub(super) memory: Option<MemoryFacts>,
    heap_per_hour: f64,
}

/// A build of the job.
#[derive(Clone, Debug, Default)]
pub(super) struct Build {
    pub(super) from: Option<i64>,
    pub(super) until: Option<i64>,
    /// For how long its lives were seen, all together, by what was looked at.
    pub(super) hours: BTreeMap<Subject, f64>,
    instances: BTreeSet<usize>,
    /// The ids of the places that were seen in it.
    places: BTreeSet<String>,
}

impl Build {
    /// Whether two builds are of one program, as far as can be seen: an instance ran both, or most places of one are in the other.
    fn is_akin(&self, other: &Build) -> bool {
        let fewer = self.places.len().min(other.places.len());
        let shared = || self.places.intersection(&other.places).count();
        !self.instances.is_disjoint(&other.instances) || 2 * shared() > fewer
    }
}

/// The life that rows of places belong to.
#[derive(Debug)]
struct Life {
    subject: Subject,
    number: u32,
    build: String,
    gaps: Vec<f64>,
    certain: bool,
}

impl Pool {
    /// `min_growth` is the growth in bytes a day below which nothing matters.
    pub fn new(min_growth: f64) -> Pool {
        Pool { min_growth, ..Pool::default() }
    }

    /// Takes a row in, and gives the answer of the job before where it is the first one of another.
    ///
    /// # Errors
    /// If it is of another version, or not in its place.
    pub fn add(&mut self, row: &Row) -> Result<Option<JobAnswer>, NotPooled> {
        if row.version != EVIDENCE_VERSION {
            return Err(NotPooled::Version(row.version));
        }
        let (job, instance, seq) = &self.last;
        let here = (row.job.as_str(), row.instance.as_str(), row.seq);
        if self.job.is_some() && here <= (job.as_str(), instance.as_str(), *seq) {
            let named = |(job, instance, seq): (&str, &str, u32)| format!("{job}/{instance} row {seq}");
            return Err(NotPooled::Unsorted(named(here), named((job, instance, *seq))));
        }
        let is_new_instance = row.job != *job || row.instance != *instance || self.job.is_none();
        let broken = |what| NotPooled::Broken {
            instance: format!("{}/{}", row.job, row.instance),
            seq: row.seq,
            what,
        };
        if is_new_instance && row.row != RowKind::Instance {
            return Err(broken("the rows of an instance begin with one that is about all of it"));
        }
        if !is_new_instance && row.row == RowKind::Instance {
            return Err(broken("the instance is there twice"));
        }
        let mut answer = None;
        if self.job.as_ref().is_some_and(|pool| pool.job != row.job) {
            answer = self.finish();
        }
        self.last = (row.job.clone(), row.instance.clone(), row.seq);
        let pool = self.job.get_or_insert_with(|| JobPool { job: row.job.clone(), ..JobPool::default() });
        pool.add(row).map_err(broken)?;
        Ok(answer)
    }

    /// The answer of the last job.
    pub fn finish(&mut self) -> Option<JobAnswer> {
        Some(self.job.take()?.answer(self.min_growth))
    }
}

impl JobPool {
    fn add(&mut self, row: &Row) -> Result<(), &'static str> {
        match row.row {
            RowKind::Instance => self.begin(row),
            RowKind::Life => return self.begin_life(row),
            RowKind::Function | RowKind::Path => return self.place(row),
            RowKind::Suspect => return self.suspect(row),
        }
        Ok(())
    }

    fn begin(&mut self, row: &Row) {
        self.life = None;
        let facts: InstanceFacts =
            row.facts.as_deref().and_then(|facts| serde_json::from_str(facts).ok()).unwrap_or_default();
        if !facts.unusable.is_empty() {
            *self.notes.entry("files could not be used").or_default() += facts.unusable.len();
            self.unusable.extend(facts.unusable.first().cloned());
        }
        let Some(verdict) = facts.verdict else {
            self.unjudged_count += 1;
            if self.unjudged.len() < NAMED {
                self.unjudged.push(Unjudged { instance: row.instance.clone(), why: facts.headline });
            }
            return;
        };
        self.snapshots += u64::from(row.snapshots.unwrap_or(0));
        self.span = (earliest(self.span.0, row.from), self.span.1.max(row.until));
        self.instances.push(OneInstance {
            name: row.instance.clone(),
            verdict,
            hours_to_limit: facts.hours_to_limit.filter(|hours| hours.is_finite()),
            memory: facts.memory,
            heap_per_hour: facts.heap_per_hour.filter(|rate| rate.is_finite()).unwrap_or(0.0),
        });
    }

    fn begin_life(&mut self, row: &Row) -> Result<(), &'static str> {
        let instance =
            self.instances.len().checked_sub(1).ok_or("a life of an instance that was not judged")?;
        let subject = subject_of(row);
        let build = row.build.clone().unwrap_or_default();
        let of_build = self.builds.entry(build.clone()).or_default();
        of_build.instances.insert(instance);
        of_build.from = earliest(of_build.from, row.from);
        of_build.until = of_build.until.max(row.until);
        let sharing = row.sharing.filter(|sharing| sharing.is_finite()).unwrap_or(0.0);
        let most = self.sharing.entry(subject).or_insert(0.0);
        *most = most.max(sharing);
        self.ages.add(subject, row.by_age.as_deref().unwrap_or_default());
        let gaps = row.gaps.clone().unwrap_or_default();
        *of_build.hours.entry(subject).or_default() += gaps.iter().filter(|gap| gap.is_finite()).sum::<f64>();
        let number = row.life.ok_or("it does not say which life it is about")?;
        self.life = Some(Life { subject, number, build, gaps, certain: row.certain == Some(true) });
        Ok(())
    }

    fn place(&mut self, row: &Row) -> Result<(), &'static str> {
        let life = self.life.as_ref().ok_or("a place before its life")?;
        if subject_of(row) != life.subject || row.life != Some(life.number) {
            return Err("a place of another life than the one before it");
        }
        let seen =
            row.seen(&life.gaps).ok_or("its births and deaths do not fit the intervals of its life")?;
        let id = row.id.clone().ok_or("a place without an id")?;
        if let Some(build) = self.builds.get_mut(&life.build).filter(|build| !build.places.contains(&id)) {
            build.places.insert(id.clone());
        }
        let unit = self.units.entry((life.subject, id)).or_insert_with(|| FleetPlace::at(row));
        unit.see(row, life.certain);
        if let Some((cohort, overlay)) = Overlay::of(&seen) {
            unit.overlay(&life.build, cohort, overlay);
        }
        let intervals = row.intervals.map_or(seen.len(), |intervals| intervals as usize);
        unit.own.push(Own {
            instance: self.instances.len() - 1,
            build: life.build.clone(),
            intervals,
            lasted: seen.kept_before() + intervals as f64,
            log: row.logs(),
            births: seen.all_births(),
            net: (seen.all_births() - seen.deaths.iter().sum::<f64>()) * row.each.unwrap_or(0.0),
            hours: seen.span(),
            rates: row.rates(),
        });
        Ok(())
    }

    fn suspect(&mut self, row: &Row) -> Result<(), &'static str> {
        let instance =
            self.instances.len().checked_sub(1).ok_or("a suspect of an instance that was not judged")?;
        let id = row.id.clone().ok_or("a suspect without an id")?;
        let unit = self.units.entry((subject_of(row), id)).or_insert_with(|| FleetPlace::at(row));
        let reported = Reported::of(row, instance).ok_or("a suspect without its facts")?;
        unit.report(reported);
        Ok(())
    }

    /// The builds in the order in which they were first seen.
    pub(super) fn builds(&self) -> Vec<(&String, &Build)> {
        let mut builds: Vec<(&String, &Build)> = self.builds.iter().collect();
        builds.sort_by_key(|(name, build)| (build.from.unwrap_or(i64::MAX), *name));
        builds
    }

    /// Those that are known by an id.
    fn known_builds(&self) -> Vec<(&String, &Build)> {
        let mut builds = self.builds();
        builds.retain(|(name, _)| !name.is_empty());
        builds
    }

    /// Those of the program that a place is in: a job may hold several.
    pub(super) fn builds_of(&self, unit: &FleetPlace) -> Vec<(&String, &Build)> {
        let mut builds = self.known_builds();
        let here: Vec<&Build> = builds
            .iter()
            .filter(|(name, _)| unit.own.iter().any(|own| own.build == **name))
            .map(|(_, build)| *build)
            .collect();
        builds.retain(|(_, build)| here.iter().any(|other| build.is_akin(other)));
        builds
    }

    fn answer(self, min_growth: f64) -> JobAnswer {
        let suspects = super::suspects::suspects(&self, min_growth);
        let undecided = suspects
            .iter()
            .any(|suspect| suspect.probability >= Some(MEDIUM) && suspect.bytes_a_day() >= min_growth);
        let restart = super::restart::restart(&self, &suspects);
        let count = |verdict: Verdict| self.instances.iter().filter(|one| one.verdict == verdict).count();
        let builds = self.known_builds().into_iter().map(|(name, build)| BuildView {
            build: name.clone(),
            from: build.from,
            until: build.until,
            instances: build.instances.len(),
        });
        let hours =
            self.span.0.zip(self.span.1).map(|(from, until)| until.saturating_sub(from) as f64 / 3.6e12);
        let mut notes: Vec<String> =
            self.notes.iter().map(|(what, count)| format!("{count} {what}")).collect();
        if let (Some(note), Some(first)) = (notes.first_mut(), self.unusable.first()) {
            note.push_str(&format!(", the first of them: {first}"));
        }
        let mut answer = JobAnswer {
            schema_version: FLEET_VERSION,
            job: self.job.clone(),
            verdict: Verdict::Inconclusive,
            instances: self.instances.len(),
            alone: Alone {
                leak: count(Verdict::Leak),
                suspicious: count(Verdict::Suspicious),
                inconclusive: count(Verdict::Inconclusive),
                clean: count(Verdict::Clean),
            },
            snapshots: self.snapshots,
            hours,
            builds: builds.collect(),
            by_age: self.ages.views(),
            heap_per_hour: self.instances.iter().map(|one| one.heap_per_hour).sum(),
            places: self.units.values().filter(|unit| !unit.is_path && !unit.own.is_empty()).count(),
            undecided,
            suspects,
            restart,
            notes,
            unjudged: self.unjudged,
            unjudged_count: self.unjudged_count,
        };
        match self.instances.as_slice() {
            // One process by itself is what its own report says, in its order.
            [one] => answer.verdict = one.verdict,
            _ => answer.settle(),
        }
        answer
    }
}

fn earliest(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
