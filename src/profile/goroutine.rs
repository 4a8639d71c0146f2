//! One goroutine as a `debug=2` dump shows it, and what is said of most of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

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

/// The sums of counts by what they are of, the largest first; of equal ones the first in order.
pub(crate) fn most_first<K: Ord>(counts: impl Iterator<Item = (K, u64)>) -> Vec<(K, u64)> {
    let mut by_key: BTreeMap<K, u64> = BTreeMap::new();
    for (key, count) in counts {
        let sum = by_key.entry(key).or_insert(0);
        *sum = sum.saturating_add(count);
    }
    let mut sums: Vec<(K, u64)> = by_key.into_iter().collect();
    sums.sort_by_key(|(_, count)| Reverse(*count));
    sums
}

/// How often each text is there, the most frequent first.
pub(crate) fn most_frequent<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    let counts = most_first(texts.map(|text| (text, 1)));
    counts.into_iter().map(|(text, count)| (text.to_owned(), count)).collect()
}
