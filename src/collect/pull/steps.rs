//! The steps of a pull: whole ones of the calendar, the same in each run, so that what is there is not fetched again.

use std::time::Duration;
use thiserror::Error;

/// More steps than this are a typing mistake.
const MOST_STEPS: i64 = 100_000;
/// Profilers take no profiles faster than this.
const LEAST_STEP: i64 = 1000;

/// A stretch of time in milliseconds since the Unix epoch: after `start`, up to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// The moment before it.
    pub(super) start: i64,
    /// Its last moment.
    pub(super) end: i64,
}

/// Steps one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    first: i64,
    count: i64,
    step: i64,
}

/// Why there are no such steps.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum StepsError {
    /// Shorter than profilers work.
    #[error("--step: give a second or more")]
    TooShort,
    /// No whole one.
    #[error(
        "there is no whole step between --from and --to (steps begin at round times); give a longer time, or a shorter --step"
    )]
    None,
    /// Far too many.
    #[error("--step: these would be {0} steps; give a longer one, or a shorter time")]
    TooMany(i64),
}

impl Span {
    pub(super) fn has(&self, millis: i64) -> bool {
        self.start < millis && millis <= self.end
    }
}

impl Steps {
    /// The whole steps between two moments in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// If there are none, or far too many.
    pub fn between(from: i64, to: i64, step: Duration) -> Result<Steps, StepsError> {
        let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        if step < LEAST_STEP {
            return Err(StepsError::TooShort);
        }
        let first = from.div_euclid(step) + i64::from(from.rem_euclid(step) > 0);
        let count = to.div_euclid(step) - first;
        match count {
            ..1 => Err(StepsError::None),
            1..=MOST_STEPS => Ok(Steps { first: first * step, count, step }),
            _ => Err(StepsError::TooMany(count)),
        }
    }

    /// All of their time.
    pub(super) fn span(&self) -> Span {
        Span { start: self.first, end: self.first + self.count * self.step }
    }

    /// One after another.
    pub(super) fn each(&self) -> impl Iterator<Item = Span> + '_ {
        (0..self.count).map(|index| {
            let start = self.first + index * self.step;
            Span { start, end: start + self.step }
        })
    }
}

/// Steps that follow each other, joined to stretches no longer than `most` milliseconds, each with its steps.
pub(super) fn joined(steps: &[Span], most: i64) -> Vec<(Span, Vec<Span>)> {
    let mut stretches: Vec<(Span, Vec<Span>)> = Vec::new();
    for step in steps {
        match stretches.last_mut() {
            Some((all, of)) if all.end == step.start && step.end - all.start <= most => {
                all.end = step.end;
                of.push(*step);
            }
            _ => stretches.push((*step, vec![*step])),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_whole_ones_of_the_calendar() {
        let minute = Duration::from_secs(60);
        let steps = Steps::between(30_000, 250_000, minute).expect("some");
        let spans: Vec<(i64, i64)> = steps.each().map(|span| (span.start, span.end)).collect();
        assert_eq!(spans, [(60_000, 120_000), (120_000, 180_000), (180_000, 240_000)]);
        assert_eq!(steps.span(), Span { start: 60_000, end: 240_000 });
        assert_eq!(Steps::between(30_000, 110_000, minute), Err(StepsError::None));
        assert_eq!(Steps::between(240_000, 60_000, minute), Err(StepsError::None));
        assert_eq!(Steps::between(0, 1, Duration::from_millis(10)), Err(StepsError::TooShort));
        let year = 366 * 86_400_000;
        assert!(matches!(
            Steps::between(0, year, Duration::from_secs(1)),
            Err(StepsError::TooMany(31_622_400))
        ));
    }

    #[test]
    fn steps_that_follow_each_other_are_asked_for_at_once() {
        let span = |start, end| Span { start, end };
        let steps = [span(0, 10), span(10, 20), span(20, 30), span(50, 60)];
        let stretches: Vec<(Span, usize)> =
            joined(&steps, 20).into_iter().map(|(all, of)| (all, of.len())).collect();
        assert_eq!(stretches, [(span(0, 20), 2), (span(20, 30), 1), (span(50, 60), 1)]);
        assert_eq!(
            joined(&steps[..1], 5).len(),
            1,
            "one that is longer than the most is asked for by itself"
        );
    }
}
