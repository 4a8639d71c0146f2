//! The overview as markdown.

use super::super::markdown::escape::{code_cell as code, prose as plain};
use super::{HEADER, Overview, job_line};
use std::fmt::Write;

/// Renders an overview as markdown.
pub fn overview_markdown(overview: &Overview) -> String {
    let mut out = format!("# {}\n", plain(&overview.headline()));
    if !overview.rows.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(out, "\n| {} |\n|{}\n", HEADER.join(" | "), " --- |".repeat(HEADER.len()));
        for (row, [verdict, instance, growth, suspect, rate, since]) in overview.cells() {
            let instance = match &row.report {
                Some(report) => format!("[{}](<{report}>)", plain(&instance)),
                None => code(&instance),
            };
            let _ = writeln!(
                out,
                "| {verdict} | {instance} | {growth} | {} | {rate} | {since} |",
                plain(&suspect)
            );
        }
    }
    for (at, job) in overview.shown_jobs().enumerate() {
        let _ = writeln!(out, "{}- {}", if at == 0 { "\n" } else { "" }, plain(&job_line(job)));
        for sentence in job.together.iter().flat_map(|together| &together.sentences) {
            let _ = writeln!(out, "  - {}", plain(sentence));
        }
    }
    if !overview.unjudged.is_empty() {
        out.push_str("\nNot judged:\n\n");
        for row in &overview.unjudged {
            let _ =
                writeln!(out, "- {}: {}", code(&format!("{}/{}", row.job, row.instance)), plain(&row.why));
        }
    }
    out
}
