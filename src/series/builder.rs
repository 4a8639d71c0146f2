//! Building a series: one profile at a time is matched to the sites seen so far and turned into a column of cells.

use super::Series;
use super::column::Column;
use super::counter::Counter;
use super::matching::{Matching, Prepared, PreparedLocation, part, print};
use super::moves::Lines;
use super::names::{FunctionId, Names};
use super::passages::passages as passages_between;
use super::site_key::{KeyHasher, Print};
use super::stacks::{Places, Span};
use super::track::{Member, SiteId, Snapshot, Track};
use super::track_builder::TrackBuilder;
use crate::profile::{Kind, Notice, NoticeCode, RawProfile, SamplingRate, readable};
use regex::Regex;
use std::collections::BTreeMap;

/// What makes two frames the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    /// The function: survives moved lines, so that two builds can be set side by side.
    #[default]
    Function,
    /// The function and the line.
    Line,
    /// The address; only within one build.
    Address,
}

/// How sites are matched and which are left out of the judgement.
#[derive(Clone, Debug, Default)]
pub struct SiteOptions {
    /// What makes two frames the same. Default: the function.
    pub granularity: Granularity,
    /// Keep only stacks with a frame whose function or file matches. Default: keep all.
    pub focus: Option<Regex>,
    /// Leave out stacks with a frame whose function or file matches. Default: leave out none.
    pub ignore: Option<Regex>,
    /// The user's own code: functions or files that match. Default: known by file paths.
    pub own: Option<Regex>,
}

/// Collects snapshots.
pub struct SeriesBuilder {
    options: SiteOptions,
    /// What makes two frames the same here; finer than asked for where all snapshots are of one build.
    granularity: Granularity,
    hasher: KeyHasher,
    names: Names,
    /// By function.
    filters: Vec<Filter>,
    tracks: Vec<TrackBuilder>,
    /// Where lines are no part of a site's identity, to tell which of them moved.
    lines: Lines,
    first_build: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Filter {
    focused: bool,
    ignored: bool,
}

impl SeriesBuilder {
    /// A builder for snapshots of one build (`one_build`), where lines are part of a site's identity, or of several,
    /// where they move.
    pub fn new(options: SiteOptions, one_build: bool) -> SeriesBuilder {
        let granularity = match (options.granularity, one_build) {
            (Granularity::Function, true) => Granularity::Line,
            (Granularity::Address, false) => Granularity::Line,
            (asked, _) => asked,
        };
        let own = options.own.clone();
        SeriesBuilder {
            options,
            granularity,
            hasher: KeyHasher::new(),
            names: Names::owned_by(own),
            filters: Vec::new(),
            tracks: Vec::new(),
            lines: Lines::default(),
            first_build: None,
        }
    }

    /// Adds one snapshot after those of its kind that were added before.
    pub fn add(&mut self, mut profile: RawProfile) {
        let index = self.track_of(profile.kind);
        let prepared = self.prepare(&profile);
        let columns = profile.heap_columns().unwrap_or_default();
        let builder = &mut self.tracks[index];
        // Where lines move, the stacks of known sites are read while others are added.
        let takes_over = profile.kind == Kind::Heap
            && builder.track.stacks.is_empty()
            && self.granularity != Granularity::Function;
        builder.reserve(profile.samples.len());
        let mut column = Column::new(
            builder.track.columns.last(),
            profile.rate.unwrap_or(SamplingRate(1)),
            builder.index.sizes(),
            builder.track.rows.len(),
            profile.samples.len(),
        );
        let mut members = Vec::with_capacity(profile.goroutines.len());
        let mut labels: BTreeMap<(SiteId, &(String, String)), u64> = BTreeMap::new();
        let mut counts = Counter::new(&profile, columns);
        let matching = Matching {
            hasher: &self.hasher,
            names: &self.names,
            granularity: granularity_of(profile.kind, self.granularity),
            has_focus: self.options.focus.is_some(),
            prepared: &prepared,
        };
        let mut above = None; // Samples of one stack and several sizes often follow each other.
        for (index, sample) in profile.samples.iter().enumerate() {
            let range = profile.samples.stack_range(index);
            let site = match (profile.kind, &above) {
                // Where an empty one ends, the next one starts.
                (Kind::Heap, Some((same, site))) if *same == range => *site,
                (Kind::Heap, _) => {
                    let read = takes_over.then(|| Span::of_read(range.clone()));
                    builder.heap_site(&matching, sample.stack, read)
                }
                (Kind::Goroutine | Kind::GoroutineLeak, _) => builder.goroutine_site(&matching, sample.stack),
            };
            above = Some((range, site));
            if let Some(goroutine) = profile.goroutines.get(index) {
                members.push(Member { site, goroutine: goroutine.clone(), is_new: false });
            }
            if profile.kind != Kind::Heap {
                let pairs = &profile.label_sets[sample.label_set as usize];
                count_labels(&mut labels, site, pairs, sample.values.first());
            }
            let size = if profile.kind == Kind::Heap { sample.size } else { 0 };
            let index = builder.index.row(site, size, &mut builder.track.rows);
            let row = &builder.track.rows[index];
            let (cell, is_told) = counts.cell(&sample, &column.learn(row));
            column.add(index, row, &cell, is_told);
        }
        if takes_over {
            builder.take_over(profile.samples.take_stacks(), prepared);
        }
        let before = builder.track.snapshots.last().map(|snapshot| &snapshot.members[..]);
        let dumps = before.filter(|before| !before.is_empty() && !members.is_empty());
        let passages = dumps.map(|before| passages_between(before, &mut members));
        builder.track.columns.push(column);
        builder.track.snapshots.push(Snapshot {
            passages,
            sampling: counts.sampling(),
            columns,
            members,
            labels: named(labels),
            totals: profile.samples.totals(),
            is_truncated: profile.notices.iter().any(|n| n.code == NoticeCode::TruncatedDump),
            source: profile.source,
            form: profile.form,
            taken_at: profile.taken_at,
            difference: profile.difference,
            rate: profile.rate,
            build_id: profile.build_id,
            program: profile.program,
            sha256: profile.sha256,
            sample_types: profile.sample_types,
            life: 0,
        });
    }

