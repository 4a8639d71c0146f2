//! A snapshot of an OTLP message as the fields of the profile.proto that it would be.
//!
//! Most messages differ in little: what has a number by its place here has an id there, which comes first.

use super::sample::{Rows, stack_not_there};
use super::tables::{Label, Tables};
use super::{Profile, for_each, put_bytes, put_field};
use crate::input::pprof::{self, field};
use crate::input::wire::{Value, wrong_type};
use crate::input::{Limits, Problem};
use crate::profile::{Kind, SampleType, Unit};
use prost::encoding::encode_varint;

/// How much of the name of a type is looked at to see what a snapshot is of.
const LONGEST_NAME: usize = 80;

/// The profiles that one snapshot was made into.
pub(super) struct Snapshot<'a> {
    tables: &'a Tables<'a>,
    profiles: Vec<&'a Profile<'a>>,
}

impl<'a> Snapshot<'a> {
    pub(super) fn of(tables: &'a Tables<'a>, profile: &'a Profile<'a>) -> Snapshot<'a> {
        Snapshot { tables, profiles: vec![profile] }
    }

    pub(super) fn add(&mut self, profile: &'a Profile<'a>, limits: &Limits) -> Result<(), Problem> {
        if self.profiles.len() == limits.sample_types {
            return Err(Problem::TooMany { what: "sample types", limit: limits.sample_types });
        }
        self.profiles.push(profile);
        Ok(())
    }

    /// The number of the process that it is of.
    pub(super) fn process(&self) -> usize {
        self.profiles[0].process
    }

    /// What it is a snapshot of.
    ///
    /// # Errors
    /// If it is none of a heap or of goroutines.
    pub(super) fn kind(&self) -> Result<Kind, Problem> {
        let short = |text: &[u8]| String::from_utf8_lossy(&text[..text.len().min(LONGEST_NAME)]).into_owned();
        let sample_type = |profile: &&Profile<'_>| -> Result<SampleType, Problem> {
            let (name, unit) = self.tables.name_and_unit(profile.sample_type)?;
            let (unit, _) = Unit::parse(&short(unit)).unwrap_or((Unit::Count, 1));
            Ok(SampleType { name: short(name), unit })
        };
        let types = self.profiles.iter().map(sample_type).collect::<Result<Vec<_>, Problem>>()?;
        pprof::kind_of(&types)
    }

    fn each_symbol(
        &self,
        mut each: impl FnMut(u32, Value<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut message = Vec::new();
        for string in self.tables.all_strings() {
            each(field::STRING_TABLE, Value::Bytes(string))?;
        }
        for (id, mapping) in numbered(&self.tables.mappings) {
            let attributes = with_id(id, mapping, 4, &mut message)?;
            let mut build_id = None;
            for value in attributes {
                build_id = build_id.into_iter().chain(self.tables.build_id(&value)?).min();
            }
            if let Some((_, text)) = build_id {
                put_number(6, text, &mut message);
            }
            each(field::MAPPING, Value::Bytes(&message))?;
        }
        let tables =
            [(field::FUNCTION, &self.tables.functions, 4), (field::LOCATION, &self.tables.locations, 3)];
        for (tag, table, last) in tables {
            for (id, entry) in numbered(table) {
                with_id(id, entry, last, &mut message)?;
                each(tag, Value::Bytes(&message))?;
            }
        }
        Ok(())
    }

    fn each_sample(
        &self,
        limits: &Limits,
        mut each: impl FnMut(u32, Value<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let rows = Rows::of(&self.profiles, limits)?;
        let (mut message, mut part) = (Vec::new(), Vec::new());
        let mut entries = 0;
        for (stack, attributes, values) in rows.iter() {
            message.clear();
            entries += self.put_stack(stack, &mut message)?;
            if entries > limits.stack_entries {
                return Err(Problem::TooMany { what: "stack entries", limit: limits.stack_entries });
            }
            part.clear();
            values.iter().for_each(|value| encode_varint(*value as u64, &mut part));
            put_bytes(2, &part, &mut message);
            for number in attributes {
                part.clear();
                match self.tables.label(*number)? {
                    Some(Label::Text { key, text }) => {
                        put_number(1, key, &mut part);
                        put_number(2, text, &mut part);
                    }
                    Some(Label::Number { key, number, unit }) => {
                        put_number(1, key, &mut part);
                        put_number(3, number, &mut part);
                        put_number(4, unit, &mut part);
                    }
                    None => continue,
                }
                put_bytes(3, &part, &mut message);
            }
            each(field::SAMPLE, Value::Bytes(&message))?;
        }
        Ok(())
    }

    /// Puts the locations of a stack into a message Sample; says how many there are.
    fn put_stack(&self, stack: u32, message: &mut Vec<u8>) -> Result<usize, Problem> {
        let mut entries = 0;
        let Some(locations) = self.tables.stacks.get(stack as usize) else {
            return if stack == 0 { Ok(0) } else { Err(stack_not_there(stack.into())) };
        };
        for_each(locations, |tag, value| {
            match (tag, value) {
                (1, Value::Bytes(packed)) => {
                    entries += packed.iter().filter(|byte| **byte < 0x80).count();
                    put_bytes(1, packed, message);
                }
                (1, Value::Varint(location)) => {
                    entries += 1;
                    put_field(1, location, message);
                }
                (1, _) => return Err(wrong_type()),
                _ => {}
            }
            Ok(())
        })?;
        Ok(entries)
    }
}

/// A snapshot, and what bounds it while it is read.
pub(super) struct Translated<'a> {
    pub(super) snapshot: &'a Snapshot<'a>,
    pub(super) limits: &'a Limits,
}

