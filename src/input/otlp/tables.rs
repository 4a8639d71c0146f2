//! The tables of an OTLP message that its profiles share, in which everything has the number of its place.
//!
//! The first place of each table is that of nothing.

use super::for_each;
use crate::input::wire::{Value, varints, wrong_type};
use crate::input::{Limits, Problem};

/// Attributes of a mapping that say which build it is, the best one first.
const BUILD_IDS: [&[u8]; 4] = [
    b"process.executable.build_id.gnu",
    b"process.executable.build_id.go",
    b"process.executable.build_id.htlhash",
    b"process.executable.build_id.profiling",
];

/// What the samples of all profiles refer to, each entry as it stands in the message.
#[derive(Default)]
pub(super) struct Tables<'a> {
    pub(super) mappings: Vec<&'a [u8]>,
    pub(super) locations: Vec<&'a [u8]>,
    pub(super) functions: Vec<&'a [u8]>,
    pub(super) strings: Vec<&'a [u8]>,
    pub(super) stacks: Vec<&'a [u8]>,
    attributes: Vec<Attribute>,
    /// Texts that stand in attributes and not among the strings. They are numbered behind those.
    further: Vec<&'a [u8]>,
    bytes: usize,
}

/// Something known of a sample or a mapping.
#[derive(Clone, Copy, Default)]
struct Attribute {
    key: u64,
    value: Option<Known>,
    unit: u64,
}

#[derive(Clone, Copy)]
enum Known {
    /// A text by its place among the strings.
    String(u64),
    /// A text by its place among the further ones.
    Further(usize),
    Number(u64),
}

/// What an attribute says, its texts as numbers of strings.
pub(super) enum Label {
    Text { key: u64, text: u64 },
    Number { key: u64, number: u64, unit: u64 },
}

impl<'a> Tables<'a> {
    /// Reads message ProfilesDictionary, or a part of it.
    pub(super) fn read(&mut self, dictionary: &'a [u8], limits: &Limits) -> Result<(), Problem> {
        self.bytes += dictionary.len();
        for_each(dictionary, |tag, value| {
            let (1..=7, Value::Bytes(entry)) = (tag, value) else {
                return if tag > 7 { Ok(()) } else { Err(wrong_type()) };
            };
            let (what, table) = match tag {
                1 => ("mappings", &mut self.mappings),
                2 => ("locations", &mut self.locations),
                3 => ("functions", &mut self.functions),
                5 => ("strings", &mut self.strings),
                6 => return self.read_attribute(entry, limits),
                7 => ("stacks", &mut self.stacks),
                _ => return Ok(()),
            };
            bounded(table.len(), what, limits)?;
            table.push(entry);
            Ok(())
        })
    }

    fn read_attribute(&mut self, bytes: &'a [u8], limits: &Limits) -> Result<(), Problem> {
        bounded(self.attributes.len(), "attributes", limits)?;
        let mut attribute = Attribute::default();
        for_each(bytes, |tag, value| {
            match (tag, value) {
                (1, Value::Varint(key)) => attribute.key = key,
                (2, Value::Bytes(value)) => attribute.value = self.read_value(value, limits)?,
                (3, Value::Varint(unit)) => attribute.unit = unit,
                (1..=3, _) => return Err(wrong_type()),
                _ => {}
            }
            Ok(())
        })?;
        self.attributes.push(attribute);
        Ok(())
    }

    /// A text or a whole number; of a list the first one. What else there is, no profile of Go has.
    fn read_value(&mut self, bytes: &'a [u8], limits: &Limits) -> Result<Option<Known>, Problem> {
        let mut known = None;
        let mut rest = Some(bytes);
        while let Some(bytes) = rest.take() {
            for_each(bytes, |tag, value| {
                match (tag, value) {
                    (1, Value::Bytes(text)) => {
                        bounded(self.further.len(), "texts of attributes", limits)?;
                        known = Some(Known::Further(self.further.len()));
                        self.further.push(text);
                    }
                    (3, Value::Varint(number)) => known = Some(Known::Number(number)),
                    (5, Value::Bytes(list)) => for_each(list, |tag, value| {
                        if let (1, Value::Bytes(first), None) = (tag, value, rest) {
                            rest = Some(first);
                        }
                        Ok(())
                    })?,
                    (8, Value::Varint(string)) => known = Some(Known::String(string)),
                    _ => {}
                }
                Ok(())
            })?;
        }
        Ok(known)
    }

