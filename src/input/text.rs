//! What the three text forms share: decoding, numbers in lines, and symbols built from names instead of ids.

use super::{Limits, Problem};
use crate::profile::{Frame, Function, Location, Notice, NoticeCode, Symbols};
use foldhash::HashMap as FastMap;
use std::borrow::Cow;
use std::collections::HashMap;

/// The text of a profile; bytes that are not UTF-8 become replacement characters.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// A line of a text profile that makes no sense.
pub(super) fn malformed(line: usize, what: impl Into<String>) -> Problem {
    Problem::MalformedText { line, what: what.into() }
}

/// The notice that stacks carry addresses only.
pub(super) fn no_symbols(source: &str) -> Notice {
    Notice::about(
        NoticeCode::NoSymbols,
        source,
        "stacks carry addresses but no function names; growth is shown by address. \
         Save the profile from a running Go service (debug=0), which names its own functions",
    )
}

/// Symbols built from names, each function and each frame once. A location has one frame, because the text forms
/// list inlined calls like any other (S20).
#[derive(Default)]
pub(super) struct SymbolTable {
    symbols: Symbols,
    /// The standard hasher, because a hostile file chooses the names.
    functions: HashMap<(String, String), u32>,
    locations: FastMap<(u32, u32, u64), u32>,
}

impl SymbolTable {
    /// The location of a named call. `address` is 0 where locations are the same by name and line alone.
    pub(super) fn location(
        &mut self,
        function: &str,
        file: &str,
        line: u32,
        address: u64,
        limits: &Limits,
    ) -> Result<u32, Problem> {
        let function = self.function(function, file, limits)?;
        if let Some(location) = self.locations.get(&(function, line, address)) {
            return Ok(*location);
        }
        let index = self.symbols.locations.len();
        if index >= limits.symbols {
            return Err(Problem::TooMany { what: "locations", limit: limits.symbols });
        }
        let index = index as u32;
        self.symbols.frames.push(Frame { function, line, inlined: false });
        self.symbols.locations.push(Location { address, frames: index..index + 1 });
        self.locations.insert((function, line, address), index);
        Ok(index)
    }

    /// The location of a bare address, named by the address itself.
    pub(super) fn address(&mut self, address: u64, limits: &Limits) -> Result<u32, Problem> {
        self.location(&format!("0x{address:x}"), "", 0, address, limits)
    }

    fn function(&mut self, name: &str, file: &str, limits: &Limits) -> Result<u32, Problem> {
        // One short-lived pair a look-up: text profiles are small next to their binary form.
        let key = (name.to_owned(), file.to_owned());
        if let Some(function) = self.functions.get(&key) {
            return Ok(*function);
        }
        let too_many = || Problem::TooMany { what: "functions", limit: limits.symbols };
        let index = u32::try_from(self.symbols.functions.len()).map_err(|_| too_many())?;
        let name = self.symbols.strings.push(name).ok_or_else(too_many)?;
        let file = self.symbols.strings.push(file).ok_or_else(too_many)?;
        self.symbols.functions.push(Function { name, file });
        self.functions.insert(key, index);
        Ok(index)
    }

    /// The finished tables.
    pub(super) fn finish(self) -> Symbols {
        self.symbols
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_one_location_however_often_it_is_named() {
        let limits = Limits::default();
        let mut table = SymbolTable::default();
        let a = table.location("main.f", "main.go", 7, 0, &limits).expect("fits");
        let b = table.location("main.f", "main.go", 8, 0, &limits).expect("fits");
        assert_ne!(a, b);
        assert_eq!(table.location("main.f", "main.go", 7, 0, &limits).expect("fits"), a);
        let bare = table.address(0x10, &limits).expect("fits");
        let symbols = table.finish();
        assert_eq!(symbols.functions.len(), 2);
        assert_eq!(symbols.name(symbols.frames_of(bare)[0].function), "0x10");
    }
}
