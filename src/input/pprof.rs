//! The reader of profile.proto, from Go and from other producers.
//!
//! Two walks over the inflated bytes: the first reads the symbol tables, which may stand before or after the
//! samples; the second reads the samples, with every location id resolved and checked on the spot.

use super::ids::Ids;
use super::wire::{Fields, Value, varints, wrong_type};
use super::{Limits, Problem, proto};
use crate::profile::{
    Form, Frame, Function, HeapColumns, Kind, Location, Notice, NoticeCode, RawProfile, SampleType,
    SamplingRate, Strings, Symbols, TakenAt, TimeSource, Unit,
};
use foldhash::{HashMap, HashMapExt};
use prost::Message;

/// Field numbers of message Profile.
mod field {
    pub(super) const SAMPLE_TYPE: u32 = 1;
    pub(super) const SAMPLE: u32 = 2;
    pub(super) const MAPPING: u32 = 3;
    pub(super) const LOCATION: u32 = 4;
    pub(super) const FUNCTION: u32 = 5;
    pub(super) const STRING_TABLE: u32 = 6;
    pub(super) const TIME_NANOS: u32 = 9;
    pub(super) const DURATION_NANOS: u32 = 10;
    pub(super) const PERIOD_TYPE: u32 = 11;
    pub(super) const PERIOD: u32 = 12;
}

/// Reads an inflated profile.proto.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Result<RawProfile, Problem> {
    let mut tables = Tables::read(bytes, limits)?;
    let strings = Texts::new(std::mem::take(&mut tables.strings), limits)?;

    let mut sample_types = Vec::with_capacity(tables.sample_types.len());
    let mut factors = Vec::with_capacity(tables.sample_types.len());
    for value_type in &tables.sample_types {
        let unit = strings.get(value_type.unit, "a unit")?;
        let (unit, factor) = Unit::parse(unit).unwrap_or((Unit::Count, 1));
        let name = strings.get(value_type.r#type, "a sample type")?.to_owned();
        sample_types.push(SampleType { name, unit });
        factors.push(factor);
    }
    let kind = kind_of(&sample_types)?;

    let mut profile = RawProfile::new(source, kind, Form::Proto, sample_types);
    profile.duration_nanos = tables.duration_nanos;
    profile.taken_at =
        (tables.time_nanos > 0).then_some(TakenAt { nanos: tables.time_nanos, source: TimeSource::Profile });
    profile.rate = sampling_rate(&tables, &strings, kind)?;
    let build_id = strings.get(tables.build_id, "a build id")?;
    profile.build_id = (!build_id.is_empty()).then(|| build_id.to_owned());
    // Nothing refers to mappings here, but a file that numbers them twice cannot be trusted.
    Ids::new(tables.mappings.iter().copied(), "mapping")?;

    let (locations, unnamed) =
        read_symbols(&mut profile.symbols, &tables.functions, tables.locations, strings, limits)?;
    let bytes_label = BytesLabel::new(&profile.symbols.strings);
    let mut reader = SampleReader {
        locations: &locations,
        factors: &factors,
        bytes_label,
        label_sets: HashMap::new(),
        label_bytes: 0,
        limits,
    };
    reader.read(bytes, &mut profile)?;

    if unnamed > 0 && unnamed * 2 > profile.symbols.locations.len() {
        profile.notices.push(super::text::no_symbols(source));
    }
    Ok(profile)
}

/// The messages of the first walk; locations and strings stay undecoded.
#[derive(Default)]
struct Tables<'a> {
    sample_types: Vec<proto::ValueType>,
    /// Their ids.
    mappings: Vec<u64>,
    /// Of the first mapping, which is the main binary (S13).
    build_id: i64,
    functions: Vec<proto::Function>,
    locations: Vec<&'a [u8]>,
    strings: Vec<&'a [u8]>,
    time_nanos: i64,
    duration_nanos: i64,
    period_type: Option<proto::ValueType>,
    period: i64,
}

