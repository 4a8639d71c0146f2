//! Which of the planted leaks are found, by single instances and by all together.

use super::make::{TRUTH, Truth};
use pprof_leaks::fleet::{FleetOptions, FleetReport, FleetSuspect, JobAnswer, fleet};
use pprof_leaks::suspects::{Confidence, Verdict};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Prints it for the fleet in some stores.
pub(crate) fn print(root: &Path, more: &[&str]) -> Result<(), Box<dyn Error>> {
    let truths: Vec<Truth> = serde_json::from_str(&std::fs::read_to_string(root.join(TRUTH))?)?;
    let stores: Vec<PathBuf> =
        std::iter::once(root.to_owned()).chain(more.iter().map(PathBuf::from)).collect();
    let started = Instant::now();
    let (report, work) = fleet(&stores, &FleetOptions::default(), &mut |_, _| {})?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "| service | planted at | kind | in pods | kept an hour, all pods | pods that report it by themselves | pooled | first build | at least |"
    );
    println!("|{}", " --- |".repeat(9));
    let found = truths.iter().filter(|truth| row(&report, truth)).count();
    println!();
    let interval = |count: usize, of: usize| {
        let (low, high) = wilson(count, of);
        format!("{count} of {of} (95 %: {:.0} to {:.0} %)", 100.0 * low, 100.0 * high)
    };
    if !truths.is_empty() {
        println!("Found with the right build and bound: {}.", interval(found, truths.len()));
    }
    for least in [Confidence::High, Confidence::Medium] {
        let wrong = report.jobs.iter().filter(|job| is_false(job, &truths, least)).count();
        let or_more = if least == Confidence::High { "" } else { " or high" };
        println!(
            "Services with a false suspect at {}{or_more}: {}.",
            least.name(),
            interval(wrong, report.jobs.len())
        );
    }
    let clean = report.jobs.iter().filter(|job| job.verdict == Verdict::Clean).count();
    let alone: usize = report.jobs.iter().map(|job| job.alone.leak).sum();
    println!(
        "{clean} services are called clean. By themselves {alone} of {} instances say leak.",
        work.instances
    );
    println!(
        "{} instances ({} known from before), {} snapshots, {} rows of evidence: {seconds:.1} s.",
        work.instances, work.known, work.snapshots, work.rows
    );
    Ok(())
}

/// Prints what is said of a planted leak; whether that is right.
fn row(report: &FleetReport, truth: &Truth) -> bool {
    let job = report.jobs.iter().find(|job| job.job == truth.job);
    let suspect = job.and_then(|job| job.suspects.iter().find(|s| s.function == truth.function));
    let first = suspect.and_then(|suspect| first_build(job?, suspect));
    let is_right = suspect.is_some_and(|suspect| {
        suspect.confidence >= Confidence::Medium
            && first == Some(truth.first_build)
            && (1..=truth.pods).contains(&suspect.affected_at_least)
    });
    let wrong = |is_wrong: bool| if is_wrong { " (wrong)" } else { "" };
    let least = suspect.map_or(0, |suspect| suspect.affected_at_least);
    let all = truth.each * truth.pods as f64;
    println!(
        "| {} | `{}` | {} | {} of {} | {all} sampled objects, {:.1} MiB | {} | {} | {} | {least}{} |",
        truth.job,
        truth.function,
        truth.kind,
        truth.pods,
        truth.of,
        all * truth.bytes / 1_048_576.0,
        suspect.map_or(0, |suspect| suspect.alone),
        suspect.map_or("-", |suspect| suspect.confidence.name()),
        first.map_or("-".to_owned(), |build| { format!("{build}{}", wrong(build != truth.first_build)) }),
        wrong(suspect.is_some() && least > truth.pods),
    );
    is_right
}

/// The number of the first build that has a suspect, by the answer.
fn first_build(job: &JobAnswer, suspect: &FleetSuspect) -> Option<usize> {
    match &suspect.since {
        Some(since) if since.not_in.is_some() => {
            job.builds.iter().position(|build| build.build == since.build)
        }
        _ => Some(0),
    }
}

/// Whether a service has a suspect at a place where nothing was planted.
fn is_false(job: &JobAnswer, truths: &[Truth], least: Confidence) -> bool {
    let is_planted =
        |s: &FleetSuspect| truths.iter().any(|truth| truth.job == job.job && truth.function == s.function);
    job.suspects.iter().any(|suspect| suspect.confidence >= least && !is_planted(suspect))
}

/// The 95 % interval of a share (Wilson 1927).
fn wilson(count: usize, of: usize) -> (f64, f64) {
    const Z: f64 = 1.96;
    let (n, p) = (of.max(1) as f64, count as f64 / of.max(1) as f64);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let all = 1.0 + Z * Z / n;
    (((middle - half) / all).max(0.0), ((middle + half) / all).min(1.0))
}
