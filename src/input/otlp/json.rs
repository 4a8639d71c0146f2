//! OTLP's JSON as the same message in protobuf.
//!
//! Fields have the same names in both, whole numbers of 64 bits may be texts, and what is not known is passed over. Lists are
//! written one element at a time, which protobuf allows everywhere.

use super::{put_bytes, put_field};
use crate::input::{Limits, Problem};
use prost::encoding::{WireType, encode_key};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::fmt::{Formatter, Result as FmtResult};

/// A field of a message: its name in JSON, its number, and what it holds.
struct Field(&'static str, u32, Kind);

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Fixed64,
    Text,
    Message(&'static [Field]),
}

const MESSAGE: &[Field] = &[
    Field("resourceProfiles", 1, Kind::Message(RESOURCE_PROFILES)),
    Field("dictionary", 2, Kind::Message(DICTIONARY)),
];
const RESOURCE_PROFILES: &[Field] = &[
    Field("resource", 1, Kind::Message(RESOURCE)),
    Field("scopeProfiles", 2, Kind::Message(SCOPE_PROFILES)),
];
const RESOURCE: &[Field] = &[Field("attributes", 1, Kind::Message(KEY_VALUE))];
const KEY_VALUE: &[Field] = &[Field("key", 1, Kind::Text), Field("value", 2, Kind::Message(&VALUE))];
const SCOPE_PROFILES: &[Field] = &[Field("profiles", 2, Kind::Message(PROFILE))];
const PROFILE: &[Field] = &[
    Field("sampleType", 1, Kind::Message(VALUE_TYPE)),
    Field("samples", 2, Kind::Message(SAMPLE)),
    Field("timeUnixNano", 3, Kind::Fixed64),
    Field("durationNano", 4, Kind::Number),
    Field("periodType", 5, Kind::Message(VALUE_TYPE)),
    Field("period", 6, Kind::Number),
];
const VALUE_TYPE: &[Field] =
    &[Field("typeStrindex", 1, Kind::Number), Field("unitStrindex", 2, Kind::Number)];
const SAMPLE: &[Field] = &[
    Field("stackIndex", 1, Kind::Number),
    Field("attributeIndices", 2, Kind::Number),
    Field("values", 4, Kind::Number),
    Field("timestampsUnixNano", 5, Kind::Fixed64),
];
const DICTIONARY: &[Field] = &[
    Field("mappingTable", 1, Kind::Message(MAPPING)),
    Field("locationTable", 2, Kind::Message(LOCATION)),
    Field("functionTable", 3, Kind::Message(FUNCTION)),
    Field("stringTable", 5, Kind::Text),
    Field("attributeTable", 6, Kind::Message(ATTRIBUTE)),
    Field("stackTable", 7, Kind::Message(STACK)),
];
const MAPPING: &[Field] = &[
    Field("memoryStart", 1, Kind::Number),
    Field("memoryLimit", 2, Kind::Number),
    Field("fileOffset", 3, Kind::Number),
    Field("filenameStrindex", 4, Kind::Number),
    Field("attributeIndices", 5, Kind::Number),
];
const LOCATION: &[Field] = &[
    Field("mappingIndex", 1, Kind::Number),
    Field("address", 2, Kind::Number),
    Field("lines", 3, Kind::Message(LINE)),
];
const LINE: &[Field] = &[Field("functionIndex", 1, Kind::Number), Field("line", 2, Kind::Number)];
const FUNCTION: &[Field] = &[
    Field("nameStrindex", 1, Kind::Number),
    Field("systemNameStrindex", 2, Kind::Number),
    Field("filenameStrindex", 3, Kind::Number),
];
const STACK: &[Field] = &[Field("locationIndices", 1, Kind::Number)];
const ATTRIBUTE: &[Field] = &[
    Field("keyStrindex", 1, Kind::Number),
    Field("value", 2, Kind::Message(&VALUE)),
    Field("unitStrindex", 3, Kind::Number),
];
static VALUE: [Field; 4] = [
    Field("stringValue", 1, Kind::Text),
    Field("intValue", 3, Kind::Number),
    Field("arrayValue", 5, Kind::Message(&ARRAY)),
    Field("stringValueStrindex", 8, Kind::Number),
];
static ARRAY: [Field; 1] = [Field("values", 1, Kind::Message(&VALUE))];

/// Whether a message has a field of this name.
pub(super) fn is_name_of_message(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| named(MESSAGE, name).is_some())
}

