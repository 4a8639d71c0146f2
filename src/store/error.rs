//! What can go wrong with a store, worded for the person who runs it.

use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file or folder of the store, and what the system says of it.
#[derive(Debug, Error)]
#[error("{}: {}", path.display(), what(problem))]
pub struct StoreError {
    path: PathBuf,
    #[source]
    problem: IoError,
}

/// Whether a file or connection could not be opened because too many are open: EMFILE and ENFILE, which have no kind of their own.
pub(crate) fn has_no_descriptors(problem: &IoError) -> bool {
    cfg!(unix) && matches!(problem.raw_os_error(), Some(23 | 24))
}

impl StoreError {
    pub(super) fn new(path: &Path, problem: IoError) -> StoreError {
        StoreError { path: path.to_owned(), problem }
    }

    /// Whether nothing else can be stored either, so that it is no use to go on.
    pub fn concerns_all(&self) -> bool {
        matches!(
            self.problem.kind(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
        )
    }
}

fn what(problem: &IoError) -> String {
    match problem.kind() {
        _ if has_no_descriptors(problem) => {
            "this process has no file descriptors left; raise its limit (ulimit -n), or ask fewer targets at once with \
             --concurrency"
                .to_owned()
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full. What was stored before is safe; free \
             some space, or let `pprof-leaks store prune` do it with a lower --max-store"
                .to_owned()
        }
        ErrorKind::ReadOnlyFilesystem => {
            "the disk is read-only. What was stored before is safe; give a store that can be written"
                .to_owned()
        }
        ErrorKind::PermissionDenied => {
            "permission denied; run as a user who may write to the store, or change its owner".to_owned()
        }
        ErrorKind::NotFound => "there is no such file or folder; check the path".to_owned(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "it is, or lies in, a file; a store is a folder".to_owned()
        }
        _ => format!("{problem}; check the disk"),
    }
}
