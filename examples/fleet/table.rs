//! Which of the planted leaks are found, by single instances and by all together.

use super::make::{TRUTH, Truth};
use pprof_leaks::fleet::{FleetOptions, FleetSuspect, fleet};
use pprof_leaks::suspects::{Confidence, Verdict};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

/// Prints it.
pub(crate) fn print(root: &Path) -> Result<(), Box<dyn Error>> {
    let truths: Vec<Truth> = serde_json::from_str(&std::fs::read_to_string(root.join(TRUTH))?)?;
    let started = Instant::now();
    let (report, work) = fleet(&[root.to_owned()], &FleetOptions::default(), &mut |_, _| {})?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "| service | planted at | kind | in pods | pods that report it by themselves | pooled | first build | at least |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut found = 0;
    for truth in &truths {
        let job = report.jobs.iter().find(|job| job.job == truth.job);
        let suspect =
            job.and_then(|job| job.suspects.iter().find(|suspect| suspect.function == truth.function));
        let sure = |suspect: &&FleetSuspect| suspect.confidence >= Confidence::Medium;
        let build = |suspect: &FleetSuspect| match &suspect.since {
            Some(since) if since.not_in.is_some() => {
                job.and_then(|job| job.builds.iter().position(|build| build.build == since.build))
            }
            _ => Some(0),
        };
        let right = suspect.filter(sure).is_some_and(|suspect| {
            build(suspect) == Some(truth.first_build) && suspect.affected_at_least <= truth.pods
        });
        found += usize::from(right);
        println!(
            "| {} | `{}` | {} | {} of {} | {} | {} | {} | {} |",
            truth.job,
            truth.function,
            truth.kind,
            truth.pods,
            truth.of,
            suspect.map_or(0, |suspect| suspect.alone),
            suspect.map_or("-", |suspect| suspect.confidence.name()),
            suspect.and_then(build).map_or("-".to_owned(), |build| {
                format!("{build}{}", if build == truth.first_build { "" } else { " (wrong)" })
            }),
            suspect.map_or(0, |suspect| suspect.affected_at_least),
        );
    }
    let is_true = |job: &str, suspect: &FleetSuspect| {
        truths.iter().any(|truth| truth.job == job && truth.function == suspect.function)
    };
    let false_jobs = |least: Confidence| {
        let is_false = |job: &&pprof_leaks::fleet::JobAnswer| {
            job.suspects.iter().any(|suspect| suspect.confidence >= least && !is_true(&job.job, suspect))
        };
        report.jobs.iter().filter(is_false).count()
    };
    println!();
    println!(
        "{found} of {} found with the right build and bound; {} services have a false suspect at high, {} at medium or high; {} services are called clean.",
        truths.len(),
        false_jobs(Confidence::High),
        false_jobs(Confidence::Medium),
        report.jobs.iter().filter(|job| job.verdict == Verdict::Clean).count(),
    );
    let alone: usize = report.jobs.iter().map(|job| job.alone.leak).sum();
    println!("By themselves {alone} of {} instances say leak.", work.instances);
    println!(
        "{} instances ({} known from before), {} snapshots, {} rows of evidence: {seconds:.1} s.",
        work.instances, work.known, work.snapshots, work.rows
    );
    Ok(())
}
