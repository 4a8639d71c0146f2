//! What was counted at every place in every life of a process: the evidence that adds up over processes, also where one of them shows nothing.

use super::Taken;
use crate::clusters::{Groups, Level, Subject, groups};
use crate::judge::policy::{LEAST_SHARE, LEAST_SHARE_ALONE};
use crate::judge::{GoroutineLife, HeapLife, Observation, Sizes, Weight, moves, weigh_place};
use crate::profile::Kind;
use crate::series::{Granularity, Names, Sampling, Track, Window};
use crate::suspects::place_id;
use std::collections::BTreeMap;

/// One life of the process as the snapshots of one kind show it, with all its places.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeCounts {
    /// What was counted.
    pub subject: Subject,
    /// Which life, counted from 0 among those that two snapshots of the kind show.
    pub life: usize,
    /// The build id, if known.
    pub build: Option<String>,
    /// When its first snapshot was taken, nanoseconds since the Unix epoch.
    pub from: Option<i64>,
    /// When its last one was.
    pub until: Option<i64>,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// What was live in each whose time is known and of which nothing is missing: the time, and bytes or goroutines.
    pub live: Vec<(i64, i128)>,
    /// The hours between those that are looked at.
    pub gaps: Vec<f64>,
    /// So many places share the prior.
    pub sharing: f64,
    /// Whether births are counted and counts are exact.
    pub is_certain: bool,
    /// The places at which anything came or went.
    pub places: Vec<PlaceCounts>,
}

/// One place in one life.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceCounts {
    /// The same in all processes and builds.
    pub id: String,
    /// A function, or one of the paths below it (`Level::Stack`).
    pub level: Level,
    /// The function that would be blamed.
    pub function: String,
    /// Its file.
    pub file: String,
    /// The line of it.
    pub line: u32,
    /// Whether it is the runtime's own.
    pub is_runtime: bool,
    /// The births and deaths.
    pub seen: Observation,
    /// What they say; of a path nothing, as its function was weighed.
    pub weight: Option<Weight>,
    /// What one of those counted is worth: bytes for a sampled object, 1 for a goroutine.
    pub each: f64,
}

/// The least share of births that counts as keeping, at a place by itself.
pub(crate) fn least_share(subject: Subject) -> f64 {
    match subject {
        Subject::Heap => LEAST_SHARE,
        Subject::Goroutine => LEAST_SHARE_ALONE,
    }
}

/// The places of all lives of a process.
pub(crate) fn places(taken: &Taken) -> Vec<LifeCounts> {
    let names = &taken.series.names;
    let mut all = Vec::new();
    for kind in [Kind::Heap, Kind::Goroutine] {
        let Some((track, judged)) = taken.judged(kind) else { continue };
        let groups = groups(track, names, Granularity::Function);
        let (others, before) = taken.other_lives(kind);
        let mut windows: Vec<&Window> = others.iter().collect();
        windows.insert(before.min(windows.len()), judged);
        let lives = windows.into_iter().filter(|window| window.can_be_judged());
        all.extend(lives.enumerate().map(|(life, window)| {
            let one = OneLife { subject: Subject::of(kind), track, names, groups: &groups, window };
            let mut counts = one.life(life);
            match kind {
                Kind::Heap => one.heap(&mut counts),
                _ => one.goroutines(&mut counts),
            }
            counts
        }));
    }
    all
}

/// One life to be counted.
struct OneLife<'a> {
    subject: Subject,
    track: &'a Track,
    names: &'a Names,
    groups: &'a Groups,
    window: &'a Window,
}

