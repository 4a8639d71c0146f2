//! The bytes of a profile in Go's own order: each location and function before the first sample that needs it, strings
//! last, gzipped at the fastest level (runtime/pprof/proto.go).

use super::Content;
use super::program::Program;
use super::rows::{Row, Rows};
use flate2::{Compression, write::GzEncoder};
use pprof_leaks::input::proto;
use pprof_leaks::profile::SamplingRate;
use prost::Message;
use prost::encoding::message;
use std::collections::HashMap;
use std::io::Write;

const RATE: SamplingRate = SamplingRate(512 * 1024);
/// When the service started: 2026-01-01.
const NEW_YEAR: i64 = 1_767_225_600_000_000_000;
/// Sample types and their units.
const OBJECTS: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];
const GOROUTINES: [(&str, &str); 1] = [("goroutine", "count")];
/// Goroutines at a stack where few wait.
const GROUP: i64 = 50;
/// How much is gathered before it is compressed.
const CHUNK: usize = 64 << 10;

struct Writer<'a> {
    program: &'a Program,
    out: Vec<u8>,
    gzip: GzEncoder<Vec<u8>>,
    strings: HashMap<&'a str, i64>,
    texts: Vec<&'a str>,
    /// The id of each call site, 0 until it is written; and of each function.
    locations: Vec<u64>,
    functions: Vec<u64>,
    location_count: u64,
    function_count: u64,
}

/// A profile, taken so many minutes after the start.
pub(super) fn profile(program: &Program, all: &Rows, content: Content, minutes: i64) -> Vec<u8> {
    let mut writer = Writer {
        program,
        out: Vec::with_capacity(2 * CHUNK),
        gzip: GzEncoder::new(Vec::new(), Compression::fast()),
        strings: HashMap::from([("", 0)]),
        texts: vec![""],
        locations: vec![0; program.sites.len()],
        functions: vec![0; program.functions.len()],
        location_count: 0,
        function_count: 0,
    };
    let (rate, types, period) = match content {
        Content::Objects | Content::MergedObjects => (RATE.0, &OBJECTS[..], ("space", "bytes")),
        Content::Goroutines => (1, &GOROUTINES[..], ("goroutine", "count")),
    };
    let mut head = proto::Profile { period: rate, ..proto::Profile::default() };
    head.sample_type = types.iter().map(|known| writer.value_type(*known)).collect();
    head.period_type = Some(writer.value_type(period));
    head.time_nanos = NEW_YEAR + minutes * 60_000_000_000;
    head.mapping.push(proto::Mapping {
        id: 1,
        memory_start: 0x40_0000,
        memory_limit: 0x400_0000,
        filename: writer.string("/usr/bin/shop"),
        build_id: writer.string("d3b07384d113edec49eaa6238ad5ff00"),
        has_functions: true,
        ..proto::Mapping::default()
    });
    head.encode(&mut writer.out).expect("memory suffices");
    // The newest rows come first, as Go keeps its buckets.
    let mut sample = proto::Sample::default();
    let bytes = writer.string("bytes");
    // Rows of one stack stand side by side.
    for rows in all.rows.chunk_by(|a, b| content == Content::MergedObjects && a.stack == b.stack).rev() {
        sample.location_id.clear();
        for site in all.stack(rows[0].stack) {
            let id = writer.location(*site as usize);
            sample.location_id.push(id);
        }
        sample.value = match content {
            Content::Goroutines => vec![GROUP * (1 + rows[0].live)],
            _ => values(rows),
        };
        if content == Content::Objects {
            sample.label = vec![proto::Label { key: bytes, num: rows[0].size, ..proto::Label::default() }];
        }
        message::encode(2, &sample, &mut writer.out);
        if writer.out.len() > CHUNK {
            writer.flush();
        }
    }
    for text in std::mem::take(&mut writer.texts) {
        prost::encoding::string::encode(6, &text.to_owned(), &mut writer.out);
    }
    writer.flush();
    writer.gzip.finish().expect("in memory")
}

/// The values of rows, added up.
fn values(rows: &[Row]) -> Vec<i64> {
    let mut sums = vec![0; OBJECTS.len()];
    for row in rows {
        let (alloc_objects, alloc_space) = RATE.estimate(row.allocated, row.size);
        let (objects, space) = RATE.estimate(row.live, row.size);
        for (sum, value) in sums.iter_mut().zip([alloc_objects, alloc_space, objects, space]) {
            *sum += value;
        }
    }
    sums
}

impl<'a> Writer<'a> {
    fn flush(&mut self) {
        self.gzip.write_all(&self.out).expect("in memory");
        self.out.clear();
    }

    fn string(&mut self, text: &'a str) -> i64 {
        let next = self.texts.len() as i64;
        *self.strings.entry(text).or_insert_with(|| {
            self.texts.push(text);
            next
        })
    }

    fn value_type(&mut self, (name, unit): (&'a str, &'a str)) -> proto::ValueType {
        proto::ValueType { r#type: self.string(name), unit: self.string(unit) }
    }

    fn function(&mut self, index: usize) -> u64 {
        if self.functions[index] == 0 {
            self.function_count += 1;
            self.functions[index] = self.function_count;
            let function = &self.program.functions[index];
            let name = self.string(&function.name);
            let filename = self.string(&function.file);
            let message =
                proto::Function { id: self.function_count, name, system_name: name, filename, start_line: 0 };
            message::encode(5, &message, &mut self.out);
        }
        self.functions[index]
    }

    fn location(&mut self, site: usize) -> u64 {
        if self.locations[site] == 0 {
            self.location_count += 1;
            self.locations[site] = self.location_count;
            let id = self.location_count;
            let made = &self.program.sites[site];
            let lines: Vec<(u64, i64)> =
                made.lines.iter().map(|(function, line)| (self.function(*function), *line)).collect();
            let line =
                lines.into_iter().map(|(function_id, line)| proto::Line { function_id, line, column: 0 });
            let message = proto::Location {
                id,
                mapping_id: 1,
                address: made.address,
                line: line.collect(),
                is_folded: false,
            };
            message::encode(4, &message, &mut self.out);
        }
        self.locations[site]
    }
}
