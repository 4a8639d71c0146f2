//! The groups that are tested: by blamed function, by blamed line, by whole stack.

use super::blame::{Blame, Blamer};
use crate::series::{Granularity, Names, Track, bucketed};
use foldhash::{HashMap, HashMapExt};
use std::ops::Range;

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

/// Sites that are judged as one.
#[derive(Clone, Debug)]
pub struct Group {
    /// How coarse it is.
    pub level: Level,
    /// The frame to open first. For a function with several lines, the line of its first site; the suspect that is
    /// made of the group names the line that grew most.
    pub blame: Blame,
    /// Where its rows stand among those of its level.
    rows: Range<u32>,
    /// Where the groups that it is split into end; they follow it.
    end: u32,
}

/// The groups of a track, each followed by those that it is split into: tens of thousands of them share two lists of rows.
#[derive(Debug, Default)]
pub struct Groups {
    groups: Vec<Group>,
    /// All rows in the order of the track, which is how they lie in memory; behind them those without a stack, which are in no group.
    all: Vec<usize>,
    /// How many of them are in groups.
    grouped: usize,
    /// Rows of one function together; empty where functions are no level.
    by_function: Vec<usize>,
    /// Rows of one line together, and within it those of one stack; the lines of a function in its own place.
    by_line: Vec<usize>,
}

impl Groups {
    /// How many there are, of all levels.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is nothing to judge.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// A group.
    pub fn get(&self, index: usize) -> &Group {
        &self.groups[index]
    }

    /// Indexes of the rows of a group in the track, in its order.
    pub fn rows(&self, index: usize) -> &[usize] {
        let Group { level, rows, .. } = &self.groups[index];
        &self.rows_by(*level)[rows.start as usize..rows.end as usize]
    }

    fn rows_by(&self, level: Level) -> &[usize] {
        if level == Level::Function { &self.by_function } else { &self.by_line }
    }

    /// The rows of all groups, and those without a stack.
    pub fn all_rows(&self) -> &[usize] {
        &self.all
    }

    /// The rows that no group has, as nothing can be blamed for them.
    pub fn stackless_rows(&self) -> &[usize] {
        &self.all[self.grouped..]
    }

    /// The coarsest groups, in order.
    pub fn roots(&self) -> impl Iterator<Item = usize> {
        self.siblings(0, self.groups.len())
    }

    /// The groups with the same rows as a group, split further. None at the finest level, and where a split would give the
    /// same group again.
    pub fn parts(&self, index: usize) -> impl Iterator<Item = usize> {
        self.siblings(index + 1, self.groups[index].end as usize)
    }

    /// The groups that a group is split into, of all finer levels.
    pub fn all_parts(&self, index: usize) -> Range<usize> {
        index + 1..self.groups[index].end as usize
    }

    fn siblings(&self, start: usize, end: usize) -> impl Iterator<Item = usize> {
        let present = move |index: usize| (index < end).then_some(index);
        std::iter::successors(present(start), move |index| present(self.groups[*index].end as usize))
    }

    /// Adds the groups of a level among rows that stand together at each level, each followed by its parts.
    fn split(&mut self, rows: Range<usize>, level: Level, blamed: &Blamed<'_>) {
        let mut start = rows.start;
        while start < rows.end {
            let here = &self.rows_by(level)[start..rows.end];
            let count =
                here.iter().position(|row| !blamed.are_one(level, here[0], *row)).unwrap_or(here.len());
            let (first, last) = (here[0], here[count - 1]);
            let range = start..start + count;
            start = range.end;
            let Some(blame) = blamed.of_row(first) else { continue };
            let index = self.groups.len();
            let rows = range.start as u32..range.end as u32;
            self.groups.push(Group { level, blame, rows, end: 0 });
            let lines = &self.by_line[range.clone()];
            let is_one_line = blamed.are_one(Level::Line, lines[0], lines[count - 1]);
            // A group with one part is that part; the finer one is not tested a second time.
            match level {
                _ if blamed.are_one(Level::Stack, first, last) => {}
                Level::Function if !is_one_line => self.split(range, Level::Line, blamed),
                Level::Function | Level::Line => self.split(range, Level::Stack, blamed),
                Level::Stack => {}
            }
            self.groups[index].end = self.groups.len() as u32;
        }
    }
}

