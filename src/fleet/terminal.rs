//! The answers for a terminal.

use super::answer::{FleetReport, FleetSuspect};
use super::sentences;
use crate::report::{TerminalOptions, Writer, inert};
use anstyle::Style;

/// Renders the report on a fleet for a terminal.
pub fn fleet_terminal(report: &FleetReport, options: &TerminalOptions) -> String {
    let mut out = Writer::new(options);
    out.paragraph("", &report.headline, Style::new().bold());
    for job in &report.jobs {
        out.blank();
        let title = format!("{}: {}", inert(&job.job), job.verdict.name());
        out.paragraph("", &title, Style::new().bold());
        out.paragraph("  ", &sentences::job(job), Style::new().dimmed());
        for suspect in job.suspects.iter().take(options.top) {
            of_suspect(&mut out, suspect);
        }
        if job.suspects.len() > options.top {
            out.item("  ", &format!("and {} more; --top {0} shows all", job.suspects.len()));
        }
        if let Some(restart) = &job.restart {
            out.item("  ", &sentences::restart(restart));
        }
        if job.suspects.is_empty() {
            out.item("  ", sentences::nothing(job.verdict));
        }
        for note in sentences::notes(job) {
            out.item("  ! ", &note);
        }
        if options.details && !job.by_age.is_empty() {
            out.blank();
            out.item("  ", &format!("{}:", sentences::AGES_TITLE));
            let rows = sentences::ages(job).into_iter().map(Vec::from).collect();
            out.table(&sentences::AGES_HEADER, rows, 1, &[]);
        }
    }
    out.finish()
}

fn of_suspect(out: &mut Writer<'_>, suspect: &FleetSuspect) {
    let cause = suspect.cause.as_ref().map_or(String::new(), |cause| format!("  {}", inert(&cause.id)));
    let word = suspect.confidence.name();
    out.item(&format!("  {word:<8}"), &format!("{}{cause}", sentences::place(suspect)));
    let mut lines = sentences::of_suspect(suspect);
    if let Some(cause) = &suspect.cause {
        lines.push(format!("{}: {}", inert(&cause.title), inert(&cause.advice)));
    }
    for line in lines {
        out.item("          ", &line);
    }
}