impl<'a> Tables<'a> {
    fn read(bytes: &'a [u8], limits: &Limits) -> Result<Tables<'a>, Problem> {
        let mut tables = Tables::default();
        let mut fields = Fields::of(bytes);
        let (mut times, mut period_types) = (0, 0);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value) {
                (field::SAMPLE, Value::Bytes(_)) => {}
                (field::STRING_TABLE, Value::Bytes(text)) => {
                    bounded(&tables.strings, "strings", limits)?;
                    tables.strings.push(text);
                }
                (field::LOCATION, Value::Bytes(message)) => {
                    bounded(&tables.locations, "locations", limits)?;
                    tables.locations.push(message);
                }
                (field::FUNCTION, Value::Bytes(message)) => {
                    bounded(&tables.functions, "functions", limits)?;
                    tables.functions.push(decode(message, "a function")?);
                }
                (field::MAPPING, Value::Bytes(message)) => {
                    bounded(&tables.mappings, "mappings", limits)?;
                    let mapping: proto::Mapping = decode(message, "a mapping")?;
                    if tables.mappings.is_empty() {
                        tables.build_id = mapping.build_id;
                    }
                    tables.mappings.push(mapping.id);
                }
                (field::SAMPLE_TYPE, Value::Bytes(message)) => {
                    if tables.sample_types.len() == limits.sample_types {
                        return Err(Problem::TooMany { what: "sample types", limit: limits.sample_types });
                    }
                    tables.sample_types.push(decode(message, "a sample type")?);
                }
                (field::PERIOD_TYPE, Value::Bytes(message)) => {
                    period_types += 1;
                    tables.period_type = Some(decode(message, "the period type")?);
                }
                (field::TIME_NANOS, Value::Varint(v)) => {
                    times += u32::from(v != 0);
                    tables.time_nanos = v as i64;
                }
                (field::DURATION_NANOS, Value::Varint(v)) => tables.duration_nanos = v as i64,
                (field::PERIOD, Value::Varint(v)) => tables.period = v as i64,
                (field::SAMPLE_TYPE..=field::STRING_TABLE, _) | (field::TIME_NANOS..=field::PERIOD, _) => {
                    return Err(wrong_type());
                }
                _ => {}
            }
        }
        // A profile has one of each; two files joined with `cat` are one valid message with two.
        if times > 1 || period_types > 1 {
            return Err(Problem::Concatenated);
        }
        if tables.sample_types.is_empty() {
            return Err(Problem::malformed("it has no sample types; this may not be a pprof profile at all"));
        }
        Ok(tables)
    }
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

/// The string table, with checked access.
struct Texts {
    strings: Strings,
}

impl Texts {
    fn new(table: Vec<&[u8]>, limits: &Limits) -> Result<Texts, Problem> {
        if table.first().is_some_and(|first| !first.is_empty()) {
            return Err(Problem::malformed("the first string of the string table is not empty"));
        }
        let mut strings = Strings::default();
        for text in table.iter().skip(1) {
            // Names that are not UTF-8 come from other producers; pprof reads them, and so do we.
            strings
                .push(&String::from_utf8_lossy(text))
                .ok_or(Problem::TooLarge { limit: limits.inflated_bytes })?;
        }
        Ok(Texts { strings })
    }

    fn index(&self, index: i64, what: &str) -> Result<u32, Problem> {
        u32::try_from(index)
            .ok()
            .filter(|i| (*i as usize) < self.strings.len())
            .ok_or_else(|| Problem::malformed(format!("{what} points outside the string table")))
    }

    fn get(&self, index: i64, what: &str) -> Result<&str, Problem> {
        Ok(self.strings.get(self.index(index, what)?))
    }
}

