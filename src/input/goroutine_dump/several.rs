//! Several dumps in one log, distinguished by goroutines that come again.

use super::header::header;
use std::collections::HashSet;

/// Where each dump of a text starts, the first one at its start.
///
/// A dump is over where a goroutine comes again that is on no thread. The next one began before that: behind lines that
/// are of no goroutine, or with the goroutine that wrote it, which is running.
pub(in crate::input) fn starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let (mut seen, mut since) = (HashSet::new(), Since::default());
    let (mut at, mut is_in_goroutine) = (0, false);
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let goroutine = header(content).map(|(goroutine, _)| goroutine).filter(|goroutine| goroutine.id != 0);
        if let Some(goroutine) = goroutine {
            let is_on_a_thread = matches!(goroutine.state.as_str(), "running" | "syscall");
            since.meet(at, goroutine.id, goroutine.state == "running");
            if !seen.insert(goroutine.id) && !is_on_a_thread {
                let (start, ids) = since.take(at, goroutine.id);
                starts.push(start);
                seen = ids;
            }
            is_in_goroutine = true;
        } else if content.is_empty() {
            is_in_goroutine = false;
        } else if !is_in_goroutine {
            since.is_elsewhere = true;
        }
        at += line.len();
    }
    starts
}

/// What came since the places where the next dump may have begun.
#[derive(Default)]
struct Since {
    /// Whether the last line is of no goroutine.
    is_elsewhere: bool,
    /// Since the first goroutine behind such lines, and the last one that was running.
    log: Option<(usize, HashSet<u64>)>,
    running: Option<(usize, HashSet<u64>)>,
}

impl Since {
    /// Takes in a goroutine that starts at an offset.
    fn meet(&mut self, at: usize, id: u64, is_running: bool) {
        if std::mem::take(&mut self.is_elsewhere) && at > 0 {
            self.log = Some((at, HashSet::new()));
        }
        if is_running && at > 0 {
            self.running = Some((at, HashSet::new()));
        }
        for (_, ids) in self.log.iter_mut().chain(&mut self.running) {
            ids.insert(id);
        }
    }

    /// Where the dump began in which a goroutine came again that starts at an offset, and the ids in it so far.
    fn take(&mut self, at: usize, id: u64) -> (usize, HashSet<u64>) {
        let Since { log, running, .. } = std::mem::take(self);
        log.or(running).unwrap_or_else(|| (at, HashSet::from([id])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dump of goroutines that are on no thread but for the first, which wrote it.
    fn dump(writer: u64, others: &[u64]) -> String {
        let goroutine =
            |id: u64, state: &str| format!("goroutine {id} [{state}]:\nmain.f()\n\tmain.go:7 +0x1\n\n");
        let others: String = others.iter().map(|id| goroutine(*id, "select")).collect();
        goroutine(writer, "running") + &others
    }

    #[test]
    fn each_dump_starts_with_its_first_goroutine() {
        let (one, two, three) = (dump(40, &[1, 5]), dump(50, &[41, 1, 5]), dump(60, &[1, 5, 41]));
        let joined = [one.as_str(), &two, &three].concat();
        assert_eq!(starts(&joined), [0, one.len(), one.len() + two.len()]);
        // Of a crash: other goroutines run, too.
        let (first, second) = (dump(7, &[1]), dump(1, &[8, 1]) + &dump(9, &[7]));
        let log = format!("{first}SIGQUIT: quit\n\n{second}");
        assert_eq!(starts(&log)[..2], [0, log.find("goroutine 1 [running]").expect("is there")]);
        assert_eq!(starts(&one), [0]);
    }

    #[test]
    fn what_a_thread_runs_once_more_is_no_other_dump() {
        let crash = format!("{}-----\n\n{}", dump(18, &[1]), dump(18, &[]));
        assert_eq!(starts(&crash), [0]);
    }
}