    /// Adds one snapshot of a series. Those of a kind are to come in order of time, and kinds one after the other.
    ///
    /// A snapshot that is no point of a series, or that repeats the one before, is left out again, and so are some of
    /// those before it once there are too many: memory does not grow with the length of the series. Gives what the
    /// user must know about the snapshot.
    pub fn follow(&mut self, profile: RawProfile) -> Option<Notice> {
        let (kind, time) = (profile.kind, profile.taken_at.map(|t| t.nanos));
        self.add(profile);
        let elsewhere = self.tracks.iter().filter(|builder| builder.track.kind != kind);
        let breaks = elsewhere.flat_map(|builder| &builder.track.breaks);
        let lives_elsewhere = breaks.filter(|b| b.is_before(time)).count();
        let index = self.track_of(kind);
        let builder = &mut self.tracks[index];
        builder.history.settle(&mut builder.track, &self.names, lives_elsewhere)
    }

    /// The finished series.
    pub fn finish(mut self) -> Series {
        self.names.set_moved(self.lines.moved());
        self.names.settle_owners();
        self.names.arrange();
        let finished = |builder: TrackBuilder| builder.finish(&self.names);
        let mut tracks: Vec<Track> = self.tracks.into_iter().map(finished).collect();
        tracks.sort_by_key(|track| track.kind);
        Series { names: self.names, tracks }
    }

    fn track_of(&mut self, kind: Kind) -> usize {
        if let Some(index) = self.tracks.iter().position(|builder| builder.track.kind == kind) {
            return index;
        }
        self.tracks.push(TrackBuilder::new(kind));
        self.tracks.len() - 1
    }

