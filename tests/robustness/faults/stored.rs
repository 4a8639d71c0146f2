//! What was seen in a store, to be found there again.

use crate::support::{Run, pprof_leaks};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The snapshots of a store with their contents, as they were first seen.
#[derive(Default)]
pub(crate) struct Seen(BTreeMap<PathBuf, Vec<u8>>);

impl Seen {
    /// Looks at a store: all that was there is there, unchanged. Gives the number of new snapshots.
    #[track_caller]
    pub(crate) fn look(&mut self, store: &Path) -> usize {
        let now = snapshots(store);
        for path in self.0.keys() {
            assert!(now.contains(path), "{} is lost", path.display());
        }
        let mut new = 0;
        for path in now {
            let bytes = std::fs::read(&path).expect("readable");
            match self.0.get(&path) {
                Some(before) => assert!(*before == bytes, "{} has changed", path.display()),
                None => {
                    new += 1;
                    self.0.insert(path, bytes);
                }
            }
        }
        new
    }
}

/// The files of a store that bear the name of a snapshot.
pub(crate) fn snapshots(store: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![store.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder").flatten() {
            let name = entry.file_name().into_string().expect("UTF-8");
            if entry.path().is_dir() {
                if name != "rejected" {
                    folders.push(entry.path());
                }
            } else if name.ends_with(".gz") {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

/// `store verify` finds nothing wrong.
#[track_caller]
pub(crate) fn assert_whole(store: &Path) -> String {
    let Run { status, stdout, stderr } =
        pprof_leaks(["store".as_ref(), "verify".as_ref(), store.as_os_str()]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    stdout
}
