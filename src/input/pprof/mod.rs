//! The reader of profile.proto, from Go and from other producers.
//!
//! Two walks over the inflated bytes: the first reads the symbol tables, which may stand before or after the
//! samples; the second reads the samples, with every location id resolved and checked on the spot.

mod samples;
mod symbols;

use super::ids::Ids;
use super::wire::{Fields, Value, wrong_type};
use super::{Limits, Problem, proto};
use crate::profile::{
    Form, HeapColumns, Kind, RawProfile, SampleType, SamplingRate, TakenAt, TimeSource, Unit,
};
use prost::Message;
use samples::SampleReader;
use symbols::{Texts, read_symbols};

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
    let string_count = strings.len();

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
    // A location takes two or three bytes in all but small profiles; what is reserved and not used costs no memory.
    profile.samples.reserve(tables.samples.min(limits.samples), tables.sample_bytes * 2 / 5);
    SampleReader::new(&locations, &factors, limits, &profile, string_count).read(bytes, &mut profile)?;

    if unnamed > 0 && unnamed * 2 > profile.symbols.locations.len() {
        profile.notices.push(super::text::no_symbols(source));
    }
    Ok(profile)
}

/// The messages of the first walk; locations and strings stay undecoded.
#[derive(Default)]
struct Tables<'a> {
    sample_types: Vec<proto::ValueType>,
    /// How many samples there are, and their bytes.
    samples: usize,
    sample_bytes: usize,
    /// The ids of the mappings.
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
                (field::SAMPLE, Value::Bytes(message)) => {
                    tables.samples += 1;
                    tables.sample_bytes += message.len();
                }
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
