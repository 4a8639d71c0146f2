//! The overview for a terminal.

use super::super::terminal::{ROOM_FOR_ALL_COLUMNS, TerminalOptions, Writer};
use super::{HEADER, Overview, job_line};
use anstyle::Style;

/// The columns that a narrow terminal has room for.
const NARROW: usize = 4;

/// Renders an overview for a terminal.
pub fn overview_terminal(overview: &Overview, options: &TerminalOptions) -> String {
    let mut out = Writer::new(options);
    out.paragraph("", &overview.headline(), Style::new().bold());
    if !overview.rows.is_empty() {
        out.blank();
        // Where names would have to be cut to little, the columns at the end are left to the page.
        let columns = if options.width < ROOM_FOR_ALL_COLUMNS { NARROW } else { HEADER.len() };
        let rows = overview.cells().map(|(_, cells)| cells[..columns].to_vec()).collect();
        out.table(&HEADER[..columns], rows, columns, &[1, 3]);
    }
    for (at, job) in overview.shown_jobs().enumerate() {
        if at == 0 {
            out.blank();
        }
        out.item("  ", &job_line(job));
        for sentence in job.together.iter().flat_map(|together| &together.sentences) {
            out.item("    ", sentence);
        }
    }
    for row in &overview.unjudged {
        out.item("! ", &format!("{}/{}: not judged: {}", row.job, row.instance, row.why));
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::super::{OverviewRow, OverviewSuspect};
    use super::*;
    use crate::suspects::{Confidence, Verdict};

    #[test]
    fn long_names_of_instances_are_cut_and_never_broken() {
        let suspect = OverviewSuspect {
            fingerprint: "0123456789abcdef".into(),
            function: "visits.(*Recorder).Remember".into(),
            position: "visits.go:26".into(),
            confidence: Confidence::High,
            change: "+21.0 MiB".into(),
            per_hour: "+1.4 GiB/h".into(),
            cause: "A map that only grows".into(),
        };
        let row = |job: &str| OverviewRow {
            job: job.into(),
            instance: "shop-7d9f8-x2x4k.internal:6060".into(),
            program: None,
            verdict: Verdict::Leak,
            headline: String::new(),
            heap_per_hour: Some(1e9),
            suspect: Some(suspect.clone()),
            since: Some(0),
            report: None,
        };
        let overview =
            Overview::new(vec![row("2026-11-29T02-59-31Z"), row("2026-11-29T03-59-31Z")], Vec::new());
        for width in [80, 100, 120, 200] {
            let text = overview_terminal(&overview, &TerminalOptions { width, ..TerminalOptions::default() });
            let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("leak")).collect();
            assert_eq!(rows.len(), 2, "a row is a line at {width}:\n{text}");
            assert!(
                rows.iter().all(|row| row.contains("6060 ") && row.contains("(high)")),
                "{width}:\n{text}"
            );
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}:\n{text}");
        }
    }
}
