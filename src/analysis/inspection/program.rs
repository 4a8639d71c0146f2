//! Which program a snapshot is of, as far as it says.

use crate::profile::RawProfile;

/// The name of a program, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name, as people say it.
    pub name: String,
    /// The file of the binary, where the profile says it; otherwise the name is that of the folder of its `main` function.
    pub binary: Option<String>,
}

impl Program {
    /// The program of some snapshots.
    pub(super) fn of(profiles: &[RawProfile]) -> Option<Program> {
        if let Some(binary) = profiles.iter().find_map(|profile| profile.program.as_deref()) {
            let name = binary.rsplit(['/', '\\']).next().unwrap_or(binary);
            return Some(Program { name: name.to_owned(), binary: Some(binary.to_owned()) });
        }
        // Go names a binary after the folder of its package main.
        let folder = profiles.iter().find_map(|profile| {
            let symbols = &profile.symbols;
            let main = (0..symbols.functions.len() as u32).find(|f| symbols.name(*f) == "main.main")?;
            let (folder, _) = symbols.file(main).rsplit_once('/')?;
            Some(folder.rsplit('/').next().unwrap_or(folder))
        });
        let is_name =
            |folder: &&str| !folder.is_empty() && !["command-line-arguments", "src"].contains(folder);
        folder.filter(is_name).map(|name| Program { name: name.to_owned(), binary: None })
    }
}
