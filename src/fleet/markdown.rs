//! The answers as markdown.

use super::answer::{FleetReport, JobAnswer};
use super::sentences;
use crate::report::{inert, prose};
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
        let word = sentences::confidence(suspect.confidence);
        let _ = write!(out, "\n### {word}: {}\n\n", prose(&sentences::place(suspect)));
        let mut lines = vec![sentences::growth(suspect)];
        lines.extend(sentences::spread(suspect));
        lines.extend(suspect.since.as_ref().map(sentences::since));
        lines.extend(sentences::worst(suspect));
        lines.extend(sentences::limit(suspect));
        for line in lines {
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
    let notes: Vec<String> =
        job.notes.iter().map(|note| inert(note)).chain(sentences::unjudged(job)).collect();
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        let _ = writeln!(out, "- Note: {}", prose(&note));
    }
}
