//! The names of a profile: strings in one arena, functions, and locations with their inlined frames.

use std::ops::Range;

/// Strings in one arena, addressed by index. Index 0 is the empty string.
#[derive(Clone, Debug)]
pub struct Strings {
    arena: String,
    ends: Vec<u32>,
}

impl Default for Strings {
    fn default() -> Strings {
        Strings { arena: String::new(), ends: vec![0] }
    }
}

impl Strings {
    /// Makes room for so many bytes of strings, as far as there is room: it only saves growing.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let _ = self.arena.try_reserve(bytes);
    }

    /// Appends a string and gives its index. `None` when the arena would pass 4 GiB.
    pub fn push(&mut self, text: &str) -> Option<u32> {
        let end = u32::try_from(self.arena.len() + text.len()).ok()?;
        let id = u32::try_from(self.ends.len()).ok()?;
        self.arena.push_str(text);
        self.ends.push(end);
        Some(id)
    }

    /// The string of an index that [`Strings::push`] gave out.
    pub fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.arena[start as usize..self.ends[id] as usize]
    }

    /// How many strings there are, the empty one included.
    #[allow(clippy::len_without_is_empty, reason = "never empty: index 0 is the empty string")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

/// A function: indexes into [`Strings`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// The name as the producer wrote it, type arguments included.
    pub name: u32,
    /// The source file, empty if unknown.
    pub file: u32,
}

/// One line of a location: a call that may have been inlined into the next frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Index into [`Symbols::functions`].
    pub function: u32,
    /// Source line, 0 if unknown.
    pub line: u32,
    /// Whether this call was inlined into the frame after it (S15).
    pub inlined: bool,
}

/// A program counter with the frames it stands for, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The address as given, 0 if unknown.
    pub address: u64,
    /// Where its frames stand in [`Symbols::frames`]: one at least.
    pub frames: Range<u32>,
}

/// All names of one profile, as tables that refer to each other by index.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// Every string.
    pub strings: Strings,
    /// Every function.
    pub functions: Vec<Function>,
    /// The frames of all locations, one location's after another's, innermost first.
    pub frames: Vec<Frame>,
    /// Every location.
    pub locations: Vec<Location>,
}

impl Symbols {
    /// The frames of a location, innermost first.
    pub fn frames_of(&self, location: u32) -> &[Frame] {
        let range = &self.locations[location as usize].frames;
        &self.frames[range.start as usize..range.end as usize]
    }

    /// A function's name as written by the producer.
    pub fn name(&self, function: u32) -> &str {
        self.strings.get(self.functions[function as usize].name)
    }

    /// A function's source file, empty if unknown.
    pub fn file(&self, function: u32) -> &str {
        self.strings.get(self.functions[function as usize].file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_by_index() {
        let mut strings = Strings::default();
        let a = strings.push("main.main").expect("fits");
        let b = strings.push("").expect("fits");
        let c = strings.push("ä").expect("fits");
        assert_eq!(
            [strings.get(0), strings.get(a), strings.get(b), strings.get(c)],
            ["", "main.main", "", "ä"]
        );
    }
}
