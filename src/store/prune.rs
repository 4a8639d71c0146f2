//! Retention: which snapshots go, so that a store that is fed for years stays bounded and still tells of weeks.

use super::verify::{Unfinished, unfinished_in};
use super::{Entry, Instance, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// The length of the stretches of which one snapshot stays.
pub(super) const HOUR: i64 = 3_600_000_000_000;

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
    /// Whether snapshots stay because the clock is far ahead of what the store knows of the time, and has not been so for a day.
    pub doubted: bool,
    /// What could not be removed or listed, and why; all else was done.
    pub problems: Vec<StoreError>,
}

impl Store {
    /// Removes what the retention does not keep at `now`, in nanoseconds since the Unix epoch, and what dead writers left.
    ///
    /// What open suspects were reported on stays, and so does the latest snapshot of each kind. Snapshots of the future, as after
    /// a clock was set back, are young. A clock that is two days ahead of all that the store knows of the time is believed only when it has
    /// been so for a day.
    ///
    /// # Errors
    /// If the store cannot be listed.
    pub fn prune(&self, retention: &Retention, now: i64) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        let mut left: Vec<(Entry, u64)> = Vec::new();
        let instances = self.instances()?;
        let mut of_notes = Unfinished::default();
        of_notes.look_in(self.root())?;
        pruned.remove_dead(of_notes);
        let clock = self.clock(retention, now)?;
        for instance in &instances {
            if let Err(problem) =
                self.prune_instance(instance, retention, (clock.believed(), now), &mut pruned, &mut left)
            {
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
        // Now that there may be room again; a disk that takes nothing says so where snapshots are written. A folder without instances is no
        // store to write to.
        if !instances.is_empty() {
            let problem = self.note_clock(clock).err();
            pruned.problems.extend(problem.filter(|problem| !problem.concerns_all()));
        }
        Ok(pruned)
    }

    /// The same of one instance by its age alone, where `believed` counts and the clock shows `now`; `left` gets what may go for its size.
    fn prune_instance(
        &self,
        instance: &Instance,
        retention: &Retention,
        (believed, now): (i64, i64),
        pruned: &mut Pruned,
        left: &mut Vec<(Entry, u64)>,
    ) -> Result<(), StoreError> {
        pruned.remove_dead(unfinished_in(self, instance)?);
        let (entries, pinned) = self.pinned(instance)?;
        let gone = expired(&entries, &pinned, retention, believed);
        pruned.doubted |= now != believed && expired(&entries, &pinned, retention, now).len() > gone.len();
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

pub(super) fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

impl Pruned {
    /// What is to be said where a clock is doubted.
    pub const DOUBT: &str = "some snapshots are old by the clock of this machine, which is far ahead of the time that the store knows; they stay \
        until the clock has been so for a day";

    /// Removes what dead writers left.
    fn remove_dead(&mut self, unfinished: Unfinished) {
        for file in unfinished.dead {
            self.unfinished += usize::from(self.removed(&file));
        }
    }

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
