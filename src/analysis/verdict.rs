//! The one word: what the suspects say, and whether there was enough to say that nothing leaks.

use super::{Judged, Options, Taken, long_enough, remarks};
use crate::profile::{Kind, Notice, NoticeCode};
use crate::suspects::{Confidence, Verdict};

/// The verdict; what keeps it from being clean is added to the notices.
pub(crate) fn verdict(taken: &Taken, judged: &Judged, notices: &mut Vec<Notice>) -> Verdict {
    let heap_window = taken.window(Kind::Heap);
    let enough_heap = judged.heap.as_ref().zip(heap_window).is_some_and(|(heap, window)| {
        remarks::about_heap(heap, &taken.series.names, window, &judged.leaks, notices)
    });
    let enough = match heap_window {
        Some(_) => enough_heap,
        // Goroutines alone make it clean only if nobody asked about the heap.
        None => judged.goroutines.is_some() && !taken.heap_given,
    };
    notices.extend(remarks::about_single(taken));
    // What is missing cannot be called clean, nor can a course that may have run another way.
    let is_cut = taken.windows.iter().any(|(kind, window)| remarks::is_cut(&taken.series, *kind, window));
    let is_doubtful = notices.iter().any(|notice| notice.code == NoticeCode::OrderDoubtful);
    let surest = judged.leaks.iter().map(|leak| leak.confidence).max();
    let rest = judged.goroutines.as_ref().and_then(|goroutines| goroutines.rest);
    let decided = surest.is_some_and(|surest| surest > Confidence::Low)
        || (remarks::about_undecided(&judged.leaks, notices) && remarks::about_goroutines(rest, notices));
    Verdict::of(surest, enough && decided && !is_cut && !is_doubtful)
}

/// Why what is clean by its suspects is not so after all: a leak that matters had no time to show.
pub(crate) fn too_short(taken: &Taken, judged: &Judged, options: &Options) -> Option<Notice> {
    let (heap, window) = judged.heap.as_ref().zip(taken.window(Kind::Heap))?;
    long_enough::too_short(heap, &taken.series.names, window, &options.criteria)
}
