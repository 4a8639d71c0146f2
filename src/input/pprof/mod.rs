//! The reader of profile.proto, from Go and from other producers.
//!
//! One walk over the bytes as they are inflated. Go writes the string table last, and other producers write locations
//! and functions after the samples that refer to them: references are kept as they stand, and resolved and checked when all is
//! read.

mod difference;
mod facts;
mod mappings;
mod samples;
mod sums;
mod symbols;

use super::stream::Stream;
use super::wire::Value;
use super::{Limits, Problem};
use crate::profile::{Heading, RawProfile};
use facts::Facts;
pub(super) use facts::kind_of;
use prost::Message;
use samples::SampleReader;
use sums::Sums;
use symbols::{SymbolReader, Texts};

/// Field numbers of message Profile.
pub(super) mod field {
    pub(in crate::input) const SAMPLE_TYPE: u32 = 1;
    pub(in crate::input) const SAMPLE: u32 = 2;
    pub(in crate::input) const MAPPING: u32 = 3;
    pub(in crate::input) const LOCATION: u32 = 4;
    pub(in crate::input) const FUNCTION: u32 = 5;
    pub(in crate::input) const STRING_TABLE: u32 = 6;
    pub(in crate::input) const TIME_NANOS: u32 = 9;
    pub(in crate::input) const DURATION_NANOS: u32 = 10;
    pub(in crate::input) const PERIOD_TYPE: u32 = 11;
    pub(in crate::input) const PERIOD: u32 = 12;
    pub(in crate::input) const COMMENT: u32 = 13;
}

/// What gives the fields of a profile.proto one after another: a file, or what is translated into one while it is read.
pub(super) trait FieldSource {
    /// How many bytes it has in all, as far as is known: a guess to make room by.
    fn expected_size(&self) -> usize;

    /// Calls `each` with every field.
    ///
    /// # Errors
    /// What `each` says, or what is wrong with the bytes.
    fn each_field(self, each: impl FnMut(u32, Value<'_>) -> Result<(), Problem>) -> Result<(), Problem>;
}

impl FieldSource for Stream<'_> {
    fn expected_size(&self) -> usize {
        Stream::expected_size(self)
    }

    fn each_field(self, each: impl FnMut(u32, Value<'_>) -> Result<(), Problem>) -> Result<(), Problem> {
        Stream::each_field(self, each)
    }
}

/// Reads a profile.proto.
pub(super) fn read(content: impl FieldSource, source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let mut facts = Facts::default();
    let mut texts = Texts::default();
    let mut symbols = SymbolReader::expecting(content.expected_size());
    let mut samples = SampleReader::expecting(content.expected_size());
    content.each_field(|tag, value| match (tag, value) {
        (field::SAMPLE, Value::Bytes(message)) => {
            samples.read(message, limits);
            Ok(())
        }
        (field::STRING_TABLE, Value::Bytes(text)) => {
            texts.expect_bytes(|| samples.rest());
            texts.push(text, limits)
        }
        (field::LOCATION, Value::Bytes(message)) => symbols.read_location(message, limits),
        (field::FUNCTION, Value::Bytes(message)) => symbols.read_function(message, limits),
        (tag, value) => facts.take(tag, value, limits),
    })?;
    let (mut profile, factors, mappings) = facts.profile(source, &texts)?;
    samples.finish(&mut profile, &factors, &symbols.location_ids()?, &texts, limits)?;
    difference::classify(&mut profile);
    if symbols.is_mostly_unnamed() {
        profile.notices.push(super::text::no_symbols(source));
    }
    profile.symbols = symbols.finish(texts, &mappings)?;
    check_frames(&profile, limits)?;
    Ok(profile)
}

/// A location may stand for many frames, and on many stacks: what that comes to is bounded like stacks of locations.
fn check_frames(profile: &RawProfile, limits: &Limits) -> Result<(), Problem> {
    let frames = |location: u32| profile.symbols.locations[location as usize].frames.len();
    let most = profile.symbols.locations.iter().map(|location| location.frames.len()).max().unwrap_or(0);
    let samples = &profile.samples;
    // As in every real profile, without a look at each stack.
    let is_small = |count: usize, limit: usize| most.checked_mul(count).is_some_and(|frames| frames <= limit);
    if is_small(samples.deepest(), limits.depth) && is_small(samples.stack_entries(), limits.stack_entries) {
        return Ok(());
    }
    let mut all = 0usize;
    for sample in samples.iter() {
        let here = sample.stack.iter().map(frames).fold(0, usize::saturating_add);
        all = all.saturating_add(here);
        if here > limits.depth {
            return Err(Problem::TooMany { what: "frames on one stack", limit: limits.depth });
        }
        if all > limits.stack_entries {
            return Err(Problem::TooMany { what: "stack entries", limit: limits.stack_entries });
        }
    }
    Ok(())
}

/// Reads the heading of a profile.proto: passes over stacks and symbols, which are most of it.
pub(super) fn read_heading(content: Stream<'_>, source: &str, limits: &Limits) -> Result<Heading, Problem> {
    let mut facts = Facts::default();
    let mut texts = Texts::default();
    let mut sums = Sums::default();
    content.each_field(|tag, value| match (tag, value) {
        (field::SAMPLE, Value::Bytes(message)) => {
            sums.add(message, limits);
            Ok(())
        }
        (field::STRING_TABLE, Value::Bytes(text)) => texts.push(text, limits),
        (field::LOCATION | field::FUNCTION, Value::Bytes(_)) => Ok(()),
        (tag, value) => facts.take(tag, value, limits),
    })?;
    let (profile, factors, _) = facts.profile(source, &texts)?;
    let (samples, totals) = sums.finish(&factors)?;
    Ok(Heading::with_samples(&profile, samples, &totals))
}

fn bounded<T>(items: &[T], what: &'static str, limits: &Limits) -> Result<(), Problem> {
    if items.len() >= limits.symbols {
        return Err(Problem::TooMany { what, limit: limits.symbols });
    }
    Ok(())
}

fn decode<M: Message + Default>(message: &[u8], what: &str) -> Result<M, Problem> {
    M::decode(message).map_err(|_| Problem::malformed(format!("{what} cannot be decoded")))
}
