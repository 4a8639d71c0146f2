//! Profiles to feed the binary: made row by row, or real ones with something changed.

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use pprof_leaks::input::proto;
use pprof_leaks::profile::SamplingRate;
use prost::Message;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Go's default distance between two samples, in bytes.
const RATE: i64 = 512 * 1024;
/// When made profiles were taken: 2026-01-01.
const NEW_YEAR: i64 = 1_767_225_600_000_000_000;

/// A file of the checked-in recordings.
pub(crate) fn recording(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(path)
}

/// Reads a recorded profile.
pub(crate) fn read(path: &str) -> proto::Profile {
    let bytes = std::fs::read(recording(path)).expect("the recording is there");
    proto::Profile::decode(plain(&bytes).as_slice()).expect("a recorded profile")
}

/// A recorded profile with something changed, as a file's bytes.
pub(crate) fn edited(path: &str, change: impl FnOnce(&mut proto::Profile)) -> Vec<u8> {
    let mut profile = read(path);
    change(&mut profile);
    gzip(&profile.encode_to_vec())
}

/// Inflates.
pub(crate) fn plain(gzipped: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(gzipped).read_to_end(&mut bytes).expect("gzip");
    bytes
}

/// Deflates.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// Two heap profiles of one process, ten minutes apart, in which `function` leaks 40 MiB and another one churns.
pub(crate) fn heap_pair(function: &str) -> [Profile; 2] {
    [(0, 1, 1), (600, 81, 81)].map(|(seconds, allocated, live)| {
        let mut profile = Profile::heap();
        profile.at(seconds);
        profile.row(&[function, "main.main"], 1024, allocated, live);
        profile.row(&["main.churn", "main.main"], 4096, 1000 * (1 + seconds), 30);
        profile
    })
}

/// A pair of heaps of these rows: for each its stack, its object size, and the objects sampled before and after.
pub(crate) fn heaps(rows: &[(Vec<String>, i64, [i64; 2])]) -> [Vec<u8>; 2] {
    [0, 1].map(|side| {
        let mut profile = Profile::heap();
        profile.at(600 * side as i64);
        for (stack, size, counts) in rows {
            let stack: Vec<&str> = stack.iter().map(String::as_str).collect();
            profile.row(&stack, *size, counts[side], counts[side]);
        }
        profile.gzipped()
    })
}

/// So many functions that leak objects of a size, below a few others.
pub(crate) fn leaks(count: usize, size: i64) -> [Vec<u8>; 2] {
    let stack = |i: usize| {
        let callers = (0..10).map(|level| format!("example.com/app.caller{}", (i + level) % 40));
        std::iter::once(format!("example.com/app.leak{i}")).chain(callers).collect()
    };
    heaps(&(0..count).map(|i| (stack(i), size, [5, 60])).collect::<Vec<_>>())
}

/// A profile in the making.
pub(crate) struct Profile {
    pub(crate) proto: proto::Profile,
    strings: HashMap<String, i64>,
    locations: HashMap<String, u64>,
}

impl Profile {
    /// A heap profile as Go writes it, still without samples.
    pub(crate) fn heap() -> Profile {
        let mut profile = Profile::of(&[
            ("alloc_objects", "count"),
            ("alloc_space", "bytes"),
            ("inuse_objects", "count"),
            ("inuse_space", "bytes"),
        ]);
        profile.proto.period_type = Some(profile.value_type("space", "bytes"));
        profile.proto.period = RATE;
        profile
    }

    /// A goroutine profile, still without samples.
    pub(crate) fn goroutines() -> Profile {
        Profile::of(&[("goroutine", "count")])
    }

    /// A profile with these sample types and their units.
    pub(crate) fn of(types: &[(&str, &str)]) -> Profile {
        let mut profile = Profile {
            proto: proto::Profile { string_table: vec![String::new()], ..proto::Profile::default() },
            strings: HashMap::from([(String::new(), 0)]),
            locations: HashMap::new(),
        };
        profile.at(0);
        for (name, unit) in types {
            let value_type = profile.value_type(name, unit);
            profile.proto.sample_type.push(value_type);
        }
        profile
    }

    fn value_type(&mut self, name: &str, unit: &str) -> proto::ValueType {
        proto::ValueType { r#type: self.string(name), unit: self.string(unit) }
    }

    /// The time at which it was taken, in seconds after the year began.
    pub(crate) fn at(&mut self, seconds: i64) {
        self.proto.time_nanos = NEW_YEAR + seconds * 1_000_000_000;
    }

    /// The index of a string.
    pub(crate) fn string(&mut self, text: &str) -> i64 {
        let next = self.proto.string_table.len() as i64;
        *self.strings.entry(text.to_owned()).or_insert_with(|| {
            self.proto.string_table.push(text.to_owned());
            next
        })
    }

    /// The id of the one location of a function, in `FILE.go:7`.
    pub(crate) fn location(&mut self, function: &str) -> u64 {
        if let Some(id) = self.locations.get(function) {
            return *id;
        }
        let id = self.proto.location.len() as u64 + 1;
        let name = self.string(function);
        // The owner of a function is known by its file: the standard library's stand in their package's folder.
        let std = function.starts_with("strings.");
        let filename = self.string(if std { "strings/clone.go" } else { "example.com/app/app.go" });
        self.proto.function.push(proto::Function { id, name, filename, ..proto::Function::default() });
        let line = proto::Line { function_id: id, line: 7, column: 0 };
        self.proto.location.push(proto::Location {
            id,
            address: 0x40_0000 + id,
            line: vec![line],
            ..proto::Location::default()
        });
        self.locations.insert(function.to_owned(), id);
        id
    }

    /// A sample of any type, leaf first.
    pub(crate) fn sample(&mut self, stack: &[&str], values: &[i64]) -> &mut proto::Sample {
        let location_id = stack.iter().map(|function| self.location(function)).collect();
        let sample = proto::Sample { location_id, value: values.to_vec(), label: Vec::new() };
        self.proto.sample.push(sample);
        self.proto.sample.last_mut().expect("just added")
    }

    /// A row of a heap profile: so many sampled objects of a size, with the estimates that Go writes for them.
    pub(crate) fn row(&mut self, stack: &[&str], size: i64, allocated: i64, live: i64) {
        let label = proto::Label { key: self.string("bytes"), num: size, ..proto::Label::default() };
        let rate = SamplingRate(self.proto.period);
        let (alloc_objects, alloc_space) = rate.estimate(allocated, size);
        let (objects, space) = rate.estimate(live, size);
        let sample = self.sample(stack, &[alloc_objects, alloc_space, objects, space]);
        sample.label.push(label);
    }

    /// The bytes of its file.
    pub(crate) fn gzipped(&self) -> Vec<u8> {
        gzip(&self.proto.encode_to_vec())
    }

    /// Writes its file.
    pub(crate) fn write(&self, path: &Path) {
        std::fs::write(path, self.gzipped()).expect("the test folder can be written");
    }
}
