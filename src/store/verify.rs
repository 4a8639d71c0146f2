//! Whether every stored file is whole, and what writers that died have left.

use super::folder::{files_of, others_of};
use super::{Instance, REJECTED, Store, StoreError, UNFINISHED};
use crate::profile::Kind;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that nobody locks and nobody wrote to for so long belongs to nobody any more. A writer locks its file at once,
/// so this bridges the moment between the two.
const ABANDONED: Duration = Duration::from_secs(60);
/// The same where the file system knows no locks: longer than any request lasts.
const ABANDONED_WITHOUT_LOCKS: Duration = Duration::from_secs(3600);

/// A file that is not what it should be.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Whose it is.
    pub instance: Instance,
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: String,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Snapshots that were looked at.
    pub snapshots: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Those that are not whole, and the links, pipes and sockets among them.
    pub faults: Vec<Fault>,
    /// How many of the faults are links, pipes and sockets.
    pub others: usize,
    /// Unfinished files, of writers that are still at it or died. They do no harm.
    pub unfinished: usize,
    /// Answers that were set aside because they are no profiles.
    pub rejected: usize,
}

/// Unfinished files.
#[derive(Default)]
pub(super) struct Unfinished {
    /// Of writers that died.
    pub(super) dead: Vec<PathBuf>,
    /// Of all writers.
    pub(super) all: usize,
}

impl Store {
    /// Has every snapshot looked at by `check`, which reads it whole and says what is wrong with it.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn verify(&self, mut check: impl FnMut(&Path) -> Result<(), String>) -> Result<Verified, StoreError> {
        let mut verified = Verified::default();
        for instance in self.instances()? {
            verified.unfinished += unfinished_in(self, &instance)?.all;
            verified.rejected += files_of(&self.folder(&instance).join(REJECTED))?.len();
            for folder in Kind::ALL.map(|kind| self.folder(&instance).join(kind.name())) {
                for name in others_of(&folder)? {
                    let problem =
                        "it is no regular file, so it is passed over; no collector makes such".to_owned();
                    verified.faults.push(Fault {
                        instance: instance.clone(),
                        path: folder.join(name),
                        problem,
                    });
                    verified.others += 1;
                }
            }
            for entry in self.snapshots(&instance)? {
                verified.snapshots += 1;
                verified.bytes += entry.bytes();
                if let Err(problem) = check(&entry.path) {
                    verified.faults.push(Fault { instance: instance.clone(), path: entry.path, problem });
                }
            }
        }
        Ok(verified)
    }
}

/// The unfinished files of an instance.
pub(super) fn unfinished_in(store: &Store, instance: &Instance) -> Result<Unfinished, StoreError> {
    let mut unfinished = Unfinished::default();
    let own = store.folder(instance);
    let folders = Kind::ALL.map(|kind| own.join(kind.name()));
    for folder in folders.iter().chain([&own]) {
        unfinished.look_in(folder)?;
    }
    Ok(unfinished)
}

impl Unfinished {
    /// Adds those of a folder.
    pub(super) fn look_in(&mut self, folder: &Path) -> Result<(), StoreError> {
        for name in files_of(folder)?.into_iter().filter(|name| name.starts_with(UNFINISHED)) {
            self.all += 1;
            let path = folder.join(name);
            if is_abandoned(&path) {
                self.dead.push(path);
            }
        }
        Ok(())
    }
}

/// Whether the writer of a file is gone.
fn is_abandoned(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let age =
        file.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
    match file.try_lock() {
        Ok(()) => age.is_some_and(|age| age > ABANDONED),
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => age.is_some_and(|age| age > ABANDONED_WITHOUT_LOCKS),
    }
}