/// What the profile measures, by its sample types; the default sample type is never trusted (S1).
fn kind_of(types: &[SampleType]) -> Result<Kind, Problem> {
    let has = |name: &str| types.iter().any(|t| t.name == name);
    if has("goroutine") {
        return Ok(Kind::Goroutine);
    }
    if has("goroutineleak") {
        return Ok(Kind::GoroutineLeak);
    }
    if HeapColumns::find(types).is_some() {
        return Ok(Kind::Heap);
    }
    let names: Vec<&str> = types.iter().map(|t| t.name.as_str()).collect();
    let (what, advice) = if has("cpu") || has("samples") || has("wall") {
        ("a CPU profile".to_owned(), "Fetch /debug/pprof/heap?gc=1 instead of /debug/pprof/profile")
    } else if has("contentions") || has("delay") {
        ("a mutex or block profile".to_owned(), "Fetch /debug/pprof/heap?gc=1 or /debug/pprof/goroutine")
    } else if has("threadcreate") {
        ("a thread creation profile".to_owned(), "Fetch /debug/pprof/heap?gc=1 or /debug/pprof/goroutine")
    } else {
        (
            format!("a profile of {}", names.join(", ").chars().take(80).collect::<String>()),
            "A heap profile has a sample type inuse_space or space, in bytes",
        )
    };
    Err(Problem::OtherProfile { what, advice })
}

/// The period of a heap profile, where its type says that it is a distance in bytes.
fn sampling_rate(tables: &Tables<'_>, strings: &Texts, kind: Kind) -> Result<Option<SamplingRate>, Problem> {
    let Some(period_type) = tables.period_type.as_ref().filter(|_| kind == Kind::Heap && tables.period > 0)
    else {
        return Ok(None);
    };
    let unit = strings.get(period_type.unit, "the period's unit")?;
    Ok(match Unit::parse(unit) {
        Some((Unit::Bytes, factor)) => tables.period.checked_mul(factor).map(SamplingRate),
        _ => None,
    })
}

/// Fills the symbol tables; gives the location ids and how many locations have no function name.
fn read_symbols(
    symbols: &mut Symbols,
    functions: &[proto::Function],
    locations: Vec<&[u8]>,
    mut texts: Texts,
    limits: &Limits,
) -> Result<(Ids, usize), Problem> {
    let function_ids = Ids::new(functions.iter().map(|f| f.id), "function")?;
    for function in functions {
        let name = match texts.index(function.name, "a function name")? {
            0 => texts.index(function.system_name, "a function name")?,
            name => name,
        };
        symbols.functions.push(Function { name, file: texts.index(function.filename, "a file name")? });
    }
    let mut unnamed = 0;
    let mut ids = Vec::with_capacity(locations.len());
    for message in locations {
        let start = symbols.frames.len() as u32;
        let (id, address) = read_location(message, &function_ids, &mut symbols.frames, limits)?;
        let named = symbols.frames[start as usize..].iter().any(|f| f.function != u32::MAX);
        if !named {
            unnamed += 1;
            symbols.frames.truncate(start as usize);
            symbols.frames.push(Frame { function: u32::MAX, ..Frame::default() });
        }
        for index in start as usize..symbols.frames.len() {
            if symbols.frames[index].function == u32::MAX {
                // A frame without a function: its address is the only name there is.
                let name = texts.strings.push(&format!("0x{address:x}")).ok_or_else(too_many_names)?;
                symbols.frames[index].function = symbols.functions.len() as u32;
                symbols.functions.push(Function { name, file: 0 });
            }
        }
        // All frames but the last were inlined into it (S15).
        let end = symbols.frames.len() as u32;
        for frame in &mut symbols.frames[start as usize..end as usize - 1] {
            frame.inlined = true;
        }
        symbols.locations.push(Location { address, frames: start..end });
        ids.push(id);
    }
    symbols.strings = texts.strings;
    Ok((Ids::new(ids.into_iter(), "location")?, unnamed))
}