/// The field of a name, which may be that of the definition too: `stack_index` for `stackIndex`.
fn named(message: &'static [Field], name: &str) -> Option<&'static Field> {
    let is_it = |field: &&Field| {
        let letters = name.bytes().filter(|byte| *byte != b'_');
        letters
            .map(|byte| byte.to_ascii_lowercase())
            .eq(field.0.bytes().map(|byte| byte.to_ascii_lowercase()))
    };
    message.iter().find(is_it)
}

/// All messages that stand in a text one behind the other.
pub(super) fn to_protobuf(text: &[u8], limits: &Limits) -> Result<Vec<Vec<u8>>, Problem> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let most = usize::try_from(limits.inflated_bytes).unwrap_or(usize::MAX);
    let mut json = serde_json::Deserializer::from_slice(text);
    let (mut messages, mut bytes) = (Vec::new(), 0);
    while json.end().is_err() {
        if messages.len() == limits.inputs {
            return Err(Problem::TooManyInputs { limit: limits.inputs });
        }
        let mut out = Out::with_room(most - bytes);
        let fields = MessageWriter { message: MESSAGE, out: &mut out };
        json.deserialize_map(fields).map_err(|error| problem(&error, out.is_full, limits))?;
        bytes += out.bytes.len();
        messages.push(out.bytes);
    }
    Ok(messages)
}

fn problem(error: &serde_json::Error, is_full: bool, limits: &Limits) -> Problem {
    if is_full {
        return Problem::TooLarge { limit: limits.inflated_bytes };
    }
    let place = format!("line {}, column {}", error.line(), error.column());
    Problem::malformed(match error.classify() {
        Category::Eof => format!("the JSON is cut short at {place}"),
        Category::Data => format!("the JSON is no message of OTLP profiles at {place}"),
        Category::Io | Category::Syntax => format!("the JSON is damaged at {place}"),
    })
}

/// What was written so far, and how much may be.
struct Out {
    bytes: Vec<u8>,
    most: usize,
    is_full: bool,
}

impl Out {
    fn with_room(most: usize) -> Out {
        Out { bytes: Vec::new(), most, is_full: false }
    }

    fn put<E: Error>(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), E> {
        write(&mut self.bytes);
        self.is_full = self.bytes.len() > self.most;
        if self.is_full { Err(E::custom("too large")) } else { Ok(()) }
    }
}

/// Writes the fields of a message.
struct MessageWriter<'o> {
    message: &'static [Field],
    out: &'o mut Out,
}

impl<'de> Visitor<'de> for MessageWriter<'_> {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> FmtResult {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match named(self.message, &name) {
                Some(field) => {
                    map.next_value_seed(FieldWriter { field, in_list: false, out: &mut *self.out })?
                }
                None => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(())
    }
}

/// Writes what a field holds, once for each element of a list.
struct FieldWriter<'o> {
    field: &'static Field,
    in_list: bool,
    out: &'o mut Out,
}

impl FieldWriter<'_> {
    fn put_number<E: Error>(self, number: u64) -> Result<(), E> {
        let Field(_, tag, kind) = *self.field;
        self.out.put(|bytes| match kind {
            Kind::Fixed64 => {
                encode_key(tag, WireType::SixtyFourBit, bytes);
                bytes.extend(number.to_le_bytes());
            }
            _ => put_field(tag, number, bytes),
        })
    }

    fn put_bytes<E: Error>(out: &mut Out, tag: u32, content: &[u8]) -> Result<(), E> {
        out.put(|bytes| put_bytes(tag, content, bytes))
    }
}

impl<'de> DeserializeSeed<'de> for FieldWriter<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FieldWriter<'_> {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> FmtResult {
        write!(f, "what {} holds", self.field.0)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match self.field.2 {
            Kind::Number | Kind::Fixed64 => self.put_number(number),
            Kind::Text | Kind::Message(_) => Err(E::custom("a number")),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_u64(number as u64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self.field.2 {
            Kind::Text => FieldWriter::put_bytes(self.out, self.field.1, text.as_bytes()),
            Kind::Message(_) => Err(E::custom("a text")),
            Kind::Number | Kind::Fixed64 => {
                let number = text.parse().or_else(|_| text.parse::<i64>().map(|number| number as u64));
                self.put_number(number.map_err(|_| E::custom("no number"))?)
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.in_list {
            return Err(A::Error::custom("a list in a list"));
        }
        loop {
            let element = FieldWriter { field: self.field, in_list: true, out: &mut *self.out };
            if list.next_element_seed(element)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Kind::Message(message) = self.field.2 else { return Err(A::Error::custom("a message")) };
        let mut inner = Out::with_room(self.out.most - self.out.bytes.len());
        let whole = MessageWriter { message, out: &mut inner }.visit_map(map);
        self.out.is_full |= inner.is_full;
        whole?;
        FieldWriter::put_bytes(self.out, self.field.1, &inner.bytes)
    }
}
