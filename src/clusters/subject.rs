//! What is judged: the heap or the goroutines.

/// What grows where something leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Live memory.
    Heap,
    /// Goroutines.
    Goroutine,
}
