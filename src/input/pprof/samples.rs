//! The samples of profile.proto, walked off the wire straight into columns.

use super::super::ids::{Ids, in_order};
use super::super::wire::{Fields, Value, broken, unpack, varints, wrong_type};
use super::super::{Limits, Problem, proto};
use super::{decode, field};
use crate::profile::{Notice, NoticeCode, RawProfile, Samples, Strings};
use foldhash::{HashMap, HashMapExt};

/// Recognises the label key `bytes` by its string indexes, so that no text is compared sample by sample.
///
/// A string table may hold it many times; the indexes are in order, so each is found in few steps.
struct BytesLabel(Vec<u32>);

impl BytesLabel {
    fn new(strings: &Strings) -> BytesLabel {
        BytesLabel((0..strings.len() as u32).filter(|i| strings.get(*i) == "bytes").collect())
    }

    fn is(&self, key: i64) -> bool {
        u32::try_from(key).is_ok_and(|key| self.0.binary_search(&key).is_ok())
    }
}

pub(super) struct SampleReader<'a> {
    locations: &'a Ids,
    factors: &'a [i64],
    bytes_label: BytesLabel,
    /// How long the file's string table is; behind it stand names that were made of addresses.
    strings: usize,
    /// Label sets seen so far, as pairs of string indexes.
    label_sets: HashMap<Vec<(u32, u32)>, u32>,
    /// Bytes of text in the label sets so far.
    label_bytes: usize,
    limits: &'a Limits,
}

