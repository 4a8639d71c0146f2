//! The samples of profile.proto, walked off the wire straight into columns.

use super::decode;
use super::symbols::Texts;
use crate::input::ids::{Forward, Ids};
use crate::input::wire::{Fields, LONGEST_VARINT, Value, varint, varints, wrong_type};
use crate::input::{Limits, Problem, proto};
use crate::profile::{Notice, NoticeCode, RawProfile, Samples};
use foldhash::HashMap;

/// The numeric label that holds the size of an object (S4).
const SIZE: &str = "bytes";

/// After so many samples room is made for the others, as many as the file can have if they go on like this: columns that
/// grow step by step are copied each time.
const SEEN: usize = 1024;

/// Reads samples before anything that they refer to is known.
#[derive(Default)]
pub(super) struct SampleReader {
    /// Locations are references, values are in the units of the file, and sizes are numbers labelled `size_key`.
    samples: Samples,
    referred: Forward,
    /// The key of the first numeric label. 0 is no key.
    size_key: u32,
    /// The bytes of the whole file, as far as is known, and those of the samples read so far.
    expected: usize,
    read: usize,
    /// Numbers with other keys.
    other_numbers: Vec<LabelledNumber>,
    /// Label sets, as pairs of string indexes, and their numbers from 1 on.
    label_sets: HashMap<Vec<(u32, u32)>, u32>,
    /// Of the sample being read.
    labels: Vec<(u32, u32)>,
    /// What is wrong with the first bad sample. It is reported only when all is read: that these are two profiles, or one of
    /// another kind, says more.
    problem: Option<Problem>,
}

struct LabelledNumber {
    sample: u32,
    key: u32,
    number: i64,
}

impl SampleReader {
    /// A reader of a file of so many bytes, as far as is known.
    pub(super) fn expecting(bytes: usize) -> SampleReader {
        SampleReader { expected: bytes, ..SampleReader::default() }
    }

    /// Reads message Sample.
    pub(super) fn read(&mut self, message: &[u8], limits: &Limits) {
        if self.problem.is_none() {
            self.problem = self.read_sample(message, limits).err();
        }
    }

    fn read_sample(&mut self, message: &[u8], limits: &Limits) -> Result<(), Problem> {
        if self.samples.len() == limits.samples {
            return Err(Problem::TooMany { what: "samples", limit: limits.samples });
        }
        self.labels.clear();
        let values_before = self.samples.values_mut().len();
        let mut size = 0;
        let numbers_before = self.other_numbers.len();
        let mut fields = Fields::of(message);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value) {
                (1, Value::Bytes(packed)) => {
                    if packed.len() / LONGEST_VARINT > limits.depth {
                        return Err(too_deep(limits));
                    }
                    self.referred.unpack(packed, self.samples.stacks_mut(), limits)?;
                    self.check_depth(limits)?;
                }
                (1, Value::Varint(id)) => {
                    self.samples.push_location(self.referred.number(id, limits)?);
                    self.check_depth(limits)?;
                }
                (2, value) => {
                    let most = values_before + limits.sample_types;
                    read_values(&value, self.samples.values_mut(), most)?;
                }
                (3, Value::Bytes(label)) => {
                    let label = read_label(label)?;
                    if label.str != 0 {
                        self.labels
                            .push(string_index(label.key).zip(string_index(label.str)).ok_or_else(outside)?);
                    } else if let Some(key) = string_index(label.key).filter(|key| *key != 0) {
                        let number = label.num.max(0);
                        if self.size_key == 0 {
                            self.size_key = key;
                        }
                        // The last one counts, so what follows on another key is kept beside it.
                        if key == self.size_key && self.other_numbers.len() == numbers_before {
                            size = number;
                        } else {
                            self.add_number(key, number, limits)?;
                        }
                    }
                }
                (1 | 3, _) => return Err(wrong_type()),
                _ => {}
            }
        }
        let values = self.samples.values_mut().len() - values_before;
        if self.samples.is_empty() {
            self.samples.set_width(values);
        }
        let width = self.samples.width();
        if values != width {
            return Err(wrong_width());
        }
        if (self.samples.len() + 1) * width > limits.values {
            return Err(Problem::TooMany { what: "values", limit: limits.values });
        }
        if self.samples.stack_entries() > limits.stack_entries {
            return Err(Problem::TooMany { what: "stack entries", limit: limits.stack_entries });
        }
        let label_set = self.label_set();
        self.samples.finish_read(size, label_set);
        self.read += message.len();
        if self.samples.len() == SEEN && self.read > 0 {
            self.samples.reserve_times((self.expected / self.read).min(limits.samples / SEEN));
        }
        Ok(())
    }

    /// How many bytes of the file are still to be read behind the samples, as far as is known.
    pub(super) fn rest(&self) -> usize {
        self.expected.saturating_sub(self.read)
    }

    /// The highest number of a location that a sample refers to.
    pub(super) fn highest_location(&self) -> Option<u32> {
        self.samples.highest_location()
    }

    fn check_depth(&self, limits: &Limits) -> Result<(), Problem> {
        match self.samples.open_depth() > limits.depth {
            true => Err(too_deep(limits)),
            false => Ok(()),
        }
    }

    fn add_number(&mut self, key: u32, number: i64, limits: &Limits) -> Result<(), Problem> {
        if self.other_numbers.len() == limits.values {
            return Err(Problem::TooMany { what: "numeric labels", limit: limits.values });
        }
        let sample = self.samples.len() as u32;
        self.other_numbers.push(LabelledNumber { sample, key, number });
        Ok(())
    }

    /// The number of the label set of the sample being read.
    fn label_set(&mut self) -> u32 {
        if self.labels.is_empty() {
            return 0;
        }
        self.labels.sort_unstable();
        self.labels.dedup();
        if let Some(number) = self.label_sets.get(self.labels.as_slice()) {
            return *number;
        }
        let number = self.label_sets.len() as u32 + 1;
        self.label_sets.insert(self.labels.clone(), number);
        number
    }

    /// Puts in what the samples refer to, and gives them and their label sets to `profile`. Values are multiplied by the
    /// factor of their column.
    ///
    /// # Errors
    /// What is wrong with the first bad sample, or with what the samples refer to.
    pub(super) fn finish(
        mut self,
        profile: &mut RawProfile,
        factors: &[i64],
        locations: &Ids,
        texts: &Texts,
        limits: &Limits,
    ) -> Result<(), Problem> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        if self.samples.is_empty() {
            return Ok(());
        }
        if self.samples.width() != factors.len() {
            return Err(wrong_width());
        }
        if !self.referred.are_indexes(self.highest_location(), locations) {
            self.samples.replace_locations(|number| self.referred.index(number, locations)).map_err(
                |id| Problem::malformed(format!("a sample names location {id}, which is not there")),
            )?;
        }
        let is_size = |key: u32| texts.find(key) == Some(SIZE);
        let sizes = self.samples.sizes_mut();
        if !is_size(self.size_key) {
            sizes.fill(0);
        }
        for other in self.other_numbers.iter().filter(|other| is_size(other.key)) {
            sizes[other.sample as usize] = other.number;
        }
        if factors.iter().any(|factor| *factor != 1) && multiply(self.samples.values_mut(), factors) {
            let message = "values that do not fit 64 bits in base units were capped; the file looks damaged";
            profile.notices.push(Notice::about(NoticeCode::Overflow, &profile.source, message));
        }
        profile.label_sets.extend(label_texts(self.label_sets, texts, limits)?);
        profile.samples = self.samples;
        Ok(())
    }
}

