//! Profiles made of a fuzzer's bytes: valid in most places, so that the code behind the reader is reached.

use arbitrary::Arbitrary;
use pprof_leaks::input::proto;
use prost::Message;

/// Enough for every test of a series; more is only slower.
const MOST_MOMENTS: usize = 16;

/// Profiles of several moments that share their names and stacks.
#[derive(Arbitrary, Debug)]
pub struct Made {
    kind: Kind,
    rate: Rate,
    names: Vec<String>,
    functions: Vec<(u8, u8, u8)>,
    /// An address, and lines of a function and a line number.
    locations: Vec<(u64, Vec<(u8, u16)>)>,
    rows: Vec<Row>,
    /// When each profile was taken; as many as there are moments.
    seconds: Vec<u32>,
    builds: Vec<u8>,
    /// Added to ids, to make them sparse.
    offset: u64,
}

#[derive(Arbitrary, Debug)]
enum Kind {
    Heap,
    LiveHeap,
    Goroutine,
    GoroutineLeak,
}

#[derive(Arbitrary, Debug)]
enum Rate {
    Default,
    Exact,
    Any(i64),
}

#[derive(Arbitrary, Debug)]
struct Row {
    stack: Vec<u8>,
    size: u16,
    label: Option<(u8, u8)>,
    /// At each moment, and then again from the first on.
    values: Vec<Values>,
}

#[derive(Arbitrary, Debug)]
enum Values {
    /// As Go writes them: sampled objects allocated before and live.
    Sampled(u16, u16),
    Any([i64; 4]),
}

impl Made {
    /// The bytes of all profiles, two at least.
    pub fn encode_all(&self) -> Vec<Vec<u8>> {
        (0..self.seconds.len().clamp(2, MOST_MOMENTS)).map(|moment| self.encode(moment)).collect()
    }

    /// The bytes of the profile of one moment.
    pub fn encode(&self, moment: usize) -> Vec<u8> {
        let mut strings = vec![String::new(), "bytes".to_owned(), "space".to_owned(), "count".to_owned()];
        let types: &[(&str, i64)] = match self.kind {
            Kind::Heap => {
                &[("alloc_objects", 3), ("alloc_space", 1), ("inuse_objects", 3), ("inuse_space", 1)]
            }
            Kind::LiveHeap => &[("objects", 3), ("space", 1)],
            Kind::Goroutine => &[("goroutine", 3)],
            Kind::GoroutineLeak => &[("goroutineleak", 3)],
        };
        let sample_type = types
            .iter()
            .map(|(name, unit)| {
                strings.push((*name).to_owned());
                proto::ValueType { r#type: strings.len() as i64 - 1, unit: *unit }
            })
            .collect();
        let first_name = strings.len();
        strings.extend(["main.main", "main.go", "runtime.gopark", "chan send"].map(str::to_owned));
        strings.extend(self.names.iter().cloned());
        let name = |index: u8| (first_name + usize::from(index) % (strings.len() - first_name)) as i64;
        let id = |index: usize| self.offset.wrapping_add(index as u64).max(1);
        let among = |index: u8, count: usize| usize::from(index) % count.max(1);

        let function = self.functions.iter().enumerate().map(|(index, (n, system, file))| proto::Function {
            id: id(index),
            name: name(*n),
            system_name: name(*system),
            filename: name(*file),
            start_line: 0,
        });
        let location = self.locations.iter().enumerate().map(|(index, (address, lines))| proto::Location {
            id: id(index),
            address: *address,
            line: lines
                .iter()
                .map(|(function, line)| proto::Line {
                    function_id: id(among(*function, self.functions.len())),
                    line: i64::from(*line),
                    column: 0,
                })
                .collect(),
            ..Default::default()
        });
        let sample = self.rows.iter().map(|row| {
            let mut label = vec![proto::Label { key: 1, num: i64::from(row.size), ..Default::default() }];
            label.extend(row.label.map(|(key, value)| proto::Label {
                key: name(key),
                str: name(value),
                ..Default::default()
            }));
            let values = row.values.get(moment % row.values.len().max(1)).unwrap_or(&Values::Sampled(1, 1));
            let mut value = self.values(values, i64::from(row.size)).to_vec();
            value.truncate(types.len());
            proto::Sample {
                location_id: row.stack.iter().map(|l| id(among(*l, self.locations.len()))).collect(),
                value,
                label,
            }
        });
        let profile = proto::Profile {
            sample_type,
            sample: sample.collect(),
            mapping: vec![proto::Mapping {
                id: 1,
                build_id: name(self.builds.get(moment).copied().unwrap_or(0)),
                ..Default::default()
            }],
            location: location.collect(),
            function: function.collect(),
            time_nanos: i64::from(self.seconds.get(moment).copied().unwrap_or(0)) * 1_000_000_000,
            period_type: Some(proto::ValueType { r#type: 2, unit: 1 }),
            period: self.rate(),
            string_table: strings.clone(),
            ..Default::default()
        };
        profile.encode_to_vec()
    }

    fn rate(&self) -> i64 {
        match self.rate {
            Rate::Default => 512 * 1024,
            Rate::Exact => 1,
            Rate::Any(rate) => rate,
        }
    }

    fn values(&self, values: &Values, size: i64) -> [i64; 4] {
        match values {
            Values::Any(values) => *values,
            Values::Sampled(allocated, live) => {
                let rate = self.rate() as f64;
                let scale = |n: u16| match size {
                    0 => (f64::from(n), 0.0),
                    _ if rate <= 1.0 => (f64::from(n), f64::from(n) * size as f64),
                    _ => {
                        let scale = 1.0 / (1.0 - (-(size as f64) / rate).exp());
                        (f64::from(n) * scale, f64::from(n) * size as f64 * scale)
                    }
                };
                let (allocated, live) = (scale(allocated.saturating_add(*live)), scale(*live));
                [allocated.0 as i64, allocated.1 as i64, live.0 as i64, live.1 as i64]
            }
        }
    }
}
