//! Opening the files that are read again and again while a job runs: those beside snapshots, and those that options name.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Opens a regular file, or a link to one. A pipe, a socket or a device is refused before it is opened: opening one may wait for ever, and a
/// round that waits makes no other.
///
/// # Errors
/// If it is none, or cannot be opened.
pub(crate) fn open(path: &Path) -> Result<File> {
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    if !metadata.is_file() {
        let why = "it is no regular file; a pipe or a device is not opened, since that may never end";
        return Err(Error::new(ErrorKind::InvalidInput, why));
    }
    File::open(path)
}

/// Reads a regular file whole.
///
/// # Errors
/// If it is none, or cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "text").expect("written");
        std::os::unix::fs::symlink(at("file"), at("link")).expect("made");
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("it runs").success());
        let _socket = UnixListener::bind(at("socket")).expect("made");
        for name in ["file", "link"] {
            assert_eq!(read(&at(name)).expect("readable"), b"text");
        }
        for path in [at("pipe"), at("socket"), "/dev/zero".into()] {
            let why = read(&path).expect_err("refused").to_string();
            assert!(why.starts_with("it is no regular file"), "{}: {why}", path.display());
        }
        assert_eq!(read(folder.path()).expect_err("refused").to_string(), "it is a folder");
        assert_eq!(read(&at("missing")).expect_err("refused").kind(), ErrorKind::NotFound);
    }
}
