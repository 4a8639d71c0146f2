//! The answer: what the instances of a service say together, and a fleet of services side by side.

use crate::clusters::Subject;
use crate::growth::e_bh;
use crate::judge::policy::{FALSE_DISCOVERIES, HELD_BY_A_GOROUTINE};
use crate::suspects::{Confidence, Verdict};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// The version of the JSON form.
pub const FLEET_VERSION: u32 = 1;

/// The JSON Schema (draft 2020-12) that every report on a fleet follows.
pub const FLEET_SCHEMA: &str = include_str!("schema.json");

/// What a fleet says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetReport {
    /// [`FLEET_VERSION`].
    pub schema_version: u32,
    /// All of it in a sentence.
    pub headline: String,
    /// The services, worst first.
    pub jobs: Vec<JobAnswer>,
}

/// What the instances of one service say together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobAnswer {
    /// [`FLEET_VERSION`].
    pub schema_version: u32,
    /// The service.
    pub job: String,
    /// The one word.
    pub verdict: Verdict,
    /// How many instances were judged.
    pub instances: usize,
    /// How many of them say leak, suspicious, inconclusive and clean, each by itself.
    pub alone: Alone,
    /// Snapshots of all instances.
    pub snapshots: u64,
    /// From the first snapshot to the last of any instance, in hours.
    pub hours: Option<f64>,
    /// The builds that are known by an id, in the order in which they were first seen.
    pub builds: Vec<BuildView>,
    /// Growth of the live heaps of all instances together, in bytes an hour.
    pub heap_per_hour: f64,
    /// What processes hold at each age of their lives that any of them reached.
    #[serde(default)]
    pub by_age: Vec<AgeView>,
    /// How many places were looked at.
    pub places: usize,
    /// Whether a leak that matters is likely, and only the nature of its place keeps the word low: then it is not clean.
    #[serde(default)]
    pub undecided: bool,
    /// The suspects, surest first.
    pub suspects: Vec<FleetSuspect>,
    /// How often to restart the instances until what leaks is fixed; `None` where no memory limit is known, or none is reached.
    #[serde(default)]
    pub restart: Option<Restart>,
    /// What could not be used, counted.
    pub notes: Vec<String>,
    /// The instances of which nothing could be judged, the first few of them.
    pub unjudged: Vec<Unjudged>,
    /// How many of these there are.
    pub unjudged_count: usize,
}

/// What processes hold at an age of their lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeView {
    /// So many minutes after the first snapshot of a life.
    pub minutes: u32,
    /// Live bytes; `None` without heap profiles.
    pub heap: Option<Quantiles>,
    /// Goroutines; `None` without their profiles.
    pub goroutines: Option<Quantiles>,
}

/// Quantiles over lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Over so many.
    pub lives: usize,
    /// Half of them hold no more.
    pub median: i64,
    /// Nine in ten of them hold no more.
    pub p90: i64,
}

/// How often to restart the instances of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restart {
    /// Each after so many hours.
    pub every_hours: f64,
    /// The first instance that may reach its memory limit.
    pub instance: String,
    /// After so many hours of its life.
    pub after_hours: f64,
    /// Its limit in bytes.
    pub limit: f64,
}

/// The verdicts of instances, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alone {
    /// Leak.
    pub leak: usize,
    /// Suspicious.
    pub suspicious: usize,
    /// Inconclusive.
    pub inconclusive: usize,
    /// Clean.
    pub clean: usize,
}

/// One build of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuildView {
    /// Its id.
    pub build: String,
    /// When it was first seen, nanoseconds since the Unix epoch.
    pub from: Option<i64>,
    /// When it was last seen.
    pub until: Option<i64>,
    /// In so many instances.
    pub instances: usize,
}

/// An instance of which nothing could be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unjudged {
    /// Which.
    pub instance: String,
    /// Why.
    pub why: String,
}

/// What leaks in a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetSuspect {
    /// Its stable id, as in the reports of single instances.
    pub fingerprint: String,
    /// Memory or goroutines.
    pub kind: Subject,
    /// How sure it is.
    pub confidence: Confidence,
    /// The function to blame.
    pub function: String,
    /// Its file.
    pub file: String,
    /// Its line in the latest build.
    pub line: u32,
    /// The probability that it leaks, of all instances together; `None` where the collector proved it.
    pub probability: Option<f64>,
    /// The ln Bayes factor of a leak against chance: that nothing is kept.
    pub lead: f64,
    /// Whether instances show it by themselves, or only all together.
    pub shown_by: ShownBy,
    /// What all of them keep an hour.
    pub per_hour: f64,
    /// What each of those keeps that leak, on average.
    pub per_hour_each: f64,
    /// `bytes` or `count`.
    pub unit: crate::profile::Unit,
    /// In how many instances it is by the best guess; `None` if it is too little in each to say.
    pub affected: Option<usize>,
    /// In how many it is at least, with 95 % confidence.
    pub affected_at_least: usize,
    /// In how many it could be.
    pub of: usize,
    /// How many instances report it by themselves, at medium confidence or better.
    pub alone: usize,
    /// The instance that keeps most.
    pub worst: Option<Worst>,
    /// With which build it came, if builds can be compared.
    pub since: Option<Since>,
    /// Why it grows, by the report of the worst instance.
    pub cause: Option<CauseOf>,
    /// Hours from the last snapshot until the first instance reaches the memory limit, where that is known.
    pub hours_to_limit: Option<f64>,
}

