//! One snapshot on its way into the store: written under a hidden name, and named when the disk has it.

use super::folder::{make_folders, sync_folder};
use super::{Ending, Instance, REJECTED, Store, StoreError, UNFINISHED};
use crate::profile::{Kind, stamp, stamped};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::Permissions;
use std::io::{Error as IoError, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A quarter of the default's time for a few percent more bytes.
const COMPRESSION: Compression = Compression::new(3);
/// How many answers that are no profiles are kept for each instance, to see what they are.
const MOST_REJECTED: usize = 5;
/// How many names are tried in a row; each is taken only if another collector stored in that very millisecond.
const MOST_NAMES: i64 = 1000;
const MILLISECOND: i64 = 1_000_000;

/// A snapshot of which a part is there. If it is dropped, nothing remains.
#[derive(Debug)]
pub struct Writing {
    file: NamedTempFile,
    packing: Packing,
    folder: PathBuf,
    ending: Ending,
    bytes: u64,
}

/// What is done to the bytes: the store holds gzip only, whatever a server sends.
#[derive(Debug)]
enum Packing {
    /// The first byte, which alone does not tell.
    Unknown(Option<u8>),
    Gzip,
    Plain(Box<GzEncoder<Vec<u8>>>),
}

/// A snapshot that is in the store, and stays there whatever happens next.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its file.
    pub path: PathBuf,
    /// The size of the file.
    pub bytes: u64,
}

impl Store {
    /// Begins to store a snapshot.
    ///
    /// # Errors
    /// If its folder or file cannot be made.
    pub fn begin(&self, instance: &Instance, kind: Kind, ending: Ending) -> Result<Writing, StoreError> {
        let folder = self.folder(instance).join(kind.name());
        let file = unfinished(&folder)?;
        // Tells others that somebody still writes, for as long as this process lives. Where there are no locks, the
        // file's age tells.
        let _ = file.as_file().try_lock();
        Ok(Writing { file, packing: Packing::Unknown(None), folder, ending, bytes: 0 })
    }

    /// Moves a stored answer that turned out to be no profile out of the snapshots, to where it can be looked at.
    ///
    /// # Errors
    /// If it cannot be moved; then it stays where it is.
    pub fn reject(&self, instance: &Instance, path: &Path) -> Result<PathBuf, StoreError> {
        let folder = self.folder(instance).join(REJECTED);
        make_folders(&folder).map_err(|error| StoreError::new(&folder, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let kind = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let (time, rest) = match stamped(&name) {
            Some((_, rest)) => name.split_at(name.len() - rest.len()),
            None => (&*name, ""),
        };
        let aside = folder.join(format!("{time}-{kind}{rest}"));
        std::fs::rename(path, &aside).map_err(|error| StoreError::new(path, error))?;
        let mut names = super::files_of(&folder)?;
        names.sort();
        for old in names.iter().rev().skip(MOST_REJECTED) {
            // What cannot be removed now can be the next time.
            let _ = std::fs::remove_file(folder.join(old));
        }
        Ok(aside)
    }
}

/// A new file in a folder, under a name that no other has, with the permissions that the user's other files get.
pub(super) fn unfinished(folder: &Path) -> Result<NamedTempFile, StoreError> {
    let make = || {
        make_folders(folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        let permissions = readable();
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        builder.tempfile_in(folder)
    };
    make().map_err(|error| StoreError::new(folder, error))
}

#[cfg(unix)]
fn readable() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable() -> Option<Permissions> {
    None
}

impl Writing {
    /// Adds bytes as they came.
    ///
    /// # Errors
    /// If the disk does not take them.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.pack(bytes).map_err(|error| StoreError::new(&self.folder, error))
    }

    fn pack(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        match &mut self.packing {
            Packing::Unknown(first) => {
                let known: Vec<u8> = first.iter().chain(bytes).copied().collect();
                if let [byte] = known[..] {
                    *first = Some(byte);
                } else if !known.is_empty() {
                    self.packing = match known.starts_with(&[0x1f, 0x8b]) {
                        true => Packing::Gzip,
                        false => Packing::Plain(Box::new(GzEncoder::new(Vec::new(), COMPRESSION))),
                    };
                    return self.pack(&known);
                }
                Ok(())
            }
            Packing::Gzip => {
                self.bytes += bytes.len() as u64;
                self.file.write_all(bytes)
            }
            Packing::Plain(encoder) => {
                encoder.write_all(bytes)?;
                let packed = std::mem::take(encoder.get_mut());
                self.bytes += packed.len() as u64;
                self.file.write_all(&packed)
            }
        }
    }

    fn end(&mut self) -> Result<(), IoError> {
        let packing = std::mem::replace(&mut self.packing, Packing::Gzip);
        let rest = match packing {
            Packing::Gzip => Vec::new(),
            Packing::Plain(encoder) => encoder.finish()?,
            Packing::Unknown(first) => {
                let mut encoder = GzEncoder::new(Vec::new(), COMPRESSION);
                encoder.write_all(first.as_slice())?;
                encoder.finish()?
            }
        };
        self.pack(&rest)?;
        self.file.as_file().sync_all()
    }

    /// Gives it its name, the time `nanos` since the Unix epoch. When this returns, the snapshot is on the disk.
    ///
    /// A name that is taken, by another collector or because a clock was set back, stays whose it is; this snapshot gets
    /// the next millisecond that is free.
    ///
    /// # Errors
    /// If the disk does not take it; then nothing of it remains.
    pub fn commit(mut self, nanos: i64) -> Result<Stored, StoreError> {
        self.end().map_err(|error| StoreError::new(&self.folder, error))?;
        let Writing { mut file, folder, ending, bytes, .. } = self;
        for step in 0..MOST_NAMES {
            let name = nanos.checked_add(step * MILLISECOND).and_then(stamp);
            let name =
                name.ok_or_else(|| StoreError::new(&folder, IoError::from(ErrorKind::InvalidInput)))?;
            let path = folder.join(format!("{name}{}", ending.name()));
            match file.persist_noclobber(&path) {
                Ok(_) => {
                    sync_folder(&folder).map_err(|error| StoreError::new(&folder, error))?;
                    return Ok(Stored { path, bytes });
                }
                Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => file = failed.file,
                Err(failed) => return Err(StoreError::new(&path, failed.error)),
            }
        }
        Err(StoreError::new(&folder, IoError::other("no free name near that time")))
    }
}
