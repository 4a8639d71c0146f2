//! What each line of quoted source holds: the memory that is allocated, or the goroutines that wait, at the line or in
//! what it calls. As in `go tool pprof -list`, a stack counts at every line that it runs through.

use super::document::LineView;
use crate::profile::Owner;
use crate::series::{FunctionId, Names, Track, Window};
use crate::source::Excerpt;
use crate::suspects::{HeapMetric, Suspect, group_growth};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The lines of an excerpt that hold anything, of all stacks of the suspect's kind.
pub(super) fn line_values(
    excerpt: &Excerpt,
    suspect: &Suspect,
    track: &Track,
    window: &Window,
    names: &Names,
    metric: HeapMetric,
) -> Vec<LineView> {
    let Some(file) = file_of(excerpt, suspect, track, names) else { return Vec::new() };
    let in_file: HashSet<FunctionId> = functions_in(names, file);
    let last = excerpt.first_line.saturating_add(excerpt.lines.len() as u32);
    let quoted = excerpt.first_line..last;
    // Rows of one site are its sizes, with one stack.
    let mut by_site: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, row) in track.rows.iter().enumerate() {
        let lines = by_site.entry(row.site.0).or_insert_with(|| {
            let frames = track.latest_stack(row.site);
            let of_file = frames.iter().filter(|frame| in_file.contains(&names.function_of(*frame)));
            let mut lines: Vec<u32> =
                of_file.map(|frame| names.line_of(frame)).filter(|line| quoted.contains(line)).collect();
            lines.sort_unstable();
            lines.dedup();
            lines
        });
        for line in lines {
            rows.entry(*line).or_default().push(index);
        }
    }
    let view = |(line, rows): (u32, Vec<usize>)| {
        let growth = group_growth(track, names, &rows, window, metric);
        LineView { line, first: growth.first(), last: growth.last() }
    };
    rows.into_iter().map(view).filter(|view| view.first != 0.0 || view.last != 0.0).collect()
}

/// The name of the excerpt's file in the profile: of the files on the suspect's stacks the one whose path ends most like
/// that of the excerpt, which begins at the folder of sources.
fn file_of<'a>(excerpt: &Excerpt, suspect: &Suspect, track: &Track, names: &'a Names) -> Option<&'a str> {
    let alike = |file: &str| {
        let ends = file.rsplit(['/', '\\']).zip(excerpt.file.rsplit(['/', '\\']));
        ends.take_while(|(one, other)| one == other).count()
    };
    let stacks = suspect.sites.iter().map(|site| track.latest_stack(site.site));
    let own = stacks.flat_map(|stack| stack.iter().map(|frame| names.info_of(frame)).collect::<Vec<_>>());
    let files: HashSet<&str> =
        own.filter(|info| info.owner == Owner::Own).map(|info| info.file.as_str()).collect();
    files.into_iter().filter(|file| alike(file) > 0).max_by_key(|file| (alike(file), *file))
}

/// The functions that stand in a file.
fn functions_in(names: &Names, file: &str) -> HashSet<FunctionId> {
    let numbered = names.functions().iter().zip(0..);
    numbered.filter(|(info, _)| info.file == file).map(|(_, number)| FunctionId(number)).collect()
}
