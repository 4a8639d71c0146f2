//! Walking protobuf's wire format field by field.
//!
//! prost's generated structs define the format; samples, locations and strings are too many to become structs,
//! so [`super::pprof`] walks those messages here and writes them straight into columns.

use super::Problem;
use prost::encoding::decode_varint;

/// The longest varint in bytes.
pub(super) const LONGEST_VARINT: usize = 10;
/// The numbers of fields end before this one.
const TAGS: u32 = 1 << 29;
/// The top bit of each of eight bytes: set where a varint goes on.
const GOES_ON: u64 = 0x8080_8080_8080_8080;

/// One field of a message: its number and its value.
pub(super) enum Value<'a> {
    /// A varint.
    Varint(u64),
    /// A string, bytes, message or packed list.
    Bytes(&'a [u8]),
    /// A value of eight bytes, which profile.proto does not use.
    Fixed64(u64),
    /// A value of four bytes, which nothing that is read uses.
    Other,
}

/// What stands next in a message of which only the beginning may be at hand.
///
/// Small, for it is handed on for every field of every sample: what is wrong is put in words where it is reported.
pub(super) enum Next<'a> {
    /// A whole field.
    Field(u32, Value<'a>),
    /// Nothing: everything at hand is read.
    End,
    /// A field that goes on beyond what is at hand. It is not passed over.
    Cut,
    /// No field.
    Broken,
    /// The start or the end of a group.
    Group,
}

/// Iterates over the fields of one message.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Fields<'a> {
        Fields { rest: message }
    }

    /// The bytes that are not yet read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next field, `None` at the end of the message.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, Problem> {
        match self.step() {
            Next::Field(tag, value) => Ok(Some((tag, value))),
            Next::End => Ok(None),
            Next::Cut => Err(too_long()),
            Next::Broken => Err(broken()),
            Next::Group => Err(group()),
        }
    }

    /// The next field, where the message may go on.
    #[inline(always)]
    pub(super) fn step(&mut self) -> Next<'a> {
        let mut rest = self.rest;
        if rest.is_empty() {
            return Next::End;
        }
        let Some(key) = varint(&mut rest) else { return cut(rest) };
        let tag = match u32::try_from(key >> 3) {
            Ok(tag @ 1..TAGS) => tag,
            _ => return Next::Broken,
        };
        let length = match key & 7 {
            0 => {
                let Some(value) = varint(&mut rest) else { return cut(rest) };
                self.rest = rest;
                return Next::Field(tag, Value::Varint(value));
            }
            2 => {
                let Some(length) = varint(&mut rest) else { return cut(rest) };
                length
            }
            5 => 4,
            1 => 8,
            3 | 4 => return Next::Group,
            _ => return Next::Broken,
        };
        let whole = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let Some((bytes, rest)) = whole else { return Next::Cut };
        self.rest = rest;
        Next::Field(tag, if key & 7 == 2 { Value::Bytes(bytes) } else { fixed(bytes) })
    }
}

/// The value of fixed width that these bytes are.
#[cold]
fn fixed(bytes: &[u8]) -> Value<'_> {
    bytes.try_into().map_or(Value::Other, |bytes| Value::Fixed64(u64::from_le_bytes(bytes)))
}

/// What to say where no varint stands: one that is cut, or none at all.
#[cold]
fn cut<'a>(rest: &[u8]) -> Next<'a> {
    if rest.len() < LONGEST_VARINT { Next::Cut } else { Next::Broken }
}

/// A varint at the start of `bytes`, which is moved behind it; `None` if there is none.
///
/// Keys and lengths have one byte or two, values up to eight; what is longer is left to prost.
#[inline(always)]
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    match *bytes {
        [a @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            return Some(u64::from(*a));
        }
        [a, b @ 0..0x80, rest @ ..] => {
            *bytes = rest;
            return Some(u64::from(*a & 0x7f) | u64::from(*b) << 7);
        }
        _ => {}
    }
    long_varint(bytes)
}

fn long_varint(bytes: &mut &[u8]) -> Option<u64> {
    let Some(word) = bytes.first_chunk().map(|word| u64::from_le_bytes(*word)) else {
        return last_varint(bytes);
    };
    let ends = !word & GOES_ON;
    if ends == 0 {
        return decode_varint(bytes).ok();
    }
    let bits = ends.trailing_zeros() + 1;
    *bytes = &bytes[bits as usize / 8..];
    let halves = join_septets(word & (u64::MAX >> (64 - bits)));
    Some(halves & 0xffff_ffff | halves >> 32 << 28)
}

/// A varint where there are not eight bytes any more, so that it cannot be too large.
fn last_varint(bytes: &mut &[u8]) -> Option<u64> {
    let length = bytes.iter().position(|byte| *byte < 0x80)? + 1;
    let (varint, rest) = bytes.split_at(length);
    *bytes = rest;
    Some(varint.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f)))
}

/// Joins the low seven bits of the four bytes in each half of a word.
#[inline]
fn join_septets(word: u64) -> u64 {
    let sevens = word & !GOES_ON;
    let pairs = sevens & 0x007f_007f_007f_007f | (sevens & 0x7f00_7f00_7f00_7f00) >> 1;
    pairs & 0x0000_3fff_0000_3fff | (pairs & 0x3fff_0000_3fff_0000) >> 2
}

