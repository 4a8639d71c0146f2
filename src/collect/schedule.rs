//! When the next round begins: at even intervals that neither the length of a round nor the clock on the wall moves.

use std::time::{Duration, Instant};

/// The beginnings of rounds: `every` apart from the first, each later by a random part of `jitter`.
#[derive(Debug)]
pub struct Schedule {
    first: Instant,
    every: Duration,
    jitter: Duration,
    next: u32,
}

impl Schedule {
    /// A schedule whose first round is at `first`.
    pub fn new(first: Instant, every: Duration, jitter: Duration) -> Schedule {
        Schedule { first, every: every.max(Duration::from_millis(1)), jitter, next: 0 }
    }

    /// When the next round begins, given the time now, and how many beginnings have passed without one because the round
    /// before took longer than the interval. Rounds never overlap, and none is made up for.
    pub fn next(&mut self, now: Instant) -> (Instant, u32) {
        let passed = now.saturating_duration_since(self.first).as_nanos() / self.every.as_nanos();
        let due = u32::try_from(passed).unwrap_or(u32::MAX);
        // The one that began a moment ago, within its jitter, is not missed yet.
        let missed = due.saturating_sub(self.next);
        self.next = self.next.max(due);
        let beginning = self.first + self.every.saturating_mul(self.next);
        self.next = self.next.saturating_add(1);
        (beginning + self.jitter.mul_f64(fastrand::f64()), missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_begin_at_even_intervals_whatever_their_length() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut schedule = Schedule::new(start, Duration::from_secs(10), Duration::ZERO);
        assert_eq!(schedule.next(at(0)), (at(0), 0));
        assert_eq!(schedule.next(at(3)), (at(10), 0));
        assert_eq!(schedule.next(at(19)), (at(20), 0));
        // A round of 25 seconds: the beginnings at 30 and 40 are missed, of which the later is now.
        assert_eq!(schedule.next(at(45)), (at(40), 1));
        assert_eq!(schedule.next(at(46)), (at(50), 0));
    }

    #[test]
    fn jitter_delays_single_rounds_and_moves_no_others() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start, Duration::from_secs(10), Duration::from_secs(5));
        for round in 0..100u64 {
            let (beginning, missed) = schedule.next(start + Duration::from_secs(10 * round));
            let late = beginning - (start + Duration::from_secs(10 * round));
            assert!(late <= Duration::from_secs(5) && missed == 0, "{late:?} {missed}");
        }
    }
}
