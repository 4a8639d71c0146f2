//! The reader of the lines `# Name = value` with the figures of runtime.MemStats at the end of a heap text.
//!
//! They are for people, not for programs, and differ between versions of Go: so a name that is not known and a value
//! that is no number are passed over, never refused.

use crate::profile::MemStats;

/// The comment that they follow.
pub(super) const HEADING: &str = "runtime.MemStats";

/// The collections whose pauses Go remembers (runtime/mstats.go, `PauseNs`).
const PAUSES: usize = 256;

/// Takes the figure of one comment, given without its `#`.
pub(super) fn read_figure(comment: &str, stats: &mut MemStats) {
    let Some((name, value)) = comment.split_once('=') else { return };
    let (name, value) = (name.trim(), value.trim());
    // What is in use of what was obtained is of no use to us: the system knows only what was obtained.
    let obtained = || number(value.split_once('/')?.1);
    match name {
        "Sys" => stats.sys = number(value),
        "TotalAlloc" => stats.total_alloc = number(value),
        "Mallocs" => stats.mallocs = number(value),
        "HeapAlloc" => stats.heap_alloc = number(value),
        "HeapIdle" => stats.heap_idle = number(value),
        "HeapInuse" => stats.heap_inuse = number(value),
        "HeapReleased" => stats.heap_released = number(value),
        "Stack" => stats.stack_sys = obtained(),
        "MSpan" => stats.mspan_sys = obtained(),
        "MCache" => stats.mcache_sys = obtained(),
        "BuckHashSys" => stats.buck_hash_sys = number(value),
        "GCSys" => stats.gc_sys = number(value),
        "OtherSys" => stats.other_sys = number(value),
        "LastGC" => stats.last_gc = number(value),
        "NumGC" => stats.num_gc = number(value),
        "NumForcedGC" => stats.num_forced_gc = number(value),
        "GCCPUFraction" => {
            stats.gc_cpu_fraction = value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        }
        "MaxRSS" => stats.max_rss = number(value),
        "PauseNs" => stats.pauses = pauses(value).unwrap_or_default(),
        _ => {}
    }
}

/// A figure; no figure of Go's is negative.
fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|number| *number >= 0)
}

/// `[1668999 1441599 0 0]`. All or nothing: with one missing, none of the others would be in its place.
fn pauses(text: &str) -> Option<Vec<i64>> {
    let list = text.strip_prefix('[')?.strip_suffix(']')?;
    list.split_ascii_whitespace().take(PAUSES).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> MemStats {
        let mut stats = MemStats::default();
        text.lines().for_each(|line| read_figure(line, &mut stats));
        stats
    }

    #[test]
    fn what_is_unknown_or_no_number_is_passed_over() {
        let stats = read(
            " Sys = 21600520\n Stack = 557056 / 655360\n Lookups = 0\n HeapFuture = 7\n HeapIdle = many\n HeapInuse = -5\n \
             GCCPUFraction = 0.0019366600057908047\n MSpan = 12\n DebugGC = false\n =\n nothing\n PauseNs = [5 6 0]\n \
             NumGC = 99999999999999999999",
        );
        assert_eq!((stats.sys, stats.stack_sys), (Some(21_600_520), Some(655_360)));
        assert_eq!(
            (stats.heap_idle, stats.heap_inuse, stats.mspan_sys, stats.num_gc),
            (None, None, None, None)
        );
        assert_eq!(stats.gc_cpu_fraction, Some(0.001_936_660_005_790_804_7));
        assert_eq!(stats.pauses, [5, 6, 0]);
        assert_eq!(read(" PauseNs = [5 x]\n GCCPUFraction = NaN"), MemStats::default());
    }
}
