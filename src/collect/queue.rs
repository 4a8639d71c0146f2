//! Whom a round asks when: each target at its own moment of the interval, and of those that are due the one first that has waited longest.

use super::Target;
use super::schedule::offset;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// After so many failures in a row a target is passed over, where time is short, no more often than before.
const MOST_PASSED_OVER: u32 = 4;

/// How a target fared so far, whether or not anything of it was ever stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Past {
    /// The round it was asked in last, 0 before the first.
    pub(super) asked: u64,
    /// How many times in a row nothing could be had.
    pub(super) failures: u32,
}

impl Past {
    /// Where it stands among those that are due: those that failed last time are passed over for one round, for three, seven, fifteen if
    /// they fail again and again, unless there is time for all; of equals the one that has waited longest comes first.
    fn place(&self, round: u64) -> (bool, u64) {
        let waited = round - self.asked;
        let is_passed_over = self.failures > 0 && waited < 1 << self.failures.min(MOST_PASSED_OVER);
        (is_passed_over, self.asked)
    }

    /// Whether it was asked in the round before. One that was not, because it is new or there was no time for it, does not wait for its moment.
    fn is_on_time(&self, round: u64) -> bool {
        self.asked > 0 && self.asked + 1 >= round
    }
}

/// A place in the queue of those that are due; the number tells equals apart.
type Place = ((bool, u64), usize);

/// The targets of a round that were not asked yet.
pub(super) struct Queue {
    /// Those whose moment has not come, the next one last.
    coming: Vec<(Instant, Place, Target)>,
    due: BTreeMap<Place, Target>,
}

impl Queue {
    /// The queue of a round that began at `started`, in which the moments of targets lie within `spread`.
    pub(super) fn new(
        targets: impl Iterator<Item = (Target, Past)>,
        (round, started): (u64, Instant),
        spread: Duration,
    ) -> Queue {
        let mut coming: Vec<(Instant, Place, Target)> = targets
            .enumerate()
            .map(|(number, (target, past))| {
                let wait =
                    if past.is_on_time(round) { offset(&target.instance, spread) } else { Duration::ZERO };
                (started + wait, (past.place(round), number), target)
            })
            .collect();
        coming.sort_by_key(|(moment, place, _)| std::cmp::Reverse((*moment, *place)));
        Queue { coming, due: BTreeMap::new() }
    }

    /// The one to be asked now, if any is due.
    pub(super) fn next(&mut self, now: Instant) -> Option<Target> {
        while self.coming.last().is_some_and(|(moment, ..)| *moment <= now)
            && let Some((_, place, target)) = self.coming.pop()
        {
            self.due.insert(place, target);
        }
        self.due.pop_first().map(|(_, target)| target)
    }

    /// How many were not asked yet.
    pub(super) fn len(&self) -> usize {
        self.coming.len() + self.due.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::Job;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn targets(count: usize) -> Vec<Target> {
        let job = Arc::new(Job::default());
        let target = |number| Target::new(&format!("10.0.0.1:{}", 1000 + number), &BTreeMap::new(), &job);
        (0..count).map(|number| target(number).expect("an address")).collect()
    }

    /// In which rounds each is asked, of targets that fare as described, where a round has time for so many.
    fn asked(failing: &[bool], capacity: usize, rounds: u64) -> Vec<Vec<u64>> {
        let (targets, now) = (targets(failing.len()), Instant::now());
        let mut past = vec![Past::default(); failing.len()];
        let mut asked = vec![Vec::new(); failing.len()];
        for round in 1..=rounds {
            let all = targets.iter().cloned().zip(past.iter().copied());
            let mut queue = Queue::new(all, (round, now), Duration::ZERO);
            for target in (0..capacity).map_while(|_| queue.next(now)) {
                let i = targets.iter().position(|t| t.instance == target.instance).expect("one of them");
                past[i] = Past { asked: round, failures: if failing[i] { past[i].failures + 1 } else { 0 } };
                asked[i].push(round);
            }
            assert_eq!(queue.len(), failing.len() - capacity);
        }
        asked
    }

    #[test]
    fn all_take_turns_where_time_is_short() {
        let asked = asked(&[false; 20], 8, 10);
        assert!(asked.iter().all(|rounds| (3..=5).contains(&rounds.len())), "{asked:?}");
    }

    #[test]
    fn those_that_fail_delay_the_others_no_more_than_once_and_are_not_forgotten() {
        let failing: Vec<bool> = (0..74).map(|i| i < 64).collect();
        let asked = asked(&failing, 32, 40);
        let (bad, good) = asked.split_at(64);
        assert!(good.iter().all(|rounds| rounds.len() >= 37), "{good:?}");
        assert!(bad.iter().all(|rounds| rounds.len() >= 3 && rounds.last() > Some(&20)), "{bad:?}");
    }

    #[test]
    fn each_is_due_at_its_own_moment_but_one_that_is_new_or_was_skipped_at_once() {
        let (round, start, spread) = (7, Instant::now(), Duration::from_secs(300));
        let on_time = Past { asked: 6, failures: 0 };
        let pasts = [on_time, Past::default(), on_time, Past { asked: 5, failures: 0 }];
        let targets = targets(pasts.len());
        let mut queue = Queue::new(targets.iter().cloned().zip(pasts), (round, start), spread);
        let at_once: Vec<_> =
            std::iter::from_fn(|| queue.next(start)).map(|target| target.instance).collect();
        assert_eq!(at_once, [&targets[1], &targets[3]].map(|target| target.instance.clone()));
        assert_eq!(queue.len(), 2);
        for target in [&targets[0], &targets[2]] {
            let moment = start + offset(&target.instance, spread);
            let mut queue = Queue::new(std::iter::once((target.clone(), on_time)), (round, start), spread);
            assert!(queue.next(moment - Duration::from_millis(1)).is_none());
            assert!(queue.next(moment).is_some());
        }
    }
}
