//! The symbol tables of profile.proto: strings, functions, and locations with their inlined frames.

use super::super::ids::Ids;
use super::super::wire::{Fields, Value, wrong_type};
use super::super::{Limits, Problem, proto};
use super::bounded;
use crate::profile::{Frame, Function, Location, Strings, Symbols};

/// The string table, with checked access.
pub(super) struct Texts {
    strings: Strings,
}

impl Texts {
    pub(super) fn new(table: Vec<&[u8]>, limits: &Limits) -> Result<Texts, Problem> {
        if table.first().is_some_and(|first| !first.is_empty()) {
            return Err(Problem::malformed("the first string of the string table is not empty"));
        }
        let mut strings = Strings::default();
        for text in table.iter().skip(1) {
            if text.len() > limits.string_bytes {
                return Err(Problem::TooMany { what: "bytes in one string", limit: limits.string_bytes });
            }
            // Names that are not UTF-8 come from other producers; pprof reads them, and so do we.
            strings
                .push(&String::from_utf8_lossy(text))
                .ok_or(Problem::TooLarge { limit: limits.inflated_bytes })?;
        }
        Ok(Texts { strings })
    }

    pub(super) fn len(&self) -> usize {
        self.strings.len()
    }

    fn index(&self, index: i64, what: &str) -> Result<u32, Problem> {
        u32::try_from(index)
            .ok()
            .filter(|i| (*i as usize) < self.strings.len())
            .ok_or_else(|| Problem::malformed(format!("{what} points outside the string table")))
    }

    pub(super) fn get(&self, index: i64, what: &str) -> Result<&str, Problem> {
        Ok(self.strings.get(self.index(index, what)?))
    }
}

/// Fills the symbol tables; gives the location ids and how many locations have no function name.
pub(super) fn read_symbols(
    symbols: &mut Symbols,
    functions: &[proto::Function],
    locations: Vec<&[u8]>,
    mut texts: Texts,
    limits: &Limits,
) -> Result<(Ids, usize), Problem> {
    let function_ids = Ids::new(functions.iter().map(|f| f.id), "function")?;
    for function in functions {
        let name = match texts.index(function.name, "a function name")? {
            0 => texts.index(function.system_name, "a function name")?,
            name => name,
        };
        symbols.functions.push(Function { name, file: texts.index(function.filename, "a file name")? });
    }
    let mut unnamed = 0;
    let mut ids = Vec::with_capacity(locations.len());
    for message in locations {
        let start = symbols.frames.len() as u32;
        let (id, address) = read_location(message, &function_ids, &mut symbols.frames, limits)?;
        let named = symbols.frames[start as usize..].iter().any(|f| f.function != u32::MAX);
        if !named {
            unnamed += 1;
            symbols.frames.truncate(start as usize);
            symbols.frames.push(Frame { function: u32::MAX, ..Frame::default() });
        }
        for index in start as usize..symbols.frames.len() {
            if symbols.frames[index].function == u32::MAX {
                // A frame without a function: its address is the only name there is.
                let name = texts.strings.push(&format!("0x{address:x}")).ok_or_else(too_many_names)?;
                symbols.frames[index].function = symbols.functions.len() as u32;
                symbols.functions.push(Function { name, file: 0 });
            }
        }
        // All frames but the last were inlined into it (S15).
        let end = symbols.frames.len() as u32;
        for frame in &mut symbols.frames[start as usize..end as usize - 1] {
            frame.inlined = true;
        }
        symbols.locations.push(Location { address, frames: start..end });
        ids.push(id);
    }
    symbols.strings = texts.strings;
    Ok((Ids::new(ids.into_iter(), "location")?, unnamed))
}

fn too_many_names() -> Problem {
    Problem::TooMany { what: "bytes of names", limit: u32::MAX as usize }
}

/// Reads message Location: appends its frames, innermost first, and gives its id and address. A frame without a
/// function gets the function `u32::MAX`.
fn read_location(
    message: &[u8],
    functions: &Ids,
    frames: &mut Vec<Frame>,
    limits: &Limits,
) -> Result<(u64, u64), Problem> {
    let (mut id, mut address) = (0, 0);
    let mut fields = Fields::of(message);
    while let Some((tag, value)) = fields.next()? {
        match (tag, value) {
            (1, Value::Varint(v)) => id = v,
            (3, Value::Varint(v)) => address = v,
            (4, Value::Bytes(line)) => {
                bounded(frames, "frames", limits)?;
                frames.push(read_line(line, functions)?);
            }
            (2, Value::Varint(_)) => {} // the mapping
            (1..=4, _) => return Err(wrong_type()),
            _ => {}
        }
    }
    Ok((id, address))
}

fn read_line(message: &[u8], functions: &Ids) -> Result<Frame, Problem> {
    let mut frame = Frame { function: u32::MAX, ..Frame::default() };
    let mut fields = Fields::of(message);
    while let Some((tag, value)) = fields.next()? {
        match (tag, value) {
            (1, Value::Varint(0)) => {}
            (1, Value::Varint(id)) => {
                frame.function = functions.index(id).ok_or_else(|| {
                    Problem::malformed(format!("a line names function {id}, which is not there"))
                })?;
            }
            (2, Value::Varint(line)) => frame.line = u32::try_from(line).unwrap_or(0),
            (1 | 2, _) => return Err(wrong_type()),
            _ => {}
        }
    }
    Ok(frame)
}
