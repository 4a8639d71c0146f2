//! Retention: which snapshots go, so that a store that is fed for years stays bounded and still tells of weeks.

use super::verify::unfinished_in;
use super::{Entry, Instance, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The length of the stretches of which one snapshot stays.
const HOUR: i64 = 3_600_000_000_000;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
}

impl Store {
    /// Removes what the retention does not keep at `now`, in nanoseconds since the Unix epoch, and what dead writers left.
    ///
    /// What open suspects were told on stays, and so does the latest snapshot of each kind. Snapshots of the future, as after
    /// a clock was set back, are young.
    ///
    /// # Errors
    /// If a folder cannot be listed, or a file not removed.
    pub fn prune(&self, retention: &Retention, now: i64) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        let mut left: Vec<(Entry, u64)> = Vec::new();
        for instance in self.instances()? {
            for file in unfinished_in(self, &instance)?.dead {
                remove(&file)?;
                pruned.unfinished += 1;
            }
            let (entries, pinned) = self.pinned(&instance)?;
            let gone = expired(&entries, &pinned, retention, now);
            for (index, entry) in entries.into_iter().enumerate() {
                let bytes = entry.bytes();
                if gone.contains(&index) {
                    remove(&entry.path)?;
                    pruned.snapshots += 1;
                    pruned.bytes += bytes;
                } else {
                    pruned.left += bytes;
                    if retention.bytes.is_some() && !pinned.contains(&index) {
                        left.push((entry, bytes));
                    }
                }
            }
        }
        left.sort_by(|a, b| a.0.nanos.cmp(&b.0.nanos).then_with(|| a.0.path.cmp(&b.0.path)));
        let most = retention.bytes.unwrap_or(u64::MAX);
        for (entry, bytes) in left {
            if pruned.left <= most {
                break;
            }
            remove(&entry.path)?;
            pruned.snapshots += 1;
            pruned.bytes += bytes;
            pruned.left -= bytes;
        }
        pruned.over = pruned.left > most;
        Ok(pruned)
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
    let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
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

/// Removes a file, which another collector may have done by now.
fn remove(path: &std::path::Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::new(path, error)),
        _ => Ok(()),
    }
}
