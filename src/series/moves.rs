//! Lines that moved between two builds: which line of a function now is which line of it then.

use super::names::FunctionId;
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeSet;

/// Lines of one function beyond which nothing is matched: a real one has dozens.
const MOST_LINES: usize = 1000;

/// The lines seen of each function in the first build, and in later ones.
#[derive(Debug, Default)]
pub(super) struct Lines {
    then: HashMap<FunctionId, BTreeSet<u32>>,
    now: HashMap<FunctionId, BTreeSet<u32>>,
}

impl Lines {
    /// Notes a line, 0 if unknown, of a function in the first build or a later one.
    pub(super) fn note(&mut self, function: FunctionId, line: u32, first_build: bool) {
        let lines = if first_build { &mut self.then } else { &mut self.now };
        if line > 0 {
            lines.entry(function).or_default().insert(line);
        }
    }

    /// The line then of every line now that has moved, as far as it can be known.
    pub(super) fn moved(&self) -> HashMap<(FunctionId, u32), u32> {
        let mut moved = HashMap::new();
        for (function, now) in &self.now {
            let Some(then) = self.then.get(function) else { continue };
            for (now, then) in matched(then, now) {
                moved.insert((*function, now), then);
            }
        }
        moved
    }
}

/// Pairs of (line now, line then) that differ. A function moves as a whole where lines are added or removed above it:
/// all lines of the side that shows fewer are found on the other, so far further down or up. Where they are not, the
/// function was edited, and as many lines on both sides are taken for the same ones in order.
fn matched(then: &BTreeSet<u32>, now: &BTreeSet<u32>) -> Vec<(u32, u32)> {
    if then.len().max(now.len()) > MOST_LINES {
        return Vec::new();
    }
    let (few, many) = if then.len() <= now.len() { (then, now) } else { (now, then) };
    let Some(first) = few.first() else { return Vec::new() };
    let fits = |shift: i64| few.iter().all(|l| shifted(*l, shift).is_some_and(|l| many.contains(&l)));
    let shifts = many.iter().map(|line| i64::from(*line) - i64::from(*first));
    match shifts.filter(|shift| fits(*shift)).min_by_key(|shift| (shift.abs(), *shift)) {
        Some(0) => Vec::new(),
        Some(shift) => {
            let shift = if then.len() <= now.len() { shift } else { -shift };
            now.iter()
                .filter_map(|now| {
                    Some((*now, shifted(*now, -shift).filter(|then_line| then.contains(then_line))?))
                })
                .collect()
        }
        None if then.len() == now.len() => {
            now.iter().copied().zip(then.iter().copied()).filter(|(now, then)| now != then).collect()
        }
        None => Vec::new(),
    }
}

fn shifted(line: u32, shift: i64) -> Option<u32> {
    u32::try_from(i64::from(line) + shift).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(then: &[u32], now: &[u32]) -> Vec<(u32, u32)> {
        matched(&then.iter().copied().collect(), &now.iter().copied().collect())
    }

    #[test]
    fn a_function_moves_as_a_whole() {
        assert_eq!(pairs(&[40, 43], &[43, 46]), [(43, 40), (46, 43)]);
        assert_eq!(pairs(&[40, 43, 50], &[43, 46]), [(43, 40), (46, 43)]);
        assert_eq!(pairs(&[43], &[43, 46]), []);
        assert_eq!(pairs(&[40, 43], &[40, 43, 44]), []);
        assert_eq!(pairs(&[7], &[5]), [(5, 7)]);
    }

    #[test]
    fn an_edited_function_keeps_the_order_of_its_lines() {
        assert_eq!(pairs(&[10, 20, 30], &[10, 21, 33]), [(21, 20), (33, 30)]);
        assert_eq!(pairs(&[10, 20, 30], &[11, 25]), []);
        assert_eq!(pairs(&[], &[11]), []);
    }
}
