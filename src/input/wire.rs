//! Walking protobuf's wire format field by field, on prost's own encoding primitives.
//!
//! prost's generated structs define the format; samples, locations and strings are too many to become structs,
//! so [`super::pprof`] walks those messages here and writes them straight into columns.

use super::Problem;
use prost::encoding::{WireType, decode_key, decode_varint};

/// One field of a message: its number and its value.
pub(super) enum Value<'a> {
    /// A varint.
    Varint(u64),
    /// A string, bytes, message or packed list.
    Bytes(&'a [u8]),
    /// A fixed-width value, which profile.proto does not use.
    Other,
}

/// Iterates over the fields of one message.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Fields<'a> {
        Fields { rest: message }
    }

    /// The next field, `None` at the end of the message.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, Problem> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (tag, wire_type) = decode_key(&mut self.rest).map_err(broken)?;
        let value = match wire_type {
            WireType::Varint => Value::Varint(decode_varint(&mut self.rest).map_err(broken)?),
            WireType::LengthDelimited => {
                let length = decode_varint(&mut self.rest).map_err(broken)?;
                Value::Bytes(self.take(length)?)
            }
            WireType::ThirtyTwoBit => {
                self.take(4)?;
                Value::Other
            }
            WireType::SixtyFourBit => {
                self.take(8)?;
                Value::Other
            }
            WireType::StartGroup | WireType::EndGroup => {
                return Err(Problem::malformed("it uses protobuf groups, which profile.proto does not have"));
            }
        };
        Ok(Some((tag, value)))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Problem> {
        let length = usize::try_from(length).ok().filter(|l| *l <= self.rest.len());
        let (head, tail) =
            self.rest.split_at(length.ok_or_else(|| Problem::malformed("a field is longer than the file"))?);
        self.rest = tail;
        Ok(head)
    }
}

/// Calls `each` with every element of a repeated varint field, packed or not.
pub(super) fn varints(
    value: &Value<'_>,
    mut each: impl FnMut(u64) -> Result<(), Problem>,
) -> Result<(), Problem> {
    match value {
        Value::Varint(v) => each(*v),
        Value::Bytes(packed) => {
            let mut packed = *packed;
            while !packed.is_empty() {
                each(decode_varint(&mut packed).map_err(broken)?)?;
            }
            Ok(())
        }
        Value::Other => Err(wrong_type()),
    }
}

/// A field of the wrong wire type.
pub(super) fn wrong_type() -> Problem {
    Problem::malformed("a field has the wrong wire type")
}

fn broken(_: prost::DecodeError) -> Problem {
    Problem::malformed("the protobuf data is cut short or damaged")
}
