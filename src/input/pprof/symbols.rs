//! The symbol tables of profile.proto: strings, functions, and locations with their inlined frames.

use super::mappings::Mappings;
use super::{bounded, decode};
use crate::input::ids::{Forward, Ids};
use crate::input::wire::{Fields, Value, wrong_type};
use crate::input::{Limits, Problem, proto};
use crate::profile::{Frame, Function, Location, Strings, Symbols};

/// The function of a frame that has none, until its address is made its name.
const NO_FUNCTION: u32 = u32::MAX;

/// At least so many bytes of a profile go with each location: its own, and those of the samples and names that belong to it.
const BYTES_A_LOCATION: usize = 128;

/// Room is made for so many locations at most, whatever a file says of its size.
const EXPECTED: usize = 1 << 17;

/// The string table, with checked access.
#[derive(Default)]
pub(super) struct Texts {
    strings: Strings,
    has_first: bool,
}

impl Texts {
    /// Makes room for so many bytes before the first string. It only saves growing.
    pub(super) fn expect_bytes(&mut self, bytes: impl FnOnce() -> usize) {
        if !self.has_first {
            self.strings.reserve(bytes());
        }
    }

    /// Takes the next string of the table. Names that are not UTF-8 come from other producers; pprof reads them, and so do
    /// we.
    pub(super) fn push(&mut self, text: &[u8], limits: &Limits) -> Result<(), Problem> {
        if !std::mem::replace(&mut self.has_first, true) {
            return match text {
                [] => Ok(()),
                _ => Err(Problem::malformed("the first string of the string table is not empty")),
            };
        }
        if self.strings.len() > limits.symbols {
            return Err(Problem::TooMany { what: "strings", limit: limits.symbols });
        }
        if text.len() > limits.string_bytes {
            return Err(Problem::TooMany { what: "bytes in one string", limit: limits.string_bytes });
        }
        let index = match std::str::from_utf8(text) {
            Ok(text) => self.strings.push(text),
            Err(_) => self.strings.push(&String::from_utf8_lossy(text)),
        };
        index.map(|_| ()).ok_or(Problem::TooLarge { limit: limits.inflated_bytes })
    }

    fn index(&self, index: i64, what: &str) -> Result<u32, Problem> {
        u32::try_from(index)
            .ok()
            .filter(|i| (*i as usize) < self.strings.len())
            .ok_or_else(|| Problem::malformed(format!("{what} points outside the string table")))
    }

    /// The string of an index, if it is there.
    pub(super) fn find(&self, index: u32) -> Option<&str> {
        ((index as usize) < self.strings.len()).then(|| self.strings.get(index))
    }

    /// The string of an index that `what` gives.
    pub(super) fn get(&self, index: i64, what: &str) -> Result<&str, Problem> {
        Ok(self.strings.get(self.index(index, what)?))
    }
}

/// Reads locations and functions in whatever order they come.
#[derive(Default)]
pub(super) struct SymbolReader {
    functions: Vec<proto::Function>,
    /// The functions of `frames` are references until all functions are read.
    referred: Forward,
    frames: Vec<Frame>,
    bare: Vec<Bare>,
    locations: Vec<Location>,
    location_ids: Vec<u64>,
    unnamed: usize,
}

/// A frame without a function.
struct Bare {
    frame: u32,
    address: u64,
    /// The id of the mapping that the address is in; 0 if that is not said.
    mapping: u64,
}

impl SymbolReader {
    /// A reader of a file of so many bytes, as far as is known, with room for the locations it is likely to have: it only saves
    /// growing, and room that is not used costs no memory.
    pub(super) fn expecting(bytes: usize) -> SymbolReader {
        let locations = (bytes / BYTES_A_LOCATION).min(EXPECTED);
        SymbolReader {
            locations: Vec::with_capacity(locations),
            location_ids: Vec::with_capacity(locations),
            // Half of the calls were inlined, and a function has two lines, as a rule.
            frames: Vec::with_capacity(locations + locations / 2),
            functions: Vec::with_capacity(locations / 2),
            ..SymbolReader::default()
        }
    }

    /// Reads message Function.
    pub(super) fn read_function(&mut self, message: &[u8], limits: &Limits) -> Result<(), Problem> {
        bounded(&self.functions, "functions", limits)?;
        self.functions.push(decode(message, "a function")?);
        Ok(())
    }

