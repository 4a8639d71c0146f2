//! Finds the files of a profile below the folders that were given, and never outside of them.

use super::at_hand::module_of;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// More files than this are no source tree of one service; the rest is not looked at.
const MOST_FILES: usize = 100_000;
/// Folders nested deeper hold no Go packages.
const DEEPEST: usize = 64;

/// The Go files below some folders, by their base name and by their folder.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<String, Vec<Found>>,
    folders: BTreeMap<PathBuf, Vec<Found>>,
    /// The folders of modules, each with the module's path.
    modules: Vec<(PathBuf, String)>,
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

impl Found {
    /// Whether nothing but the name says that this is the file of a profile; many programs have a `main.go`.
    pub(super) fn by_name_only(&self, file: &str) -> bool {
        let folder = |path: &str| path.rsplit(['/', '\\']).nth(1).map(str::to_owned);
        folder(&self.shown).is_none() || folder(&self.shown) != folder(file)
    }
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
                    let found = Found { path, shown: shown.join("/") };
                    let folder = found.path.parent().unwrap_or(&root).to_owned();
                    self.folders.entry(folder).or_default().push(found.clone());
                    self.files.entry(name).or_default().push(found);
                } else if meta.is_file() && name == "go.mod" {
                    let module = module_of(&path);
                    self.modules.extend(module.map(|module| (folder.clone(), module)));
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

    /// Takes from a file that was found what its folders are called in import paths, where no `go.mod` says so: a program below `GOPATH` has
    /// none.
    pub(super) fn learn(&mut self, found: &Found, package: &str) {
        let inner = found.shown.rsplit_once('/').map(|(folder, _)| folder);
        let named = inner.and_then(|inner| Some((inner, package.strip_suffix(inner)?.strip_suffix('/')?)));
        let Some((inner, module)) = named else { return };
        if self.modules.iter().any(|(folder, _)| found.path.starts_with(folder)) {
            return;
        }
        let root = found.path.ancestors().nth(inner.split('/').count() + 1);
        self.modules.extend(root.map(|root| (root.to_owned(), module.to_owned())));
    }

    /// The other files of a file's folder, in order, tests left out.
    pub(super) fn beside(&self, found: &Found, most: usize) -> Vec<Found> {
        let folder = found.path.parent().and_then(|folder| self.folders.get(folder));
        let others = without_tests(folder.map_or(&[], Vec::as_slice)).into_iter();
        others.filter(|other| other.path != found.path).take(most).collect()
    }

    /// The files of the package that an import path names: of a module whose `go.mod` is there, of one vendored in it, or
    /// of a folder given that the path ends with. The standard library's are not looked for.
    pub(super) fn package(&self, import: &str) -> Vec<Found> {
        let in_module = |(folder, module): &(PathBuf, String)| {
            let rest = import.strip_prefix(module.as_str())?;
            match rest.strip_prefix('/') {
                Some(inside) => self.folders.get(&folder.join(inside)),
                None if rest.is_empty() => self.folders.get(folder),
                None => None,
            }
        };
        let vendored =
            |(folder, _): &(PathBuf, String)| self.folders.get(&folder.join("vendor").join(import));
        // Domains have dots, and packages of the standard library have none.
        let is_foreign = import.split('/').next().is_some_and(|domain| domain.contains('.'));
        let by_end = || {
            let shown = |files: &&Vec<Found>| {
                let folder =
                    files.first().and_then(|file| file.shown.rsplit_once('/')).map(|(folder, _)| folder);
                folder.is_some_and(|f| {
                    import.ends_with(&format!("/{f}")) || f.ends_with(&format!("vendor/{import}"))
                })
            };
            self.folders.values().filter(|_| is_foreign).find(shown)
        };
        let mut modules = self.modules.iter();
        let found =
            modules.find_map(in_module).or_else(|| self.modules.iter().find_map(vendored)).or_else(by_end);
        without_tests(found.map_or(&[], Vec::as_slice))
    }
}

fn without_tests(files: &[Found]) -> Vec<Found> {
    files.iter().filter(|file| !file.shown.ends_with("_test.go")).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_go_mod_is_known_by_the_packages_of_its_files() {
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["gate", "audit", "http"] {
            std::fs::create_dir(root.path().join(folder)).expect("a folder");
            std::fs::write(root.path().join(folder).join("all.go"), "package p\n").expect("a file");
        }
        let mut tree = Tree::default();
        tree.add(root.path()).expect("readable");
        let shown = |tree: &Tree, import: &str| -> Vec<String> {
            tree.package(import).into_iter().map(|found| found.shown).collect()
        };
        assert_eq!(shown(&tree, "shellgw/audit"), [""; 0]);
        let gate = tree.find("shellgw/gate/all.go", "shellgw/gate").cloned().expect("it is there");
        tree.learn(&gate, "shellgw/gate");
        assert_eq!(shown(&tree, "shellgw/audit"), ["audit/all.go"]);
        assert_eq!(shown(&tree, "net/http"), [""; 0], "the standard library's");
        // Main has another name in profiles than in its path.
        tree.learn(&gate, "main");
        assert_eq!(tree.modules.len(), 1);
    }
}
