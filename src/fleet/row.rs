//! A row of evidence: what one instance says, in the form that is kept, shuffled by any engine, and pooled. docs/fleet.md is its contract.

use crate::clusters::Subject;
use crate::judge::{Births, Class, Logs, Observation, Weight};
use crate::suspects::{Confidence, Verdict};
use serde::{Deserialize, Serialize};

/// The version of the rows. It rises when a column changes its meaning; rows of another version are refused.
pub const EVIDENCE_VERSION: u32 = 1;

/// What a row is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowKind {
    /// The whole instance; the first of its rows.
    #[default]
    Instance,
    /// One life of it, as the snapshots of one kind show it; those of its places follow.
    Life,
    /// A function in the life of the last such row.
    Function,
    /// A path of calls below it.
    Path,
    /// What the judgement of the instance by itself reports.
    Suspect,
}

/// One row. Columns that a kind of row does not have are empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// [`EVIDENCE_VERSION`].
    pub version: u32,
    /// The service.
    pub job: String,
    /// The process.
    pub instance: String,
    /// Counts the rows of an instance from 0; whoever sorts by job, instance and this has them in order.
    pub seq: u32,
    /// What it is about.
    pub row: RowKind,
    /// What was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Subject>,
    /// The life, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life: Option<u32>,
    /// The build id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The time of the first snapshot, nanoseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// The time of the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// How many snapshots there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<u32>,
    /// Hours between the snapshots that were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaps: Option<Vec<f64>>,
    /// What was live at certain ages of the life, in bytes or goroutines, as far as it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_age: Option<Vec<i64>>,
    /// So many places of the life share the prior.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<f64>,
    /// Whether births are counted and counts are exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certain: Option<bool>,
    /// The id of the place, the same in all instances and builds: that of a suspect there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The function to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Whether it is the runtime's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<bool>,
    /// Sampled objects, or goroutines, live in the first snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<u32>,
    /// Born before the first snapshot, where that is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub born_before: Option<f64>,
    /// Born in each interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub births: Option<Vec<u32>>,
    /// Died in each interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deaths: Option<Vec<u32>>,
    /// How births are counted: `all`, `survivors` or `net`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub births_are: Option<String>,
    /// How many intervals were weighed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<u32>,
    /// ln Bayes factors against turnover: turnover, leak, filling, full, flushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<f64>>,
    /// What is kept an hour, in bytes or goroutines: low, mean and high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps: Option<Vec<f64>>,
    /// What one of those counted is worth, in bytes or goroutines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<f64>,
    /// How sure the instance by itself is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// The most that is said of it however much of it there is, as the counts or what it waits for cannot say more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Confidence>,
    /// Further facts for people, as JSON: [`InstanceFacts`] or [`SuspectFacts`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<String>,
}

/// What is said of an instance besides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InstanceFacts {
    /// The one word; none if it could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// The verdict in a sentence, or why there is none.
    pub headline: String,
    /// Growth of the live heap in bytes an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heap_per_hour: Option<f64>,
    /// Hours from the last snapshot to the memory limit, at the earliest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_to_limit: Option<f64>,
    /// The memory limit in bytes, and how near the process that lives now is to it, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryFacts>,
    /// Files that could not be used, and the first of them with its problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unusable: Vec<String>,
}

/// The memory of a process and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemoryFacts {
    /// The limit in bytes.
    pub limit: f64,
    /// Live bytes in the last snapshot.
    pub live: f64,
    /// Hours for which the process that lives now was seen.
    pub seen_hours: f64,
}

/// What is said of a suspect of an instance besides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SuspectFacts {
    /// Its place in the order of the instance's own report, from 1.
    pub rank: usize,
    /// The id of its cause.
    pub cause: String,
    /// What that is, in a few words.
    pub title: String,
    /// What to do.
    pub advice: String,
    /// What speaks for and against it.
    pub evidence: Vec<String>,
    /// The functions, with their kinds, that are a part of it.
    pub parts: Vec<(Subject, String)>,
    /// Whether the garbage collector proved it.
    #[serde(default)]
    pub proved: bool,
}

impl Row {
    /// A row of an instance without anything else.
    pub fn of(job: &str, instance: &str, row: RowKind) -> Row {
        Row {
            version: EVIDENCE_VERSION,
            job: job.to_owned(),
            instance: instance.to_owned(),
            row,
            ..Row::default()
        }
    }

    /// Takes in what was seen.
    pub fn set_seen(&mut self, seen: &Observation) {
        let whole = |values: &[f64]| values.iter().map(|value| value.max(0.0) as u32).collect();
        self.start = Some(seen.start.max(0.0) as u32);
        self.born_before = seen.born_before;
        self.births = Some(whole(&seen.births));
        self.deaths = Some(whole(&seen.deaths));
        self.births_are = Some(word_of(seen.births_are).to_owned());
    }

    /// What was seen, between snapshots so far apart; `None` if the row does not say or does not fit them.
    pub(super) fn seen(&self, gaps: &[f64]) -> Option<Observation> {
        let (births, deaths) = (self.births.as_ref()?, self.deaths.as_ref()?);
        let positive = gaps.iter().all(|gap| gap.is_finite() && *gap > 0.0);
        if births.len() != gaps.len() || deaths.len() != gaps.len() || !positive {
            return None;
        }
        let numbers = |values: &[u32]| values.iter().map(|value| f64::from(*value)).collect();
        Some(Observation {
            start: f64::from(self.start?),
            births: numbers(births),
            deaths: numbers(deaths),
            gaps: gaps.to_vec(),
            born_before: self.born_before.filter(|born| born.is_finite() && *born >= 0.0),
            births_are: [Births::All, Births::Survivors, Births::Net]
                .into_iter()
                .find(|births| Some(word_of(*births)) == self.births_are.as_deref())?,
        })
    }

    /// Takes in what was weighed.
    pub fn set_weight(&mut self, weight: &Weight, each: f64) {
        self.intervals = u32::try_from(weight.intervals).ok();
        // A coarse look leaves classes out, and says nothing of them.
        self.log = Some(weight.log.map(finite).to_vec());
        let rate = weight.rate;
        self.keeps = Some([rate.low, rate.mean, rate.high].map(|rate| finite(rate * each)).to_vec());
    }

    /// The ln Bayes factors, if they are there and numbers.
    pub(super) fn logs(&self) -> Option<Logs> {
        let log: Logs = self.log.as_ref()?.as_slice().try_into().ok()?;
        (log.iter().all(|log| log.is_finite()) && log[Class::Turnover as usize] == 0.0).then_some(log)
    }

    /// What it keeps an hour: the mean, and the most (95 %).
    pub(super) fn rates(&self) -> Rates {
        let keeps = |at: usize| self.keeps.as_ref().and_then(|keeps| keeps.get(at)).copied();
        let rate = |at: usize| keeps(at).filter(|rate| rate.is_finite()).unwrap_or(0.0);
        Rates { mean: rate(1), most: rate(2).max(rate(1)) }
    }
}

/// What is kept an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) mean: f64,
    /// With 95 % confidence no more than this.
    pub(super) most: f64,
}

impl Rates {
    /// The larger of two, figure by figure.
    pub(super) fn max(self, other: Rates) -> Rates {
        Rates { mean: self.mean.max(other.mean), most: self.most.max(other.most) }
    }
}

/// A number that JSON has a form for; 0 for any other.
pub(super) fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

fn word_of(births: Births) -> &'static str {
    match births {
        Births::All => "all",
        Births::Survivors => "survivors",
        Births::Net => "net",
    }
}
