//! What prost makes of a profile.proto, resolved by hand into names and values: the oracle for our own reader.

use pprof_leaks::input::proto;
use pprof_leaks::profile::{Difference, RawProfile, Unit};
use prost::Message;
use std::collections::BTreeMap;

/// profile.proto as far as we read it. Two things are laxer than in the generated code, on purpose: strings need not
/// be UTF-8 (other producers write such names; they are read with replacement characters), and fields that we do not
/// read - drop_frames, keep_frames, comments, the default sample type, is_folded, columns - are passed over whatever
/// is in them.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Profile {
    #[prost(message, repeated, tag = "1")]
    pub(crate) sample_type: Vec<proto::ValueType>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) sample: Vec<proto::Sample>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) mapping: Vec<proto::Mapping>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    pub(crate) function: Vec<proto::Function>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    pub(crate) string_table: Vec<Vec<u8>>,
    #[prost(int64, tag = "9")]
    pub(crate) time_nanos: i64,
    #[prost(int64, tag = "10")]
    pub(crate) duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    pub(crate) period_type: Option<proto::ValueType>,
    #[prost(int64, tag = "12")]
    pub(crate) period: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Location {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    mapping_id: u64,
    #[prost(uint64, tag = "3")]
    address: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<Line>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Line {
    #[prost(uint64, tag = "1")]
    function_id: u64,
    #[prost(int64, tag = "2")]
    line: i64,
}

/// Everything that is read of a profile, in words instead of indexes.
#[derive(Debug, PartialEq)]
pub(crate) struct Resolved {
    types: Vec<(String, Unit)>,
    time_nanos: Option<i64>,
    /// `None` for a difference that is known by its values, whatever its duration.
    pub(crate) duration_nanos: Option<i64>,
    period: Option<i64>,
    build_id: Option<String>,
    samples: Vec<Sample>,
}

#[derive(Debug, PartialEq)]
struct Sample {
    /// Name, file, line, inlined; leaf first.
    stack: Vec<(String, String, u32, bool)>,
    values: Vec<i64>,
    size: i64,
    labels: Vec<(String, String)>,
}

impl Resolved {
    /// As our reader understood it.
    pub(crate) fn of_ours(profile: &RawProfile) -> Resolved {
        let symbols = &profile.symbols;
        let samples = profile.samples.iter().map(|sample| Sample {
            stack: sample
                .stack
                .iter()
                .flat_map(|location| symbols.frames_of(location))
                .map(|f| {
                    let (name, file) = (symbols.name(f.function), symbols.file(f.function));
                    (name.to_owned(), file.to_owned(), f.line, f.inlined)
                })
                .collect(),
            values: sample.values.to_vec(),
            size: sample.size,
            labels: profile.label_sets[sample.label_set as usize].clone(),
        });
        Resolved {
            types: profile.sample_types.iter().map(|t| (t.name.clone(), t.unit)).collect(),
            time_nanos: profile.taken_at.map(|t| t.nanos),
            duration_nanos: match profile.difference {
                Some(Difference::Over(nanos)) => Some(nanos),
                None => Some(0),
                Some(_) => None,
            },
            period: profile.rate.map(|rate| rate.0),
            build_id: profile.build_id.clone(),
            samples: samples.collect(),
        }
    }
}

impl Profile {
    fn text(&self, index: i64) -> String {
        String::from_utf8_lossy(&self.string_table[index as usize]).into_owned()
    }

    /// As prost decoded it. Panics where the profile contradicts itself, which our reader must have refused.
    pub(crate) fn resolve(&self) -> Resolved {
        let units: Vec<(Unit, i64)> = self
            .sample_type
            .iter()
            .map(|t| Unit::parse(&self.text(t.unit)).unwrap_or((Unit::Count, 1)))
            .collect();
        let functions: BTreeMap<u64, &proto::Function> = self.function.iter().map(|f| (f.id, f)).collect();
        let locations: BTreeMap<u64, Vec<(String, String, u32, bool)>> =
            self.location.iter().map(|l| (l.id, self.frames(l, &functions))).collect();
        let samples = self.sample.iter().map(|sample| {
            assert_eq!(sample.value.len(), units.len(), "one value a sample type");
            Sample {
                stack: sample.location_id.iter().flat_map(|id| locations[id].clone()).collect(),
                values: sample
                    .value
                    .iter()
                    .zip(&units)
                    .map(|(value, (_, factor))| {
                        // -i64::MAX, not i64::MIN: a capped value keeps its magnitude in both directions.
                        value.checked_mul(*factor).unwrap_or(i64::MAX * value.signum())
                    })
                    .collect(),
                size: self.size(sample),
                labels: self.labels(sample),
            }
        });
        let period_in_bytes = self
            .period_type
            .as_ref()
            .filter(|_| self.period > 0 && !self.counts_goroutines())
            .and_then(|t| Unit::parse(&self.text(t.unit)))
            .filter(|(unit, _)| *unit == Unit::Bytes)
            .and_then(|(_, factor)| self.period.checked_mul(factor));
        Resolved {
            types: self.sample_type.iter().zip(&units).map(|(t, u)| (self.text(t.r#type), u.0)).collect(),
            time_nanos: Some(self.time_nanos).filter(|t| *t > 0),
            duration_nanos: Some(self.duration_nanos),
            period: period_in_bytes,
            build_id: self.mapping.first().map(|m| self.text(m.build_id)).filter(|id| !id.is_empty()),
            samples: samples.collect(),
        }
    }

    fn counts_goroutines(&self) -> bool {
        let is_name = |name: &str| ["goroutine", "goroutineleak"].contains(&name);
        self.sample_type.iter().any(|t| is_name(&self.text(t.r#type)))
    }

    /// Innermost first; the last one is the function that really stands at the address (S15). Without any function
    /// the address is the name.
    fn frames(
        &self,
        location: &Location,
        functions: &BTreeMap<u64, &proto::Function>,
    ) -> Vec<(String, String, u32, bool)> {
        let bare = (format!("0x{:x}", location.address), String::new());
        let name = |line: &Line| match line.function_id {
            0 => bare.clone(),
            id => {
                let function = functions[&id];
                let name = if function.name == 0 { function.system_name } else { function.name };
                (self.text(name), self.text(function.filename))
            }
        };
        if location.line.iter().all(|line| line.function_id == 0) {
            return vec![(bare.0, bare.1, 0, false)];
        }
        let last = location.line.len() - 1;
        location
            .line
            .iter()
            .enumerate()
            .map(|(index, line)| {
                let (name, file) = name(line);
                (name, file, u32::try_from(line.line).unwrap_or(0), index < last)
            })
            .collect()
    }

    fn size(&self, sample: &proto::Sample) -> i64 {
        let sizes = sample.label.iter().filter(|l| l.str == 0 && l.key != 0 && self.is_text(l.key, "bytes"));
        sizes.map(|l| l.num.max(0)).next_back().unwrap_or(0)
    }

    /// A numeric label of an unknown key is passed over, so its key may point anywhere.
    fn is_text(&self, index: i64, text: &str) -> bool {
        usize::try_from(index)
            .ok()
            .and_then(|i| self.string_table.get(i))
            .is_some_and(|t| t == text.as_bytes())
    }

    fn labels(&self, sample: &proto::Sample) -> Vec<(String, String)> {
        // Equal by index, as the string table is meant to hold each string once.
        let mut pairs: Vec<(i64, i64)> =
            sample.label.iter().filter(|l| l.str != 0).map(|l| (l.key, l.str)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut labels: Vec<(String, String)> =
            pairs.iter().map(|(key, value)| (self.text(*key), self.text(*value))).collect();
        labels.sort();
        labels
    }
}
