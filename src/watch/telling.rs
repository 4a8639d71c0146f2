//! What is new, as a report file and as lines of the log.

use crate::alert::{NewsKind, Outcome, Report};
use crate::collect::Target;
use crate::report::{Document, HtmlOptions, MarkdownOptions, html, inert, markdown};
use tracing::{info, warn};

/// Suspects shown in full in a report file.
const TOP: usize = 10;

/// The report in both forms; in the one for tickets, first whose it is, as it stands in the store.
pub(super) fn report_on(target: &Target, document: &Document) -> Report {
    let labels: Vec<String> =
        target.labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    let labels = if labels.is_empty() { String::new() } else { format!(" {{{}}}", labels.join(", ")) };
    // As code, in which markdown means nothing; what service discovery says may hold anything.
    let head = format!("{} at {}{labels}", target.instance, target.address).replace('`', "'");
    let markdown = markdown(document, &MarkdownOptions { top: TOP, ..MarkdownOptions::default() });
    Report {
        markdown: format!("`{}`\n\n{markdown}", inert(&head)),
        page: html(document, &HtmlOptions::default()).ok(),
    }
}

/// A line for each piece of news, each report and each warning.
pub(super) fn log(outcome: &Outcome) {
    for news in &outcome.news {
        let suspect = &news.sighting;
        let what = match news.kind {
            NewsKind::New => "new suspect",
            NewsKind::Worse => "suspect got worse",
            NewsKind::Resolved => "suspect is gone",
        };
        // The surest are worth a line even where little is logged.
        let line = inert(&suspect.summary);
        let whose = inert(&format!("{}/{}", news.target.job, news.target.instance));
        let (id, cause, confidence) = (&suspect.fingerprint, &suspect.cause, &suspect.confidence);
        if news.kind == NewsKind::Resolved {
            info!(instance = %whose, %id, %cause, "{what}: {line}");
        } else {
            warn!(instance = %whose, %id, %cause, %confidence, "{what}: {line}");
        }
    }
    for path in &outcome.reports {
        info!(path = %path.display(), "report written");
    }
    for warning in &outcome.warnings {
        warn!("{}", inert(warning));
    }
}
