//! A file's content, inflated piece by piece while it is read, so that it need not lie in memory all at once.

use super::inflate::{Gunzip, is_gzip};
use super::source::{Source, size_and_end};
use super::wire::{Fields, Next, Value, broken, group, too_long};
use super::{Limits, Problem};
use std::io::Read;

/// How much is inflated at a time: little enough to stay in the processor's cache until it is read.
const PIECE: usize = 256 << 10;
/// How much room is made at least where content goes on beyond what was expected.
const LEAST_ROOM: usize = 64 << 10;
/// The longest field that is waited for, unless strings may be longer: samples of the deepest stacks have a few MiB.
const LONGEST_FIELD: usize = 64 << 20;

/// The content of a file, to be read once from its start to its end.
pub(super) struct Stream<'a> {
    /// Where more comes from, if there is more than what is at hand.
    pieces: Option<Pieces<'a>>,
    at_hand: Vec<u8>,
    expected_size: usize,
    limits: &'a Limits,
}

/// What gives a file's content piece by piece.
enum Pieces<'a> {
    Gzip(Box<Gunzip<'a>>),
    Plain { source: &'a mut (dyn Source + 'a), read: u64 },
}

impl<'a> Stream<'a> {
    /// The content of a file, compressed or not, with its beginning at hand.
    ///
    /// # Errors
    /// If its beginning cannot be read or inflated.
    pub(super) fn of(source: &'a mut (dyn Source + 'a), limits: &'a Limits) -> Result<Stream<'a>, Problem> {
        Stream::in_pieces(source, limits, PIECE)
    }

