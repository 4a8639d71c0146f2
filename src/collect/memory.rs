//! What a collector remembers of a target from round to round: what it does not serve, how it fared, whether it is one.

use crate::store::{Instance, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The note beside the snapshots.
const NOTE: &str = "collector.json";
/// After this time, what was not served is asked for again: the service may have been deployed anew.
const FORGOTTEN: Duration = Duration::from_secs(6 * 3600);
/// The rounds over which restarts are counted.
const ROUNDS: usize = 8;
/// So many restarts within them are shown.
const MANY: usize = 3;

/// Something that only grows while a process lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Age {
    /// What it was read from.
    pub(super) of: &'static str,
    /// How far it has come.
    pub(super) age: u64,
    /// How much it may seem to fall all the same.
    pub(super) slack: u64,
}

/// What is remembered. Losing it costs a few requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// What was answered with 404, and when, in nanoseconds since the Unix epoch.
    pub(super) missing: BTreeMap<String, i64>,
    /// When the figures of the whole process were fetched last.
    pub(super) mem_stats_at: Option<i64>,
    /// How many goroutines there were.
    pub(super) goroutines: Option<u64>,
    /// What only grows while a process lives, by what it was read from.
    ages: BTreeMap<String, u64>,
    /// Whether something of that fell, in each of the last rounds.
    fell: Vec<bool>,
}

impl Memory {
    pub(super) fn of(store: &Store, instance: &Instance) -> Memory {
        store.note(instance, NOTE).unwrap_or_default()
    }

    /// Keeps it, if it can be kept.
    pub(super) fn keep(&self, store: &Store, instance: &Instance) {
        // A disk that is full says so where snapshots are written.
        let _ = store.write_hint(instance, NOTE, self);
    }

    /// Whether a profile is known not to be served.
    pub(super) fn is_missing(&self, path: &str, now: i64) -> bool {
        self.missing.get(path).is_some_and(|at| !has_passed(*at, now, FORGOTTEN))
    }

    /// Whether the figures of the whole process are due.
    pub(super) fn wants_mem_stats(&self, every: Duration, now: i64) -> bool {
        // A round may begin a little early.
        self.mem_stats_at.is_none_or(|at| has_passed(at, now, every.mul_f64(0.95)))
    }

    /// Takes in the ages seen in a round, and says how often they fell of late, if that is too often for one process.
    pub(super) fn grow_older(&mut self, ages: &[Age]) -> Option<usize> {
        let fell = ages.iter().any(|age| {
            self.ages.get(age.of).is_some_and(|before| age.age.saturating_add(age.slack) < *before)
        });
        for age in ages {
            self.ages.insert(age.of.to_owned(), age.age);
        }
        self.fell.push(fell);
        let surplus = self.fell.len().saturating_sub(ROUNDS);
        self.fell.drain(..surplus);
        let falls = self.fell.iter().filter(|fell| **fell).count();
        (fell && falls >= MANY).then_some(falls)
    }
}

/// Whether so much time has passed; a clock that was set back counts as that.
fn has_passed(at: i64, now: i64, time: Duration) -> bool {
    now < at || u128::from(now.abs_diff(at)) >= time.as_nanos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_processes_behind_one_address_are_told_from_one_restart() {
        let mut memory = Memory::default();
        let mut see = |age: u64| memory.grow_older(&[Age { of: "heap", age, slack: 0 }]);
        let one_restart = [100, 200, 300, 10, 20, 30, 40].map(&mut see);
        assert_eq!(one_restart, [None; 7]);
        let two = [500, 60, 510, 70, 520, 80].map(&mut see);
        assert_eq!(two, [None, None, None, Some(3), None, Some(3)]);
    }

    #[test]
    fn what_is_not_served_is_asked_for_again_some_day() {
        let hour = 3_600_000_000_000;
        let mut memory = Memory::default();
        memory.missing.insert("goroutineleak".into(), 100 * hour);
        assert!(memory.is_missing("goroutineleak", 103 * hour));
        assert!(!memory.is_missing("goroutineleak", 106 * hour));
        assert!(!memory.is_missing("goroutineleak", 99 * hour), "the clock was set back");
        assert!(!memory.is_missing("heap", 100 * hour));
    }
}