impl pprof::FieldSource for Translated<'_> {
    fn expected_size(&self) -> usize {
        self.snapshot.tables.bytes()
    }

    fn each_field(self, mut each: impl FnMut(u32, Value<'_>) -> Result<(), Problem>) -> Result<(), Problem> {
        let profiles = &self.snapshot.profiles;
        for profile in profiles {
            each(field::SAMPLE_TYPE, Value::Bytes(profile.sample_type))?;
        }
        self.snapshot.each_sample(self.limits, &mut each)?;
        self.snapshot.each_symbol(&mut each)?;
        each(field::TIME_NANOS, Value::Varint(profiles[0].time))?;
        each(field::DURATION_NANOS, Value::Varint(profiles[0].duration))?;
        if !profiles[0].period_type.is_empty() {
            each(field::PERIOD_TYPE, Value::Bytes(profiles[0].period_type))?;
        }
        each(field::PERIOD, Value::Varint(profiles[0].period))
    }
}

/// The entries of a table, without the first, which stands for nothing, and their numbers.
fn numbered<'t, 'a>(table: &'t [&'a [u8]]) -> impl Iterator<Item = (u64, &'a [u8])> + use<'t, 'a> {
    (1..).zip(table.iter().skip(1).copied())
}

/// Writes a message with its id in front, and each field up to the `last` with the number above its own; gives the values of the
/// field behind the last.
fn with_id<'a>(
    id: u64,
    entry: &'a [u8],
    last: u32,
    message: &mut Vec<u8>,
) -> Result<Vec<Value<'a>>, Problem> {
    message.clear();
    put_number(1, id, message);
    let mut behind = Vec::new();
    for_each(entry, |tag, value| {
        match value {
            value if tag == last + 1 => behind.push(value),
            Value::Varint(number) if tag <= last => put_field(tag + 1, number, message),
            Value::Bytes(bytes) if tag <= last => put_bytes(tag + 1, bytes, message),
            _ if tag <= last => return Err(wrong_type()),
            _ => {}
        }
        Ok(())
    })?;
    Ok(behind)
}

/// Writes a number that is not the default.
fn put_number(tag: u32, number: u64, message: &mut Vec<u8>) {
    if number != 0 {
        put_field(tag, number, message);
    }
}
