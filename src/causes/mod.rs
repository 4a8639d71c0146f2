//! The names of causes: what kind of leak a suspect is, and what to do about it.
//!
//! Two causes are named so far, and neither claims to know why: growth of the heap and growth of goroutines.

use crate::clusters::Subject;

/// A cause with its advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The stable id.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What to do.
    pub advice: &'static str,
}

const UNKNOWN_GROWTH: Cause = Cause {
    id: "unknown-growth",
    title: "Memory is allocated here and kept",
    advice: "Open this line and follow the value it allocates to what keeps it: a map, slice, channel or cache that is \
             only added to, a field or global that outlives the request, a sub-slice or substring of a large buffer, a \
             deferred call in a loop. Bound it, delete from it, or copy only what is needed. The heap profile knows who \
             allocated, not who holds.",
};

const GOROUTINE_GROWING: Cause = Cause {
    id: "goroutine-growing",
    title: "Goroutines pile up here",
    advice: "Open this line, where they wait, and ask what would end the wait: a receiver for every send, a close of \
             every channel that is ranged over, a `case <-ctx.Done()` in every select, a timeout on every call. Each \
             goroutine pins its stack and all that it refers to.",
};

/// The cause of a suspect.
pub fn cause_of(subject: Subject) -> Cause {
    match subject {
        Subject::Heap => UNKNOWN_GROWTH,
        Subject::Goroutine => GOROUTINE_GROWING,
    }
}