impl<'a> SampleReader<'a> {
    /// A reader for samples that name `locations` and have a value for each of `factors`, by which it is multiplied.
    /// Their labels point into the first `strings` strings of `profile`.
    pub(super) fn new(
        locations: &'a Ids,
        factors: &'a [i64],
        limits: &'a Limits,
        profile: &RawProfile,
        strings: usize,
    ) -> SampleReader<'a> {
        let bytes_label = BytesLabel::new(&profile.symbols.strings);
        SampleReader {
            locations,
            factors,
            bytes_label,
            strings,
            label_sets: HashMap::new(),
            label_bytes: 0,
            limits,
        }
    }

    /// The second walk: reads every sample into the columns of `profile`.
    pub(super) fn read(&mut self, bytes: &[u8], profile: &mut RawProfile) -> Result<(), Problem> {
        let mut fields = Fields::of(bytes);
        let mut values = Vec::with_capacity(self.factors.len());
        let mut labels = Vec::new();
        let mut overflow = false;
        while let Some((tag, value)) = fields.next()? {
            let (field::SAMPLE, Value::Bytes(message)) = (tag, value) else { continue };
            if profile.samples.len() == self.limits.samples {
                return Err(Problem::TooMany { what: "samples", limit: self.limits.samples });
            }
            if (profile.samples.len() + 1) * self.factors.len() > self.limits.values {
                return Err(Problem::TooMany { what: "values", limit: self.limits.values });
            }
            values.clear();
            labels.clear();
            let size = self.read_sample(message, profile, &mut values, &mut labels)?;
            for (value, factor) in values.iter_mut().zip(self.factors) {
                let (scaled, capped) = match value.checked_mul(*factor) {
                    Some(scaled) => (scaled, false),
                    None => (i64::MAX * value.signum(), true),
                };
                *value = scaled;
                overflow |= capped;
            }
            let label_set = self.label_set(&mut labels, profile)?;
            profile.samples.finish_sample(&values, size, label_set);
        }
        if overflow {
            let message = "values that do not fit 64 bits in base units were capped; the file looks damaged";
            profile.notices.push(Notice::about(NoticeCode::Overflow, &profile.source, message));
        }
        Ok(())
    }

    /// Reads message Sample and gives its object size, 0 if it has none.
    fn read_sample(
        &self,
        message: &[u8],
        profile: &mut RawProfile,
        values: &mut Vec<i64>,
        labels: &mut Vec<(u32, u32)>,
    ) -> Result<i64, Problem> {
        let width = self.factors.len();
        let mut size = 0;
        let mut fields = Fields::of(message);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value) {
                (1, Value::Bytes(packed)) => {
                    match self.locations {
                        // Apart, so that the common case is a tight loop.
                        Ids::InOrder(count) => self.read_stack(packed, |id| in_order(id, *count), profile),
                        ids => self.read_stack(packed, |id| ids.index(id), profile),
                    }?;
                    self.check_stack(&profile.samples)?;
                }
                (1, Value::Varint(id)) => {
                    let index = self.locations.index(id).ok_or_else(|| missing_location(id))?;
                    profile.samples.push_location(index);
                    self.check_stack(&profile.samples)?;
                }
                (2, value) => varints(&value, |v| {
                    if values.len() == width {
                        return Err(wrong_width(width));
                    }
                    values.push(v as i64);
                    Ok(())
                })?,
                (3, Value::Bytes(label)) => {
                    let label = read_label(label)?;
                    if label.str == 0 && self.bytes_label.is(label.key) {
                        size = label.num.max(0);
                    } else if label.str != 0 {
                        let index = |i: i64| u32::try_from(i).ok().filter(|i| (*i as usize) < self.strings);
                        let pair = index(label.key).zip(index(label.str));
                        labels.push(
                            pair.ok_or_else(|| {
                                Problem::malformed("a label points outside the string table")
                            })?,
                        );
                    }
                }
                (1 | 3, _) => return Err(wrong_type()),
                _ => {}
            }
        }
        if values.len() != width {
            return Err(wrong_width(width));
        }
        Ok(size)
    }

    /// Reads a packed list of location ids onto the stack of the open sample, up to one more than a stack may have.
    fn read_stack(
        &self,
        packed: &[u8],
        index_of: impl Fn(u64) -> Option<u32>,
        profile: &mut RawProfile,
    ) -> Result<(), Problem> {
        let allowed = self.limits.depth.saturating_add(1).saturating_sub(profile.samples.open_depth());
        // An id has a byte at least.
        let most = packed.len().min(allowed);
        let mut missing = None;
        let (used, whole) = profile.samples.push_locations(most, |slots| {
            let mut used = 0;
            let whole = unpack(packed, |id| {
                let Some(slot) = slots.get_mut(used) else { return false };
                let Some(index) = index_of(id) else {
                    missing = Some(id);
                    return false;
                };
                *slot = index;
                used += 1;
                true
            });
            (used, (used, whole))
        });
        match missing {
            Some(id) => Err(missing_location(id)),
            // One too many, as the check that follows will tell.
            None if whole || used == allowed => Ok(()),
            None => Err(broken()),
        }
    }

    /// The bounds on stacks, once a sample: what one sample adds is bounded by its bytes.
    fn check_stack(&self, samples: &Samples) -> Result<(), Problem> {
        if samples.stack_entries() > self.limits.stack_entries {
            return Err(Problem::TooMany { what: "stack entries", limit: self.limits.stack_entries });
        }
        if samples.open_depth() > self.limits.depth {
            return Err(Problem::TooMany { what: "frames on one stack", limit: self.limits.depth });
        }
        Ok(())
    }

    fn label_set(&mut self, labels: &mut Vec<(u32, u32)>, profile: &mut RawProfile) -> Result<u32, Problem> {
        if labels.is_empty() {
            return Ok(0);
        }
        labels.sort_unstable();
        labels.dedup();
        if let Some(id) = self.label_sets.get(labels.as_slice()) {
            return Ok(*id);
        }
        let length = |i: u32| profile.symbols.strings.get(i).len();
        self.label_bytes += labels.iter().map(|(key, value)| length(*key) + length(*value)).sum::<usize>();
        if self.label_bytes > self.limits.label_bytes {
            return Err(Problem::TooMany { what: "bytes of labels", limit: self.limits.label_bytes });
        }
        let id = profile.label_sets.len() as u32;
        let text = |i: u32| profile.symbols.strings.get(i).to_owned();
        let mut set: Vec<(String, String)> =
            labels.iter().map(|(key, value)| (text(*key), text(*value))).collect();
        set.sort();
        profile.label_sets.push(set);
        self.label_sets.insert(labels.clone(), id);
        Ok(id)
    }
}

/// Reads message Label. The form that Go writes, key and number, is read here; any other by prost.
fn read_label(message: &[u8]) -> Result<proto::Label, Problem> {
    let mut label = proto::Label::default();
    let mut fields = Fields::of(message);
    loop {
        match fields.next() {
            Ok(Some((1, Value::Varint(key)))) => label.key = key as i64,
            Ok(Some((3, Value::Varint(number)))) => label.num = number as i64,
            Ok(None) => return Ok(label),
            _ => return decode(message, "a label"),
        }
    }
}

#[cold]
fn missing_location(id: u64) -> Problem {
    Problem::malformed(format!("a sample names location {id}, which is not there"))
}

#[cold]
fn wrong_width(width: usize) -> Problem {
    Problem::malformed(format!("a sample does not have one value for each of the {width} sample types"))
}
