//! Report files: one for a target with a new or worsened suspect, by time.

use super::sighting::Target;
use super::whole::write_whole;
use crate::store::Instance;
use jiff::Timestamp;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Writes a report into `FOLDER/JOB/INSTANCE/2026-11-24T010203Z.md`, with folders named as in the store, and gives its
/// path.
pub(super) fn write_report(folder: &Path, target: &Target, now: Timestamp, report: &str) -> Result<PathBuf> {
    let instance = Instance::new(&target.job, &target.instance)
        .map_err(|error| Error::new(ErrorKind::InvalidInput, error))?;
    let time = now.strftime("%Y-%m-%dT%H%M%SZ").to_string();
    let path = folder.join(instance.path()).join(format!("{time}.md"));
    write_whole(&path, report.as_bytes())?;
    Ok(path)
}
