//! The files that were mapped into the process: which program it is, and what an address without a name is in it.

use super::symbols::Texts;
use super::{bounded, decode};
use crate::input::ids::Ids;
use crate::input::{Limits, Problem, proto};

/// Programs that are not loaded at a place drawn by lot are loaded below it, and their addresses stay.
const LEAST_RANDOM: u64 = 1 << 32;

/// The mappings of a profile.
#[derive(Default)]
pub(super) struct Mappings {
    /// The first one is of the main binary (S13).
    all: Vec<Mapping>,
    /// Of the main binary.
    build_id: i64,
}

struct Mapping {
    id: u64,
    start: u64,
    limit: u64,
    offset: u64,
    file: i64,
}

impl Mappings {
    /// Reads message Mapping.
    pub(super) fn read(&mut self, message: &[u8], limits: &Limits) -> Result<(), Problem> {
        bounded(&self.all, "mappings", limits)?;
        let mapping: proto::Mapping = decode(message, "a mapping")?;
        if self.all.is_empty() {
            self.build_id = mapping.build_id;
        }
        self.all.push(Mapping {
            id: mapping.id,
            start: mapping.memory_start,
            limit: mapping.memory_limit,
            offset: mapping.file_offset,
            file: mapping.filename,
        });
        Ok(())
    }

    /// The build id of the main binary.
    pub(super) fn build_id<'t>(&self, texts: &'t Texts) -> Result<&'t str, Problem> {
        texts.get(self.build_id, "a build id")
    }

    /// The name of the program, by the file of the main binary.
    pub(super) fn program(&self, texts: &Texts) -> Result<Option<String>, Problem> {
        let file = self.all.first().map_or(0, |mapping| mapping.file);
        Ok(name_of(texts.get(file, "the file of a mapping")?).map(str::to_owned))
    }

    /// Where each mapping stands, by its id.
    ///
    /// # Errors
    /// If an id is 0 or stands twice: such a file cannot be trusted.
    pub(super) fn ids(&self) -> Result<Ids, Problem> {
        Ids::new(self.all.iter().map(|mapping| mapping.id), "mapping")
    }

    /// A name for an address without one, in the mapping at an index: the same in each process of the program, wherever it was
    /// loaded.
    pub(super) fn name(&self, index: Option<u32>, address: u64, texts: &Texts) -> String {
        let mapping = index.and_then(|index| self.all.get(index as usize));
        let is_in = |mapping: &&Mapping| {
            mapping.start >= LEAST_RANDOM && (mapping.start..mapping.limit).contains(&address)
        };
        let file = |mapping: &Mapping| name_of(texts.find(u32::try_from(mapping.file).ok()?)?);
        match mapping.filter(is_in).and_then(|mapping| Some((mapping, file(mapping)?))) {
            Some((mapping, file)) => {
                format!("{file}+0x{:x}", (address - mapping.start).wrapping_add(mapping.offset))
            }
            None => format!("0x{address:x}"),
        }
    }
}

/// The name of a program or library by the file that was mapped; `[vdso]`, `//anon` and the like are none.
fn name_of(file: &str) -> Option<&str> {
    if file.starts_with('[') || file.starts_with("//") {
        return None;
    }
    file.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())
}