fn too_many_names() -> Problem {
    Problem::TooMany { what: "bytes of names", limit: u32::MAX as usize }
}

/// Reads message Location: appends its frames, innermost first, and gives its id and address. A frame without a
/// function gets the function `u32::MAX`.
fn read_location(
    message: &[u8],
    functions: &Ids,
    frames: &mut Vec<Frame>,
    limits: &Limits,
) -> Result<(u64, u64), Problem> {
    let (mut id, mut address) = (0, 0);
    let mut fields = Fields::of(message);
    while let Some((tag, value)) = fields.next()? {
        match (tag, value) {
            (1, Value::Varint(v)) => id = v,
            (3, Value::Varint(v)) => address = v,
            (4, Value::Bytes(line)) => {
                bounded(frames, "frames", limits)?;
                frames.push(read_line(line, functions)?);
            }
            (1..=4, Value::Bytes(_) | Value::Other) => return Err(wrong_type()),
            _ => {}
        }
    }
    Ok((id, address))
}

fn read_line(message: &[u8], functions: &Ids) -> Result<Frame, Problem> {
    let mut frame = Frame { function: u32::MAX, ..Frame::default() };
    let mut fields = Fields::of(message);
    while let Some((tag, value)) = fields.next()? {
        match (tag, value) {
            (1, Value::Varint(0)) => {}
            (1, Value::Varint(id)) => {
                frame.function = functions.index(id).ok_or_else(|| {
                    Problem::malformed(format!("a line names function {id}, which is not there"))
                })?;
            }
            (2, Value::Varint(line)) => frame.line = u32::try_from(line).unwrap_or(0),
            (1 | 2, _) => return Err(wrong_type()),
            _ => {}
        }
    }
    Ok(frame)
}

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

struct SampleReader<'a> {
    locations: &'a Ids,
    factors: &'a [i64],
    bytes_label: BytesLabel,
    /// Label sets seen so far, as pairs of string indexes.
    label_sets: HashMap<Vec<(u32, u32)>, u32>,
    /// Bytes of text in the label sets so far.
    label_bytes: usize,
    limits: &'a Limits,
}

impl SampleReader<'_> {
    /// The second walk: reads every sample into the columns of `profile`.
    fn read(&mut self, bytes: &[u8], profile: &mut RawProfile) -> Result<(), Problem> {
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
                (1, value) => varints(&value, |id| {
                    let index = self.locations.index(id).ok_or_else(|| {
                        Problem::malformed(format!("a sample names location {id}, which is not there"))
                    })?;
                    if profile.samples.stack_entries() == self.limits.stack_entries {
                        return Err(Problem::TooMany {
                            what: "stack entries",
                            limit: self.limits.stack_entries,
                        });
                    }
                    profile.samples.push_location(index);
                    Ok(())
                })?,
                (2, value) => varints(&value, |v| {
                    if values.len() == width {
                        return Err(wrong_width(width));
                    }
                    values.push(v as i64);
                    Ok(())
                })?,
                (3, Value::Bytes(label)) => {
                    let label: proto::Label = decode(label, "a label")?;
                    if label.str == 0 && self.bytes_label.is(label.key) {
                        size = label.num.max(0);
                    } else if label.str != 0 {
                        let strings = profile.symbols.strings.len();
                        let index = |i: i64| u32::try_from(i).ok().filter(|i| (*i as usize) < strings);
                        let pair = index(label.key).zip(index(label.str));
                        labels.push(
                            pair.ok_or_else(|| {
                                Problem::malformed("a label points outside the string table")
                            })?,
                        );
                    }
                }
                (3, _) => return Err(wrong_type()),
                _ => {}
            }
        }
        if values.len() != width {
            return Err(wrong_width(width));
        }
        Ok(size)
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

fn wrong_width(width: usize) -> Problem {
    Problem::malformed(format!("a sample does not have one value for each of the {width} sample types"))
}