/// Multiplies each column by its factor; says whether a value had to be capped.
fn multiply(values: &mut [i64], factors: &[i64]) -> bool {
    let mut is_capped = false;
    for row in values.chunks_exact_mut(factors.len()) {
        for (value, factor) in row.iter_mut().zip(factors) {
            *value = value.checked_mul(*factor).unwrap_or_else(|| {
                is_capped = true;
                i64::MAX * value.signum()
            });
        }
    }
    is_capped
}

/// The label sets in the order of their numbers, each as sorted pairs of texts.
fn label_texts(
    sets: HashMap<Vec<(u32, u32)>, u32>,
    texts: &Texts,
    limits: &Limits,
) -> Result<Vec<Vec<(String, String)>>, Problem> {
    let mut sets: Vec<(u32, Vec<(u32, u32)>)> = sets.into_iter().map(|(set, number)| (number, set)).collect();
    sets.sort_unstable_by_key(|(number, _)| *number);
    let mut bytes = 0;
    let mut text = |index: u32| {
        let text = texts.find(index).ok_or_else(outside)?;
        bytes += text.len();
        if bytes > limits.label_bytes {
            return Err(Problem::TooMany { what: "bytes of labels", limit: limits.label_bytes });
        }
        Ok(text.to_owned())
    };
    let of_set = |(_, set): (u32, Vec<(u32, u32)>)| {
        let mut pairs = set
            .into_iter()
            .map(|(key, value)| Ok((text(key)?, text(value)?)))
            .collect::<Result<Vec<_>, Problem>>()?;
        pairs.sort();
        Ok(pairs)
    };
    sets.into_iter().map(of_set).collect()
}

/// Appends the values of a sample, or a part of them, to a list that may have so many at `most`.
#[inline]
pub(super) fn read_values(value: &Value<'_>, values: &mut Vec<i64>, most: usize) -> Result<(), Problem> {
    varints(value, |value| {
        if values.len() == most {
            return Err(wrong_width());
        }
        values.push(value as i64);
        Ok(())
    })
}

/// Reads message Label. The form that Go writes, key and number, is read here; any other by prost.
fn read_label(message: &[u8]) -> Result<proto::Label, Problem> {
    match key_and_number(message) {
        Some((key, num)) => Ok(proto::Label { key, num, ..proto::Label::default() }),
        None => decode(message, "a label"),
    }
}

/// The fields of a message Label that has these two, 1 and 3, and no other.
fn key_and_number(message: &[u8]) -> Option<(i64, i64)> {
    let mut rest = message.strip_prefix(&[0x08])?;
    let key = varint(&mut rest)?;
    let mut rest = rest.strip_prefix(&[0x18])?;
    let number = varint(&mut rest)?;
    rest.is_empty().then_some((key as i64, number as i64))
}

/// An index of the string table, if it can be one.
fn string_index(index: i64) -> Option<u32> {
    u32::try_from(index).ok()
}

#[cold]
fn too_deep(limits: &Limits) -> Problem {
    Problem::TooMany { what: "frames on one stack", limit: limits.depth }
}

#[cold]
fn outside() -> Problem {
    Problem::malformed("a label points outside the string table")
}

#[cold]
pub(super) fn wrong_width() -> Problem {
    Problem::malformed("a sample does not have one value for each sample type")
}
