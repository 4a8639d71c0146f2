//! Building a profile from names instead of ids, within the limits.

use super::Labels;
use crate::input::{Limits, Problem};
use crate::profile::{Frame, Function, Location, RawProfile, Symbols};
use std::collections::HashMap;

/// A profile being read from a text form, within the limits.
pub(in crate::input) struct Builder<'a> {
    profile: RawProfile,
    table: SymbolTable,
    /// The standard hasher, because a hostile file chooses the labels.
    label_sets: HashMap<Labels, u32>,
    /// Whether any call has a name, or is an address only.
    named: bool,
    bare: bool,
    limits: &'a Limits,
}

impl<'a> Builder<'a> {
    pub(in crate::input) fn new(profile: RawProfile, limits: &'a Limits) -> Builder<'a> {
        Builder {
            profile,
            table: SymbolTable::default(),
            label_sets: HashMap::from([(Vec::new(), 0)]),
            named: false,
            bare: false,
            limits,
        }
    }

    /// Whether any call so far has a name.
    pub(in crate::input) fn has_names(&self) -> bool {
        self.named
    }

    /// The profile so far.
    pub(in crate::input) fn profile(&mut self) -> &mut RawProfile {
        &mut self.profile
    }

    /// Appends one more named call, rootwards, to the sample being read.
    pub(in crate::input) fn call(&mut self, function: &str, file: &str, line: u32) -> Result<(), Problem> {
        self.named = true;
        let location = self.table.location(function, file, line, 0, self.limits)?;
        self.push(location)
    }

    /// Appends one more call of which only the address is known. Address 0 says nothing and is left out.
    pub(in crate::input) fn address(&mut self, address: u64) -> Result<(), Problem> {
        if address == 0 {
            return Ok(());
        }
        self.bare = true;
        let location = self.table.address(address, self.limits)?;
        self.push(location)
    }

    fn push(&mut self, location: u32) -> Result<(), Problem> {
        let limit = self.limits.stack_entries;
        if self.profile.samples.stack_entries() >= limit {
            return Err(Problem::TooMany { what: "stack entries", limit });
        }
        self.profile.samples.push_location(location);
        match self.profile.samples.open_depth() > self.limits.depth {
            true => Err(Problem::TooMany { what: "frames on one stack", limit: self.limits.depth }),
            false => Ok(()),
        }
    }

    /// Ends the sample whose calls were appended since the last one.
    pub(in crate::input) fn finish_sample(
        &mut self,
        values: &[i64],
        size: i64,
        mut labels: Labels,
    ) -> Result<(), Problem> {
        let limit = self.limits.samples;
        if self.profile.samples.len() >= limit {
            return Err(Problem::TooMany { what: "samples", limit });
        }
        labels.sort();
        labels.dedup();
        let next = self.profile.label_sets.len() as u32;
        let label_set = *self.label_sets.entry(labels).or_insert_with_key(|labels| {
            self.profile.label_sets.push(labels.clone());
            next
        });
        self.profile.samples.finish_sample(values, size, label_set);
        Ok(())
    }

    /// The finished profile.
    pub(in crate::input) fn finish(mut self) -> RawProfile {
        if self.bare && !self.named {
            self.profile.notices.push(super::no_symbols(&self.profile.source));
        }
        self.profile.symbols = self.table.finish();
        self.profile
    }
}

/// Symbols built from names, each function and each frame once. A location has one frame, because the text forms
/// list inlined calls like any other (S20).
///
/// The standard hasher everywhere, because a hostile file chooses names, lines and addresses.
#[derive(Default)]
struct SymbolTable {
    symbols: Symbols,
    texts: HashMap<String, u32>,
    functions: HashMap<(u32, u32), u32>,
    locations: HashMap<(u32, u32, u64), u32>,
}

impl SymbolTable {
    /// The location of a named call. `address` is 0 where locations are the same by name and line alone.
    fn location(
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
        let index = next(self.symbols.locations.len(), "locations", limits)?;
        self.symbols.frames.push(Frame { function, line, inlined: false });
        self.symbols.locations.push(Location { address, frames: index..index + 1 });
        self.locations.insert((function, line, address), index);
        Ok(index)
    }

    /// The location of a bare address, named by the address itself.
    fn address(&mut self, address: u64, limits: &Limits) -> Result<u32, Problem> {
        self.location(&format!("0x{address:x}"), "", 0, address, limits)
    }

    fn function(&mut self, name: &str, file: &str, limits: &Limits) -> Result<u32, Problem> {
        let function = Function { name: self.text(name, limits)?, file: self.text(file, limits)? };
        if let Some(index) = self.functions.get(&(function.name, function.file)) {
            return Ok(*index);
        }
        let index = next(self.symbols.functions.len(), "functions", limits)?;
        self.symbols.functions.push(function);
        self.functions.insert((function.name, function.file), index);
        Ok(index)
    }

    fn text(&mut self, text: &str, limits: &Limits) -> Result<u32, Problem> {
        if text.is_empty() {
            return Ok(0);
        }
        if let Some(index) = self.texts.get(text) {
            return Ok(*index);
        }
        next(self.symbols.strings.len(), "strings", limits)?;
        if text.len() > limits.string_bytes {
            return Err(Problem::TooMany { what: "bytes in one string", limit: limits.string_bytes });
        }
        let too_long = Problem::TooMany { what: "bytes of names", limit: u32::MAX as usize };
        let index = self.symbols.strings.push(text).ok_or(too_long)?;
        self.texts.insert(text.to_owned(), index);
        Ok(index)
    }

    /// The finished tables.
    fn finish(self) -> Symbols {
        self.symbols
    }
}

/// The index of the next of `len` things.
fn next(len: usize, what: &'static str, limits: &Limits) -> Result<u32, Problem> {
    let limit = limits.symbols;
    u32::try_from(len).ok().filter(|_| len < limit).ok_or(Problem::TooMany { what, limit })
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
