//! The answers as markdown.

use super::answer::{FleetReport, JobAnswer};
use super::sentences;
use crate::report::{capital, inert, prose};
use std::fmt::Write;

/// Renders the report on a fleet as markdown. `top` suspects of a service are shown.
pub fn fleet_markdown(report: &FleetReport, top: usize) -> String {
    let mut out = format!("# {}\n", prose(&report.headline));
    for job in &report.jobs {
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "\n## {}: {}\n\n{}\n",
            prose(&inert(&job.job)),
            job.verdict.name(),
            prose(&sentences::job(job))
        );
        of_job(&mut out, job, top);
    }
    out
}

fn of_job(out: &mut String, job: &JobAnswer, top: usize) {
    if job.suspects.is_empty() {
        let _ = write!(out, "\n{}\n", sentences::nothing(job.verdict));
    }
    for suspect in job.suspects.iter().take(top) {
        let word = suspect.confidence.name();
        let _ = write!(out, "\n### {word}: {}\n\n", prose(&sentences::place(suspect)));
        for line in sentences::of_suspect(suspect) {
            let _ = writeln!(out, "- {}", prose(&line));
        }
        if let Some(cause) = &suspect.cause {
            let _ = write!(
                out,
                "\n**{}** ({})\n\n{}\n",
                prose(&inert(&cause.title)),
                prose(&cause.id),
                prose(&inert(&cause.advice))
            );
        }
    }
    if job.suspects.len() > top {
        let _ = write!(out, "\nAnd {} more.\n", job.suspects.len() - top);
    }
    if let Some(restart) = &job.restart {
        let _ = write!(out, "\n{}.\n", prose(&capital(&sentences::restart(restart))));
    }
    if !job.by_age.is_empty() {
        let _ = write!(out, "\n{}:\n\n| {} |\n", sentences::AGES_TITLE, sentences::AGES_HEADER.join(" | "));
        let _ = writeln!(out, "| ---{} |", " | ---:".repeat(sentences::AGES_HEADER.len() - 1));
    }
    for row in sentences::ages(job) {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    let notes: Vec<String> = sentences::notes(job).collect();
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        let _ = writeln!(out, "- Note: {}", prose(&note));
    }
}
