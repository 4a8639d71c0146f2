//! Which of nested groups are candidates: the coarsest that stand on their own.

use super::Confidence;
use crate::clusters::{Blame, Groups, Level};
use foldhash::{HashMap, HashMapExt};

/// What became of a group: its confidence, if it is a suspect at all.
pub(super) type Assessments = Vec<Option<Confidence>>;

/// Chooses the coarsest groups that stand on their own: a group is one suspect unless a part of it is surer than the
/// whole, as the one line that keeps is among busy lines that keep nothing. Then its parts of medium confidence or
/// better are suspects, or, where there are none, its low ones.
pub(super) fn choose(index: usize, groups: &Groups, assessed: &Assessments, chosen: &mut Vec<usize>) {
    let best = |i: usize| best_below(i, groups, assessed);
    let own = assessed[index];
    let below = groups.parts(index).filter_map(best).max();
    match (own, below) {
        (Some(own), below) if below.is_none_or(|below| below <= own) => chosen.push(index),
        (_, Some(below)) => {
            let least = below.min(Confidence::Medium);
            for part in groups.parts(index).filter(|part| best(*part) >= Some(least)) {
                choose(part, groups, assessed, chosen);
            }
        }
        _ => {}
    }
}

fn best_below(index: usize, groups: &Groups, assessed: &Assessments) -> Option<Confidence> {
    let below = groups.parts(index).filter_map(|part| best_below(part, groups, assessed)).max();
    assessed[index].max(below)
}

/// Those of one function and one line together: what its stacks keep apart, beside others that keep nothing, is one leak.
pub(super) fn one_a_line(chosen: Vec<usize>, groups: &Groups) -> Vec<Vec<usize>> {
    let mut leaks: Vec<Vec<usize>> = Vec::new();
    let mut places: HashMap<(usize, Blame), usize> = HashMap::new();
    let roots: Vec<usize> = groups.roots().collect();
    for index in chosen {
        let root = roots.partition_point(|root| *root <= index);
        let place = *places.entry((root, groups.get(index).blame)).or_insert(leaks.len());
        match leaks.get_mut(place) {
            Some(leak) => leak.push(index),
            None => leaks.push(vec![index]),
        }
    }
    leaks
}

/// The sum of a figure over the finest parts of a group.
pub(super) fn sum_of_finest(index: usize, groups: &Groups, of: &dyn Fn(usize) -> f64) -> f64 {
    let mut parts = groups.parts(index).peekable();
    match parts.peek() {
        None => of(index),
        Some(_) => parts.map(|part| sum_of_finest(part, groups, of)).sum(),
    }
}

/// The blame of a chosen group: of the part that grew most, down to the line.
pub(super) fn heaviest_blame(index: usize, groups: &Groups, weight: &dyn Fn(usize) -> f64) -> Blame {
    let heaviest = groups.parts(index).max_by(|a, b| weight(*a).total_cmp(&weight(*b)).then(b.cmp(a)));
    match heaviest {
        Some(part) if groups.get(index).level < Level::Stack => heaviest_blame(part, groups, weight),
        _ => groups.get(index).blame,
    }
}
