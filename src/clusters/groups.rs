//! The groups that are tested: by blamed function, by blamed line, by whole stack.

use super::blame::{Blame, blame};
use crate::series::{Granularity, Names, SiteId, Track};
use foldhash::{HashMap, HashMapExt};

/// How coarse a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All sites that one function is blamed for.
    Function,
    /// All sites that one line is blamed for.
    Line,
    /// One stack.
    Stack,
}

/// Sites that are judged as one, with the finer groups inside it.
#[derive(Clone, Debug)]
pub struct Group {
    /// How coarse it is.
    pub level: Level,
    /// The frame to open first. For a function with several lines, the line of its first site; the suspect that is
    /// made of the group names the line that grew most.
    pub blame: Blame,
    /// Indexes of its rows in the track.
    pub rows: Vec<usize>,
    /// The same rows, split further. Empty at the finest level, and where a split would give this group again.
    pub parts: Vec<Group>,
}

/// Groups the rows of a track, profiler and filtered sites left out. The partition is made before anything is
/// looked at, so that testing sums at several levels selects nothing by its outcome.
///
/// `granularity` is the coarsest level at which sites are summed.
pub fn groups(track: &Track, names: &Names, granularity: Granularity) -> Vec<Group> {
    let blames: Vec<Option<Blame>> = track
        .sites
        .iter()
        .zip(0..)
        .map(|(site, id)| {
            let is_left_out = site.is_profiler || site.is_filtered;
            if is_left_out { None } else { blame(track, SiteId(id), names) }
        })
        .collect();
    let rows: Vec<usize> =
        (0..track.rows.len()).filter(|row| blames[track.rows[*row].site.0 as usize].is_some()).collect();
    let coarsest = match granularity {
        Granularity::Function => Level::Function,
        Granularity::Line => Level::Line,
        Granularity::Address => Level::Stack,
    };
    split(track, &blames, &rows, coarsest)
}

fn split(track: &Track, blames: &[Option<Blame>], rows: &[usize], level: Level) -> Vec<Group> {
    let site = |row: usize| track.rows[row].site;
    let blame = |row: usize| blames[site(row).0 as usize];
    let parts: Vec<Vec<usize>> = match level {
        Level::Function => partition(rows, |row| blame(row).map(|blame| (blame.function.0, 0))),
        Level::Line => partition(rows, |row| blame(row).map(|blame| (blame.function.0, blame.line))),
        // Rows come in the order of their sites.
        Level::Stack => rows.chunk_by(|a, b| site(*a) == site(*b)).map(<[usize]>::to_vec).collect(),
    };
    let groups = parts.into_iter().filter_map(|rows| {
        let blame = blame(*rows.first()?)?;
        let is_one_stack = site(rows[0]) == site(rows[rows.len() - 1]);
        let finer = match level {
            // A group with one part is that part; the finer one is not tested a second time.
            _ if is_one_stack => Vec::new(),
            Level::Function => split(track, blames, &rows, Level::Line),
            Level::Line => split(track, blames, &rows, Level::Stack),
            Level::Stack => Vec::new(),
        };
        let parts = match finer.len() {
            1 => finer.into_iter().flat_map(|only| only.parts).collect(),
            _ => finer,
        };
        Some(Group { level, blame, rows, parts })
    });
    groups.collect()
}

/// Rows with the same key together, in the order in which the keys are met. Those without a key are left out.
fn partition(rows: &[usize], key: impl Fn(usize) -> Option<(u32, u32)>) -> Vec<Vec<usize>> {
    let mut places = HashMap::new();
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let Some(key) = key(*row) else { continue };
        let place = *places.entry(key).or_insert_with(|| {
            parts.push(Vec::new());
            parts.len() - 1
        });
        parts[place].push(*row);
    }
    parts
}
