//! The overview of many processes: a row each, worst first, with totals for each job.

mod markdown;
mod page;
mod terminal;

pub use markdown::overview_markdown;
pub use page::overview_html;
pub use terminal::overview_terminal;

use super::document::{Document, SuspectView};
use super::inert::inert;
use super::json::fields::time;
use super::layout::{change, per_hour};
use crate::profile::Unit;
use crate::suspects::{Confidence, Verdict};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Many processes, side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overview {
    /// The version of the format.
    pub schema_version: u32,
    /// One row a process, worst first.
    pub rows: Vec<OverviewRow>,
    /// The processes of which nothing could be judged, and why.
    pub unjudged: Vec<UnjudgedRow>,
    /// One line a job, by name.
    pub jobs: Vec<JobRow>,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverviewRow {
    /// The service.
    pub job: String,
    /// The process.
    pub instance: String,
    /// Its program, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The one word.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub headline: String,
    /// Growth of the live heap in bytes an hour, if its times are known.
    pub heap_per_hour: Option<f64>,
    /// The first suspect, if there is one.
    pub suspect: Option<OverviewSuspect>,
    /// When the judged snapshots begin, nanoseconds since the Unix epoch.
    #[serde(serialize_with = "time::serialize")]
    pub since: Option<i64>,
    /// Where its own report is, relative to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

/// The first suspect of a process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverviewSuspect {
    /// Its stable id.
    pub fingerprint: String,
    /// The function to blame.
    pub function: String,
    /// File and line.
    pub position: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// How it grew.
    pub change: String,
    /// The same an hour.
    pub per_hour: String,
    /// The cause.
    pub cause: String,
}

/// A process of which nothing could be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnjudgedRow {
    /// The service.
    pub job: String,
    /// The process.
    pub instance: String,
    /// Why.
    pub why: String,
}

/// The processes of a job, counted by verdict.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct JobRow {
    /// The service.
    pub job: String,
    /// All that could be judged.
    pub judged: usize,
    /// Those with the verdict leak.
    pub leak: usize,
    /// Those with the verdict suspicious.
    pub suspicious: usize,
    /// Those with the verdict inconclusive.
    pub inconclusive: usize,
    /// Those with the verdict clean.
    pub clean: usize,
    /// Growth of all live heaps together, in bytes an hour.
    pub heap_per_hour: f64,
    /// What all of them say together, where there are several and that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
}

/// What all processes of a job say together, as `pprof-leaks fleet` says it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Together {
    /// The one word.
    pub verdict: Verdict,
    /// The confidence in the surest suspect.
    pub surest: Option<Confidence>,
    /// A sentence for each suspect of medium confidence or better; else one for all of it.
    pub sentences: Vec<String>,
    /// Where the report on them is, relative to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

impl Overview {
    /// Sets processes side by side.
    pub fn new(mut rows: Vec<OverviewRow>, unjudged: Vec<UnjudgedRow>) -> Overview {
        rows.sort_by(|a, b| {
            let badness = |row: &OverviewRow| {
                (rank(row.verdict), row.suspect.as_ref().map(|suspect| suspect.confidence))
            };
            let growth = |row: &OverviewRow| row.heap_per_hour.unwrap_or(0.0);
            (Reverse(badness(a)).cmp(&Reverse(badness(b))))
                .then_with(|| growth(b).total_cmp(&growth(a)))
                .then_with(|| (&a.job, &a.instance).cmp(&(&b.job, &b.instance)))
        });
        let jobs = jobs(&rows);
        Overview { schema_version: 1, rows, unjudged, jobs }
    }

    /// Adds what the processes of some jobs say together, by name.
    pub fn with_together(mut self, mut answers: BTreeMap<String, Together>) -> Overview {
        for job in &mut self.jobs {
            job.together = answers.remove(&job.job);
        }
        self
    }

    /// The jobs that have a line of their own: all where there are several, and those whose processes were judged together.
    fn shown_jobs(&self) -> impl Iterator<Item = &JobRow> {
        self.jobs.iter().filter(|job| self.jobs.len() > 1 || job.together.is_some())
    }

    fn together(&self) -> impl Iterator<Item = &Together> {
        self.jobs.iter().filter_map(|job| job.together.as_ref())
    }

    /// The surest suspect of all.
    pub fn surest(&self) -> Option<Confidence> {
        let alone = self.rows.iter().filter_map(|row| Some(row.suspect.as_ref()?.confidence));
        alone.chain(self.together().filter_map(|together| together.surest)).max()
    }

    /// Whether every process that was judged is clean, by itself and together with the others of its job.
    pub fn is_clean(&self) -> bool {
        let alone = self.rows.iter().map(|row| row.verdict);
        alone.chain(self.together().map(|together| together.verdict)).all(|verdict| verdict == Verdict::Clean)
    }

    /// All of it in a sentence.
    pub fn headline(&self) -> String {
        let count = |verdict: Verdict| self.rows.iter().filter(|row| row.verdict == verdict).count();
        let verdicts = [Verdict::Leak, Verdict::Suspicious, Verdict::Inconclusive, Verdict::Clean];
        let counts: Vec<String> = verdicts
            .into_iter()
            .filter(|verdict| count(*verdict) > 0)
            .map(|verdict| format!("{} {}", count(verdict), verdict.name()))
            .collect();
        let processes = match self.rows.len() + self.unjudged.len() {
            1 => "1 process".to_owned(),
            n => format!("{n} processes"),
        };
        let not_judged = match self.unjudged.len() {
            0 => String::new(),
            n => format!(", {n} not judged"),
        };
        match counts.is_empty() {
            true => format!("{processes}{not_judged}."),
            false => format!("{processes}: {}{not_judged}.", counts.join(", ")),
        }
    }

