//! One judge a store: who holds the lock reports, others only collect.

use crate::files;
use std::fs::{File, TryLockError};
use std::io::{Error, Result};
use std::path::Path;

/// The file that is locked, in the folder of alerts.
const LOCK: &str = ".lock";

/// The right to report, for as long as it lives; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Sentry {
    _file: File,
}

impl Sentry {
    /// Takes the right, if nobody else has it.
    ///
    /// # Errors
    /// If the lock cannot be made.
    pub(super) fn on_duty(folder: &Path) -> Result<Option<Sentry>> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(LOCK);
        if !path.exists() {
            File::options().create(true).truncate(false).write(true).open(&path)?;
        }
        // Not for writing: nothing is written, and a file open for that would keep the disk from being unmounted.
        let file =
            files::open(&path).map_err(|error| Error::new(error.kind(), format!("{LOCK}: {error}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Sentry { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            // A file system without locks: better reported twice than never.
            Err(TryLockError::Error(_)) => Ok(Some(Sentry { _file: file })),
        }
    }
}
