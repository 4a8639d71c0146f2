//! Which program a series is of, as far as its snapshots say.

use super::Series;

/// Folders of `main` that name no program: what `go run` calls it, and where source lies.
const NAMES_NOTHING: [&str; 3] = ["", "command-line-arguments", "src"];

/// The name of a program, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name, as people say it.
    pub name: String,
    /// Whether no snapshot names the binary, and the name is that of the folder of its `main` function.
    pub is_of_folder: bool,
}

impl Program {
    /// The program of the latest snapshot that names one.
    pub fn of(series: &Series) -> Option<Program> {
        let snapshots = series.tracks().iter().flat_map(|track| &track.snapshots);
        let named =
            snapshots.filter_map(|s| Some((s.taken_at.map(|time| time.nanos), s.program.as_deref()?)));
        if let Some((_, name)) = named.max_by_key(|(time, _)| *time) {
            return Some(Program { name: name.to_owned(), is_of_folder: false });
        }
        // Go names a binary after the folder of its package main, and the folder of a module's version after the module.
        let main = series.names.functions().iter().find(|function| function.name == "main.main")?;
        let (folder, _) = main.file.rsplit_once('/')?;
        let name = folder.rsplit('/').next().unwrap_or(folder).split('@').next().unwrap_or_default();
        let is_of_folder = true;
        (!NAMES_NOTHING.contains(&name)).then(|| Program { name: name.to_owned(), is_of_folder })
    }
}