    /// The overview as JSON.
    ///
    /// # Errors
    /// If a number has no form in JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

impl OverviewRow {
    /// The row of a process whose report is `document`.
    pub fn of(document: &Document, job: &str, instance: &str) -> OverviewRow {
        OverviewRow {
            job: inert(job),
            instance: inert(instance),
            program: document.service.program.clone(),
            verdict: document.verdict,
            headline: document.headline.clone(),
            heap_per_hour: heap_per_hour(document),
            suspect: document.suspects.first().map(suspect),
            since: document.service.from,
            report: None,
        }
    }

    /// When the judged snapshots begin, for people.
    fn since(&self) -> String {
        let time = self.since.and_then(|nanos| jiff::Timestamp::from_nanosecond(i128::from(nanos)).ok());
        time.map_or_else(String::new, |time| time.strftime("%m-%d %H:%M").to_string())
    }

    /// Growth of the heap an hour, for people.
    fn growth(&self) -> String {
        self.heap_per_hour.map_or("-".to_owned(), rate)
    }
}

/// The header of the table, in every format.
const HEADER: [&str; 6] = ["verdict", "instance", "heap an hour", "first suspect", "it grows", "since"];

impl Overview {
    /// The rows as cells. Where all are of one job, its name is left out.
    fn cells(&self) -> impl Iterator<Item = (&OverviewRow, [String; 6])> {
        let one_job = self.jobs.len() < 2;
        self.rows.iter().map(move |row| {
            let suspect = row.suspect.as_ref();
            let dash = || "-".to_owned();
            let cells = [
                row.verdict.name().to_owned(),
                if one_job { row.instance.clone() } else { format!("{}/{}", row.job, row.instance) },
                row.growth(),
                suspect.map_or_else(dash, |s| format!("{} ({})", s.function, s.confidence.name())),
                suspect.map_or_else(dash, |s| s.per_hour.clone()),
                row.since(),
            ];
            (row, cells)
        })
    }
}

/// A rate of bytes an hour with its sign.
fn rate(bytes: f64) -> String {
    format!("{}/h", super::units::signed(bytes, Unit::Bytes))
}

/// A job in a sentence.
fn job_line(job: &JobRow) -> String {
    let part = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
    let parts = [
        part(job.leak, "leak"),
        part(job.suspicious, "suspicious"),
        part(job.inconclusive, "inconclusive"),
        part(job.clean, "clean"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}: {} judged ({}), {} in all", job.job, job.judged, parts.join(", "), rate(job.heap_per_hour))
}

fn suspect(suspect: &SuspectView) -> OverviewSuspect {
    let figures = suspect.figures();
    OverviewSuspect {
        fingerprint: suspect.fingerprint.clone(),
        function: suspect.blame.short_function(),
        position: suspect.blame.short_position(),
        confidence: suspect.confidence,
        change: change(figures),
        per_hour: per_hour(figures),
        cause: suspect.cause.title.clone(),
    }
}

/// How fast the live heap grew between its first and its last snapshot.
fn heap_per_hour(document: &Document) -> Option<f64> {
    let total = document.shown_totals().find(|total| total.unit == Unit::Bytes)?;
    let hours = total.hours.filter(|hours| *hours > 0.0)?;
    Some(total.delta as f64 / hours)
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Leak => 3,
        Verdict::Suspicious => 2,
        Verdict::Inconclusive => 1,
        Verdict::Clean => 0,
    }
}

fn jobs(rows: &[OverviewRow]) -> Vec<JobRow> {
    let mut jobs: BTreeMap<&str, JobRow> = BTreeMap::new();
    for row in rows {
        let job =
            jobs.entry(&row.job).or_insert_with(|| JobRow { job: row.job.clone(), ..JobRow::default() });
        job.judged += 1;
        *match row.verdict {
            Verdict::Leak => &mut job.leak,
            Verdict::Suspicious => &mut job.suspicious,
            Verdict::Inconclusive => &mut job.inconclusive,
            Verdict::Clean => &mut job.clean,
        } += 1;
        job.heap_per_hour += row.heap_per_hour.unwrap_or(0.0);
    }
    jobs.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(instance: &str, verdict: Verdict, heap_per_hour: f64) -> OverviewRow {
        OverviewRow {
            job: "shop".into(),
            instance: instance.into(),
            program: None,
            verdict,
            headline: String::new(),
            heap_per_hour: Some(heap_per_hour),
            suspect: None,
            since: None,
            report: None,
        }
    }

    #[test]
    fn the_worst_comes_first_and_jobs_are_summed() {
        let rows = vec![
            row("a", Verdict::Clean, 9e9),
            row("b", Verdict::Leak, 1e6),
            row("c", Verdict::Inconclusive, 5e6),
            row("d", Verdict::Leak, 2e6),
        ];
        let why = UnjudgedRow { job: "shop".into(), instance: "e".into(), why: "too few".into() };
        let overview = Overview::new(rows, vec![why]);
        let order: Vec<&str> = overview.rows.iter().map(|row| row.instance.as_str()).collect();
        assert_eq!(order, ["d", "b", "c", "a"]);
        assert_eq!(overview.headline(), "5 processes: 2 leak, 1 inconclusive, 1 clean, 1 not judged.");
        let [job] = overview.jobs.as_slice() else { panic!("one job") };
        assert_eq!((job.judged, job.leak, job.clean), (4, 2, 1));
        assert!(!overview.is_clean());
    }
}
