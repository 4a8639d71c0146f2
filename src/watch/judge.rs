//! Judging an instance over what the store holds of it, as `trend` judges its folder.

use crate::input::{Fetcher, Limits, Survey, Unread, survey};
use crate::judge::policy::MOST_INTERVALS;
use crate::pipeline::{Analysis, Incomparable, Options, Since, follow_found};
use crate::profile::{Heading, Kind};
use crate::store::{Ending, Entry, Instance, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Snapshots of each kind that are kept as evidence of a suspect: enough to judge it a leak anew.
const EVIDENCE: usize = 8;

/// See [`thinned`]: a life of an hour and a half at five minutes is judged whole.
const ALL_OF_LAST: usize = 16;
/// See [`thinned`]: an hour of a day, and as many as the judgement distinguishes.
const STRETCHES: i64 = MOST_INTERVALS as i64;
/// See [`thinned`]: in the last hour one every four minutes, so that of rounds that follow each other within seconds more than the last minute is
/// seen. Where they are five minutes apart, this adds none.
const PARTS_OF_LAST: i64 = 16;
/// The most suspects of an instance that are named: each costs a part of a report, and nobody reads as many.
const MOST_SUSPECTS: usize = 1000;

/// How instances are judged.
#[derive(Clone, Debug)]
pub struct JudgeOptions {
    /// As with `trend`.
    pub analysis: Options,
    /// Bounds on one snapshot.
    pub limits: Limits,
    /// Only snapshots taken in this time before the latest one. Default 24 h: a leak that begins today is not
    /// flattened by two weeks without it, and a round's work does not grow with the store.
    pub window: Duration,
    /// The longest time for one judgement, after which it is given up. Default 10 s: a hundred times what a large service takes.
    pub time: Duration,
}

impl Default for JudgeOptions {
    fn default() -> JudgeOptions {
        JudgeOptions {
            analysis: Options::default(),
            limits: Limits::of_a_service(),
            window: Duration::from_secs(24 * 3600),
            time: Duration::from_secs(10),
        }
    }
}

/// Why there is no judgement.
#[derive(Debug, Error)]
pub enum NotJudged {
    /// Too few snapshots yet, as after the first round.
    #[error(transparent)]
    Incomparable(#[from] Incomparable),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A judgement.
#[derive(Debug)]
pub struct Judgement {
    /// What the snapshots say.
    pub analysis: Analysis,
    /// How much of the latest life of the process it covers.
    pub span: Duration,
    /// The snapshots that show it, some of each kind from the first to the last.
    pub evidence: Vec<PathBuf>,
}

/// What tells the snapshots of an instance apart.
type Name = (Kind, i64, Ending);

/// What was read of a stored file, which never changes: its heading, without its path, or nothing if it cannot be used.
type Known = Option<Heading>;

/// Judges instances again and again; of each it remembers the headings of a number of snapshots that does not grow with time.
pub struct Judge {
    options: JudgeOptions,
    known: BTreeMap<Instance, BTreeMap<Name, Known>>,
    fetcher: Fetcher,
}

impl Judge {
    /// A judge that knows nothing yet.
    pub fn new(mut options: JudgeOptions) -> Judge {
        options.analysis.most_suspects = options.analysis.most_suspects.min(MOST_SUSPECTS);
        // It reads files only, so nothing is ever fetched with it.
        let fetcher = Fetcher::plain(Duration::from_secs(1));
        Judge { options, known: BTreeMap::new(), fetcher }
    }

    /// Forgets all instances but these.
    pub fn retain(&mut self, is_there: impl Fn(&Instance) -> bool) {
        self.known.retain(|instance, _| is_there(instance));
    }

    /// Judges an instance.
    ///
    /// # Errors
    /// If there is too little to judge or too little time, or the store cannot be read.
    pub fn judge(&mut self, store: &Store, instance: &Instance) -> Result<Judgement, NotJudged> {
        let entries = self.look_at(store, instance)?;
        let known = self.known.entry(instance.clone()).or_default();
        let mut found: Vec<(Heading, Unread)> = entries
            .iter()
            .filter_map(|entry| {
                let source = entry.path.to_str()?.to_owned();
                let heading = Heading { source, ..known.get(&entry.order())?.clone()? };
                let unread = Unread::file(&heading);
                Some((heading, unread))
            })
            .collect();
        found.sort_by(|a, b| a.0.source.cmp(&b.0.source));
        let found = Survey { found, ..Survey::default() };
        self.options.analysis.criteria.until = Instant::now().checked_add(self.options.time);
        let since = Since::Last(self.window());
        let JudgeOptions { analysis: options, limits, .. } = &self.options;
        let (analysis, damaged) = follow_found(found, since, options, limits, &mut |_, _| {});
        // One that was pruned in this very moment is missed by nobody; a damaged one is not read again.
        let known = self.known.entry(instance.clone()).or_default();
        for error in damaged {
            let entry = entries.iter().find(|entry| entry.path.to_str() == Some(error.input.as_str()));
            known.extend(entry.map(|entry| (entry.order(), None)));
        }
        let analysis = analysis?;
        Ok(Judgement { span: span(&analysis), evidence: evidence(&analysis), analysis })
    }

    /// In nanoseconds.
    fn window(&self) -> i64 {
        i64::try_from(self.options.window.as_nanos()).unwrap_or(i64::MAX)
    }

    /// Reads the headings of snapshots that are new, and forgets those that are gone or too old to count. Gives those that count.
    fn look_at(&mut self, store: &Store, instance: &Instance) -> Result<Vec<Entry>, NotJudged> {
        let entries = store.snapshots(instance)?;
        let window = self.window();
        let latest = entries.iter().map(|entry| entry.nanos).max().unwrap_or(0);
        // The names tell the collector's time, the profiles that of the process: the two may differ.
        let earliest = latest.saturating_sub(window).saturating_sub(window / 2);
        let entries = entries.into_iter().filter(|entry| entry.nanos >= earliest).collect();
        let entries = thinned(entries, window);
        let known = self.known.entry(instance.clone()).or_default();
        let there: BTreeSet<Name> = entries.iter().map(Entry::order).collect();
        known.retain(|name, _| there.contains(name));
        let new: Vec<&Entry> = entries.iter().filter(|entry| !known.contains_key(&entry.order())).collect();
        if new.is_empty() {
            return Ok(entries);
        }
        let paths: Vec<&str> = new.iter().filter_map(|entry| entry.path.to_str()).collect();
        let found = survey(&paths, &self.fetcher, &self.options.limits, &mut |_, _| {}).found;
        let mut headings: HashMap<String, Heading> = found
            .into_iter()
            .map(|(mut heading, _)| (std::mem::take(&mut heading.source), heading))
            .collect();
        for entry in new {
            known.insert(entry.order(), entry.path.to_str().and_then(|path| headings.remove(path)));
        }
        forget_pauses(known);
        Ok(entries)
    }
}

/// Forgets the pauses of the collector that all but the latest heap text tell: a ring of 256, of which the latest is shown.
fn forget_pauses(known: &mut BTreeMap<Name, Known>) {
    let texts = known.values_mut().rev().flatten().filter_map(|heading| heading.mem_stats.as_mut());
    texts.skip(1).for_each(|stats| stats.pauses = Vec::new());
}

/// Of many snapshots the last [`ALL_OF_LAST`] of each form, the first in each [`STRETCHES`]th of the window, in nanoseconds, and the first in each
/// [`PARTS_OF_LAST`]th of the last of these: the judgement adds neighbouring intervals up to fewer, and what is remembered of an instance must not
/// grow with the time it is watched. The stretches begin at fixed times, so that nearly all that is chosen in one round is chosen in the next.
fn thinned(mut entries: Vec<Entry>, window: i64) -> Vec<Entry> {
    let stretch = (window / STRETCHES).max(1);
    let part = (stretch / PARTS_OF_LAST).max(1);
    let latest = entries.iter().map(|entry| entry.nanos).max().unwrap_or(0);
    let mut left: BTreeMap<(Kind, Ending), usize> = BTreeMap::new();
    entries.iter().for_each(|entry| *left.entry((entry.kind, entry.ending)).or_default() += 1);
    let mut met = BTreeSet::new();
    entries.retain(|entry| {
        let form = (entry.kind, entry.ending);
        let later = left.get_mut(&form).map_or(0, |left| {
            *left -= 1;
            *left
        });
        let is_first = met.insert((form, stretch, entry.nanos.div_euclid(stretch)));
        let is_late = latest.saturating_sub(entry.nanos) < stretch;
        let is_first_of_part = is_late && met.insert((form, part, entry.nanos.div_euclid(part)));
        is_first || is_first_of_part || later < ALL_OF_LAST
    });
    entries
}

/// The length of the life that was judged.
fn span(analysis: &Analysis) -> Duration {
    let times = analysis.windows.iter().flat_map(|(_, window)| window.times().iter().flatten());
    let (first, last) = times.fold((i64::MAX, i64::MIN), |(a, b), time| (a.min(*time), b.max(*time)));
    Duration::from_nanos(u64::try_from(last.saturating_sub(first)).unwrap_or(0))
}

/// Some snapshots of each kind that was judged, evenly from the first to the last.
fn evidence(analysis: &Analysis) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (kind, window) in &analysis.windows {
        let Some(track) = analysis.series.track(*kind) else { continue };
        let snapshots = window.snapshots();
        let count = snapshots.len().min(EVIDENCE);
        for step in 0..count {
            let index = snapshots[step * (snapshots.len() - 1) / (count - 1).max(1)];
            files.push(PathBuf::from(&track.snapshots[index].source));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_is_bounded_and_hardly_changes_from_round_to_round() {
        const MINUTE: i64 = 60_000_000_000;
        let day = 24 * 60 * MINUTE;
        let entry = |kind: Kind, minute: i64| {
            let path = PathBuf::from(format!("{}/{minute}", kind.name()));
            Entry { kind, ending: Ending::Proto, nanos: minute * MINUTE, path }
        };
        let chosen = |until: i64, every: usize| -> BTreeSet<PathBuf> {
            let entries = [Kind::Heap, Kind::Goroutine].into_iter().flat_map(|kind| {
                (until - 24 * 60..=until).step_by(every).map(move |minute| entry(kind, minute))
            });
            thinned(entries.collect(), day).into_iter().map(|entry| entry.path).collect()
        };
        let (now, next) = (chosen(10_000, 5), chosen(10_005, 5));
        assert!((2 * 36..=2 * 42).contains(&now.len()), "{}", now.len());
        assert!(next.difference(&now).count() <= 4, "{:?}", next.difference(&now));
        let (now, next) = (chosen(10_000, 1), chosen(10_001, 1));
        assert!((2 * 48..=2 * 56).contains(&now.len()), "{}", now.len());
        assert!(next.difference(&now).count() <= 4, "{:?}", next.difference(&now));
        let before_the_last = |path: &PathBuf| {
            let minute: i64 =
                path.file_name().and_then(|name| name.to_str()?.parse().ok()).expect("a minute");
            (9_940..9_984).contains(&minute)
        };
        // Of the rest of the last hour, one in four minutes.
        assert!(
            (2 * 10..=2 * 13).contains(&now.iter().filter(|path| before_the_last(path)).count()),
            "{now:?}"
        );
        let few: Vec<Entry> = (0..12).map(|minute| entry(Kind::Heap, 5 * minute)).collect();
        assert_eq!(thinned(few.clone(), day), few);
    }
}
