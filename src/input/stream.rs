//! A file's bytes, inflated piece by piece while they are read, so that they need not lie in memory all at once.

use super::inflate::{Gunzip, expected_size, is_gzip};
use super::wire::{Fields, Next, Value, broken, group, too_long};
use super::{Limits, Problem};
use std::borrow::Cow;

/// How much is inflated at a time: little enough to stay in the processor's cache until it is read.
const PIECE: usize = 256 << 10;
/// The longest field that is waited for, unless strings may be longer: samples of the deepest stacks have a few MiB.
const LONGEST_FIELD: usize = 64 << 20;

/// The content of a file, to be read once from its start to its end.
pub(super) struct Stream<'a> {
    /// Where more comes from, if there is more than what is at hand.
    gunzip: Option<Gunzip<'a>>,
    /// All of a file that is not compressed; else a piece of it.
    at_hand: Cow<'a, [u8]>,
    longest_field: usize,
}

impl<'a> Stream<'a> {
    /// The content of a file, compressed or not, with its beginning at hand.
    ///
    /// # Errors
    /// If its beginning cannot be inflated, or all is at hand and is too large.
    pub(super) fn of(bytes: &'a [u8], limits: &'a Limits) -> Result<Stream<'a>, Problem> {
        Stream::in_pieces(bytes, limits, expected_size(bytes).min(PIECE))
    }

    fn in_pieces(bytes: &'a [u8], limits: &'a Limits, size: usize) -> Result<Stream<'a>, Problem> {
        let longest_field = limits.string_bytes.max(LONGEST_FIELD);
        if !is_gzip(bytes) {
            if bytes.len() as u64 > limits.inflated_bytes {
                return Err(Problem::TooLarge { limit: limits.inflated_bytes });
            }
            return Ok(Stream { gunzip: None, at_hand: Cow::Borrowed(bytes), longest_field });
        }
        let mut gunzip = Gunzip::of(bytes, limits);
        let mut piece = Vec::with_capacity(size);
        let goes_on = gunzip.fill(&mut piece)?;
        Ok(Stream { gunzip: goes_on.then_some(gunzip), at_hand: Cow::Owned(piece), longest_field })
    }

    /// The beginning, 64 KiB at least where there are as many.
    pub(super) fn beginning(&self) -> &[u8] {
        &self.at_hand
    }

    /// How many bytes it has in all, as far as is known: a guess to make room by.
    pub(super) fn expected_size(&self) -> usize {
        self.gunzip.as_ref().map_or(self.at_hand.len(), Gunzip::expected_size)
    }

    /// Whether the content is a gzip file once more.
    pub(super) fn is_gzip(&self) -> bool {
        is_gzip(&self.at_hand)
    }

    /// All of it.
    pub(super) fn whole(mut self) -> Result<Cow<'a, [u8]>, Problem> {
        if let Some(mut gunzip) = self.gunzip {
            gunzip.fill_to_the_end(self.at_hand.to_mut())?;
        }
        Ok(self.at_hand)
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
        let Some(gunzip) = &mut self.gunzip else { return Ok(false) };
        let piece = self.at_hand.to_mut();
        piece.drain(..read);
        let waiting = piece.len();
        if waiting > self.longest_field {
            return Err(Problem::TooMany { what: "bytes in one field", limit: self.longest_field });
        }
        if waiting > piece.capacity() / 2 {
            piece.reserve_exact(piece.capacity());
        }
        if !gunzip.fill(piece)? {
            self.gunzip = None;
        }
        Ok(piece.len() > waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use prost::encoding::encode_varint;
    use std::io::Write;

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
                Value::Other => (tag, 1, Vec::new()),
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
            let whole = fields(Stream::of(&message, &limits).expect("small"));
            prop_assert_eq!(&fields(Stream::in_pieces(&zipped, &limits, size).expect("intact")), &whole);
            let read = Stream::in_pieces(&zipped, &limits, size).and_then(Stream::whole).expect("intact");
            prop_assert_eq!(&read[..], &message[..]);
        }
    }

    #[test]
    fn a_field_longer_than_any_real_one_is_not_waited_for() {
        let limits = Limits { string_bytes: LONGEST_FIELD, ..Limits::default() };
        let mut message = vec![0x32];
        encode_varint(3 * LONGEST_FIELD as u64, &mut message);
        message.resize(3 * LONGEST_FIELD, b'x');
        let (_, end) = fields(Stream::of(&gzip(&message), &limits).expect("its beginning is intact"));
        assert!(end.expect_err("too long").contains("bytes in one field"));
    }
}
