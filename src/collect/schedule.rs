//! When the next round begins, and when in it each target is asked: at even intervals that nothing moves.

use crate::store::Instance;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// The beginnings of rounds: `every` apart from the first, whatever the length of a round or the clock on the wall.
#[derive(Debug)]
pub struct Schedule {
    first: Instant,
    every: Duration,
    next: u32,
}

impl Schedule {
    /// A schedule whose first round is at `first`.
    pub fn new(first: Instant, every: Duration) -> Schedule {
        Schedule { first, every: every.max(Duration::from_millis(1)), next: 0 }
    }

    /// When the next round begins, given the time now, and how many beginnings have passed without one because the round
    /// before took longer than the interval. Rounds never overlap, and none is made up for.
    pub fn next(&mut self, now: Instant) -> (Instant, u32) {
        let passed = now.saturating_duration_since(self.first).as_nanos() / self.every.as_nanos();
        let due = u32::try_from(passed).unwrap_or(u32::MAX);
        let missed = due.saturating_sub(self.next);
        self.next = self.next.max(due);
        let beginning = self.first + self.every.saturating_mul(self.next);
        self.next = self.next.saturating_add(1);
        (beginning, missed)
    }
}

/// How long after the beginning of a round a target is asked: its own part of `spread`, by a hash of its name. So targets share the interval
/// evenly, however many there are, and each is asked at even times, also by a `watch` that was started anew.
pub(super) fn offset(instance: &Instance, spread: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    instance.hash(&mut hasher);
    spread.mul_f64(hasher.finish() as f64 / u64::MAX as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_begin_at_even_intervals_whatever_their_length() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut schedule = Schedule::new(start, Duration::from_secs(10));
        assert_eq!(schedule.next(at(0)), (at(0), 0));
        assert_eq!(schedule.next(at(3)), (at(10), 0));
        assert_eq!(schedule.next(at(19)), (at(20), 0));
        // A round of 25 seconds: the beginnings at 30 and 40 are missed, of which the later is now.
        assert_eq!(schedule.next(at(45)), (at(40), 1));
        assert_eq!(schedule.next(at(46)), (at(50), 0));
    }

    #[test]
    fn targets_share_the_interval_evenly() {
        const TENTHS: usize = 10;
        let spread = Duration::from_secs(TENTHS as u64);
        let mut asked = [0; TENTHS];
        for number in 0..2000 {
            let instance = Instance::new("shop", &format!("10.0.0.{number}:6060")).expect("a name");
            assert_eq!(offset(&instance, spread), offset(&instance, spread));
            asked[offset(&instance, spread).as_secs_f64() as usize] += 1;
        }
        assert!(asked.iter().all(|count| (140..260).contains(count)), "{asked:?}");
    }
}
