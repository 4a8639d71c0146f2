//! Which candidates are held against each other, and which turned out to be one leak.

use super::{Candidate, Confidence};
use std::collections::BTreeMap;

/// So many of the surest and largest candidates are held against all others. A report tells of ten in full, and each of them costs time for every
/// other one.
const MOST: usize = 256;

/// The pairs that may be one leak: one of the two is of medium confidence, and among the first.
pub(super) struct Pairs {
    /// By candidate: whether it is held against all.
    is_first: Vec<bool>,
    /// Those that are, in order.
    first: Vec<usize>,
}

impl Pairs {
    pub(super) fn of(candidates: &[Candidate]) -> Pairs {
        let mut first: Vec<usize> =
            (0..candidates.len()).filter(|i| candidates[*i].confidence >= Confidence::Medium).collect();
        let place = |i: &usize| (candidates[*i].confidence, candidates[*i].weight);
        first.sort_by(|a, b| {
            let (a, b) = (place(b), place(a));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        first.truncate(MOST);
        first.sort_unstable();
        let mut is_first = vec![false; candidates.len()];
        first.iter().for_each(|i| is_first[*i] = true);
        Pairs { is_first, first }
    }

    /// Those that a candidate is held against, in order.
    pub(super) fn with(&self, candidate: usize) -> impl Iterator<Item = usize> + '_ {
        let count = if self.is_first[candidate] { self.is_first.len() } else { self.first.len() };
        let at = move |place| if self.is_first[candidate] { place } else { self.first[place] };
        (0..count).map(at).filter(move |other| *other != candidate)
    }
}

/// Candidates that were found to be one leak.
pub(super) struct Teams {
    /// By candidate: another one of its team, or itself.
    leader: Vec<usize>,
}

impl Teams {
    /// Each by itself.
    pub(super) fn of(candidates: usize) -> Teams {
        Teams { leader: (0..candidates).collect() }
    }

    /// What tells the team of a candidate from others.
    pub(super) fn of_member(&mut self, mut candidate: usize) -> usize {
        while self.leader[candidate] != candidate {
            // So that no way gets long.
            self.leader[candidate] = self.leader[self.leader[candidate]];
            candidate = self.leader[candidate];
        }
        candidate
    }

    /// Makes one team of two.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (from, to) = (self.of_member(a), self.of_member(b));
        self.leader[from] = to;
    }

    /// The teams, in the order of their first members.
    pub(super) fn split(mut self, candidates: Vec<Candidate>) -> Vec<Vec<Candidate>> {
        let mut places = BTreeMap::new();
        let mut teams: Vec<Vec<Candidate>> = Vec::new();
        for (index, candidate) in candidates.into_iter().enumerate() {
            let place = *places.entry(self.of_member(index)).or_insert(teams.len());
            match teams.get_mut(place) {
                Some(team) => team.push(candidate),
                None => teams.push(vec![candidate]),
            }
        }
        teams
    }
}
