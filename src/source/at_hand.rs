//! The Go module that the working directory is in: source that nobody has to ask for.

use super::reader::Sources;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// Bytes read of a `go.mod`; the module's path stands at its top.
const GO_MOD: u64 = 64 << 10;

/// A module that is there. Its files are indexed when they are asked for, as most runs are about other programs.
#[derive(Debug)]
pub struct AtHand {
    folder: PathBuf,
    module: String,
    opened: OnceLock<Option<Arc<Mutex<Sources>>>>,
}

impl AtHand {
    /// The module that a folder belongs to: that of the nearest `go.mod` in it or above, as for the `go` command.
    pub fn around(folder: &Path) -> Option<AtHand> {
        let folder = folder.canonicalize().ok()?;
        let root = folder.ancestors().find(|folder| folder.join("go.mod").is_file())?;
        let module = module_of(&root.join("go.mod"))?;
        Some(AtHand { folder: root.to_owned(), module, opened: OnceLock::new() })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its path, as in `example.com/acme/shop`.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// Whether an import path is that of one of its packages.
    pub fn has(&self, package: &str) -> bool {
        package
            .strip_prefix(self.module.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Its source, indexed once; `None` if it cannot be read.
    pub fn sources(&self) -> Option<Arc<Mutex<Sources>>> {
        let open = || Sources::open(std::slice::from_ref(&self.folder), None).ok();
        self.opened.get_or_init(|| open().map(Mutex::new).map(Arc::new)).clone()
    }
}

/// The path that a `go.mod` gives to its module.
pub(super) fn module_of(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(GO_MOD).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let module = text.lines().find_map(|line| line.trim().strip_prefix("module"))?;
    let module = module.split("//").next().unwrap_or(module).trim().trim_matches('"');
    (!module.is_empty()).then(|| module.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_the_module_of_the_nearest_go_mod() {
        let root = tempfile::tempdir().expect("a folder");
        let inner = root.path().join("cmd/shop");
        std::fs::create_dir_all(&inner).expect("folders");
        assert!(AtHand::around(&inner).is_none_or(|other| !other.folder().starts_with(root.path())));
        std::fs::write(root.path().join("go.mod"), "module example.com/acme/shop // ours\n\ngo 1.24\n")
            .expect("a file");
        let module = AtHand::around(&inner).expect("a module");
        assert_eq!(module.module(), "example.com/acme/shop");
        assert_eq!(module.folder(), root.path().canonicalize().expect("there"));
        assert!(module.has("example.com/acme/shop") && module.has("example.com/acme/shop/cart"));
        assert!(!module.has("example.com/acme/shopping") && !module.has("main"));
        assert!(AtHand::around(&root.path().join("not there")).is_none());
    }
}