    fn in_pieces(
        source: &'a mut (dyn Source + 'a),
        limits: &'a Limits,
        size: usize,
    ) -> Result<Stream<'a>, Problem> {
        let size_and_end = size_and_end(source)?;
        let (pieces, expected_size) = if is_gzip(source.fill_buf()?) {
            let gunzip = Gunzip::of(source, size_and_end, limits);
            let expected = gunzip.expected_size();
            (Pieces::Gzip(Box::new(gunzip)), expected)
        } else {
            let expected = size_and_end.0.min(limits.inflated_bytes);
            (Pieces::Plain { source, read: 0 }, expected as usize + 1)
        };
        let at_hand = Vec::with_capacity(expected_size.min(size));
        let mut stream = Stream { pieces: Some(pieces), at_hand, expected_size, limits };
        stream.fill()?;
        Ok(stream)
    }

    /// The beginning, 64 KiB at least where there are as many.
    pub(super) fn beginning(&self) -> &[u8] {
        &self.at_hand
    }

    /// How many bytes it has in all, as far as is known: a guess to make room by.
    pub(super) fn expected_size(&self) -> usize {
        self.expected_size
    }

    /// Whether the content is a gzip file once more.
    pub(super) fn is_gzip(&self) -> bool {
        is_gzip(&self.at_hand)
    }

    /// All of it.
    pub(super) fn whole(mut self) -> Result<Vec<u8>, Problem> {
        let limit = usize::try_from(self.limits.inflated_bytes).unwrap_or(usize::MAX).saturating_add(1);
        self.at_hand.reserve_exact(self.expected_size.min(limit).saturating_sub(self.at_hand.len()));
        while self.fill()? {
            // Half as much again at a time and no more: doubling would ask for twice the limit.
            let room = limit.saturating_sub(self.at_hand.len());
            self.at_hand.reserve_exact(room.min(LEAST_ROOM.max(self.at_hand.len() / 2)));
        }
        Ok(self.at_hand)
    }

    /// Takes in as much as there is room for; false at the end.
    fn fill(&mut self) -> Result<bool, Problem> {
        let goes_on = match &mut self.pieces {
            None => false,
            Some(Pieces::Gzip(gunzip)) => gunzip.fill(&mut self.at_hand)?,
            Some(Pieces::Plain { source, read }) => {
                let room = self.at_hand.capacity() - self.at_hand.len();
                let count = (&mut **source).take(room as u64).read_to_end(&mut self.at_hand)?;
                *read += count as u64;
                if *read > self.limits.inflated_bytes {
                    return Err(Problem::TooLarge { limit: self.limits.inflated_bytes });
                }
                count == room
            }
        };
        if !goes_on {
            self.pieces = None;
        }
        Ok(goes_on)
    }

    /// Reads it as a protobuf message and calls `each` with every field.
    ///
    /// # Errors
    /// What `each` says, or what is wrong with the bytes.
    pub(super) fn each_field(
        mut self,
        mut each: impl FnMut(u32, Value<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        loop {
            let mut fields = Fields::of(&self.at_hand);
            let is_cut = loop {
                match fields.step() {
                    Next::Field(tag, value) => each(tag, value)?,
                    Next::End => break false,
                    Next::Cut => break true,
                    Next::Broken => return Err(broken()),
                    Next::Group => return Err(group()),
                }
            };
            let read = self.at_hand.len() - fields.rest().len();
            if !self.take_more(read)? {
                return if is_cut { Err(too_long()) } else { Ok(()) };
            }
        }
    }

    /// Goes on to the next piece, before which stays what is not `read` of this one; false if there is none.
    fn take_more(&mut self, read: usize) -> Result<bool, Problem> {
        if self.pieces.is_none() {
            return Ok(false);
        }
        self.at_hand.drain(..read);
        let waiting = self.at_hand.len();
        let longest = self.limits.string_bytes.max(LONGEST_FIELD);
        if waiting > longest {
            return Err(Problem::TooMany { what: "bytes in one field", limit: longest });
        }
        if waiting > self.at_hand.capacity() / 2 {
            self.at_hand.reserve_exact(self.at_hand.capacity());
        }
        self.fill()?;
        Ok(self.at_hand.len() > waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use prost::encoding::encode_varint;
    use std::io::{Cursor, Write};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("in memory");
        encoder.finish().expect("in memory")
    }

    /// A field's number, and its varint or its bytes.
    type Field = (u32, u64, Vec<u8>);

    /// Every field as it is given, and what the end says.
    fn fields(stream: Stream<'_>) -> (Vec<Field>, Result<(), String>) {
        let mut fields = Vec::new();
        let end = stream.each_field(|tag, value| {
            fields.push(match value {
                Value::Varint(number) => (tag, number, Vec::new()),
                Value::Bytes(bytes) => (tag, 0, bytes.to_vec()),
                Value::Fixed64(_) | Value::Other => (tag, 1, Vec::new()),
            });
            Ok(())
        });
        (fields, end.map_err(|problem| problem.to_string()))
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_fields_and_the_same_error(
            contents in prop::collection::vec((1u32..20, 0u8..3, prop::collection::vec(any::<u8>(), 0..40)), 0..30),
            tail in prop::collection::vec(any::<u8>(), 0..12),
            size in 1usize..64,
        ) {
            let mut message = Vec::new();
            for (tag, wire_type, bytes) in contents {
                encode_varint(u64::from(tag << 3 | u32::from(wire_type)), &mut message);
                match wire_type {
                    0 => encode_varint(bytes.iter().fold(0, |n, byte| n << 7 | u64::from(*byte)), &mut message),
                    1 => message.extend([7; 8]),
                    _ => {
                        encode_varint(bytes.len() as u64, &mut message);
                        message.extend(bytes);
                    }
                }
            }
            message.extend(tail);
            let (limits, zipped) = (Limits::default(), gzip(&message));
            let whole = fields(Stream::of(&mut Cursor::new(&message), &limits).expect("small"));
            for bytes in [&message, &zipped] {
                let in_pieces = Stream::in_pieces(&mut Cursor::new(bytes), &limits, size).map(fields);
                prop_assert_eq!(&in_pieces.expect("intact"), &whole);
                let read = Stream::in_pieces(&mut Cursor::new(bytes), &limits, size).and_then(Stream::whole);
                prop_assert_eq!(&read.expect("intact"), &message);
            }
        }
    }

    #[test]
    fn a_field_longer_than_any_real_one_is_not_waited_for() {
        let limits = Limits { string_bytes: LONGEST_FIELD, ..Limits::default() };
        let mut message = vec![0x32];
        encode_varint(3 * LONGEST_FIELD as u64, &mut message);
        message.resize(3 * LONGEST_FIELD, b'x');
        let (_, end) =
            fields(Stream::of(&mut Cursor::new(gzip(&message)), &limits).expect("its beginning is intact"));
        assert!(end.expect_err("too long").contains("bytes in one field"));
    }
}