/// Calls `each` with every varint of a packed list; says itself whether all of it was varints.
///
/// The ids of locations have up to three bytes in all but monstrous profiles.
#[inline]
pub(super) fn unpack(packed: &[u8], mut each: impl FnMut(u64)) -> bool {
    let mut rest = packed;
    while let Some(word) = rest.first_chunk() {
        let word = u64::from(u32::from_le_bytes(*word));
        if word & 0x80 == 0 {
            each(word & 0x7f);
            rest = &rest[1..];
        } else if word & 0x8000 == 0 {
            each(word & 0x7f | (word & 0x7f00) >> 1);
            rest = &rest[2..];
        } else if word & 0x80_0000 == 0 {
            each(word & 0x7f | (word & 0x7f00) >> 1 | (word & 0x7f_0000) >> 2);
            rest = &rest[3..];
        } else {
            // Behind a copy, so that the place in the list can stay in a register.
            let mut long = rest;
            let Some(value) = varint(&mut long) else { return false };
            rest = long;
            each(value);
        }
    }
    let mut end = rest;
    while !end.is_empty() {
        let Some(value) = varint(&mut end) else { return false };
        each(value);
    }
    true
}

/// Appends to `numbers` one less than every id of a packed list. If one of them is not from 1 to 65,536, or is damaged, it
/// appends nothing and says false. `room` is used again for each list, which is cheaper than to make room for as many numbers
/// as a list has bytes each time.
pub(super) fn unpack_near(packed: &[u8], room: &mut Vec<u16>, numbers: &mut Vec<u16>) -> bool {
    if room.len() < packed.len() {
        room.resize(packed.len().next_power_of_two(), 0);
    }
    let count = near_numbers(packed, room);
    numbers.extend_from_slice(&room[..count.unwrap_or(0)]);
    count.is_some()
}

/// Writes into `numbers` one less than every id of a packed list, and says how many there are.
///
/// Most ids of a large profile have two bytes, those near the root, which were met first, one: so four of two bytes are
/// read as one number.
fn near_numbers(packed: &[u8], numbers: &mut [u16]) -> Option<usize> {
    let (mut rest, mut count) = (packed, 0);
    while let Some(bytes) = rest.first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        if word & GOES_ON == 0x0080_0080_0080_0080 {
            let ids = word & 0x007f_007f_007f_007f | (word & 0x7f00_7f00_7f00_7f00) >> 1;
            let four = ids.wrapping_sub(0x0001_0001_0001_0001);
            // An id of 0 becomes the highest number of 16 bits, whose highest bit no other one has.
            if four & 0x8000_8000_8000_8000 != 0 {
                return None;
            }
            let places = numbers.get_mut(count..count + 4)?;
            places.iter_mut().zip([0, 16, 32, 48]).for_each(|(place, shift)| *place = (four >> shift) as u16);
            (rest, count) = (&rest[8..], count + 4);
            continue;
        }
        let (id, length) = if word & 0x80 == 0 {
            (word & 0x7f, 1)
        } else if word & 0x8000 == 0 {
            (word & 0x7f | (word & 0x7f00) >> 1, 2)
        } else if word & 0x80_0000 == 0 {
            (word & 0x7f | (word & 0x7f00) >> 1 | (word & 0x7f_0000) >> 2, 3)
        } else {
            return None;
        };
        *numbers.get_mut(count)? = u16::try_from(id.wrapping_sub(1)).ok()?;
        (rest, count) = (&rest[length..], count + 1);
    }
    while !rest.is_empty() {
        *numbers.get_mut(count)? = u16::try_from(varint(&mut rest)?.wrapping_sub(1)).ok()?;
        count += 1;
    }
    Some(count)
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
        Value::Fixed64(_) | Value::Other => Err(wrong_type()),
    }
}

/// A field of the wrong wire type.
#[cold]
pub(super) fn wrong_type() -> Problem {
    Problem::malformed("a field has the wrong wire type")
}

#[cold]
pub(super) fn too_long() -> Problem {
    Problem::malformed("a field is longer than the file, which is cut short or damaged")
}

#[cold]
pub(super) fn group() -> Problem {
    Problem::malformed("it uses protobuf groups, which profile.proto does not have")
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
        fn near_ids_are_read_as_prost_reads_them(
            ids in prop::collection::vec(
                prop_oneof![1u64..0x80, 0x80u64..0x4000, 0x80u64..0x4000, 1u64..65_540, Just(0), any::<u64>()], 0..40
            ),
            near in any::<bool>(),
            cut in 0usize..3,
        ) {
            let ids: Vec<u64> = ids.into_iter().map(|id| if near { id.clamp(1, 65_536) } else { id }).collect();
            let mut packed = Vec::new();
            ids.iter().for_each(|id| prost::encoding::encode_varint(*id, &mut packed));
            let is_cut = cut == 0 && packed.pop().is_some_and(|_| packed.last().is_some_and(|byte| byte & 0x80 != 0));
            let whole = if cut == 0 && !is_cut { ids.len().saturating_sub(1) } else { ids.len() };
            let mut numbers = vec![7];
            let mut want = vec![7];
            let are_near = !is_cut && ids[..whole].iter().all(|id| (1..=65_536).contains(id));
            if are_near {
                want.extend(ids[..whole].iter().map(|id| (id - 1) as u16));
            }
            prop_assert_eq!(unpack_near(&packed, &mut Vec::new(), &mut numbers), are_near);
            prop_assert_eq!(numbers, want);
        }

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
            let whole = unpack(&bytes, |value| ours.push(value));
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
