//! Walking protobuf's wire format field by field.
//!
//! prost's generated structs define the format; samples, locations and strings are too many to become structs,
//! so [`super::pprof`] walks those messages here and writes them straight into columns.

use super::Problem;
use prost::encoding::decode_varint;

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
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, Problem> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = varint(&mut self.rest).ok_or_else(broken)?;
        let tag = u32::try_from(key >> 3).ok().filter(|tag| (1..1 << 29).contains(tag)).ok_or_else(broken)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.rest).ok_or_else(broken)?),
            2 => {
                let length = varint(&mut self.rest).ok_or_else(broken)?;
                Value::Bytes(self.take(length)?)
            }
            5 => {
                self.take(4)?;
                Value::Other
            }
            1 => {
                self.take(8)?;
                Value::Other
            }
            3 | 4 => {
                return Err(Problem::malformed("it uses protobuf groups, which profile.proto does not have"));
            }
            _ => return Err(broken()),
        };
        Ok(Some((tag, value)))
    }

    #[inline]
    fn take(&mut self, length: u64) -> Result<&'a [u8], Problem> {
        let length = usize::try_from(length).ok().filter(|l| *l <= self.rest.len());
        let (head, tail) =
            self.rest.split_at(length.ok_or_else(|| Problem::malformed("a field is longer than the file"))?);
        self.rest = tail;
        Ok(head)
    }
}

/// A varint at the start of `bytes`, which is moved behind it; `None` if there is none.
///
/// Keys and lengths have one byte or two; what is longer is left to prost.
#[inline]
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    match *bytes {
        [a @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            Some(u64::from(*a))
        }
        [a, b @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            Some(u64::from(*a & 0x7f) | u64::from(*b) << 7)
        }
        _ => decode_varint(bytes).ok(),
    }
}

/// Calls `each` with every varint of a packed list, until it says `false`; says itself whether all went well.
#[inline]
pub(super) fn unpack(packed: &[u8], mut each: impl FnMut(u64) -> bool) -> bool {
    let mut at = 0;
    while at < packed.len() {
        // Ids have up to three bytes in all but monstrous profiles.
        let a = packed[at];
        let (value, length) = if a < 0x80 {
            (u64::from(a), 1)
        } else {
            match packed[at..] {
                [_, b @ 0..0x80, ..] => (u64::from(a & 0x7f) | u64::from(b) << 7, 2),
                [_, b, c @ 0..0x80, ..] => {
                    (u64::from(a & 0x7f) | u64::from(b & 0x7f) << 7 | u64::from(c) << 14, 3)
                }
                _ => {
                    let mut rest = &packed[at..];
                    let Some(value) = varint(&mut rest) else { return false };
                    (value, packed.len() - at - rest.len())
                }
            }
        };
        if !each(value) {
            return false;
        }
        at += length;
    }
    true
}

/// Calls `each` with every element of a repeated varint field, packed or not.
#[inline]
pub(super) fn varints(
    value: &Value<'_>,
    mut each: impl FnMut(u64) -> Result<(), Problem>,
) -> Result<(), Problem> {
    match value {
        Value::Varint(v) => each(*v),
        Value::Bytes(packed) => {
            let mut packed = *packed;
            while !packed.is_empty() {
                each(varint(&mut packed).ok_or_else(broken)?)?;
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

#[cold]
pub(super) fn broken() -> Problem {
    Problem::malformed("the protobuf data is cut short or damaged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn varints_are_read_as_prost_reads_them(mut bytes in prop::collection::vec(any::<u8>(), 0..12), low in 0usize..5) {
            if let Some(byte) = bytes.get_mut(low) {
                *byte &= 0x7f;
            }
            let (mut ours, mut theirs) = (bytes.as_slice(), bytes.as_slice());
            match (varint(&mut ours), decode_varint(&mut theirs)) {
                (Some(a), Ok(b)) => prop_assert_eq!((a, ours), (b, theirs)),
                (a, b) => prop_assert!(a.is_none() && b.is_err(), "{a:?} {b:?}"),
            }
        }

        #[test]
        fn packed_lists_are_read_as_prost_reads_them(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0u8..0x80], 0..40)
        ) {
            let (mut ours, mut theirs, mut rest) = (Vec::new(), Vec::new(), bytes.as_slice());
            let whole = unpack(&bytes, |value| {
                ours.push(value);
                true
            });
            let mut broken = false;
            while !rest.is_empty() && !broken {
                match decode_varint(&mut rest) {
                    Ok(value) => theirs.push(value),
                    Err(_) => broken = true,
                }
            }
            prop_assert_eq!((ours, whole), (theirs, !broken));
        }
    }
}
