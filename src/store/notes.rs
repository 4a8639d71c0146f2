//! Small files beside the snapshots of an instance: who it is, what it cannot serve, which snapshots are evidence.

use super::folder::sync_folder;
use super::writing::unfinished;
use super::{Instance, Store, StoreError};
use crate::files;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The snapshots that open suspects were reported on.
const KEEP: &str = "keep.json";

/// For each open suspect, by its fingerprint, the files that show it, as `KIND/NAME`.
pub type EvidenceFiles = BTreeMap<String, Vec<String>>;

impl Store {
    /// Reads a note; `None` if there is none that can be understood, which is as good as none: it will be written anew.
    pub fn note<T: DeserializeOwned>(&self, instance: &Instance, name: &str) -> Option<T> {
        read_note(&self.folder(instance).join(name))
    }

    /// Writes a note whole, in the place of an older one.
    ///
    /// # Errors
    /// If the disk does not take it; then the older one stays.
    pub fn write_note(
        &self,
        instance: &Instance,
        name: &str,
        note: &impl Serialize,
    ) -> Result<(), StoreError> {
        put_note(&self.folder(instance), name, note, true)
    }

    /// The same without waiting for the disk: for what costs little to find out anew after a crash.
    ///
    /// # Errors
    /// If it cannot be written; then the older one stays.
    pub fn write_hint(
        &self,
        instance: &Instance,
        name: &str,
        note: &impl Serialize,
    ) -> Result<(), StoreError> {
        put_note(&self.folder(instance), name, note, false)
    }

    /// Puts a file whole beside the snapshots, in the place of an older one, without waiting for the disk.
    ///
    /// # Errors
    /// If it cannot be written; then the older one stays.
    pub fn write_beside(&self, instance: &Instance, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        put(&self.folder(instance), name, bytes, false)
    }

    /// What must not be pruned.
    pub fn evidence(&self, instance: &Instance) -> EvidenceFiles {
        self.note(instance, KEEP).unwrap_or_default()
    }

    /// Says which suspects of an instance are open, and on which snapshots each was reported. Those of a suspect that was open
    /// before stay what they are: they show how it began.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_evidence(
        &self,
        instance: &Instance,
        open: &[(String, Vec<PathBuf>)],
    ) -> Result<(), StoreError> {
        let before = self.evidence(instance);
        let folder = self.folder(instance);
        let inside = |path: &PathBuf| Some(path.strip_prefix(&folder).ok()?.to_str()?.to_owned());
        let after: EvidenceFiles = open
            .iter()
            .map(|(suspect, files)| {
                let known = before.get(suspect).cloned();
                (suspect.clone(), known.unwrap_or_else(|| files.iter().filter_map(inside).collect()))
            })
            .collect();
        if after == before { Ok(()) } else { self.write_note(instance, KEEP, &after) }
    }

    pub(super) fn is_evidence(&self, instance: &Instance, evidence: &EvidenceFiles, path: &Path) -> bool {
        let folder = self.folder(instance);
        let inside = path.strip_prefix(&folder).ok().and_then(Path::to_str);
        inside.is_some_and(|path| evidence.values().flatten().any(|kept| kept == path))
    }
}

/// Reads a note; `None` if there is none that can be understood.
pub(super) fn read_note<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&files::read(path).ok()?).ok()
}

/// Writes a note whole, in the place of an older one; if it has to last, the disk has it then.
pub(super) fn put_note(
    folder: &Path,
    name: &str,
    note: &impl Serialize,
    lasts: bool,
) -> Result<(), StoreError> {
    let bytes =
        serde_json::to_vec_pretty(note).map_err(|error| StoreError::new(&folder.join(name), error.into()))?;
    put(folder, name, &bytes, lasts)
}

fn put(folder: &Path, name: &str, bytes: &[u8], lasts: bool) -> Result<(), StoreError> {
    let path = folder.join(name);
    let mut file = unfinished(folder)?;
    let sync = |file: &std::fs::File| if lasts { file.sync_all() } else { Ok(()) };
    let written = file
        .write_all(bytes)
        .and_then(|()| sync(file.as_file()))
        .and_then(|()| file.persist(&path).map_err(|error| error.error))
        .and_then(|_| if lasts { sync_folder(folder) } else { Ok(()) });
    written.map_err(|error| StoreError::new(&path, error))
}