impl OneLife<'_> {
    /// The life without its places.
    fn life(&self, life: usize) -> LifeCounts {
        let last = &self.track.snapshots[self.window.last()];
        LifeCounts {
            subject: self.subject,
            life,
            build: last.build_id.clone(),
            from: self.window.times()[0],
            until: self.window.times()[self.window.len() - 1],
            snapshots: self.window.len(),
            live: self.live(),
            gaps: Vec::new(),
            sharing: 0.0,
            is_certain: true,
            places: Vec::new(),
        }
    }

    fn live(&self) -> Vec<(i64, i128)> {
        let seen = self.window.snapshots().iter().zip(self.window.times());
        let live = seen.filter_map(|(index, time)| {
            let snapshot = Some(&self.track.snapshots[*index]).filter(|snapshot| !snapshot.is_truncated)?;
            let column = match self.subject {
                Subject::Heap => snapshot.columns.inuse_space?,
                Subject::Goroutine => 0,
            };
            Some(((*time)?, *snapshot.totals.get(column)?))
        });
        live.collect()
    }

    fn heap(&self, counts: &mut LifeCounts) {
        let life = HeapLife::of(self.track, self.window);
        let sampling = [self.window.first(), self.window.last()].map(|i| self.track.snapshots[i].sampling);
        counts.is_certain = sampling == [Sampling::Recovered; 2] && life.counts_births();
        counts.gaps = life.gaps().to_vec();
        let allocates = |root: &usize| self.groups.rows(*root).iter().any(|row| self.was_born(*row));
        counts.sharing = self.groups.roots().filter(allocates).count() as f64;
        let seen = |rows: &[usize]| life.observation(&life.counts(rows, Sizes::All));
        for root in self.groups.roots() {
            let rows = self.groups.rows(root);
            let whole = seen(rows);
            if !has_changed(&whole) {
                continue;
            }
            let weight = weigh_place(&whole, least_share(self.subject), counts.sharing);
            let each = self.bytes_each(rows);
            counts.places.push(self.function(root, whole, weight, each));
            for (path, rows) in self.paths(root) {
                let seen = seen(&rows);
                if has_changed(&seen) {
                    let each = self.bytes_each(&rows);
                    counts.places.push(self.place(root, Level::Stack, &path, seen, each));
                }
            }
        }
    }

    fn goroutines(&self, counts: &mut LifeCounts) {
        let life = GoroutineLife::of(self.track, self.window);
        counts.is_certain = life.knows_ids();
        let seen: Vec<(usize, Observation)> =
            self.groups.roots().map(|root| (root, life.observation(self.groups.rows(root), None))).collect();
        counts.gaps = seen.first().map(|(_, seen)| seen.gaps.clone()).unwrap_or_default();
        counts.sharing = seen.iter().filter(|(_, seen)| moves(&seen.live())).count() as f64;
        for (root, seen) in seen.into_iter().filter(|(_, seen)| has_changed(seen)) {
            let weigh = |seen: &Observation| weigh_place(seen, least_share(self.subject), counts.sharing);
            let weight = life.weigh(self.groups.rows(root), &seen, weigh);
            counts.places.push(self.function(root, seen, weight, 1.0));
        }
    }

    /// The rows of each path from the allocation to the blamed function, where there are several.
    fn paths(&self, root: usize) -> BTreeMap<Vec<&String>, Vec<usize>> {
        let blamed = self.groups.get(root).blame.function;
        let mut paths: BTreeMap<Vec<&String>, Vec<usize>> = BTreeMap::new();
        for row in self.groups.rows(root) {
            let stack = self.track.latest_stack(self.track.rows[*row].site).iter();
            let functions = stack.map(|frame| self.names.function_of(frame));
            let path = functions.take_while(|function| *function != blamed);
            let path = path.map(|function| &self.names.info(function).name).collect();
            paths.entry(path).or_default().push(*row);
        }
        if paths.len() < 2 { BTreeMap::new() } else { paths }
    }

    fn function(&self, root: usize, seen: Observation, weight: Weight, each: f64) -> PlaceCounts {
        PlaceCounts { weight: Some(weight), ..self.place(root, Level::Function, &[], seen, each) }
    }

    fn place(
        &self,
        root: usize,
        level: Level,
        path: &[&String],
        seen: Observation,
        each: f64,
    ) -> PlaceCounts {
        let blame = self.groups.get(root).blame;
        let info = self.names.info(blame.function);
        PlaceCounts {
            id: place_id(self.subject, &info.name, path.iter().map(|name| name.as_str())),
            level,
            function: info.name.clone(),
            file: info.file.clone(),
            line: blame.line,
            is_runtime: info.is_runtime,
            seen,
            weight: None,
            each,
        }
    }

    /// Whether anything was allocated in a row since the first snapshot.
    fn was_born(&self, row: usize) -> bool {
        let [first, last] = [self.window.first(), self.window.last()].map(|i| self.track.sampled(i, row));
        last.0 > first.0 || (last.0 == 0 && last.1 > 0)
    }

    /// Bytes that stand behind one sampled object of some rows.
    fn bytes_each(&self, rows: &[usize]) -> f64 {
        let last = self.window.last();
        let (mut bytes, mut objects) = ((0.0, 0.0), (0.0, 0.0));
        for row in rows {
            let (born_bytes, live_bytes) = self.track.bytes(last, *row);
            let (born, live) = self.track.sampled(last, *row);
            bytes = (bytes.0 + born_bytes.max(0) as f64, bytes.1 + live_bytes.max(0) as f64);
            objects = (objects.0 + born.max(0) as f64, objects.1 + live.max(0) as f64);
        }
        match (objects.1 > 0.0, objects.0 > 0.0) {
            (true, _) => bytes.1 / objects.1,
            (_, true) => bytes.0 / objects.0,
            _ => 0.0,
        }
    }
}

/// Whether anything came or went.
fn has_changed(seen: &Observation) -> bool {
    seen.all_births() > 0.0 || seen.deaths.iter().any(|deaths| *deaths > 0.0)
}
