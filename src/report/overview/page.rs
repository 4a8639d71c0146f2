//! The overview as a page that needs nothing else, with links to the report of each process.

use super::super::html::{CSS, hash};
use super::{Overview, OverviewRow, job_line};
use askama::Template;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    headline: String,
    css: &'static str,
    css_hash: String,
    rows: Vec<(&'a OverviewRow, [String; 6])>,
    jobs: Vec<String>,
    overview: &'a Overview,
}

/// Renders an overview as a page.
///
/// # Errors
/// If a value refuses to be written, which none does.
pub fn overview_html(overview: &Overview) -> Result<String, askama::Error> {
    let page = Page {
        headline: overview.headline(),
        css: CSS,
        css_hash: hash(CSS),
        rows: overview.cells().collect(),
        jobs: if overview.jobs.len() > 1 { overview.jobs.iter().map(job_line).collect() } else { Vec::new() },
        overview,
    };
    page.render()
}
