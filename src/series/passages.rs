//! Where goroutines went between two dumps: their ids are never used again, so births, stays and deaths are known one by one.

use super::track::{Member, SiteId};
use foldhash::{HashMap, HashMapExt};

/// So many goroutines that stood at one site in a dump and stand at another in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passage {
    /// Where they stood; `None` for those that were started since.
    pub from: Option<SiteId>,
    /// Where they stand; `None` for those that ended since.
    pub to: Option<SiteId>,
    /// How many.
    pub count: u32,
}

/// The passages between two dumps of one process, those that stayed where they were left out, in order.
pub(super) fn passages(before: &[Member], after: &[Member]) -> Vec<Passage> {
    let mut places: HashMap<u64, SiteId> = HashMap::with_capacity(before.len());
    places.extend(before.iter().map(|member| (member.goroutine.id, member.site)));
    let mut counts: HashMap<(Option<SiteId>, Option<SiteId>), u32> = HashMap::new();
    for member in after {
        let from = places.remove(&member.goroutine.id);
        if from != Some(member.site) {
            *counts.entry((from, Some(member.site))).or_insert(0) += 1;
        }
    }
    for from in places.into_values() {
        *counts.entry((Some(from), None)).or_insert(0) += 1;
    }
    let mut passages: Vec<Passage> =
        counts.into_iter().map(|((from, to), count)| Passage { from, to, count }).collect();
    passages.sort_unstable();
    passages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Goroutine;

    fn dump(members: &[(u64, u32)]) -> Vec<Member> {
        let goroutine = |id| Goroutine {
            id,
            state: "select".to_owned(),
            wait_minutes: None,
            leaked: false,
            locked: false,
            created_by: None,
        };
        members.iter().map(|(id, site)| Member { site: SiteId(*site), goroutine: goroutine(*id) }).collect()
    }

    #[test]
    fn births_deaths_and_moves_are_counted_and_stays_are_not() {
        let found = passages(&dump(&[(1, 0), (2, 0), (3, 1)]), &dump(&[(1, 0), (3, 0), (4, 1), (5, 1)]));
        let passage = |from: Option<u32>, to: Option<u32>, count| Passage {
            from: from.map(SiteId),
            to: to.map(SiteId),
            count,
        };
        assert_eq!(
            found,
            [passage(None, Some(1), 2), passage(Some(0), None, 1), passage(Some(1), Some(0), 1)]
        );
    }
}
