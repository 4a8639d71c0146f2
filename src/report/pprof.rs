//! Growth as a profile: the last snapshot less the first, for `go tool pprof` and all that reads its format.

use super::document::{Document, FrameView, SiteView, TotalView};
use super::layout::SUSPECTS_ALONE;
use super::{SizeRow, SuspectView};
use crate::input::proto::{Function, Label, Line, Location, Mapping, Profile, Sample, ValueType};
use crate::profile::{HeapColumns, Kind, SampleType};
use flate2::{Compression, write::GzEncoder};
use prost::Message;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

/// Renders the growth of every site as a gzipped profile.proto: a column for each value column of the input, negative
/// values where less is left than was. The columns of all kinds stand in one profile; a sample has values in those of
/// its own. Samples of a suspect carry the labels `suspect`, `cause` and `confidence`.
///
/// A report that was saved without every site has the stacks of its suspects, in the columns that are shown of each
/// kind; a comment in the profile says so.
pub fn pprof(document: &Document) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.string("");
    let mut columns: Vec<Column> = columns(&document.sample_totals);
    if document.sites.is_none() {
        columns.retain(|column| column.shown);
    }
    for column in &columns {
        let value_type = writer.value_type(&column.name, column.unit);
        writer.profile.sample_type.push(value_type);
    }
    let shown = columns.iter().find(|column| column.shown).or(columns.first());
    writer.profile.default_sample_type = shown.map_or(0, |column| writer.string(&column.name));
    writer.head(document);
    match &document.sites {
        Some(sites) => every_site(&mut writer, sites, &columns, document),
        None => of_suspects(&mut writer, &columns, document),
    }
    gzip(&writer.profile.encode_to_vec())
}

fn every_site<'a>(
    writer: &mut Writer<'a>,
    sites: &'a [SiteView],
    columns: &[Column],
    document: &'a Document,
) {
    let suspects: HashMap<&str, [(&str, &str); 3]> =
        document.suspects.iter().map(|s| (s.fingerprint.as_str(), labels(s))).collect();
    for site in sites.iter().filter(|site| site.is_asked_for()) {
        let Some(detail) = &site.detail else { continue };
        let labels = detail.suspect.as_deref().and_then(|fingerprint| suspects.get(fingerprint));
        for row in &detail.sizes {
            let values: Vec<i64> = columns.iter().map(|column| column.change(site.kind, row)).collect();
            if values.iter().any(|value| *value != 0) {
                writer.sample(site, values, row.size, labels.map_or(&[], |labels| labels.as_slice()));
            }
        }
    }
}

/// The stacks of the suspects, each with the one figure that a report without every site has of it.
fn of_suspects<'a>(writer: &mut Writer<'a>, columns: &[Column], document: &'a Document) {
    let comment = writer.string(SUSPECTS_ALONE);
    writer.profile.comment.push(comment);
    let sites = document.suspects.iter().flat_map(|s| s.sites.iter().map(move |site| (s, site)));
    for (suspect, site) in sites {
        let change = |column: &Column| match column.kind == site.kind {
            true => site.figures.delta.round() as i64,
            false => 0,
        };
        let values: Vec<i64> = columns.iter().map(change).collect();
        if values.iter().any(|value| *value != 0) {
            writer.sample(site, values, 0, &labels(suspect));
        }
    }
}

fn labels(suspect: &SuspectView) -> [(&'static str, &str); 3] {
    [
        ("suspect", suspect.fingerprint.as_str()),
        ("cause", &suspect.cause.id),
        ("confidence", suspect.confidence.name()),
    ]
}

/// One value column of the profile.
struct Column {
    kind: Kind,
    name: String,
    unit: &'static str,
    /// Its place among the values of a site.
    value: usize,
    shown: bool,
}

impl Column {
    fn change(&self, kind: Kind, row: &SizeRow) -> i64 {
        match self.kind == kind {
            true => row.last[self.value].saturating_sub(row.first[self.value]),
            false => 0,
        }
    }
}

/// The columns in which sites are followed, in the order of the input.
fn columns(totals: &[TotalView]) -> Vec<Column> {
    let heap: Vec<SampleType> = totals
        .iter()
        .filter(|total| total.kind == Kind::Heap)
        .map(|total| SampleType { name: total.sample_type.clone(), unit: total.unit })
        .collect();
    let heap = HeapColumns::find(&heap).unwrap_or_default();
    let heap = [heap.alloc_objects, heap.alloc_space, heap.inuse_objects, heap.inuse_space];
    let mut of_kind: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut columns = Vec::new();
    for total in totals {
        let place = of_kind.entry(total.kind).or_insert(0);
        let value = match total.kind {
            Kind::Heap => heap.iter().position(|column| *column == Some(*place)),
            // The count of goroutines is their first column.
            Kind::Goroutine | Kind::GoroutineLeak => (*place == 0).then_some(2),
        };
        *place += 1;
        columns.extend(value.map(|value| Column {
            kind: total.kind,
            name: total.sample_type.clone(),
            unit: total.unit.name(),
            value,
            shown: total.shown,
        }));
    }
    columns
}

/// A profile in the making.
#[derive(Default)]
struct Writer<'a> {
    profile: Profile,
    strings: HashMap<String, i64>,
    functions: HashMap<(&'a str, &'a str), u64>,
    /// By their lines, innermost first.
    locations: HashMap<Vec<(u64, i64)>, u64>,
}

