//! Report files: one for a target with a new or worsened suspect, by time.

use super::sighting::Target;
use super::whole::write_whole;
use crate::store::Instance;
use jiff::Timestamp;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// A report in the two forms in which it is kept.
#[derive(Clone, Debug)]
pub struct Report {
    /// For the ticket.
    pub markdown: String,
    /// For the browser; none if it could not be rendered.
    pub page: Option<String>,
}

/// Writes a report into `FOLDER/JOB/INSTANCE/2026-11-24T010203Z.md`, with folders named as in the store, its page beside it, and
/// gives the path of the former.
pub(super) fn write_report(
    folder: &Path,
    target: &Target,
    now: Timestamp,
    report: &Report,
) -> Result<PathBuf> {
    let instance = Instance::new(&target.job, &target.instance)
        .map_err(|error| Error::new(ErrorKind::InvalidInput, error))?;
    let time = now.strftime("%Y-%m-%dT%H%M%SZ").to_string();
    let path = folder.join(instance.path()).join(format!("{time}.md"));
    if let Some(page) = &report.page {
        write_whole(&path.with_extension("html"), page.as_bytes())?;
    }
    write_whole(&path, report.markdown.as_bytes())?;
    Ok(path)
}
