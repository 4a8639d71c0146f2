//! The overview for a terminal.

use super::super::terminal::{TerminalOptions, Writer};
use super::{HEADER, Overview, job_line};
use anstyle::Style;

/// Renders an overview for a terminal.
pub fn overview_terminal(overview: &Overview, options: &TerminalOptions) -> String {
    let mut out = Writer::new(options);
    out.paragraph("", &overview.headline(), Style::new().bold());
    if !overview.rows.is_empty() {
        out.blank();
        out.table(
            &HEADER,
            overview.cells().map(|(_, cells)| cells.to_vec()).collect(),
            HEADER.len(),
            Some(3),
        );
    }
    if overview.jobs.len() > 1 {
        out.blank();
        for job in &overview.jobs {
            out.item("  ", &job_line(job));
        }
    }
    for row in &overview.unjudged {
        out.item("! ", &format!("{}/{}: not judged: {}", row.job, row.instance, row.why));
    }
    out.finish()
}
