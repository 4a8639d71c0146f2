//! Retention: which snapshots go, so that a store that is fed for years stays bounded and still tells of weeks.

use super::verify::unfinished_in;
use super::{Entry, Instance, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// The length of the stretches of which one snapshot stays.
const HOUR: i64 = 3_600_000_000_000;
/// Snapshots further ahead of the clock than this, ten minutes, say nothing of the time.
const AHEAD: i64 = HOUR / 6;
/// Snapshots further apart than this, two days, are taken for those of another clock for a while.
const LEAP: i64 = 48 * HOUR;

/// How long snapshots are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// All younger than this. Default 48 hours.
    pub all: Duration,
    /// Of those younger than this one an hour, the first. Default 14 days.
    pub hourly: Duration,
    /// The most bytes of the whole store, if it is bounded: the oldest snapshots go first. Default 10 GiB.
    pub bytes: Option<u64>,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            all: Duration::from_secs(48 * 3600),
            hourly: Duration::from_secs(14 * 24 * 3600),
            bytes: Some(10 << 30),
        }
    }
}

/// What was removed.
#[derive(Debug, Default)]
pub struct Pruned {
    /// Snapshots.
    pub snapshots: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Unfinished files of writers that died.
    pub unfinished: usize,
    /// The bytes that stay.
    pub left: u64,
    /// Whether more stays than the most, because open suspects need it or it is the latest of its kind.
    pub over: bool,
    /// What could not be removed or listed, and why; all else was done.
    pub problems: Vec<StoreError>,
}

impl Store {
    /// Removes what the retention does not keep at `now`, in nanoseconds since the Unix epoch, and what dead writers left.
    ///
    /// What open suspects were reported on stays, and so does the latest snapshot of each kind. Snapshots of the future, as after
    /// a clock was set back, are young, and a clock that has leapt ahead is not believed before it has been right for an hour.
    ///
    /// # Errors
    /// If the store cannot be listed.
    pub fn prune(&self, retention: &Retention, now: i64) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        let mut left: Vec<(Entry, u64)> = Vec::new();
        for instance in self.instances()? {
            if let Err(problem) = self.prune_instance(&instance, retention, now, &mut pruned, &mut left) {
                pruned.problems.push(problem);
            }
        }
        left.sort_by(|a, b| a.0.nanos.cmp(&b.0.nanos).then_with(|| a.0.path.cmp(&b.0.path)));
        let most = retention.bytes.unwrap_or(u64::MAX);
        for (entry, bytes) in left {
            if pruned.left <= most {
                break;
            }
            if pruned.removed(&entry.path) {
                pruned.snapshots += 1;
                pruned.bytes += bytes;
                pruned.left -= bytes;
            }
        }
        pruned.over = pruned.left > most;
        Ok(pruned)
    }

    /// The same of one instance by its age alone; `left` gets what may go for its size.
    fn prune_instance(
        &self,
        instance: &Instance,
        retention: &Retention,
        now: i64,
        pruned: &mut Pruned,
        left: &mut Vec<(Entry, u64)>,
    ) -> Result<(), StoreError> {
        for file in unfinished_in(self, instance)?.dead {
            pruned.unfinished += usize::from(pruned.removed(&file));
        }
        let (entries, pinned) = self.pinned(instance)?;
        let gone = expired(&entries, &pinned, retention, believed(&entries, retention, now));
        for (index, entry) in entries.into_iter().enumerate() {
            let bytes = entry.bytes();
            if gone.contains(&index) && pruned.removed(&entry.path) {
                pruned.snapshots += 1;
                pruned.bytes += bytes;
            } else {
                pruned.left += bytes;
                if retention.bytes.is_some() && !pinned.contains(&index) && !gone.contains(&index) {
                    left.push((entry, bytes));
                }
            }
        }
        Ok(())
    }

    /// The snapshots of an instance, and the places of those that stay in any case.
    fn pinned(&self, instance: &Instance) -> Result<(Vec<Entry>, BTreeSet<usize>), StoreError> {
        let entries = self.snapshots(instance)?;
        let evidence = self.evidence(instance);
        let mut latest = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            latest.insert((entry.kind, entry.ending), index);
        }
        let mut pinned: BTreeSet<usize> = latest.into_values().collect();
        pinned.extend(
            (0..entries.len()).filter(|index| self.is_evidence(instance, &evidence, &entries[*index].path)),
        );
        Ok((entries, pinned))
    }
}

/// The places of the snapshots of one instance, in order of time, that have had their time.
fn expired(entries: &[Entry], pinned: &BTreeSet<usize>, retention: &Retention, now: i64) -> BTreeSet<usize> {
    let mut hours = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let age = now.saturating_sub(entry.nanos);
        let stays = if age < nanos(retention.all) {
            true
        } else if age < nanos(retention.hourly) {
            hours.insert((entry.kind, entry.ending, entry.nanos.div_euclid(HOUR)))
        } else {
            false
        };
        if !stays && !pinned.contains(&index) {
            gone.insert(index);
        }
    }
    gone
}

/// The time by which the snapshots of an instance are old. One collector whose clock is wrong for a moment, as before it was set after a
/// start, must not end the history of all: where the latest snapshots lie further behind those before them than any is kept, and among
/// themselves less than an hour apart, the time of those before them counts still.
fn believed(entries: &[Entry], retention: &Retention, now: i64) -> i64 {
    let mut times: Vec<i64> =
        entries.iter().map(|entry| entry.nanos).filter(|nanos| *nanos <= now.saturating_add(AHEAD)).collect();
    times.sort_unstable();
    let leap = nanos(retention.all).min(LEAP);
    let is_leap = |pair: &[i64]| pair[1].saturating_sub(pair[0]) > leap;
    let Some(before) = times.windows(2).rposition(is_leap) else { return now };
    let lasted = times.last().map_or(0, |last| last.saturating_sub(times[before + 1]));
    if lasted >= HOUR { now } else { times[before] }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

impl Pruned {
    /// Removes a file, which another collector may have done by now; says whether it is gone.
    fn removed(&mut self, path: &Path) -> bool {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                self.problems.push(StoreError::new(path, error));
                false
            }
            _ => true,
        }
    }
}