/// Groups the rows of a track, profiler and filtered sites left out. The partition is made before anything is
/// looked at, so that testing sums at several levels selects nothing by its outcome.
///
/// `granularity` is the coarsest level at which sites are summed.
pub fn groups(track: &Track, names: &Names, granularity: Granularity) -> Groups {
    let blamed = Blamed::of(track, names);
    let is_blamed = |row: &usize| blamed.of_row(*row).is_some();
    let (mut all, left_out): (Vec<usize>, Vec<usize>) = (0..track.rows.len()).partition(is_blamed);
    let grouped = all.len();
    all.extend(left_out.into_iter().filter(|row| {
        let site = track.rows[*row].site;
        track.latest_stack(site).first().is_none() && !track.site(site).is_filtered
    }));
    let mut groups = Groups { grouped, ..Groups::default() };
    // Each site and each line is one, and each function, unless it has one part.
    let lines = blamed.functions.len();
    groups.groups.reserve(track.sites.len() + 2 * lines);
    let rows = || all[..grouped].iter().copied();
    let coarsest = match granularity {
        Granularity::Function => {
            let by_function = bucketed(0..lines, lines, |line| blamed.functions[line]).0;
            let mut ranks = vec![0; lines];
            for (rank, line) in (0..).zip(by_function) {
                ranks[line] = rank;
            }
            groups.by_function = bucketed(rows(), lines, |row| blamed.functions[blamed.line(row)]).0;
            groups.by_line = bucketed(rows(), lines, |row| ranks[blamed.line(row)]).0;
            Level::Function
        }
        Granularity::Line => {
            groups.by_line = bucketed(rows(), lines, |row| blamed.line(row) as u32).0;
            Level::Line
        }
        Granularity::Address => {
            groups.by_line = rows().collect();
            Level::Stack
        }
    };
    groups.split(0..grouped, coarsest, &blamed);
    groups.all = all;
    groups
}

/// What the sites of a track are blamed on.
struct Blamed<'a> {
    track: &'a Track,
    /// By site; `None` for those that are left out.
    blames: Vec<Option<Blame>>,
    /// By site: the number of its blamed line. Lines are numbered as they are met.
    lines: Vec<u32>,
    /// By line: the number of its function. These are numbered as they are met, too.
    functions: Vec<u32>,
}

impl<'a> Blamed<'a> {
    fn of(track: &'a Track, names: &Names) -> Blamed<'a> {
        let blamer = Blamer::of(names);
        let mut blames = vec![None; track.sites.len()];
        for site in track.sites_as_read() {
            let info = track.site(site);
            if !info.is_profiler && !info.is_filtered {
                blames[site.0 as usize] = blamer.blame(track, site);
            }
        }
        let mut functions = Vec::new();
        let (mut known_lines, mut known_functions) = (HashMap::new(), HashMap::new());
        let line = |blame: &Option<Blame>| {
            let Some(blame) = blame else { return 0 };
            *known_lines.entry((blame.function, blame.line)).or_insert_with(|| {
                let next = known_functions.len() as u32;
                functions.push(*known_functions.entry(blame.function).or_insert(next));
                functions.len() as u32 - 1
            })
        };
        let lines = blames.iter().map(line).collect();
        Blamed { track, blames, lines, functions }
    }

    fn site(&self, row: usize) -> usize {
        self.track.rows[row].site.0 as usize
    }

    fn of_row(&self, row: usize) -> Option<Blame> {
        self.blames[self.site(row)]
    }

    fn line(&self, row: usize) -> usize {
        self.lines[self.site(row)] as usize
    }

    /// Whether two rows are of one group of a level.
    fn are_one(&self, level: Level, a: usize, b: usize) -> bool {
        match level {
            Level::Function => self.functions[self.line(a)] == self.functions[self.line(b)],
            Level::Line => self.line(a) == self.line(b),
            Level::Stack => self.site(a) == self.site(b),
        }
    }
}
