//! Finds the files of a profile below the folders that were given, and never outside of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// More files than this are no source tree of one service; the rest is not looked at.
const MOST_FILES: usize = 100_000;
/// Folders nested deeper hold no Go packages.
const DEEPEST: usize = 64;

/// The Go files below some folders, by their base name.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<String, Vec<Found>>,
    count: usize,
}

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its path from the folder that was given, with slashes.
    pub(super) shown: String,
}

impl Tree {
    /// Indexes a folder. Links are followed only where they stay inside; what cannot be read is left out.
    pub(super) fn add(&mut self, folder: &Path) -> std::io::Result<()> {
        let root = folder.canonicalize()?;
        root.read_dir()?;
        let mut seen = BTreeSet::new();
        let mut folders = vec![(root.clone(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            if depth > DEEPEST || !seen.insert(folder.clone()) {
                continue;
            }
            let Ok(entries) = folder.read_dir() else { continue };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with('.') || name == "node_modules" || self.count >= MOST_FILES {
                    continue;
                }
                // The real path, so that no link leads out.
                let Ok(path) = entry.path().canonicalize() else { continue };
                let Ok(inside) = path.strip_prefix(&root) else { continue };
                let Ok(meta) = path.metadata() else { continue };
                if meta.is_dir() {
                    folders.push((path, depth + 1));
                } else if meta.is_file() && name.ends_with(".go") {
                    let shown: Vec<_> = inside.iter().map(|s| s.to_string_lossy().into_owned()).collect();
                    self.count += 1;
                    self.files.entry(name).or_default().push(Found { path, shown: shown.join("/") });
                }
            }
        }
        Ok(())
    }

    /// The file that a profile names by another machine's path: the one with most path segments in common at the end.
    /// Where several have as many, the one in a folder named like the package, if that is one.
    pub(super) fn find(&self, file: &str, package: &str) -> Option<&Found> {
        let wanted: Vec<&str> = file.split(['/', '\\']).filter(|segment| !segment.is_empty()).collect();
        let name = wanted.last()?;
        // A module's version is in the path of a build, and rarely in that of a checkout.
        let same = |a: &&str, b: &&str| a.split('@').next() == b.split('@').next();
        let common = |found: &Found| {
            let have: Vec<&str> = found.shown.split('/').collect();
            wanted.iter().rev().zip(have.iter().rev()).take_while(|(a, b)| same(a, b)).count()
        };
        let files = self.files.get(*name)?;
        let most = files.iter().map(common).max()?;
        let best: Vec<&Found> = files.iter().filter(|found| common(found) == most).collect();
        if let [only] = best.as_slice() {
            return Some(only);
        }
        // A file of the folder itself has its whole path in common; one of a package below has not.
        let is_whole = |found: &&&Found| found.shown.split('/').count() == most;
        let mut whole = best.iter().filter(is_whole);
        if let (Some(only), None) = (whole.next(), whole.next()) {
            return Some(only);
        }
        let package = package.rsplit('/').next().unwrap_or(package);
        let in_package = |found: &&&Found| found.shown.rsplit('/').nth(1) == Some(package);
        let mut of_package = best.iter().filter(in_package);
        match (of_package.next(), of_package.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The other files of a file's folder, in order, tests left out.
    pub(super) fn beside(&self, found: &Found, most: usize) -> Vec<Found> {
        let of_folder = |other: &&Found| {
            other.path.parent() == found.path.parent()
                && other.path != found.path
                && !other.shown.ends_with("_test.go")
        };
        self.files.values().flatten().filter(of_folder).take(most).cloned().collect()
    }
}
