//! What is judged: the heap or the goroutines.

use crate::profile::Kind;
use crate::series::{Series, Track};

/// What grows where something leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Live memory.
    Heap,
    /// Goroutines.
    Goroutine,
}

impl Subject {
    /// What snapshots of a kind show.
    pub fn of(kind: Kind) -> Subject {
        match kind {
            Kind::Heap => Subject::Heap,
            Kind::Goroutine | Kind::GoroutineLeak => Subject::Goroutine,
        }
    }

    /// The snapshots that show it: goroutines in profiles of all, and where there are none in those of leaked ones.
    pub fn track(self, series: &Series) -> Option<&Track> {
        match self {
            Subject::Heap => series.track(Kind::Heap),
            Subject::Goroutine => series.track(Kind::Goroutine).or_else(|| series.track(Kind::GoroutineLeak)),
        }
    }
}
