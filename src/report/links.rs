//! Links from a frame to its line of source on this machine, for terminals that follow them.

use super::FrameView;
use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

/// Where source may lie: at the place that a profile names, or below some folders.
#[derive(Clone, Debug, Default)]
pub struct SourceLinks {
    folders: Vec<PathBuf>,
}

impl SourceLinks {
    /// Links to the places that profiles name, and below `folders`, where a file is found by the end of its path.
    pub fn new(folders: &[PathBuf]) -> SourceLinks {
        SourceLinks { folders: folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect() }
    }

    /// The address of a frame's line; `None` if its file is not on this machine.
    pub(super) fn url(&self, frame: &FrameView) -> Option<String> {
        let path = Path::new(&frame.file);
        let is_plain = |part| matches!(part, Component::Normal(_) | Component::RootDir);
        if path.extension()? != "go" || !path.components().all(is_plain) {
            return None;
        }
        let found =
            if path.is_absolute() && path.is_file() { Some(path.to_owned()) } else { self.find(path) };
        let mut url = String::from("file://");
        for byte in found?.to_str()?.bytes() {
            // Writing to a String cannot fail.
            match byte {
                b'/' | b'.' | b'-' | b'_' => url.push(byte.into()),
                byte if byte.is_ascii_alphanumeric() => url.push(byte.into()),
                byte => drop(write!(url, "%{byte:02X}")),
            }
        }
        if frame.line > 0 {
            let _ = write!(url, "#{}", frame.line);
        }
        Some(url)
    }

    /// The file below a folder that has the longest end of the path in common.
    fn find(&self, path: &Path) -> Option<PathBuf> {
        let parts: Vec<Component<'_>> =
            path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        (0..parts.len())
            .map(|from| parts[from..].iter().collect::<PathBuf>())
            .flat_map(|end| self.folders.iter().map(move |folder| folder.join(&end)))
            .find(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Owner;

    #[test]
    fn only_files_that_are_there_are_linked() {
        let frame = |file: &str| FrameView {
            function: "main.f".into(),
            file: file.into(),
            line: 40,
            owner: Owner::Own,
            inlined: None,
            moved_from: None,
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/programs");
        let links = SourceLinks::new(std::slice::from_ref(&root));
        let url = links.url(&frame("example.com/map-cache/map-cache.go")).expect("it is there");
        assert!(url.starts_with("file:///") && url.ends_with("/testdata/programs/map-cache.go#40"), "{url}");
        let absolute = root.join("map-cache.go");
        assert_eq!(SourceLinks::default().url(&frame(absolute.to_str().expect("UTF-8"))), Some(url));
        for other in ["no/such.go", "../programs/map-cache.go", "/etc/passwd", "", "map-cache"] {
            assert_eq!(links.url(&frame(other)), None, "{other}");
        }
    }
}
