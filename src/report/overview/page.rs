//! The overview as a page that needs nothing else, with links to the report of each process.

use super::super::html::Assets;
use super::{JobRow, Overview, OverviewRow, job_line};
use askama::Template;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    headline: String,
    assets: Assets,
    rows: Vec<(&'a OverviewRow, [String; 6])>,
    jobs: Vec<(String, &'a JobRow)>,
    overview: &'a Overview,
}

/// Renders an overview as a page.
///
/// # Errors
/// If a value refuses to be written, which none does.
pub fn overview_html(overview: &Overview) -> Result<String, std::fmt::Error> {
    let page = Page {
        headline: overview.headline(),
        assets: Assets::new(),
        rows: overview.cells().collect(),
        jobs: overview.shown_jobs().map(|job| (job_line(job), job)).collect(),
        overview,
    };
    page.render().map_err(|_| std::fmt::Error)
}
