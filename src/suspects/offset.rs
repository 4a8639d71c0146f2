//! Growth of some stacks of a function that other stacks of it pay for.
//!
//! Values that one caller made at the start, and another replaces by and by, grow on one stack and fall on the other. The function
//! as a whole keeps what it kept: that is no leak, however long either of the two goes on.

use super::Criteria;
use super::assess::Judge;
use super::course::LARGE_FALL;
use crate::clusters::{Groups, Sums};
use crate::growth::Change;

/// The stacks of a function that lost live objects beyond chance, each with the bytes it lost.
pub(super) struct Losses(Vec<(usize, f64)>);

impl Losses {
    /// Those of the function at `root`.
    pub(super) fn of(judge: &Judge<'_>, groups: &Groups, root: usize) -> Losses {
        let (first, last) = (judge.window.first(), judge.window.last());
        let stacks = groups.all_parts(root).filter(|part| groups.all_parts(*part).is_empty());
        let loss = |stack: usize| {
            let sums = Sums::of(judge.track, groups.rows(stack), first, last);
            (sums.delta() < 0.0 && falls(&sums.counts(false))).then_some((stack, -sums.delta()))
        };
        Losses(stacks.filter_map(loss).collect())
    }

    /// What the others lost as a share of the growth by `grown` bytes of one part of the function, where that is
    /// [much](LARGE_FALL) and the function as a whole does not go on growing.
    pub(super) fn offset(
        &self,
        judge: &Judge<'_>,
        groups: &Groups,
        root: usize,
        part: usize,
        grown: f64,
    ) -> Option<f64> {
        let inside = groups.all_parts(part);
        let others = self.0.iter().filter(|(stack, _)| *stack != part && !inside.contains(stack));
        let share = others.map(|(_, lost)| lost).sum::<f64>() / grown;
        let goes_on = || judge.course(groups.rows(root), false, false).is_some_and(|course| course.goes_on());
        (share >= LARGE_FALL && !goes_on()).then_some(share)
    }
}

/// Whether objects became fewer beyond chance: the test of growth with time turned round, so that what was freed is what is new.
fn falls(change: &Change) -> bool {
    let back = Change { before: change.after, after: change.before, allocated: change.freed() };
    back.p_value() <= Criteria::MEDIUM_Q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_told_from_chance() {
        let change = |before, after, allocated| Change { before, after, allocated: Some(allocated) };
        assert!(falls(&change(300, 70, 0)));
        assert!(falls(&change(300, 70, 2000)));
        assert!(!falls(&change(3, 2, 0)));
        assert!(!falls(&change(300, 310, 40)));
    }
}
