//! The figures of `runtime.MemStats` that Go writes at the end of a heap profile of `debug=1`: what proto lacks (S14).

/// What the Go runtime says of its own memory, in bytes unless said otherwise. `None`: the profile does not say.
///
/// `Sys` is the sum of `HeapIdle`, `HeapInuse` and the memory obtained for stacks and for the runtime's own
/// structures; it never falls, because what is given back is only counted, in `HeapReleased`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemStats {
    /// Address space obtained from the system, all purposes together.
    pub sys: Option<i64>,
    /// Allocated since the start of the process. Never falls in one life.
    pub total_alloc: Option<i64>,
    /// Objects allocated since the start of the process. Never falls in one life.
    pub mallocs: Option<i64>,
    /// Heap objects, live or not yet swept.
    pub heap_alloc: Option<i64>,
    /// Heap spans without any object.
    pub heap_idle: Option<i64>,
    /// Heap spans with at least one object.
    pub heap_inuse: Option<i64>,
    /// The part of the idle spans whose pages were given back to the system.
    pub heap_released: Option<i64>,
    /// Obtained for goroutine stacks and, with cgo aside, those of threads.
    pub stack_sys: Option<i64>,
    /// Obtained for the descriptors of spans.
    pub mspan_sys: Option<i64>,
    /// Obtained for the caches of processors.
    pub mcache_sys: Option<i64>,
    /// Obtained for the profiler's table of stacks.
    pub buck_hash_sys: Option<i64>,
    /// Obtained for the collector's own data.
    pub gc_sys: Option<i64>,
    /// Obtained for what else the runtime needs.
    pub other_sys: Option<i64>,
    /// When the last collection ended, in nanoseconds since the Unix epoch; 0 before the first.
    pub last_gc: Option<i64>,
    /// Completed collections.
    pub num_gc: Option<i64>,
    /// Those of them that the program asked for, as `?gc=1` does.
    pub num_forced_gc: Option<i64>,
    /// Share of the CPU time available since the start of the process that the collector took.
    pub gc_cpu_fraction: Option<f64>,
    /// The largest resident set the process ever had. In bytes on every system: Go converts what `getrusage` gives
    /// (runtime/pprof/pprof_rusage.go, `addMaxRSS`). It counts all memory of the process, that of C code as well.
    pub max_rss: Option<i64>,
    /// How long the program stood still in each collection, in nanoseconds: a ring, that of collection n at (n−1)
    /// mod its length.
    pub pauses: Vec<i64>,
}

impl MemStats {
    /// The pauses of the last `count` collections, oldest first, as far as the ring remembers them.
    pub fn recent_pauses(&self, count: i64) -> Vec<i64> {
        let Some(last) = self.num_gc.filter(|n| *n > 0 && !self.pauses.is_empty()) else { return Vec::new() };
        let length = self.pauses.len() as i64;
        let kept = count.clamp(0, length.min(last));
        let at = |collection: i64| self.pauses[(collection % length) as usize];
        (last - kept..last).map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_of_pauses_is_read_from_its_end() {
        let stats =
            |num_gc| MemStats { num_gc: Some(num_gc), pauses: vec![10, 20, 30, 40], ..MemStats::default() };
        assert_eq!(stats(3).recent_pauses(2), [20, 30]);
        assert_eq!(stats(3).recent_pauses(9), [10, 20, 30]);
        // Collections 5 and 6 have taken the places of 1 and 2.
        assert_eq!(stats(6).recent_pauses(3), [40, 10, 20]);
        assert_eq!(stats(6).recent_pauses(99).len(), 4);
        assert!(stats(6).recent_pauses(-1).is_empty());
        assert!(MemStats::default().recent_pauses(3).is_empty());
    }
}
