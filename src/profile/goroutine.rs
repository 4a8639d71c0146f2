//! One goroutine as a `debug=2` dump tells it.

/// A goroutine with its identity and what it waits for. Its stack is the sample of the same index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goroutine {
    /// The runtime's goroutine id; never reused within a process.
    pub id: u64,
    /// The wait reason or run state, `chan receive` for example (S23).
    pub state: String,
    /// Minutes blocked as the dump prints them: absent below one minute, and for leaked ones (S25, S27).
    pub wait_minutes: Option<u64>,
    /// Marked `(leaked)` by the garbage collector: proof (S27).
    pub leaked: bool,
    /// Locked to an operating-system thread.
    pub locked: bool,
    /// The function that started it, with its type arguments folded; absent for the first goroutine.
    pub created_by: Option<String>,
}
