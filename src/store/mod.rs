//! The snapshot store: plain files that every pprof tool can open, in `ROOT/JOB/INSTANCE/KIND/TIME.pb.gz`.
//!
//! A file is there whole or not at all, is never written again, and never takes the place of another. So nothing has to
//! be repaired after a crash, several collectors can share a store, and any other program may read it at any time.

mod clock;
mod error;
mod folder;
mod names;
mod notes;
mod prune;
mod verify;
mod writing;

pub use error::StoreError;
pub(crate) use error::has_no_descriptors;
pub use names::{Instance, InstanceError};
pub use notes::EvidenceFiles;
pub use prune::{Pruned, Retention};
pub use verify::{Fault, Verified};
pub use writing::{Stored, Writing};

use crate::profile::{Kind, stamped};
use folder::{files_of, folders_of, make_folders};
use std::path::{Path, PathBuf};

/// What a file is called as long as it is being written: hidden, so that no reader of the folder takes it for a snapshot.
const UNFINISHED: &str = ".unfinished-";
/// Where answers go that are no profiles.
const REJECTED: &str = "rejected";

/// How a snapshot is written: as profile.proto or as one of the texts, gzipped both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// `.pb.gz`
    Proto,
    /// `.txt.gz`
    Text,
}

impl Ending {
    /// The end of the file name, with its dot.
    pub fn name(self) -> &'static str {
        match self {
            Ending::Proto => ".pb.gz",
            Ending::Text => ".txt.gz",
        }
    }

    fn of(name: &str) -> Option<Ending> {
        [Ending::Proto, Ending::Text].into_iter().find(|ending| ending.name() == name)
    }
}

/// One stored snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What was profiled.
    pub kind: Kind,
    /// How it is written.
    pub ending: Ending,
    /// When it was taken by the collector's clock, nanoseconds since the Unix epoch.
    pub nanos: i64,
    /// The file.
    pub path: PathBuf,
}

/// A folder with snapshots.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// A store to write to; its folder is made if it is not there.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub fn open(root: &Path) -> Result<Store, StoreError> {
        make_folders(root).map_err(|error| StoreError::new(root, error))?;
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(root)
            .map_err(|error| StoreError::new(root, error))?;
        Ok(Store { root: root.to_owned() })
    }

    /// A store to read.
    ///
    /// # Errors
    /// If its folder cannot be listed.
    pub fn existing(root: &Path) -> Result<Store, StoreError> {
        root.read_dir().map_err(|error| StoreError::new(root, error))?;
        Ok(Store { root: root.to_owned() })
    }

    /// The store and the instance whose folder this is, by its name.
    pub fn around(folder: &Path) -> Option<(Store, Instance)> {
        let folder = folder.canonicalize().ok()?;
        let job = folder.parent()?;
        let part = |path: &Path| path.file_name()?.to_str().map(str::to_owned);
        let instance = Instance::of_path(&part(job)?, &part(&folder)?)?;
        Some((Store { root: job.parent()?.to_owned() }, instance))
    }

    /// The store whose job's folder this is, with the instances of that job that have snapshots; `None` where there are none.
    pub fn of_job(folder: &Path) -> Option<(Store, Vec<Instance>)> {
        let folder = folder.canonicalize().ok()?;
        let store = Store { root: folder.parent()?.to_owned() };
        let job = folder.file_name()?.to_str()?;
        let names = folders_of(&folder).ok()?;
        let has_some = |instance: &Instance| store.snapshots(instance).is_ok_and(|found| !found.is_empty());
        let mut instances: Vec<Instance> =
            names.iter().filter_map(|name| Instance::of_path(job, name)).filter(has_some).collect();
        instances.sort();
        (!instances.is_empty()).then_some((store, instances))
    }

    /// The folder of the store.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of an instance, which `pprof-leaks trend` takes as it is.
    pub fn folder(&self, instance: &Instance) -> PathBuf {
        self.root.join(instance.path())
    }

    /// All instances, by name. Folders that no store made are passed over.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn instances(&self) -> Result<Vec<Instance>, StoreError> {
        let (instances, problems) = self.listed()?;
        problems.into_iter().next().map_or(Ok(instances), Err)
    }

    /// The same as far as folders can be listed, with those that cannot: one that nobody may read does not hide the others.
    ///
    /// # Errors
    /// If the store itself cannot be listed.
    pub fn listed(&self) -> Result<(Vec<Instance>, Vec<StoreError>), StoreError> {
        let (mut instances, mut problems) = (Vec::new(), Vec::new());
        for job in folders_of(&self.root)? {
            match folders_of(&self.root.join(&job)) {
                Ok(names) => instances.extend(names.iter().filter_map(|name| Instance::of_path(&job, name))),
                Err(problem) => problems.push(problem),
            }
        }
        instances.sort();
        Ok((instances, problems))
    }

    /// Whether any instance has a snapshot; what cannot be listed has none.
    pub fn has_snapshots(&self) -> bool {
        let has_some = |instance: &Instance| self.snapshots(instance).is_ok_and(|found| !found.is_empty());
        self.instances().is_ok_and(|instances| instances.iter().any(has_some))
    }

    /// The snapshots of an instance, kind by kind in order of time.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn snapshots(&self, instance: &Instance) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for kind in Kind::ALL {
            let folder = self.folder(instance).join(kind.name());
            let start = entries.len();
            for name in files_of(&folder)? {
                let Some((nanos, rest)) = stamped(&name) else { continue };
                if let Some(ending) = Ending::of(rest) {
                    entries.push(Entry { kind, ending, nanos, path: folder.join(&name) });
                }
            }
            entries[start..].sort_by_key(Entry::order);
        }
        Ok(entries)
    }

    /// Bytes of all files of the store, those of other programs not counted.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for instance in self.instances()? {
            bytes += self.snapshots(&instance)?.iter().map(Entry::bytes).sum::<u64>();
        }
        Ok(bytes)
    }
}

impl Entry {
    /// Where it stands among the snapshots of its instance: by kind and time. No two are equal.
    pub fn order(&self) -> (Kind, i64, Ending) {
        (self.kind, self.nanos, self.ending)
    }

    /// Whose snapshot a file is, by the last four parts of its path alone, wherever it lies: JOB/INSTANCE/KIND/TIME.pb.gz.
    pub fn named(path: &str) -> Option<(Instance, Entry)> {
        let mut parts = path.rsplit('/');
        let (name, kind, instance, job) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
        let (nanos, rest) = stamped(name)?;
        let entry = Entry { kind, ending: Ending::of(rest)?, nanos, path: PathBuf::from(path) };
        Some((Instance::of_path(job, instance)?, entry))
    }

    /// Its size; 0 for one that is gone by now.
    pub fn bytes(&self) -> u64 {
        self.path.symlink_metadata().map_or(0, |metadata| metadata.len())
    }
}

#[cfg(test)]
mod tests;