    /// Interns a profile's names and prepares its locations.
    fn prepare(&mut self, profile: &RawProfile) -> Prepared {
        let symbols = &profile.symbols;
        self.names.reserve(symbols.functions.len(), symbols.frames.len());
        let functions: Vec<FunctionId> = (0..symbols.functions.len() as u32)
            .map(|f| {
                let id = self.names.function(symbols.name(f), symbols.file(f));
                let options = &self.options;
                let hit = |regex: &Regex| {
                    regex.is_match(&readable(symbols.name(f))) || regex.is_match(symbols.file(f))
                };
                if self.filters.len() <= id.0 as usize {
                    self.filters.resize(id.0 as usize + 1, Filter::default());
                }
                // One function may have several names, with its type arguments, and several files: any will do.
                let filter = &mut self.filters[id.0 as usize];
                filter.focused |= options.focus.as_ref().is_some_and(hit);
                filter.ignored |= options.ignore.as_ref().is_some_and(hit);
                id
            })
            .collect();
        if self.first_build.is_none() {
            self.first_build = profile.build_id.clone();
        }
        let first_build = profile.build_id.is_none() || profile.build_id == self.first_build;
        let mut prepared = Prepared {
            locations: Vec::with_capacity(symbols.locations.len()),
            has_marks: false,
            parts: Vec::with_capacity(symbols.locations.len()),
            prints: Vec::with_capacity(symbols.locations.len()),
            places: Places::with_capacity(symbols.locations.len(), symbols.frames.len()),
        };
        let (mut parts, mut frames) = (Vec::new(), Vec::new());
        for (index, location) in symbols.locations.iter().enumerate() {
            let (mut here, mut print_here) = (PreparedLocation::default(), Print::default());
            for frame in symbols.frames_of(index as u32) {
                let function = functions[frame.function as usize];
                let filter = self.filters[function.0 as usize];
                here.is_profiler |= self.names.info(function).is_profiler;
                here.focused |= filter.focused;
                here.ignored |= filter.ignored;
                let (line, address) = (frame.line, location.address);
                parts.push(part(&self.hasher, self.granularity, function, line, address));
                let print = print(&self.names, self.granularity, function, line, address);
                print_here = print_here.wrapping_add(print);
                frames.push(self.names.frame(function, line, frame.inlined));
                if self.granularity == Granularity::Function {
                    self.lines.note(function, line, first_build);
                }
            }
            prepared.has_marks |= here.is_profiler || here.focused || here.ignored;
            prepared.locations.push(here);
            prepared.parts.push(self.hasher.join(parts.drain(..)).packed());
            prepared.prints.push(print_here);
            prepared.places.add(frames.drain(..));
        }
        prepared
    }
}

/// How finely the sites of a kind are matched: Go's forms give goroutines other addresses, and a dump none.
fn granularity_of(kind: Kind, asked: Granularity) -> Granularity {
    match kind {
        Kind::Heap => asked,
        Kind::Goroutine | Kind::GoroutineLeak => asked.min(Granularity::Line),
    }
}

/// Adds so many goroutines to the counts of their labels at a site.
fn count_labels<'a>(
    labels: &mut BTreeMap<(SiteId, &'a (String, String)), u64>,
    site: SiteId,
    pairs: &'a [(String, String)],
    count: Option<&i64>,
) {
    let count = count.and_then(|count| u64::try_from(*count).ok()).unwrap_or(0);
    for pair in pairs {
        let sum = labels.entry((site, pair)).or_insert(0);
        *sum = sum.saturating_add(count);
    }
}

/// Labels of goroutines as they are shown, with how many have them at a site.
fn named(labels: BTreeMap<(SiteId, &(String, String)), u64>) -> Vec<(SiteId, String, u64)> {
    labels.into_iter().map(|((site, (key, value)), count)| (site, format!("{key}={value}"), count)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::stacks::Frames;
    use super::*;
    use crate::profile::{Form, Frame, Function, Location, SampleType, Unit};

    /// A profile of one build in which `main.run` allocates at these lines.
    fn profile(build: &str, lines: &[u32]) -> RawProfile {
        let types = vec![SampleType { name: "inuse_space".to_owned(), unit: Unit::Bytes }];
        let mut profile = RawProfile::new(build, Kind::Heap, Form::Proto, types);
        profile.build_id = Some(build.to_owned());
        let name = profile.symbols.strings.push("main.run").expect("fits");
        let file = profile.symbols.strings.push("main.go").expect("fits");
        profile.symbols.functions.push(Function { name, file });
        for (location, line) in (0..).zip(lines) {
            profile.symbols.frames.push(Frame { function: 0, line: *line, inlined: false });
            profile.symbols.locations.push(Location { address: 0, frames: location..location + 1 });
            profile.samples.push(&[location], &[100], 0, 0);
        }
        profile
    }

    /// Where the only site stood, and where it stands if elsewhere.
    fn places(before: &[u32], after: &[u32]) -> (u32, Option<u32>) {
        let mut builder = SeriesBuilder::new(SiteOptions::default(), false);
        builder.add(profile("a", before));
        builder.add(profile("b", after));
        let series = builder.finish();
        let [site] = &series.tracks()[0].sites[..] else { panic!("one function is one site") };
        let track = &series.tracks()[0];
        let line = |stack: Frames<'_>| stack.first().map_or(0, |frame| series.names.line_of(frame));
        (line(track.stack(SiteId(0))), site.has_moved().then(|| line(track.latest_stack(SiteId(0)))))
    }

    #[test]
    fn a_site_at_several_lines_is_shown_at_the_first_of_them() {
        assert_eq!(places(&[10], &[12]), (10, Some(12)));
        assert_eq!(places(&[10, 20], &[20, 10]), (10, None));
        assert_eq!(places(&[20, 10], &[22, 12]), (10, Some(12)));
    }
}