    /// Reads message Location with its frames, innermost first.
    pub(super) fn read_location(&mut self, message: &[u8], limits: &Limits) -> Result<(), Problem> {
        bounded(&self.locations, "locations", limits)?;
        let (mut id, mut mapping, mut address) = (0, 0, 0);
        let start = self.frames.len();
        let mut fields = Fields::of(message);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value) {
                (1, Value::Varint(v)) => id = v,
                (3, Value::Varint(v)) => address = v,
                (4, Value::Bytes(line)) => {
                    bounded(&self.frames, "frames", limits)?;
                    let frame = self.read_line(line, limits)?;
                    self.frames.push(frame);
                }
                (2, Value::Varint(v)) => mapping = v,
                (1..=4, _) => return Err(wrong_type()),
                _ => {}
            }
        }
        let is_bare = |frame: &Frame| frame.function == NO_FUNCTION;
        if self.frames[start..].iter().all(is_bare) {
            self.unnamed += 1;
            self.frames.truncate(start);
            self.frames.push(Frame { function: NO_FUNCTION, ..Frame::default() });
        }
        // All frames but the last were inlined into it (S15).
        let last = self.frames.len() - 1;
        for index in start..=last {
            let frame = &mut self.frames[index];
            frame.inlined = index < last;
            if frame.function == NO_FUNCTION {
                self.bare.push(Bare { frame: index as u32, address, mapping });
            }
        }
        self.locations.push(Location { address, frames: start as u32..last as u32 + 1 });
        self.location_ids.push(id);
        Ok(())
    }

    fn read_line(&mut self, message: &[u8], limits: &Limits) -> Result<Frame, Problem> {
        let mut frame = Frame { function: NO_FUNCTION, ..Frame::default() };
        let mut fields = Fields::of(message);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value) {
                (1, Value::Varint(0)) => {}
                (1, Value::Varint(id)) => frame.function = self.referred.number(id, limits)?,
                (2, Value::Varint(line)) => frame.line = u32::try_from(line).unwrap_or(0),
                (1 | 2, _) => return Err(wrong_type()),
                _ => {}
            }
        }
        Ok(frame)
    }

    /// Whether most locations have no function name.
    pub(super) fn is_mostly_unnamed(&self) -> bool {
        self.unnamed > 0 && self.unnamed * 2 > self.locations.len()
    }

    /// The ids of the locations.
    ///
    /// # Errors
    /// If an id stands twice.
    pub(super) fn location_ids(&self) -> Result<Ids, Problem> {
        Ids::new(self.location_ids.iter().copied(), "location")
    }

    /// The tables.
    ///
    /// # Errors
    /// If functions have an id twice, or something refers to what is not there.
    pub(super) fn finish(mut self, texts: Texts, mappings: &Mappings) -> Result<Symbols, Problem> {
        let ids = Ids::new(self.functions.iter().map(|f| f.id), "function")?;
        let mut functions = Vec::with_capacity(self.functions.len());
        for function in &self.functions {
            let name = match texts.index(function.name, "a function name")? {
                0 => texts.index(function.system_name, "a function name")?,
                name => name,
            };
            functions.push(Function { name, file: texts.index(function.filename, "a file name")? });
        }
        let named = |frame: &Frame| Some(frame.function).filter(|function| *function != NO_FUNCTION);
        if !self.referred.are_indexes(self.frames.iter().filter_map(named).max(), &ids) {
            for frame in self.frames.iter_mut().filter(|frame| named(frame).is_some()) {
                frame.function = self.referred.index(frame.function, &ids).map_err(|id| {
                    Problem::malformed(format!("a line names function {id}, which is not there"))
                })?;
            }
        }
        let mut texts = texts;
        let mapping_ids = mappings.ids()?;
        for Bare { frame, address, mapping } in self.bare {
            // The address is the only name there is.
            let name = mappings.name(mapping_ids.index(mapping), address, &texts);
            let name = texts.strings.push(&name).ok_or_else(too_many_names)?;
            self.frames[frame as usize].function = functions.len() as u32;
            functions.push(Function { name, file: 0 });
        }
        Ok(Symbols { strings: texts.strings, functions, frames: self.frames, locations: self.locations })
    }
}

fn too_many_names() -> Problem {
    Problem::TooMany { what: "bytes of names", limit: u32::MAX as usize }
}
