//! Folders: made so that they outlast a crash, and listed.

use super::StoreError;
use std::fs::{DirEntry, File};
use std::io::{ErrorKind, Result};
use std::path::Path;

/// Makes a folder and those above it, and waits until the disk has them.
pub(super) fn make_folders(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folders(parent)?;
    match std::fs::create_dir(folder) {
        // Another collector was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(parent),
    }
}

/// Waits until the disk has the names in a folder.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems know no such thing for folders, and Windows opens none: there is nothing to wait for.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        Err(_) if cfg!(windows) => Ok(()),
        result => result,
    }
}

/// The names of the visible folders in a folder.
pub(super) fn folders_of(folder: &Path) -> std::result::Result<Vec<String>, StoreError> {
    names(folder, |entry| entry.file_type().is_ok_and(|t| t.is_dir()))
}

/// The names of the regular files in a folder, hidden ones too. No link is followed and no pipe opened: nobody who can write to the store
/// makes us read what lies elsewhere, or wait for ever.
pub(super) fn files_of(folder: &Path) -> std::result::Result<Vec<String>, StoreError> {
    names(folder, |entry| entry.file_type().is_ok_and(|t| t.is_file()))
}

/// The names of all that is neither a regular file nor a folder: links, pipes, sockets.
pub(super) fn others_of(folder: &Path) -> std::result::Result<Vec<String>, StoreError> {
    names(folder, |entry| entry.file_type().is_ok_and(|t| !t.is_file() && !t.is_dir()))
}

/// Names that are not UTF-8 are none of ours. A folder that is not there has nothing in it.
fn names(folder: &Path, wanted: impl Fn(&DirEntry) -> bool) -> std::result::Result<Vec<String>, StoreError> {
    let listed = match folder.read_dir() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed,
    };
    let list = || -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in listed? {
            let entry = entry?;
            if wanted(&entry) {
                names.extend(entry.file_name().into_string());
            }
        }
        Ok(names)
    };
    list().map_err(|error| StoreError::new(folder, error))
}