/// Whether instances show a suspect by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShownBy {
    /// At least one does.
    Instances,
    /// None does; all together do.
    Together,
}

/// The instance that keeps most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worst {
    /// Which.
    pub instance: String,
    /// What it keeps an hour.
    pub per_hour: f64,
}

/// With which build a suspect came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Since {
    /// The first build that has it.
    pub build: String,
    /// When that was first seen.
    pub from: Option<i64>,
    /// How probable it is that it is this one, of all builds seen.
    pub probability: f64,
    /// The build before, which does not have it; `None` if it was there in the first build that was seen.
    pub not_in: Option<String>,
    /// Kept an hour in each instance of the build before and of this one.
    pub per_hour_each: Option<(f64, f64)>,
    /// The p-value of the rank-sum test between the instances of both.
    pub p_value: Option<f64>,
    /// Whether instances of both builds were alive at the same time, so that load and season are the same.
    pub side_by_side: bool,
}

/// Why a suspect grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseOf {
    /// The id of the rule.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// What to do.
    pub advice: String,
    /// What speaks for it.
    pub evidence: Vec<String>,
}

impl FleetReport {
    /// Sets services side by side.
    pub fn of(mut jobs: Vec<JobAnswer>) -> FleetReport {
        // One process by itself is what its own report says.
        if jobs.iter().map(|job| job.instances).sum::<usize>() > 1 {
            bound_false_discoveries(&mut jobs);
        }
        jobs.sort_by(|a, b| {
            let key = |job: &JobAnswer| {
                (Reverse(badness(job.verdict)), job.suspects.first().map(|s| Reverse(s.confidence)))
            };
            let growth = |job: &JobAnswer| job.suspects.first().map_or(0.0, |suspect| suspect.per_hour);
            key(a).cmp(&key(b)).then(growth(b).total_cmp(&growth(a))).then_with(|| a.job.cmp(&b.job))
        });
        let headline = headline(&jobs);
        FleetReport { schema_version: FLEET_VERSION, headline, jobs }
    }

    /// The surest suspect of all.
    pub fn surest(&self) -> Option<Confidence> {
        self.jobs.iter().flat_map(|job| &job.suspects).map(|suspect| suspect.confidence).max()
    }

    /// Whether every service is clean, and all of it could be judged.
    pub fn is_clean(&self) -> bool {
        self.jobs.iter().all(|job| job.verdict == Verdict::Clean && job.unjudged_count == 0)
    }

    /// Whether some inputs could not be used.
    pub fn is_partial(&self) -> bool {
        self.jobs.iter().any(|job| job.unjudged_count > 0 || !job.notes.is_empty())
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// If a number has no form in JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// Among the places of all services some look like a leak by chance: a suspect stays high only while of all that are high no more than a twentieth
/// are expected to be false (e-BH, Wang and Ramdas 2022).
fn bound_false_discoveries(jobs: &mut [JobAnswer]) {
    // What the collector proved is no matter of chance.
    let is_tested =
        |suspect: &FleetSuspect| suspect.confidence == Confidence::High && suspect.probability.is_some();
    let tests: usize = jobs.iter().map(|job| job.places).sum();
    let called = jobs.iter().flat_map(|job| &job.suspects).filter(|suspect| is_tested(suspect));
    let leads: Vec<f64> = called.map(|suspect| suspect.lead).collect();
    let least = e_bh(&leads, tests, FALSE_DISCOVERIES);
    for job in jobs {
        let mut is_other = false;
        for suspect in job.suspects.iter_mut().filter(|s| is_tested(s) && s.lead < least) {
            suspect.confidence = Confidence::Medium;
            is_other = true;
        }
        if is_other {
            job.settle();
        }
    }
}

impl FleetSuspect {
    /// What all instances keep in a day.
    pub(super) fn bytes_a_day(&self) -> f64 {
        24.0 * self.per_hour * if self.kind == Subject::Goroutine { HELD_BY_A_GOROUTINE } else { 1.0 }
    }
}

impl JobAnswer {
    /// Puts the suspects in order, and takes the verdict from them.
    pub(super) fn settle(&mut self) {
        self.suspects.sort_by(|a, b| {
            b.confidence
                .cmp(&a.confidence)
                .then(b.bytes_a_day().total_cmp(&a.bytes_a_day()))
                .then_with(|| a.fingerprint.cmp(&b.fingerprint))
        });
        // One process that leaks is not outvoted by those in which nothing is seen.
        let undecided = self.undecided || self.alone.leak > 0;
        let enough = 2 * self.alone.clean >= self.instances && self.instances > 0 && !undecided;
        self.verdict = Verdict::of(self.suspects.iter().map(|s| s.confidence).max(), enough);
    }
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Leak => 3,
        Verdict::Suspicious => 2,
        Verdict::Inconclusive => 1,
        Verdict::Clean => 0,
    }
}

fn headline(jobs: &[JobAnswer]) -> String {
    let count = |verdict: Verdict| jobs.iter().filter(|job| job.verdict == verdict).count();
    let words = [Verdict::Leak, Verdict::Suspicious, Verdict::Inconclusive, Verdict::Clean];
    let counts: Vec<String> = words
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), verdict.name()))
        .collect();
    let many =
        |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let instances: usize = jobs.iter().map(|job| job.instances + job.unjudged_count).sum();
    format!(
        "{} of {}: {}.",
        many(jobs.len(), "service", "services"),
        many(instances, "instance", "instances"),
        if counts.is_empty() { "nothing could be judged".to_owned() } else { counts.join(", ") }
    )
}