/// The one mapping, which says that nothing is left to be looked up.
const MAPPING: u64 = 1;

impl<'a> Writer<'a> {
    fn head(&mut self, document: &Document) {
        let build_id = document.inputs.iter().rev().find_map(|input| input.build_id.as_deref());
        let build_id = self.string(build_id.unwrap_or_default());
        self.profile.mapping.push(Mapping {
            id: MAPPING,
            build_id,
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
            has_inline_frames: true,
            ..Mapping::default()
        });
        let times = || document.inputs.iter().filter_map(|input| input.taken_at);
        self.profile.time_nanos = times().max().unwrap_or(0);
        self.profile.duration_nanos = document.hours.map_or(0, |hours| (hours * 3.6e12) as i64);
        let warnings = document.warnings.iter().map(|warning| &warning.message);
        for text in std::iter::once(&document.headline).chain(warnings) {
            let comment = self.string(text);
            self.profile.comment.push(comment);
        }
    }

    fn string(&mut self, text: &str) -> i64 {
        if let Some(index) = self.strings.get(text) {
            return *index;
        }
        let index = self.profile.string_table.len() as i64;
        self.profile.string_table.push(text.to_owned());
        self.strings.insert(text.to_owned(), index);
        index
    }

    fn value_type(&mut self, name: &str, unit: &str) -> ValueType {
        ValueType { r#type: self.string(name), unit: self.string(unit) }
    }

    fn function(&mut self, frame: &'a FrameView) -> u64 {
        let key = (frame.function.as_str(), frame.file.as_str());
        if let Some(id) = self.functions.get(&key) {
            return *id;
        }
        let id = self.functions.len() as u64 + 1;
        let (name, filename) = (self.string(key.0), self.string(key.1));
        let function = Function { id, name, system_name: name, filename, start_line: 0 };
        self.profile.function.push(function);
        self.functions.insert(key, id);
        id
    }

    fn sample(&mut self, site: &'a SiteView, value: Vec<i64>, size: i64, labels: &[(&str, &str)]) {
        let mut location_id = Vec::with_capacity(site.stack.len());
        let mut lines = Vec::new();
        for (index, frame) in site.stack.iter().enumerate() {
            lines.push((self.function(frame), i64::from(frame.line)));
            // Calls that were inlined share the location of the frame that they stand in.
            if frame.inlined != Some(true) || index + 1 == site.stack.len() {
                location_id.push(self.location(std::mem::take(&mut lines)));
            }
        }
        let mut label: Vec<Label> = Vec::new();
        if size > 0 {
            let (key, num_unit) = (self.string("bytes"), self.string("bytes"));
            label.push(Label { key, num: size, num_unit, ..Label::default() });
        }
        for (key, text) in labels {
            let (key, str) = (self.string(key), self.string(text));
            label.push(Label { key, str, ..Label::default() });
        }
        self.profile.sample.push(Sample { location_id, value, label });
    }

    fn location(&mut self, lines: Vec<(u64, i64)>) -> u64 {
        if let Some(id) = self.locations.get(&lines) {
            return *id;
        }
        let id = self.locations.len() as u64 + 1;
        let line =
            lines.iter().map(|(function, line)| Line { function_id: *function, line: *line, column: 0 });
        let location = Location { id, mapping_id: MAPPING, line: line.collect(), ..Location::default() };
        self.profile.location.push(location);
        self.locations.insert(lines, id);
        id
    }
}

/// Writing to memory cannot fail.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
