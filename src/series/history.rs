//! A track as its snapshots arrive in order of time: where lives end, what is left out, and which snapshots are kept.

use super::Names;
use super::incarnation::{concerns_whole_target, obstacle_in};
use super::track::{Break, Track};
use crate::profile::{Notice, NoticeCode};

/// Snapshots kept of one kind. Enough to see any shape a person could see, and few enough for statistics that take
/// time in the square of it.
const MOST_KEPT: usize = 256;

/// A life with as many snapshots can be judged, and then no older one is.
pub const ENOUGH_TO_JUDGE: usize = 3;

/// What is known of the kept snapshots besides what they hold.
#[derive(Debug, Default)]
pub(super) struct History {
    kept: Vec<Place>,
    added: i64,
    /// Time of the latest snapshot, kept or not: one that repeats the one before it shows that the life went on.
    latest: Option<i64>,
}

/// Where a kept snapshot stands in the whole series.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Counts all snapshots, kept or not; stands in for the time where that is not known.
    position: i64,
    /// The life by the breaks of all tracks known so far. Never falls along the track.
    life: usize,
    /// Counts the snapshots of this life, from 1.
    in_life: usize,
}

impl History {
    /// Decides on the snapshot added last: leaves it out, or keeps it and drops another one if there are too many.
    /// `lives_elsewhere` counts the breaks of other tracks before it. Gives what the user must know about it.
    pub(super) fn settle(
        &mut self,
        track: &mut Track,
        names: &Names,
        lives_elsewhere: usize,
    ) -> Option<Notice> {
        let newest = track.snapshots.len() - 1;
        if track.snapshots[newest].is_difference() {
            let notice = obstacle_in(track, names, newest, newest);
            track.remove(newest);
            return notice;
        }
        let taken = track.snapshots[newest].taken_at.map(|t| t.nanos);
        let before = std::mem::replace(&mut self.latest, taken);
        let found = newest.checked_sub(1).and_then(|previous| obstacle_in(track, names, previous, newest));
        let mut met = None;
        match found {
            Some(notice) if matches!(notice.code, NoticeCode::NoGcBetween | NoticeCode::SameSnapshot) => {
                track.repeated += 1;
                track.remove(newest);
                return None;
            }
            Some(notice)
                if concerns_whole_target(notice.code) || notice.code == NoticeCode::PeriodChanged =>
            {
                track.breaks.push(Break { after: before, before: taken, code: notice.code });
            }
            other => met = other,
        }
        track.snapshots[newest].life = track.breaks.len();
        self.added += 1;
        let life = track.breaks.len() + lives_elsewhere;
        let in_life = self.kept.last().filter(|last| last.life == life).map_or(1, |last| last.in_life + 1);
        self.kept.push(Place { position: self.added, life, in_life });
        self.forget_members(track);
        if self.kept.len() > MOST_KEPT {
            let dropped = self.least_missed(track);
            self.kept.remove(dropped);
            track.remove(dropped);
            track.thinned += 1;
        }
        met
    }

    /// A dump is mostly goroutines, which are followed from the first one of a life to its last, and to that from a
    /// witness half-way: one of the last two whose number is a power of two.
    fn forget_members(&self, track: &mut Track) {
        let newest = self.kept.last().map_or(0, |place| place.in_life);
        for index in (0..self.kept.len()).filter(|index| self.is_inside(*index)) {
            let in_life = self.kept[index].in_life;
            if !in_life.is_power_of_two() || 4 * in_life <= newest {
                track.snapshots[index].members = Vec::new();
            }
        }
    }

    /// Whether the snapshots before and after one are of the same life as it is.
    fn is_inside(&self, index: usize) -> bool {
        let life = |index: usize| self.kept.get(index).map(|place| place.life);
        let before = index.checked_sub(1).and_then(life);
        before.is_some() && before == life(index) && before == life(index + 1)
    }

    /// The snapshot that says least beside its neighbours: inside a life that will not be judged, or else where the
    /// gap it leaves is shortest, so that what remains is spread evenly over time. The first and last of each life
    /// stay; only where lives alone are too many, the oldest lose theirs.
    fn least_missed(&self, track: &Track) -> usize {
        let times: Option<Vec<i64>> =
            track.snapshots.iter().map(|snapshot| snapshot.taken_at.map(|t| t.nanos)).collect();
        let times = times.unwrap_or_else(|| self.kept.iter().map(|place| place.position).collect());
        let is_long = |end: usize| {
            let start = (end + 1).checked_sub(ENOUGH_TO_JUDGE);
            start.is_some_and(|start| self.kept[start].life == self.kept[end].life)
        };
        let judged = (0..self.kept.len()).rev().find(|end| is_long(*end)).map(|end| self.kept[end].life);
        let gap = |index: usize| times[index + 1].saturating_sub(times[index - 1]);
        (1..self.kept.len() - 1)
            .filter(|index| self.is_inside(*index))
            .min_by_key(|index| (judged.is_none_or(|life| self.kept[*index].life >= life), gap(*index)))
            .unwrap_or(1)
    }
}