    /// How many bytes they have.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All strings in the order of their numbers, the first of which is empty.
    pub(super) fn all_strings(&self) -> impl Iterator<Item = &'a [u8]> {
        let first: &[&[u8]] = if self.strings.is_empty() { &[b""] } else { &[] };
        first.iter().chain(&self.strings).chain(&self.further).copied()
    }

    /// The name of the type that a message ValueType says.
    pub(super) fn name_of(&self, value_type: &[u8]) -> Result<&'a [u8], Problem> {
        Ok(self.name_and_unit(value_type)?.0)
    }

    /// The name and the unit of the type that a message ValueType says.
    pub(super) fn name_and_unit(&self, value_type: &[u8]) -> Result<(&'a [u8], &'a [u8]), Problem> {
        let (mut name, mut unit) = (0, 0);
        for_each(value_type, |tag, value| {
            match (tag, value) {
                (1, Value::Varint(index)) => name = index,
                (2, Value::Varint(index)) => unit = index,
                _ => {}
            }
            Ok(())
        })?;
        let string = |index| {
            self.string(index)
                .ok_or_else(|| Problem::malformed("a type of values points outside the string table"))
        };
        match string(name)? {
            b"" => Err(Problem::malformed("a profile in it does not say what its values are")),
            name => Ok((name, string(unit)?)),
        }
    }

    fn string(&self, index: u64) -> Option<&'a [u8]> {
        match index {
            0 => Some(b""),
            index => self.strings.get(usize::try_from(index).ok()?).copied(),
        }
    }

    /// What the attribute with a number says, if that is a text or a number.
    pub(super) fn label(&self, number: u32) -> Result<Option<Label>, Problem> {
        let attribute = self.attributes.get(number as usize).ok_or_else(|| {
            Problem::malformed(format!("a sample names attribute {number}, which is not there"))
        })?;
        let Attribute { key, value, unit } = *attribute;
        Ok(value.filter(|_| key != 0).map(|value| match value {
            Known::String(text) => Label::Text { key, text },
            Known::Further(place) => Label::Text { key, text: self.number_of_further(place) },
            Known::Number(number) => Label::Number { key, number, unit },
        }))
    }

    fn number_of_further(&self, place: usize) -> u64 {
        (self.strings.len().max(1) + place) as u64
    }

    /// The string that says which build a mapping is of, by the numbers of its attributes; 0 if none does.
    pub(super) fn build_id(&self, attributes: &Value<'_>) -> Result<Option<(usize, u64)>, Problem> {
        let mut best: Option<(usize, u64)> = None;
        varints(attributes, |number| {
            let attribute = usize::try_from(number).ok().and_then(|number| self.attributes.get(number));
            let Some(Attribute { key, value: Some(value), .. }) = attribute.copied() else { return Ok(()) };
            let rank = BUILD_IDS.iter().position(|name| self.string(key) == Some(*name));
            let text = match value {
                Known::String(text) => text,
                Known::Further(place) => self.number_of_further(place),
                Known::Number(_) => return Ok(()),
            };
            if let Some(rank) = rank.filter(|rank| best.is_none_or(|(least, _)| *rank < least)) {
                best = Some((rank, text));
            }
            Ok(())
        })?;
        Ok(best)
    }
}

fn bounded(count: usize, what: &'static str, limits: &Limits) -> Result<(), Problem> {
    match count > limits.symbols {
        true => Err(Problem::TooMany { what, limit: limits.symbols }),
        false => Ok(()),
    }
}
