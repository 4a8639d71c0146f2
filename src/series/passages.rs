//! Where goroutines went between two dumps: their ids are never used again, so births, stays and deaths are known one by one.

use super::track::{Member, SiteId};
use foldhash::{HashMap, HashMapExt};

/// So many goroutines that stood at one site in a dump and stand at another in the next, or that were new there and stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passage {
    /// Where they stood; `None` for those that were started since.
    pub from: Option<SiteId>,
    /// Where they stand; `None` for those that ended since.
    pub to: Option<SiteId>,
    /// Whether they had been started since the dump before the one in which they stood there.
    pub were_new: bool,
    /// How many.
    pub count: u32,
}

/// The passages between two dumps of one process, in order, and marks who is new in the second. Those that were there before the
/// first and stayed where they were are left out.
pub(super) fn passages(before: &[Member], after: &mut [Member]) -> Vec<Passage> {
    let mut places: HashMap<u64, (SiteId, bool)> = HashMap::with_capacity(before.len());
    places.extend(before.iter().map(|member| (member.goroutine.id, (member.site, member.is_new))));
    let mut counts: HashMap<(Option<SiteId>, Option<SiteId>, bool), u32> = HashMap::new();
    for member in after {
        let from = places.remove(&member.goroutine.id);
        member.is_new = from.is_none();
        if from != Some((member.site, false)) {
            let (from, were_new) = from.map_or((None, false), |(site, is_new)| (Some(site), is_new));
            *counts.entry((from, Some(member.site), were_new)).or_insert(0) += 1;
        }
    }
    for (from, were_new) in places.into_values() {
        *counts.entry((Some(from), None, were_new)).or_insert(0) += 1;
    }
    let passage = |((from, to, were_new), count)| Passage { from, to, were_new, count };
    let mut passages: Vec<Passage> = counts.into_iter().map(passage).collect();
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
        members
            .iter()
            .map(|(id, site)| Member { site: SiteId(*site), goroutine: goroutine(*id), is_new: false })
            .collect()
    }

    #[test]
    fn births_deaths_and_moves_are_counted_and_who_was_new() {
        let first = dump(&[(1, 0), (2, 0), (3, 1)]);
        let mut second = dump(&[(1, 0), (3, 0), (4, 1), (5, 1)]);
        let passage = |from: Option<u32>, to: Option<u32>, were_new, count| Passage {
            from: from.map(SiteId),
            to: to.map(SiteId),
            were_new,
            count,
        };
        assert_eq!(
            passages(&first, &mut second),
            [
                passage(None, Some(1), false, 2),
                passage(Some(0), None, false, 1),
                passage(Some(1), Some(0), false, 1)
            ]
        );
        let mut third = dump(&[(1, 0), (3, 0), (4, 1)]);
        assert_eq!(
            passages(&second, &mut third),
            [passage(Some(1), None, true, 1), passage(Some(1), Some(1), true, 1)]
        );
    }
}
