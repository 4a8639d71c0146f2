//! Work on many things at once, with the results in the order of the things.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, sync_channel};

/// Calls `work` for each item on as many threads as there are processors, `most` at most, and `done` with each result on this thread,
/// in the order of the items, until it breaks off.
///
/// Each thread takes every n-th item and is at most one finished result ahead, so that no result is waited for by
/// more than a handful of others, however long a single one takes.
pub(crate) fn in_order<T: Send, R: Send>(
    items: Vec<T>,
    most: usize,
    work: impl Fn(T) -> R + Sync,
    mut done: impl FnMut(R) -> ControlFlow<()>,
) {
    let count = items.len();
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let workers = processors.min(most).min(count);
    if workers <= 1 {
        let _ = items.into_iter().try_for_each(|item| done(work(item)));
        return;
    }
    let mut lanes: Vec<Vec<T>> = (0..workers).map(|_| Vec::with_capacity(count / workers + 1)).collect();
    for (index, item) in items.into_iter().enumerate() {
        lanes[index % workers].push(item);
    }
    let work = &work;
    std::thread::scope(|scope| {
        let results: Vec<Receiver<R>> = lanes
            .into_iter()
            .map(|lane| {
                let (sender, receiver) = sync_channel(1);
                scope.spawn(move || {
                    for item in lane {
                        // Nobody waits any more when the caller is gone.
                        if sender.send(work(item)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for index in 0..count {
            // A thread that sends nothing has panicked, and the scope passes that on.
            if let Ok(result) = results[index % workers].recv()
                && done(result).is_break()
            {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 7, 100] {
            let mut results = Vec::new();
            let slow_at_first = |n: u64| {
                std::thread::sleep(Duration::from_micros(200 / (n + 1)));
                n * n
            };
            in_order((0..count).collect(), 8, slow_at_first, |square| {
                results.push(square);
                ControlFlow::Continue(())
            });
            assert_eq!(results, (0..count).map(|n| n * n).collect::<Vec<_>>());
        }
    }
    #[test]
    fn what_is_broken_off_does_no_more_work() {
        let begun = std::sync::atomic::AtomicUsize::new(0);
        let mut results = Vec::new();
        let work = |n: u64| {
            begun.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            n
        };
        in_order((0..1000).collect(), 8, work, |n| {
            results.push(n);
            if n < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!(results, [0, 1, 2, 3]);
        assert!(begun.into_inner() <= 4 + 3 * 8);
    }
}
