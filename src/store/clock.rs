//! Whether a clock that has leapt ahead is believed, so that one wrong clock does not end the history of a store.

use super::notes::{put_note, read_note};
use super::prune::{HOUR, nanos};
use super::{Retention, Store, StoreError};
use serde::{Deserialize, Serialize};

/// The note on the clock, in the folder of the store; hidden, so that nobody takes it for a job or a snapshot.
const NAME: &str = ".clock.json";
/// A clock is doubted that is ahead of all before it by more than this, or by more than the time in which all is kept.
const MOST_AHEAD: i64 = 48 * HOUR;
/// It is not doubted for less than this: a store is thinned once an hour.
const LEAST_AHEAD: i64 = 2 * HOUR;
/// A doubted clock is believed after so long.
const DOUBTED_FOR: i64 = 24 * HOUR;
/// A longer pause, of more than the week of a weekly job, begins the doubt anew: the clock may have leapt once more.
const LONGEST_PAUSE: i64 = 8 * 24 * HOUR;

/// What a store remembers of the clocks by which it was thinned; all in nanoseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Clock {
    /// The time that was believed last.
    believed: i64,
    /// A time far ahead of it that was seen since then, and nothing before that.
    doubted: Option<Doubt>,
}

/// Since when a clock is doubted, and when it was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Doubt {
    since: i64,
    last: i64,
}

impl Clock {
    /// The time by which snapshots are old.
    pub(super) fn believed(self) -> i64 {
        self.believed
    }

    /// Whether that is another time than the clock shows.
    pub(super) fn is_doubted(self) -> bool {
        self.doubted.is_some()
    }

    /// As it is when the clock shows `now`, where `leap` is too far ahead. One that was set back is believed at once: that ends no history.
    fn at(self, now: i64, leap: i64) -> Clock {
        let trusted = Clock { believed: now, doubted: None };
        if now.saturating_sub(self.believed) <= leap {
            return trusted;
        }
        let goes_on = |doubt: &Doubt| (doubt.last..=doubt.last.saturating_add(LONGEST_PAUSE)).contains(&now);
        let since = self.doubted.filter(goes_on).map_or(now, |doubt| doubt.since);
        if now - since >= DOUBTED_FOR {
            return trusted;
        }
        Clock { believed: self.believed, doubted: Some(Doubt { since, last: now }) }
    }

    /// As it is after snapshots of these times, in order: what follows without a gap is no leap.
    fn after(mut self, times: &[i64], leap: i64) -> Clock {
        for time in times {
            if time.saturating_sub(self.believed) > leap {
                break;
            }
            self.believed = self.believed.max(*time);
        }
        self
    }
}

impl Store {
    /// The clock of the store when that of the machine shows `now`. A store without a note believes its oldest snapshot, and what follows.
    pub(super) fn clock(&self, retention: &Retention, now: i64) -> Result<Clock, StoreError> {
        let leap = nanos(retention.all).clamp(LEAST_AHEAD, MOST_AHEAD);
        let noted: Option<Clock> = read_note(&self.root().join(NAME));
        let clock = noted.map(|clock| clock.at(now, leap));
        // All snapshots are listed only where that may settle it.
        if let Some(clock) = clock.filter(|clock| !clock.is_doubted()) {
            return Ok(clock);
        }
        let times = self.times_until(now)?;
        let first = Clock { believed: times.first().copied().unwrap_or(now), doubted: None };
        Ok(noted.unwrap_or(first).after(&times, leap).at(now, leap))
    }

    /// When all snapshots were taken, in order, but for those of the future. What cannot be listed is reported elsewhere.
    fn times_until(&self, now: i64) -> Result<Vec<i64>, StoreError> {
        let listed = self.listed()?.0;
        let entries = listed.iter().flat_map(|instance| self.snapshots(instance).unwrap_or_default());
        let mut times: Vec<i64> = entries.map(|entry| entry.nanos).filter(|time| *time <= now).collect();
        times.sort_unstable();
        Ok(times)
    }

    /// Notes the clock for the next time.
    pub(super) fn note_clock(&self, clock: Clock) -> Result<(), StoreError> {
        put_note(self.root(), NAME, &clock, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_488_487_000_000_000;
    const DAY: i64 = 24 * HOUR;

    /// What is believed at each of these times, seen one after the other, as the time that has passed since the first.
    fn believed(times: &[i64]) -> Vec<i64> {
        let mut clock = Clock { believed: NOW, doubted: None };
        let see = |time: &i64| {
            clock = clock.at(NOW + time, MOST_AHEAD);
            clock.believed() - NOW
        };
        times.iter().map(see).collect()
    }

    #[test]
    fn a_clock_that_goes_on_or_is_set_back_is_believed_at_once() {
        assert_eq!(believed(&[HOUR, DAY, 3 * DAY, DAY]), [HOUR, DAY, 3 * DAY, DAY]);
    }

    #[test]
    fn a_clock_that_leaps_ahead_is_believed_when_it_has_gone_on_for_a_day() {
        assert_eq!(believed(&[60 * DAY, 60 * DAY + 23 * HOUR, 61 * DAY]), [0, 0, 61 * DAY]);
        assert_eq!(believed(&[60 * DAY, 67 * DAY]), [0, 67 * DAY], "a job that runs once a week");
    }

    #[test]
    fn a_clock_that_leaps_twice_or_was_right_in_between_is_not_believed() {
        assert_eq!(believed(&[30 * DAY, 60 * DAY, 90 * DAY]), [0, 0, 0]);
        assert_eq!(believed(&[30 * DAY, HOUR, 31 * DAY]), [0, HOUR, HOUR]);
        assert_eq!(
            believed(&[60 * DAY, 59 * DAY, 60 * DAY]),
            [0, 0, 60 * DAY],
            "a day after it was set back"
        );
    }

    #[test]
    fn snapshots_without_a_gap_show_that_the_time_has_passed() {
        let clock = Clock { believed: NOW, doubted: None };
        let daily: Vec<i64> = (-3..30).map(|day| NOW + day * DAY).collect();
        assert_eq!(clock.after(&daily, MOST_AHEAD).believed(), NOW + 29 * DAY);
        let gap = [NOW + DAY, NOW + 10 * DAY, NOW + 11 * DAY];
        assert_eq!(clock.after(&gap, MOST_AHEAD).believed(), NOW + DAY);
    }
}
